import Estate
import Grid
import Plans

/// A plan over the page: what was checked, exactly what will be sent, what may be lost, what is expected, the way
/// back, and then the questions.
enum DialogPanel {
    static func draw(_ dialog: PlanDialog, _ frame: Frame, on canvas: Canvas) {
        let ink = Ink(.dialogText, on: .dialogBack)
        let width = min(canvas.width - 2, 110)
        let content = lines(dialog, frame, width: width - 4, glyphs: canvas.glyphs)
        let question = question(dialog, frame, width: width - 4)
        let window = canvas.centered(width: width, height: min(content.count + question.count + 3, canvas.height))
        window.fill(ink: ink)
        canvas.touch(Touch.overlay, x: 0, y: 0, width: canvas.width, height: canvas.height)
        let isLoss = dialog.stage == .loss
        let border = isLoss ? Ink(.alarmText, on: .alarmBack, .bold) : Ink(.dialogBorder, on: .dialogBack)
        let title = title(dialog)
        let inside = window.box(title: title, ink: border, titleInk: border.bold)
        guard inside.height > 0 else { return }
        let asked = min(question.count, max(inside.height - 1, 1))
        let parts = inside.split(rows: [.atLeast(0), .fixed(asked)])
        let room = max(parts[0].height - 1, 0)
        let first = min(dialog.scroll, max(content.count - room, 0))
        for (y, line) in content.dropFirst(first).prefix(room).enumerated() {
            parts[0].put(line.map { Piece($0.text, $0.ink.on(.dialogBack)) }, x: 1, y: y)
        }
        let hidden = content.count - first - room
        if hidden > 0 {
            parts[0].put(
                "\(canvas.glyphs.arrowDown) \(Figures.counted(hidden, "more line")): j, PageDown", x: 1, y: room,
                ink: Ink(.footerKey, on: .dialogBack))
        }
        for (y, line) in question.prefix(asked).enumerated() {
            parts[1].put(line.map { Piece($0.text, onDialog($0.ink)) }, x: 1, y: y)
        }
    }

    private static func title(_ dialog: PlanDialog) -> String {
        let title = dialog.plan?.title ?? "\(dialog.call.recipe) \(dialog.call.target)"
        return switch dialog.purpose {
        case .act: title
        case .follow(_, let isBack): "\(title), \(isBack ? "to take back" : "to carry on") what was left open"
        case .answer(let offer): "\(offer.facts.who) asks: \(title)"
        }
    }

    private static func onDialog(_ ink: Ink) -> Ink { ink.back == .background ? ink.on(.dialogBack) : ink }

    private static func lines(_ dialog: PlanDialog, _ frame: Frame, width: Int, glyphs: Glyphs) -> [[Piece]] {
        switch dialog.stage {
        case .refused(let text, _):
            return [[Piece("There is no plan:", Ink(.checkFail, .bold))], []]
                + Document.wrapped(text, Ink(.dialogText), width: width)
        case .void(let differences):
            return [[Piece("REFUSED: this plan is void, nothing was sent", Ink(.checkFail, .bold))], []]
                + differences.flatMap {
                    let lead = [Piece("\(glyphs.fail) ", Ink(.checkFail))]
                    return Document.wrapped($0, Ink(.dialogText), width: width, lead: lead)
                }
        case .loss:
            return dialog.plan.map { loss($0, width: width, glyphs: glyphs) } ?? []
        case .preview, .reason, .override, .confirm:
            return PlanPreview.lines(dialog, width: width, glyphs: glyphs)
        }
    }

    /// What may be lost, alone on the screen.
    private static func loss(_ plan: Plan, width: Int, glyphs: Glyphs) -> [[Piece]] {
        let alarm = Ink(.checkFail, .bold)
        var lines: [[Piece]] = [[Piece("\(glyphs.fail) DATA MAY BE LOST FOR GOOD", alarm)], []]
        let risk = plan.risk
        lines.append(Document.pair("bytes", risk?.bytes.map(Figures.bytes) ?? "unknown", .checkFail))
        lines.append(Document.pair("transactions", risk?.transactions.map(String.init) ?? "unknown", .checkFail))
        lines.append([])
        if let text = risk?.text { lines += Document.wrapped(text, Ink(.dialogText), width: width) }
        return lines
    }

    /// What is asked now, and with which keys.
    private static func question(_ dialog: PlanDialog, _ frame: Frame, width: Int) -> [[Piece]] {
        func keys(_ pairs: [(String, String)]) -> [Piece] {
            pairs.flatMap { [Piece($0.0, Ink(.footerKey, .bold)), Piece(" \($0.1)   ", Ink(.dialogText))] }
        }
        var lines: [[Piece]] = []
        switch dialog.stage {
        case .loss: lines = [keys([("y", "I accept this loss, show the plan"), ("Esc", "leave")])]
        case .refused(_, let instead):
            let other = instead.map { [("y", "look at \($0.recipe) \($0.target) instead")] } ?? []
            lines = [keys(other + [("Esc", "leave")])]
        case .void: lines = [keys([("y", "make the plan anew"), ("Esc", "leave")])]
        case .override:
            lines = [
                [Piece("FROZEN: \(dialog.frozen ?? ""). Why can it not wait?", Ink(.checkWarn, .bold))],
                [Piece(TextWidth.fit(dialog.overrides + "_", to: width), Ink(.inputText, on: .inputBack))],
                keys([("Enter", "override the freeze"), ("Esc", "back to the plan")]),
            ]
        case .preview where isAnswer(dialog):
            lines = [keys([("y", "approve"), ("n", "deny"), ("j k", "scroll"), ("Esc", "leave")])]
        case .preview:
            let blocks = dialog.plan?.blocks.count ?? 0
            if blocks > 0 {
                lines = [
                    [Piece("Blocked by \(Figures.counted(blocks, "check")). ", Ink(.checkFail, .bold))]
                        + keys([("Esc", "leave")])
                ]
            } else if !frame.desk.isArmed {
                lines = [
                    [Piece("read-only: start with --operate to carry it out. ", Ink(.readOnly, .bold))]
                        + keys([("Esc", "leave")])
                ]
            } else {
                lines = [keys([("y", "go on"), ("j k", "scroll"), ("Esc", "leave")])]
            }
        case .reason:
            lines = [
                [Piece("Why? It is kept with the action.", Ink(.dialogText, .bold))],
                [Piece(TextWidth.fit(dialog.reason + "_", to: width), Ink(.inputText, on: .inputBack))],
                keys([("Enter", "go on"), ("Esc", "back to the plan")]),
            ]
        case .confirm: lines = confirm(dialog, width: width, keys: keys)
        }
        if let hint = dialog.hint { lines.insert([Piece(hint, Ink(.checkWarn, .bold))], at: 0) }
        return lines
    }

    private static func isAnswer(_ dialog: PlanDialog) -> Bool {
        if case .answer = dialog.purpose { true } else { false }
    }

    private static func confirm(
        _ dialog: PlanDialog, width: Int, keys: ([(String, String)]) -> [Piece]
    ) -> [[Piece]] {
        switch dialog.plan?.confirmation {
        case .typed(let name):
            return [
                [
                    Piece("Type ", Ink(.dialogText)), Piece(Sanitizer.visible(name), Ink(.textStrong, .bold)),
                    Piece(" to \(dialog.call.recipe) it", Ink(.dialogText)),
                ],
                [Piece(TextWidth.fit(dialog.typed + "_", to: width), Ink(.inputText, on: .inputBack))],
                keys([("Enter", isAnswer(dialog) ? "approve it" : "carry it out"), ("Esc", "back to the plan")]),
            ]
        case .yes, nil:
            return [
                [Piece(isAnswer(dialog) ? "Approve it?" : "Carry it out?", Ink(.dialogText, .bold))],
                keys([("Y", "yes, capital Y"), ("Esc", "back to the plan")]),
            ]
        }
    }
}
