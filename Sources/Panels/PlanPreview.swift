import Estate
import Grid
import Insight
import Plans

/// A plan to be read before it is carried out: what stands in the way, what may be lost, how the platform will stand
/// afterwards, exactly what is sent, and the way back.
enum PlanPreview {
    private static let heading = Ink(.heading, .bold)

    static func lines(_ dialog: PlanDialog, width: Int, glyphs: Glyphs) -> [[Piece]] {
        guard let plan = dialog.plan else { return [] }
        // What stands in the way comes first, what passed last: the rest must be seen without scrolling.
        let inTheWay = plan.checks.filter { $0.status != .pass }.sorted { $0.status > $1.status }
        var lines = asked(dialog, width: width)
        lines += tally(plan.checks, width: width)
        lines += checks(inTheWay, width: width, glyphs: glyphs)
        lines += expected(plan, width: width)
        if let prospect = dialog.prospect { lines += after(prospect, width: width, glyphs: glyphs) }
        lines += sends(plan, width: width)
        lines += wayBack(plan, width: width)
        lines += checks(plan.checks.filter { $0.status == .pass }, width: width, glyphs: glyphs)
        return lines
    }

    /// Who asks, or what was left open, and what holds against it; before anything else.
    private static func asked(_ dialog: PlanDialog, width: Int) -> [[Piece]] {
        var lines: [[Piece]] = []
        switch dialog.purpose {
        case .act: break
        case .follow(let action, _):
            lines += Document.wrapped(
                "\(action.title) is \(action.word): \(action.text)", Ink(.checkWarn), width: width, lead: titled("Open")
            )
        case .answer(let offer):
            lines += Document.wrapped(
                "\(offer.facts.who): “\(offer.facts.reason)”", Ink(.dialogText), width: width, lead: titled("Asks"))
            lines += Document.wrapped(
                "\(offer.facts.because); until \(Figures.clock(offer.facts.expiresAt))Z", Ink(.dialogText),
                width: width,
                lead: titled("Because"))
        }
        if let frozen = dialog.frozen {
            lines += Document.wrapped(frozen, Ink(.checkWarn, .bold), width: width, lead: titled("Frozen"))
        }
        return lines
    }

    private static func titled(_ title: String) -> [Piece] {
        [Piece(TextWidth.fit(title, to: 9), heading)]
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

    /// What is at risk, and what to expect on the way.
    private static func expected(_ plan: Plan, width: Int) -> [[Piece]] {
        var lines: [[Piece]] = []
        if let risk = plan.risk {
            let bytes = risk.bytes.map(Figures.bytes) ?? "unknown"
            let isSaid = risk.text.hasPrefix(risk.bytes == 0 ? "nothing" : "unknown")
            lines += Document.wrapped(
                isSaid ? risk.text : "\(bytes): \(risk.text)", Ink(risk.bytes == 0 ? .dialogText : .checkFail),
                width: width, lead: titled("At risk"))
        }
        let outage =
            plan.outlook.outage.map { $0 > .zero ? "out for about \(Figures.seconds($0.seconds)). " : "no outage. " }
            ?? ""
        // The parts of a plan are a list: each begins its own line.
        let sentences =
            plan.parts.isEmpty
            ? [outage + plan.outlook.sentences.map { $0.hasSuffix(".") ? $0 : $0 + "." }.joined(separator: " ")]
            : (outage.isEmpty ? [] : [outage]) + plan.outlook.sentences
        for (n, sentence) in sentences.enumerated() {
            lines += Document.wrapped(
                sentence, Ink(.dialogText), width: width, lead: titled(n == 0 ? "Expect" : ""))
        }
        return lines
    }

    // MARK: - Afterwards

    /// How the groups stand then, where their load goes, and the two answers.
    private static func after(_ prospect: Prospect, width: Int, glyphs: Glyphs) -> [[Piece]] {
        var lines: [[Piece]] = []
        let changed = prospect.groups.filter(isChanged)
        for (n, line) in changed.enumerated() {
            let lead =
                titled(n == 0 ? "After" : "") + [
                    Piece(Looks.sign(line.after, glyphs) + " ", Ink(Looks.token(line.after), .bold))
                ]
            lines += Document.wrapped(line.text, Ink(.dialogText), width: width, lead: lead)
        }
        let same = prospect.groups.count - changed.count
        if same > 0 {
            let names = prospect.groups.filter { !isChanged($0) }.map(\.group.name).joined(separator: ", ")
            lines += Document.wrapped(
                "as now: \(names)", Ink(.textDim), width: width, lead: titled(changed.isEmpty ? "After" : ""))
        }
        for (n, move) in prospect.moves.enumerated() {
            let token: Token = move.isCarried == false ? .checkFail : move.isCarried == nil ? .textDim : .dialogText
            let tail = move.isCarried == nil ? "; whether they can is not known" : ""
            lines += Document.wrapped(
                move.text + tail, Ink(token), width: width, lead: titled(n == 0 ? "Load" : ""))
        }
        if let answer = prospect.okToStop { lines += said(answer, "Stop it?", width: width) }
        if let answer = prospect.safeToLose { lines += said(answer, "Lose it?", width: width) }
        return lines
    }

    private static func isChanged(_ line: Prospect.Line) -> Bool {
        line.before != line.after || line.survivesBefore != line.survivesAfter || line.serving.contains("→")
    }

    private static func said(_ answer: Prospect.Answer, _ question: String, width: Int) -> [[Piece]] {
        let token: Token =
            switch answer.isYes {
            case true: .checkPass
            case false: .checkFail
            default: .checkWarn
            }
        return Document.wrapped(
            answer.reasons.joined(separator: "; "), Ink(.dialogText), width: width,
            lead: titled(question) + [Piece(answer.word + " ", Ink(token, .bold))])
    }

    // MARK: - Exactly what is sent

    private static func sends(_ plan: Plan, width: Int) -> [[Piece]] {
        var lines: [[Piece]] = []
        var number = 0
        let count = plan.allSteps.count
        for part in plan.sequence {
            if !plan.parts.isEmpty {
                lines += Document.wrapped(
                    part.title, Ink(.dialogText, .bold), width: width, lead: titled(lines.isEmpty ? "Sends" : ""))
            }
            for step in part.steps {
                number += 1
                let lead = titled(lines.isEmpty ? "Sends" : "")
                let place = count > 1 ? "\(number). " : ""
                lines += Document.wrapped(place + step.summary, Ink(.dialogText), width: width, lead: lead)
                for line in step.request.lines {
                    lines += Document.wrapped(line, Ink(.textStrong), width: width, lead: [Piece("           ")])
                }
            }
        }
        return lines
    }

    private static func wayBack(_ plan: Plan, width: Int) -> [[Piece]] {
        var lines = Document.wrapped(plan.undo.text, Ink(.dialogText), width: width, lead: titled("Undo"))
        if let hold = plan.begins {
            lines += Document.wrapped(
                "\(hold.kind) for \(Figures.seconds(hold.lasts.seconds)), in a banner until then", Ink(.dialogText),
                width: width, lead: titled("Holds"))
        }
        return lines
    }
}
