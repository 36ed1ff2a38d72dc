import Estate
import Grid
import Insight
import Plans

/// One group: its members to choose from, why it stands as it does, what its automation goes by.
enum GroupDetail {
    static let pane = PaneID("detail.members")

    static func rows(_ id: GroupID, _ frame: Frame) -> [RowID] {
        guard let group = frame.assessment.group(id) else { return [] }
        let members = group.isDatabase ? ReplicationPanel.ordered(group) : BalancersPanel.ordered(group)
        return members.map { .member($0.id) }
    }

    static func draw(_ id: GroupID, _ frame: Frame, on canvas: Canvas) {
        guard let group = frame.assessment.group(id) else {
            canvas.put("\(id) is no longer known", x: 1, y: 0, ink: Ink(.checkWarn))
            return
        }
        let rows = frame.listed(rows(id, frame), in: pane)
        let lines = canvas.paneLines(canvas.height)
        let listHigh = min(rows.count + 2 + lines, max(canvas.height / 2, 4))
        let parts = canvas.split(rows: [.fixed(listHigh), .fill()])
        let inside = parts[0].pane(id.name, trailing: "Esc back", focused: true)
        ReplicationPanel.heading(group, frame, inside.inset(left: 1))
        MemberList.draw(rows, group, frame, on: inside.inset(top: 1))
        let column = canvas.width >= Document.twoColumnsFrom ? canvas.width / 2 - 4 : canvas.width - 4
        var document = Document()
        document.add("Why", reasons(group, width: column, glyphs: canvas.glyphs))
        document.add(
            "What one may do with the group",
            CommandLines.lines(.group(id), frame, width: column, glyphs: canvas.glyphs))
        document.add("Objectives", objectives(group))
        document.add("Automation", automation(group))
        document.add("Timelines", SlotLines.lines(group, frame))
        let newest = frame.events.reversed().lazy.filter { $0.group == id }.prefix(20).map { $0 }
        document.add("Events", MemberDetail.lines(of: Array(newest)))
        document.draw(on: parts[1], scroll: frame.view.scroll)
    }

    private static func reasons(_ group: GroupAssessment, width: Int, glyphs: Glyphs) -> [[Piece]] {
        var lines = group.reasons.flatMap { reason in
            Document.wrapped(
                reason.text, .plain, width: width,
                lead: [Piece(Looks.sign(reason.severity, glyphs) + " ", Ink(Looks.token(reason.severity), .bold))])
        }
        for text in group.disagreements {
            lines += Document.wrapped(
                text, Ink(.checkWarn), width: width, lead: [Piece("observers disagree: ", Ink(.checkFail))])
        }
        for text in group.notes { lines += Document.wrapped(text, Ink(.textDim), width: width) }
        // Not twice: a reason often says the same.
        if let limit = group.survives.limitedBy, !group.reasons.contains(where: { $0.text.contains(limit) }) {
            lines += Document.wrapped(
                "survives \(group.survives.text): \(limit)", Ink(.textDim), width: width)
        }
        if !group.staleSources.isEmpty {
            lines += Document.wrapped(
                "not fresh: " + group.staleSources.map(\.description).joined(separator: ", "), Ink(.textStale),
                width: width)
        }
        return lines
    }

    private static func objectives(_ group: GroupAssessment) -> [[Piece]] {
        var lines = [
            Document.pair("tier", group.plan.tier.rawValue), Document.pair("mode", group.mode.rawValue),
            Document.pair("outage at most", group.plan.rto.map { Figures.seconds($0.seconds) } ?? "not stated"),
            Document.pair("loss at most", group.plan.rpoBytes.map(Figures.bytes) ?? "not stated"),
        ]
        if let bytes = group.dataAtRiskBytes { lines.append(Document.pair("at risk now", Figures.bytes(bytes))) }
        return lines
    }

    private static func automation(_ group: GroupAssessment) -> [[Piece]] {
        var lines: [[Piece]] = []
        if let manager = group.manager { lines.append(Document.pair("run by", manager)) }
        if group.isDatabase {
            lines.append(
                Document.pair("automation", group.isPaused ? "PAUSED" : "on", group.isPaused ? .checkWarn : .text))
        }
        if let sync = group.synchronous {
            let how = sync.isOn ? sync.isStrict ? "on, strict" : "on" : "off"
            let who = sync.standbys.isEmpty ? "" : ": " + sync.standbys.joined(separator: ", ")
            lines.append(Document.pair("synchronous", how + who))
        }
        if let quorum = group.quorum {
            lines.append(
                Document.pair("quorum", "\(quorum.votersHealthy) of \(quorum.votersTotal), needs \(quorum.needed)"))
        }
        if let scheduled = group.scheduledSwitchover {
            let at = scheduled.at.map { Figures.dateTime($0) + "Z" } ?? "unknown"
            lines.append(
                Document.pair("switchover due", "\(at) to \(scheduled.candidate ?? "any member")", .checkWarn))
        }
        if let limits = group.limits { lines += MemberDetail.limitLines(limits) }
        return lines
    }
}

/// Members as rows, with the columns that their kind of group has use for.
enum MemberList {
    static func draw(
        _ rows: [RowID], _ group: GroupAssessment?, _ frame: Frame, on canvas: Canvas, focused: Bool = true
    ) {
        let placed = ReplicationPanel.columns.placed(in: canvas.width - 2)
        var body = canvas
        if group?.isDatabase == true, canvas.height > 2 {
            canvas.header(placed, x: 2)
            body = canvas.inset(top: 1)
        }
        Lists.draw(
            rows, in: GroupDetail.pane, focused: focused, frame: frame, on: body, empty: "no member is known"
        ) { row, line in
            guard case .member(let id) = row, let member = frame.assessment.member(id) else { return }
            if let group, group.isDatabase {
                for column in placed { ReplicationPanel.put(member, column, group, frame, line) }
                return
            }
            plain(member, withGroup: group == nil, frame, line)
        }
    }

    private static func plain(_ member: MemberAssessment, withGroup: Bool, _ frame: Frame, _ line: Canvas) {
        let glyphs = line.glyphs
        let isWaiting = frame.assessment.group(member.id.group).map { Looks.waits(member, in: $0) } ?? false
        let up: (String, Token) =
            switch member.isUp {
            case true: ("\(glyphs.pass) up", .checkPass)
            case false where isWaiting: ("\(glyphs.none) waits", .textDim)
            case false where member.isDrained: ("\(glyphs.none) out", .checkWarn)
            case false: ("\(glyphs.fail) down", .checkFail)
            default: ("? unknown", .textStale)
            }
        let name = withGroup ? member.id.description : member.id.name
        let place = [member.site?.name, member.node?.name].compactMap { $0 }.joined(separator: " ")
        let admin = member.balancerCount > 0 ? BalancersPanel.admin(member) : ("", .text)
        let leads = member.isLeader && member.role != .server ? " \(glyphs.leader)" : "  "
        // On a narrow screen the sessions count for more than the role, of which the star says what matters.
        let isNarrow = line.width < 92
        let role = isNarrow ? "" : " " + TextWidth.fit(member.role?.rawValue ?? "", to: 9, glyphs: glyphs)
        let text = [
            Piece(TextWidth.fit(up.0, to: 10, glyphs: glyphs), Looks.ink(for: member.freshness, else: up.1)),
            Piece(TextWidth.fit(name, to: 20, glyphs: glyphs) + leads, Ink(Looks.role(member))),
            Piece(role + " ", Ink(.textDim)),
            Piece(TextWidth.fit(place, to: isNarrow ? 12 : 16, glyphs: glyphs) + " ", Ink(.textDim)),
            Piece(TextWidth.fit(admin.0, to: 16, glyphs: glyphs), Ink(admin.1)),
            Piece(member.sessions.map { " \(Figures.count(Double($0))) sessions" } ?? "", Ink(.text)),
        ]
        line.put(text, x: 0, y: 0)
    }
}
