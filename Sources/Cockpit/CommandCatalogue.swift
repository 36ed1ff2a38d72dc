import Estate
import Panels
import Plans

/// Every command there is. Pages come from the panel catalogue and actions from the plan catalogue, so that a new
/// one of either is a command too.
public enum CommandCatalogue {
    public static let all: [Command] = acting + others + looking + time + moving + pages + leaving

    public static func command(_ id: String) -> Command? { all.first { $0.id == id } }

    private static let acting: [Command] = PlanCatalogue.all.enumerated().map { place, recipe in
        Command(
            "act." + recipe.id, recipe.title.lowercased(), .act, keys: [recipe.key], footer: place, recipe.summary,
            obstacle: { cockpit, call in cockpit.obstacle(to: recipe, call) },
            run: { cockpit, call in cockpit.propose(recipe, trigger: call.trigger, now: call.now) })
    }

    private static let others: [Command] = [
        Command(
            "act.answer", "approve or deny", .act, keys: ["A"], footer: 11,
            "Read a plan that another operator asks to have approved; approve or deny it",
            obstacle: { cockpit, _ in cockpit.obstacleToOffer },
            run: { cockpit, call in cockpit.openOffer(trigger: call.trigger, call.now) }),
        Command(
            "act.carryOn", "carry on", .act, keys: ["O"], footer: 12,
            "Carry on an action that was left half way, from what is observed now",
            obstacle: { cockpit, _ in cockpit.obstacleToFollowUp(isBack: false) },
            run: { cockpit, call in cockpit.followUp(isBack: false, trigger: call.trigger, call.now) }),
        Command(
            "act.takeBack", "take back", .act, keys: ["B"], footer: 13,
            "Take back what an action that was left half way has done",
            obstacle: { cockpit, _ in cockpit.obstacleToFollowUp(isBack: true) },
            run: { cockpit, call in cockpit.followUp(isBack: true, trigger: call.trigger, call.now) }),
    ]

    private static let looking: [Command] = [
        Command("look.open", "open", .look, keys: ["Enter", "l", "Right"], footer: 20, "Open what is selected") {
            $0.open($0.selectedRow($1.now), $1.now)
        },
        Command(
            "look.whatIf", "what if", .look, keys: ["x"], footer: 19,
            "What would happen if the selected or marked were gone; again or Esc leaves it"
        ) { $0.thinkAway($1.selected, $1.now) },
        Command(
            "look.whatIfSite", "what if site", .look, keys: ["X"], "The same for the whole site of what is selected"
        ) {
            cockpit, call in cockpit.thinkAway(site: call.selected.flatMap { cockpit.site(of: $0) }, call.now)
        },
        Command("look.filter", "filter", .look, keys: ["/"], "Show only rows that have these letters in their names") {
            cockpit, _ in
            cockpit.view.isTypingFilter = true
            return [.redraw]
        },
        Command(
            "look.palette", "do", .look, keys: [":"],
            "Find any command, page, group, node, member or theme by a few letters"
        ) {
            cockpit, call in cockpit.openPalette(call.now)
        },
        Command("look.help", "help", .look, keys: ["?", "F1"], "What the keys do here") { cockpit, _ in
            cockpit.toggle(.help)
        },
        Command("look.requests", "requests", .look, keys: ["@"], footer: 23, "Every request that commands have sent") {
            cockpit, _ in cockpit.toggle(.requests)
        },
        Command("look.sources", "sources", .look, keys: ["S"], footer: 22, "Every source, and what is wrong with it") {
            cockpit, _ in cockpit.toggle(.sources)
        },
        Command("look.mark", "mark", .look, keys: ["Space"], footer: 21, "Mark the row; n and N go from mark to mark") {
            cockpit, call in
            guard let row = cockpit.selectedRow(call.now) else { return [.bell] }
            if cockpit.view.marks.remove(row) == nil { cockpit.view.marks.insert(row) }
            return cockpit.move(call.now) { at, _ in at + 1 }
        },
    ]

    private static let time: [Command] = [
        Command("time.back", "back", .time, keys: ["["], "Back in time: a second, held longer up to 5 minutes a press")
        { $0.stepTime(-1, $1.now) },
        Command("time.forward", "forward", .time, keys: ["]"], "Forward in time, by the same steps") {
            $0.stepTime(1, $1.now)
        },
        Command("time.eventBack", "event before", .time, keys: ["{"], "Back to the event before") {
            $0.jumpToEvent(-1, $1.now)
        },
        Command("time.eventForward", "event after", .time, keys: ["}"], "Forward to the event after") {
            $0.jumpToEvent(1, $1.now)
        },
        Command("time.live", "now", .time, keys: ["\\"], "Back to what is known now") {
            $0.backToLive("back to now", $1.now)
        },
    ]

    private static let moving: [Command] = [
        Command("move.down", "down", .move, keys: ["j", "Down"], "One row down") {
            $0.move($1.now) { at, _ in at + 1 }
        },
        Command("move.up", "up", .move, keys: ["k", "Up"], "One row up") {
            $0.move($1.now) { at, _ in at - 1 }
        },
        Command("move.top", "top", .move, keys: ["g", "Home"], "To the first row") { $0.move($1.now) { _, _ in 0 } },
        Command("move.bottom", "bottom", .move, keys: ["G", "End"], "To the last row") {
            $0.move($1.now) { _, count in min(count - 1, 100_000) }
        },
        Command("move.halfDown", "half down", .move, keys: ["Ctrl-d"], "Half a screen down") { cockpit, call in
            let half = max(cockpit.height / 2, 1)
            return cockpit.page(half, call.now)
        },
        Command("move.halfUp", "half up", .move, keys: ["Ctrl-u"], "Half a screen up") { cockpit, call in
            let half = max(cockpit.height / 2, 1)
            return cockpit.page(-half, call.now)
        },
        Command("move.pageDown", "page down", .move, keys: ["PageDown", "Ctrl-f"], "A screen down") { cockpit, call in
            let whole = max(cockpit.height - 6, 1)
            return cockpit.page(whole, call.now)
        },
        Command("move.pageUp", "page up", .move, keys: ["PageUp", "Ctrl-b"], "A screen up") { cockpit, call in
            let whole = max(cockpit.height - 6, 1)
            return cockpit.page(-whole, call.now)
        },
        Command(
            "move.next", "next", .move, keys: ["n"],
            "To the next match of a filter, marked row, or row that is not well"
        ) {
            cockpit, call in
            let model = cockpit
            return cockpit.seek(1, call.now) { model.isWorthAStop($0) }
        },
        Command("move.previous", "previous", .move, keys: ["N"], "To the previous match, marked row, or row not well") {
            cockpit, call in
            let model = cockpit
            return cockpit.seek(-1, call.now) { model.isWorthAStop($0) }
        },
        Command("move.pane", "pane", .move, keys: ["Tab"], footer: 24, "To the page's next list") { cockpit, _ in
            cockpit.changePane(1)
        },
        Command("move.paneBack", "pane back", .move, keys: ["Shift-Tab"], "To the page's previous list") { cockpit, _ in
            cockpit.changePane(-1)
        },
    ]

    private static let pages: [Command] = PanelCatalogue.all.enumerated().map { place, panel in
        Command(
            "page." + panel.id.name, panel.title, .pages, keys: place < 10 ? [String((place + 1) % 10)] : [],
            panel.summary
        ) { cockpit, _ in cockpit.turn(to: panel.id) }
    }

    private static let leaving: [Command] = [
        Command("leave.back", "back", .leave, keys: ["Esc", "q", "h", "Left"], "Close, clear, or go back one step") {
            $0.back($1.now)
        },
        Command(
            "leave.quit", "quit", .leave, keys: ["Q", "F10"], footer: 30,
            "Leave; actions under way go on at their cluster"
        ) { _, _ in [.quit] },
    ]
}

extension Cockpit {
    mutating func toggle(_ overlay: Overlay) -> [Effect] {
        view.overlay = view.overlay == overlay ? nil : overlay
        view.scroll = 0
        return [.redraw]
    }

    mutating func turn(to panel: PanelID) -> [Effect] {
        view.panel = panel
        view.pane = 0
        view.opened = []
        view.overlay = nil
        view.filter = ""
        view.scroll = 0
        view.held = [:]
        return [.redraw]
    }

    mutating func changePane(_ step: Int) -> [Effect] {
        guard view.opened.isEmpty, let count = PanelCatalogue.panel(view.panel)?.panes.count, count > 1 else {
            return [.bell]
        }
        view.pane = ((view.pane + step) % count + count) % count
        return [.redraw]
    }

    /// Scrolls what is open, or moves by so many rows.
    mutating func page(_ rows: Int, _ now: Timestamp) -> [Effect] {
        if !view.opened.isEmpty || view.overlay != nil {
            view.scroll = max(0, view.scroll + rows)
            return [.redraw]
        }
        return move(now) { at, _ in at + rows }
    }
}
