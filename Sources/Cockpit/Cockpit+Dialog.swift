import Estate
import Grid
import Insight
import Panels
import Plans

/// The keys of a plan. They are not in the key map: what confirms is the same everywhere.
enum DialogKeys {
    static let entries: [Menu.Entry] = [
        Menu.Entry(id: "plan.on", keys: ["y"], title: "go on", summary: "Go on to the next question"),
        Menu.Entry(id: "plan.yes", keys: ["Y"], title: "yes", summary: "Carry it out, where no name is asked for"),
        Menu.Entry(
            id: "plan.enter", keys: ["Enter"], title: "done typing",
            summary: "Take the reason; carry it out once the target's name is typed"),
        Menu.Entry(id: "plan.scroll", keys: ["j", "k", "PageDown", "PageUp"], title: "scroll", summary: "Read on"),
        Menu.Entry(id: "plan.leave", keys: ["Esc"], title: "leave", summary: "Back, and nothing is sent"),
    ]
}

/// From a key to a plan, and from a plan to the order to carry it out.
extension Cockpit {
    /// The fewest characters of a reason.
    static let reasonCharactersMin = 3

    var isDialogOpen: Bool { if case .dialog = view.overlay { true } else { false } }

    /// Text is being typed in a dialog.
    var isDialogTyping: Bool {
        guard case .dialog(let dialog) = view.overlay else { return false }
        return dialog.stage == .reason || dialog.stage == .override || dialog.stage == .confirm
    }

    // MARK: Proposing

    /// Why a recipe cannot be proposed from here; nil when it can.
    func obstacle(to recipe: PlanRecipe, _ call: Command.Call) -> String? {
        let now = call.now
        if isInPast { return "this is the past: nothing can be commanded there; Esc goes back to now" }
        if !view.marks.isEmpty, view.marks != Set([call.selected].compactMap(\.self)) {
            let marked = Figures.counted(view.marks.count, "row")
            return "\(recipe.title.lowercased()) is for one at a time and \(marked) marked: Esc clears the marks"
        }
        guard let proposed = self.call(of: recipe, at: call.selected, now) else {
            return "\(recipe.title): select a \(recipe.targetWords) first"
        }
        guard recipe.applies(proposed, in: snapshot, now: now) else {
            return "\(recipe.title.lowercased()) is not for \(proposed.target) as it is now"
        }
        return nil
    }

    /// An action on the group that is not over.
    private func actionUnderWay(_ group: GroupID) -> ActionView? {
        desk.actions.last { $0.group == group && !$0.phase.isOver }
    }

    mutating func propose(_ recipe: PlanRecipe, trigger: String, now: Timestamp) -> [Effect] {
        guard let call = call(of: recipe, at: selectedRow(now), now) else { return [.bell] }
        return propose(call, trigger: trigger, now: now)
    }

    /// The call with what is to be given back, where a hold remembers it.
    private func remembering(_ call: PlanCall) -> PlanCall {
        guard call.taken == nil else { return call }
        let hold = desk.holds.first { $0.undo?.recipe == call.recipe && $0.undo?.target == call.target }
        guard let taken = hold?.undo?.taken else { return call }
        var call = call
        call.taken = taken
        return call
    }

    /// The change freeze that holds for a plan, in words.
    private func frozen(_ plan: Plan) -> String? {
        plan.groups.lazy.compactMap { desk.frozen[FrozenCommand($0, plan.verb)] }.first
    }

    mutating func propose(
        _ call: PlanCall, for purpose: PlanDialog.Purpose = .act, trigger: String, now: Timestamp
    ) -> [Effect] {
        if let action = call.target.group.flatMap(actionUnderWay) {
            return say("one action at a time: \(action.title) is not over", bad: true, now)
        }
        holdRows(now)
        let call = remembering(call)
        switch PlanCatalogue.plan(call, snapshot, now: now) {
        case .success(let plan):
            let prospect = Prospect.of(plan, in: snapshot, now: now)
            var dialog = PlanDialog(call: call, plan: plan, prospect: prospect, trigger: trigger)
            dialog.purpose = purpose
            dialog.frozen = frozen(plan)
            view.overlay = .dialog(dialog)
        case .failure(let refusal):
            view.overlay = .dialog(PlanDialog(call: call, refusal: refusal, trigger: trigger))
        }
        return [.redraw]
    }

    /// Looks at an open plan again after something was observed: it is void when what it was made for is not so any
    /// more.
    mutating func reviewDialog() -> [Effect] {
        guard case .dialog(var dialog) = view.overlay, let plan = dialog.plan else { return [] }
        switch dialog.stage {
        case .refused, .void: return []
        case .loss, .preview, .reason, .override, .confirm: break
        }
        let differences = plan.fingerprint.differences(to: plan.fingerprint.refreshed(in: snapshot))
        guard !differences.isEmpty else { return [] }
        dialog.stage = .void(differences)
        dialog.hint = nil
        dialog.scroll = 0
        view.overlay = .dialog(dialog)
        return [.bell]
    }

    // MARK: Keys in a dialog

    mutating func press(_ key: Key, in dialog: PlanDialog, now: Timestamp) -> [Effect] {
        var dialog = dialog
        dialog.hint = nil
        if let effects = pressInAnswer(key, &dialog, now) { return effects }
        let effects: [Effect]
        switch dialog.stage {
        case .refused(_, let instead): effects = pressInRefused(key, instead, &dialog, now)
        case .void: effects = pressInVoid(key, &dialog, now)
        case .loss, .preview: effects = pressInPreview(key, &dialog)
        case .reason: effects = pressInReason(key, &dialog)
        case .override: effects = pressInOverride(key, &dialog)
        case .confirm: effects = pressInConfirm(key, &dialog, now)
        }
        return effects
    }

    mutating func keep(_ dialog: PlanDialog, hint: String? = nil) -> [Effect] {
        var dialog = dialog
        dialog.hint = hint
        view.overlay = .dialog(dialog)
        return hint == nil ? [.redraw] : [.redraw, .bell]
    }

    mutating func closeDialog() -> [Effect] {
        view.overlay = nil
        view.held = [:]
        return [.redraw]
    }

    private mutating func pressInRefused(
        _ key: Key, _ instead: PlanCall?, _ dialog: inout PlanDialog, _ now: Timestamp
    ) -> [Effect] {
        switch key {
        case .escape, .character("q"): return closeDialog()
        case .character("y"):
            guard let instead else { return keep(dialog, hint: "Esc leaves") }
            _ = closeDialog()
            return propose(instead, trigger: key.name, now: now)
        default: return keep(dialog, hint: "Esc leaves")
        }
    }

    private mutating func pressInVoid(_ key: Key, _ dialog: inout PlanDialog, _ now: Timestamp) -> [Effect] {
        switch key {
        case .escape, .character("q"): return closeDialog()
        case .character("y"):
            _ = closeDialog()
            return propose(dialog.call, for: dialog.purpose, trigger: dialog.trigger, now: now)
        default: return keep(dialog, hint: "nothing was sent; y makes the plan anew, Esc leaves")
        }
    }

    private mutating func pressInPreview(_ key: Key, _ dialog: inout PlanDialog) -> [Effect] {
        switch key {
        case .escape, .character("q"): return closeDialog()
        case .character("j"), .down: dialog.scroll += 1
        case .character("k"), .up: dialog.scroll = max(0, dialog.scroll - 1)
        case .pageDown, .ctrl("d"): dialog.scroll += max(height / 2, 1)
        case .pageUp, .ctrl("u"): dialog.scroll = max(0, dialog.scroll - max(height / 2, 1))
        case .character("y"):
            if key.name == dialog.trigger {
                return keep(dialog, hint: "the key that proposed the plan does not confirm it: Esc leaves")
            }
            if dialog.stage == .loss {
                dialog.stage = .preview
                return keep(dialog)
            }
            if let blocked = dialog.plan?.blocks.first {
                return keep(dialog, hint: "blocked: \(blocked.what): \(blocked.figure)")
            }
            guard desk.isArmed else { return keep(dialog, hint: "read-only: nothing is sent; start with --operate") }
            dialog.stage = .reason
        default: return keep(dialog, hint: "y goes on, Esc leaves")
        }
        return keep(dialog)
    }

    private mutating func pressInReason(_ key: Key, _ dialog: inout PlanDialog) -> [Effect] {
        switch key {
        case .escape:
            dialog.stage = .preview
            return keep(dialog)
        case .enter:
            let reason = dialog.reason.filter { $0 != " " }
            guard reason.count >= Self.reasonCharactersMin else { return keep(dialog, hint: "say why, in a few words") }
            dialog.stage = dialog.frozen == nil ? .confirm : .override
            return keep(dialog)
        default:
            var field = TextField(dialog.reason)
            guard field.press(key) == .changed else { return keep(dialog, hint: "Enter goes on, Esc goes back") }
            dialog.reason = field.text
            return keep(dialog)
        }
    }

    private mutating func pressInOverride(_ key: Key, _ dialog: inout PlanDialog) -> [Effect] {
        switch key {
        case .escape: dialog.stage = .preview
        case .enter:
            let said = dialog.overrides.filter { $0 != " " }
            guard said.count >= Self.reasonCharactersMin else {
                return keep(dialog, hint: "say why it cannot wait, in a few words")
            }
            dialog.stage = .confirm
        default:
            var field = TextField(dialog.overrides)
            guard field.press(key) == .changed else { return keep(dialog, hint: "Enter goes on, Esc goes back") }
            dialog.overrides = field.text
        }
        return keep(dialog)
    }

    private func order(_ dialog: PlanDialog) -> Order {
        var order = Order(reason: dialog.reason)
        if dialog.frozen != nil { order.overridesFreeze = dialog.overrides }
        if case .follow(let action, let isBack) = dialog.purpose {
            order.follows = action.id
            order.takesBack = isBack
        }
        return order
    }

    private mutating func pressInConfirm(_ key: Key, _ dialog: inout PlanDialog, _ now: Timestamp) -> [Effect] {
        if key == .escape {
            dialog.stage = .preview
            dialog.typed = ""
            return keep(dialog)
        }
        guard let plan = dialog.plan else { return closeDialog() }
        switch plan.confirmation {
        case .typed(let name):
            if key == .enter {
                guard dialog.typed == name else {
                    return keep(dialog, hint: dialog.typed.isEmpty ? "type the name first" : "that is not the name")
                }
                return commit(dialog, plan, now)
            }
            var field = TextField(dialog.typed)
            guard field.press(key) == .changed else { return keep(dialog, hint: "type the name, then Enter") }
            dialog.typed = field.text
            return keep(dialog)
        case .yes:
            guard key == .character("Y"), key.name != dialog.trigger else {
                return keep(dialog, hint: "only capital Y carries it out; Esc goes back")
            }
            return commit(dialog, plan, now)
        }
    }

    /// The last look: everything is made again from what is known now, and only what was shown is carried out.
    private mutating func commit(_ dialog: PlanDialog, _ plan: Plan, _ now: Timestamp) -> [Effect] {
        var dialog = dialog
        guard desk.isArmed else { return keep(dialog, hint: "read-only: nothing was sent") }
        if let action = plan.groups.lazy.compactMap(actionUnderWay).first {
            dialog.stage = .void(["\(action.title) is under way: one action a group at a time"])
            return keep(dialog) + [.bell]
        }
        if bareFrame(now).silence != nil {
            dialog.stage = .void(["nothing is heard from any source: what the plan rests on is of the past"])
            return keep(dialog) + [.bell]
        }
        let differences = plan.fingerprint.differences(to: plan.fingerprint.refreshed(in: snapshot))
        guard differences.isEmpty else {
            dialog.stage = .void(differences)
            return keep(dialog) + [.bell]
        }
        switch PlanCatalogue.plan(dialog.call, snapshot, now: now) {
        case .failure(let refusal):
            dialog.stage = .void([refusal.description])
            return keep(dialog) + [.bell]
        case .success(let fresh):
            guard fresh.allSteps == plan.allSteps else {
                dialog.stage = .void(["what would be sent is not what was shown any more"])
                return keep(dialog) + [.bell]
            }
            if let block = fresh.blocks.first {
                dialog.stage = .void(["\(block.what): \(block.figure)"])
                return keep(dialog) + [.bell]
            }
            if Self.lossGrew(from: plan, to: fresh) {
                let bytes = fresh.risk?.bytes.map(Figures.bytes) ?? "unknown"
                dialog.stage = .void(["more may be lost than was shown: \(bytes)"])
                return keep(dialog) + [.bell]
            }
            _ = closeDialog()
            _ = say("\(fresh.title): handed over", now)
            return [.execute(fresh, order(dialog)), .redraw]
        }
    }

    /// More than a tenth above what the operator has accepted, or unknown by now.
    private static func lossGrew(from shown: Plan, to fresh: Plan) -> Bool {
        guard let was = shown.risk?.bytes else { return false }
        guard let risk = fresh.risk else { return false }
        guard let bytes = risk.bytes else { return true }
        return bytes > was && Double(bytes) > Double(was) * 1.1 + 65_536
    }
}
