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
        let title = dialog.plan?.title ?? "\(dialog.call.recipe) \(dialog.call.target)"
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
        case .preview, .reason, .confirm:
            return dialog.plan.map { preview($0, width: width, glyphs: glyphs) } ?? []
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

    private static func preview(_ plan: Plan, width: Int, glyphs: Glyphs) -> [[Piece]] {
        // What stands in the way comes first, what passed last: the rest must be seen without scrolling.
        let inTheWay = plan.checks.filter { $0.status != .pass }.sorted { $0.status > $1.status }
        var lines = tally(plan.checks, width: width)
        lines += checks(inTheWay, width: width, glyphs: glyphs)
        lines += consequences(plan, width: width)
        lines += checks(plan.checks.filter { $0.status == .pass }, width: width, glyphs: glyphs)
        return lines
    }

    /// How the checks went, in one line, for those that passed may be below the edge.
    private static func tally(_ checks: [Check], width: Int) -> [[Piece]] {
        guard !checks.isEmpty else { return [] }
        let passed = checks.count { $0.status == .pass }
        let warn = checks.count { $0.status == .warn }
        let block = checks.count { $0.status == .block }
        var text = passed == checks.count ? "all \(passed) passed" : "\(passed) of \(checks.count) passed"
        if block > 0 { text += ", \(block) in the way" }
        if warn > 0 { text += ", \(warn) to weigh" }
        let token: Token = block > 0 ? .checkFail : warn > 0 ? .checkWarn : .checkPass
        return Document.wrapped(text, Ink(token), width: width, lead: [Piece("Checks   ", Ink(.heading, .bold))])
    }

    private static func checks(_ checks: [Check], width: Int, glyphs: Glyphs) -> [[Piece]] {
        var lines: [[Piece]] = []
        for check in checks {
            let look: (Character, Token) =
                switch check.status {
                case .pass: (glyphs.pass, .checkPass)
                case .warn: (glyphs.warn, .checkWarn)
                case .block: (glyphs.fail, .checkFail)
                }
            let sign = [Piece("\(look.0) ", Ink(look.1, .bold))]
            lines += Document.wrapped("\(check.what): \(check.figure)", Ink(.dialogText), width: width, lead: sign)
            if let remedy = check.remedy {
                lines += Document.wrapped(
                    remedy, Ink(.textDim), width: width,
                    lead: [Piece("    "), Piece(String(glyphs.arrowRight) + " ", Ink(look.1))])
            }
        }
        return lines
    }

    /// What is at risk, what to expect, what is sent, and the way back.
    private static func consequences(_ plan: Plan, width: Int) -> [[Piece]] {
        var lines: [[Piece]] = []
        let heading = Ink(.heading, .bold)
        if let risk = plan.risk {
            let bytes = risk.bytes.map(Figures.bytes) ?? "unknown"
            let isSaid = risk.text.hasPrefix(risk.bytes == 0 ? "nothing" : "unknown")
            lines += Document.wrapped(
                isSaid ? risk.text : "\(bytes): \(risk.text)", Ink(risk.bytes == 0 ? .dialogText : .checkFail),
                width: width,
                lead: [Piece("At risk  ", heading)])
        }
        let outage =
            plan.outlook.outage.map { $0 > .zero ? "out for about \(Figures.seconds($0.seconds)). " : "no outage. " }
            ?? ""
        lines += Document.wrapped(
            outage + plan.outlook.sentences.joined(separator: " "), Ink(.dialogText), width: width,
            lead: [Piece("Expect   ", heading)])
        for (index, step) in plan.steps.enumerated() {
            let lead = [Piece(index == 0 ? "Sends    " : "         ", heading)]
            let number = plan.steps.count > 1 ? "\(index + 1). " : ""
            lines += Document.wrapped(number + step.summary, Ink(.dialogText), width: width, lead: lead)
            for line in step.request.lines {
                lines += Document.wrapped(line, Ink(.textStrong), width: width, lead: [Piece("           ")])
            }
        }
        lines += Document.wrapped(plan.undo.text, Ink(.dialogText), width: width, lead: [Piece("Undo     ", heading)])
        if let hold = plan.begins {
            lines += Document.wrapped(
                "\(hold.kind) for \(Figures.seconds(hold.lasts.seconds)), in a banner until then", Ink(.dialogText),
                width: width, lead: [Piece("Holds    ", heading)])
        }
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
                keys([("Enter", "carry it out"), ("Esc", "back to the plan")]),
            ]
        case .yes, nil:
            return [
                [Piece("Carry it out?", Ink(.dialogText, .bold))],
                keys([("Y", "yes, capital Y"), ("Esc", "back to the plan")]),
            ]
        }
    }
}
