import Estate
import Grid
import Insight
import Plans

/// The reasons behind the verdicts, worst first, and what to press.
enum WhyPane {
    struct Line: Equatable {
        var sign: String
        var token: Token
        var group: String
        var text: String
    }

    /// The most reasons of one group that are shown on a page that has others too.
    static let reasonsMax = 3

    static func lines(_ frame: Frame, width: Int, glyphs: Glyphs) -> [Line] {
        var lines = sites(frame, width: width, glyphs: glyphs)
        for group in frame.assessment.groups where group.verdict != .protected {
            let reasons = group.reasons.filter { $0.severity != .protected }
            var first = true
            for reason in reasons.prefix(reasonsMax) {
                let indent = glyphs.verdictWidth + 2 + TextWidth.of(group.id.name)
                for (index, text) in TextWidth.wrap(reason.text, to: max(width - indent, 16)).enumerated() {
                    let isHead = index == 0
                    lines.append(
                        Line(
                            sign: isHead ? Looks.sign(reason.severity, glyphs) : "",
                            token: Looks.token(reason.severity), group: group.id.name, text: text))
                    if !(isHead && first) { lines[lines.count - 1].group = blank(group.id.name) }
                    first = false
                }
            }
            if let advice = Advice.line(group, frame) {
                let indent = glyphs.verdictWidth + 2 + TextWidth.of(group.id.name)
                lines += TextWidth.wrap(advice, to: max(width - indent, 16)).map {
                    Line(sign: "", token: .footerKey, group: blank(group.id.name), text: $0)
                }
            }
        }
        if lines.isEmpty {
            let silent = frame.silence == nil
            let text = silent ? "every group survives the loss its objectives ask for" : "nothing heard: no verdict"
            lines.append(
                Line(
                    sign: silent ? glyphs.protected : glyphs.unknown,
                    token: silent ? .verdictProtected : .verdictUnknown, group: "", text: text))
        }
        return lines + hosts(frame, width: width, glyphs: glyphs)
    }

    /// A site that is gone is why so many others are not well.
    private static func sites(_ frame: Frame, width: Int, glyphs: Glyphs) -> [Line] {
        guard frame.silence == nil else { return [] }
        return frame.assessment.darkSites.flatMap { site in
            said(
                "site \(site.id.name)",
                "nothing there answers: \(Figures.counted(site.members, "member")) of "
                    + "\(Figures.counted(site.groups, "group")) on \(Figures.counted(site.nodes, "node"))",
                Verdict.down, advice: "press 9: what is left, and what must not be lost now", width: width,
                glyphs: glyphs)
        }
    }

    /// Hardware that may fail before long, also where nothing has failed yet.
    private static func hosts(_ frame: Frame, width: Int, glyphs: Glyphs) -> [Line] {
        guard frame.silence == nil else { return [] }
        return frame.assessment.threatened.flatMap { node in
            let reasons = node.reasons.filter { $0.severity == .atRisk || $0.severity == .degraded }
            return reasons.prefix(reasonsMax).enumerated().flatMap { n, reason in
                said(
                    n == 0 ? node.id.name : blank(node.id.name), reason.text, reason.severity,
                    advice: n == min(reasons.count, reasonsMax) - 1 ? "press 2, then Enter for its hardware" : nil,
                    width: width, glyphs: glyphs)
            }
        }
    }

    private static func said(
        _ subject: String, _ text: String, _ verdict: Verdict, advice: String?, width: Int, glyphs: Glyphs
    ) -> [Line] {
        let room = max(width - glyphs.verdictWidth - 2 - TextWidth.of(subject), 16)
        var lines = TextWidth.wrap(text, to: room).map {
            Line(sign: "", token: Looks.token(verdict), group: blank(subject), text: $0)
        }
        if !lines.isEmpty {
            lines[0].sign = Looks.sign(verdict, glyphs)
            lines[0].group = subject
        }
        for text in advice.map({ TextWidth.wrap($0, to: room) }) ?? [] {
            lines.append(Line(sign: "", token: .footerKey, group: blank(subject), text: text))
        }
        return lines
    }

    private static func blank(_ name: String) -> String { String(repeating: " ", count: TextWidth.of(name)) }

    static func draw(_ lines: [Line], _ frame: Frame, on canvas: Canvas) {
        let inside = canvas.pane("Why")
        let hidden = lines.count - inside.height
        for (y, line) in lines.prefix(inside.height).enumerated() {
            let isLast = y == inside.height - 1 && hidden > 0
            let tail = isLast ? " +\(hidden) more" : ""
            var x = 1
            inside.put(line.sign, x: x, y: y, ink: Ink(line.token, .bold))
            x += inside.glyphs.verdictWidth + 1
            if !line.group.isEmpty { x += inside.put(line.group, x: x, y: y, ink: Ink(.textStrong)) + 1 }
            let ink = line.token == .footerKey ? Ink(.footerKey) : .plain
            inside.put(line.text, x: x, y: y, ink: ink, width: inside.width - x - tail.count)
            inside.put(tail, x: inside.width - tail.count, y: y, ink: Ink(.textDim))
        }
    }
}

/// What an operator could do about a group that is not well: one line, with the keys.
enum Advice {
    private static func key(_ recipe: String) -> String { PlanCatalogue.recipe(recipe)?.key ?? "" }

    static func line(_ group: GroupAssessment, _ frame: Frame) -> String? {
        if frame.silence != nil { return nil }
        if let action = frame.desk.actions.last(where: { $0.group == group.id && !$0.phase.isOver }) {
            if case .inDoubt = action.phase { return "wait: \(action.title) is in doubt; @ shows what was sent" }
            return "wait: \(action.title) is under way"
        }
        guard group.isDatabase else {
            if group.verdict == .unknown { return "press S: which sources are dead, and why" }
            if group.members.contains(where: { $0.drainedCount > 0 }) {
                return "press 4, then \(key("undrain")) on the drained server to undrain it"
            }
            return switch group.kind {
            case .paths: "press 7 for the ways out of its site"
            case .quorum: "press Enter for its voters"
            case .pool, .database: "press Enter for its servers"
            }
        }
        if group.isPaused, group.isLeaderless {
            return "nobody takes over while paused: \(key("resume")) resumes, \(key("failover")) fails over"
        }
        if group.isLeaderless, !group.isLeaderStale {
            let ttl = group.limits?.ttlSeconds.map { ", within \(Figures.seconds($0)) as a rule" } ?? ""
            return "the automation elects\(ttl); if it cannot: Enter, choose a member, \(key("failover"))"
        }
        switch group.verdict {
        case .unknown: return "press S: which sources are dead, and why"
        case .down, .degraded, .atRisk: return "press Enter for its members and what one may do"
        case .protected: return nil
        }
    }
}
