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
            lines += said(
                group.id.name, group.reasons, advice: Advice.line(group, frame), width: width, glyphs: glyphs)
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
        let key = frame.menu.key("page.redundancy", "9")
        return frame.assessment.darkSites.flatMap { site in
            let what =
                "nothing there answers: \(Figures.counted(site.members, "member")) of "
                + "\(Figures.counted(site.groups, "group")) on \(Figures.counted(site.nodes, "node"))"
            return said(
                "site \(site.id.name)", [Reason(.down, what)],
                advice: "press \(key): what is left, and what must not be lost now", width: width, glyphs: glyphs)
        }
    }

    /// Hardware that may fail before long, also where nothing has failed yet.
    private static func hosts(_ frame: Frame, width: Int, glyphs: Glyphs) -> [Line] {
        guard frame.silence == nil else { return [] }
        let (page, open) = (frame.menu.key("page.nodes", "2"), frame.menu.key("look.open", "Enter"))
        return frame.assessment.threatened.flatMap { node in
            said(
                node.id.name, node.reasons, advice: "press \(page), then \(open) for its hardware", width: width,
                glyphs: glyphs)
        }
    }

    /// A subject with what is wrong with it, worst first, and what to press.
    private static func said(
        _ subject: String, _ reasons: [Reason], advice: String?, width: Int, glyphs: Glyphs
    ) -> [Line] {
        let room = max(width - glyphs.verdictWidth - 2 - TextWidth.of(subject), 16)
        var lines: [Line] = []
        for reason in reasons.filter({ $0.severity != .protected }).prefix(reasonsMax) {
            for (n, text) in TextWidth.wrap(reason.text, to: room).enumerated() {
                lines.append(
                    Line(
                        sign: n == 0 ? Looks.sign(reason.severity, glyphs) : "", token: Looks.token(reason.severity),
                        group: lines.isEmpty ? subject : blank(subject), text: text))
            }
        }
        return lines
            + (advice.map { TextWidth.wrap($0, to: room) } ?? []).map {
                Line(sign: "", token: .footerKey, group: blank(subject), text: $0)
            }
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
    static func line(_ group: GroupAssessment, _ frame: Frame) -> String? {
        if frame.silence != nil { return nil }
        func key(_ recipe: String) -> String {
            frame.menu.key("act." + recipe, PlanCatalogue.recipe(recipe)?.key ?? "")
        }
        let open = frame.menu.key("look.open", "Enter")
        let sources = "press \(frame.menu.key("look.sources", "S")): which sources are dead, and why"
        if let action = frame.desk.actions.last(where: { $0.group == group.id && !$0.phase.isOver }) {
            if case .inDoubt = action.phase {
                return "wait: \(action.title) is in doubt; \(frame.menu.key("look.requests", "@")) shows what was sent"
            }
            return "wait: \(action.title) is under way"
        }
        guard group.isDatabase else {
            if group.verdict == .unknown { return sources }
            if group.members.contains(where: { $0.drainedCount > 0 }) {
                return
                    "press \(frame.menu.key("page.balancers", "4")), then \(key("undrain")) on the drained server to undrain it"
            }
            return switch group.kind {
            case .paths: "press \(frame.menu.key("page.network", "7")) for the ways out of its site"
            case .quorum: "press \(open) for its voters"
            case .pool, .database: "press \(open) for its servers"
            }
        }
        if group.isPaused, group.isLeaderless {
            return "nobody takes over while paused: \(key("resume")) resumes, \(key("failover")) fails over"
        }
        if group.isLeaderless, !group.isLeaderStale {
            let ttl = group.limits?.ttlSeconds.map { ", within \(Figures.seconds($0)) as a rule" } ?? ""
            return "the automation elects\(ttl); if it cannot: \(open), choose a member, \(key("failover"))"
        }
        switch group.verdict {
        case .unknown: return sources
        case .down, .degraded, .atRisk: return "press \(open) for its members and what one may do"
        case .protected: return nil
        }
    }
}
