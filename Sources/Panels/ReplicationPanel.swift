import Estate
import Grid
import Insight

/// Who leads, who follows, from where, and how far behind: every database group with its members by site.
enum ReplicationPanel {
    static let pane = PaneID("replication.members")

    static let panel = Panel(
        PanelID("replication"), "Replication", "Topology by site: role, sync state, lag, timeline, slots",
        panes: [Pane(pane, "Members", rows: rows)], draw: draw)

    @Sendable static func rows(_ frame: Frame) -> [RowID] {
        frame.assessment.groups.filter(\.isDatabase).flatMap { group in
            [.group(group.id)] + ordered(group).map { .member($0.id) }
        }
    }

    /// The leader first, then by site, then by name.
    static func ordered(_ group: GroupAssessment) -> [MemberAssessment] {
        group.members.sorted { a, b in
            (a.isLeader ? 0 : 1, a.site?.name ?? "~", a.id.name) < (b.isLeader ? 0 : 1, b.site?.name ?? "~", b.id.name)
        }
    }

    enum ID: Hashable {
        case member, site, role, state, sync, receive, replay, seconds, spark, timeline, upstream, eligible, age
    }

    /// Lines that the slots keep where the members would take all.
    private static let slotsMin = 3

    static let columns = ColumnSet<ID>([
        Column(.member, "member", min: 14, max: 18),
        Column(.site, "site", min: 4, max: 10, priority: 1),
        Column(.role, "role", min: 7, max: 14, priority: 4, from: 100),
        Column(.state, "state", min: 15, max: 20),
        Column(.sync, "sync", min: 6, max: 9, priority: 1),
        Column(.receive, "receive", min: 8, align: .right, priority: 5, from: 90),
        Column(.replay, "behind", min: 8, align: .right),
        Column(.seconds, "", min: 7, align: .right, priority: 3, from: 70),
        Column(.spark, "5 min", min: 10, max: 30, priority: 7, from: 110),
        Column(.timeline, "tl", min: 3, align: .right, priority: 2),
        Column(.upstream, "streams from", min: 12, max: 20, priority: 8, from: 130),
        Column(.eligible, "may lead", min: 10, max: 34, priority: 6, from: 120),
        Column(.age, "seen", min: 7, align: .right, priority: 4, from: 78),
    ])

    @Sendable static func draw(_ frame: Frame, _ canvas: Canvas) {
        let rows = frame.listed(rows(frame), in: pane)
        let group = group(frame, rows)
        let slots = group.map { SlotLines.lines($0, frame) } ?? []
        let lines = canvas.paneLines(canvas.height)
        let graph = group.flatMap { LagGraph.of($0, frame, member: selectedMember(frame, rows)) }
        let isGraphed = graph != nil && canvas.width >= LagGraph.from && canvas.height >= 20
        let wanted = isGraphed ? max(slots.count, LagGraph.rowsMin) : slots.isEmpty ? 0 : slots.count
        let free = canvas.height - rows.count - 1 - lines
        let below =
            isGraphed
            ? min(max(wanted + lines, free), canvas.height / 2)
            : wanted == 0 || canvas.height < 12 ? 0 : min(wanted + lines, max(free, slotsMin + lines))
        let parts = canvas.split(rows: [.atLeast(0), .fixed(below)])
        let inside = parts[0].pane("Replication", focused: true)
        let placed = columns.placed(in: inside.width - 2)
        var body = inside
        if inside.height > 2 {
            inside.header(placed, x: 2)
            body = inside.inset(top: 1)
        }
        Lists.draw(
            rows, in: pane, focused: true, frame: frame, on: body, empty: "no replicated group is known yet"
        ) { row, line in
            switch row {
            case .group(let id):
                if let group = frame.assessment.group(id) { heading(group, frame, line) }
            case .member(let id):
                guard let group = frame.assessment.group(id.group), let member = group.member(id) else { return }
                for column in placed { put(member, column, group, frame, line) }
            default: return
            }
        }
        guard below > 0, let group else { return }
        let sides = isGraphed ? parts[1].split(columns: [.fill(), .fill()]) : [parts[1]]
        let lower = sides[0].pane("Slots and timeline of \(group.id)", isRoomy: parts[1].width >= 100)
        for (y, line) in slots.prefix(lower.height).enumerated() { lower.put(line, x: 1, y: y) }
        if isGraphed, let graph {
            sides[1].pane("Behind, \(graph.name)", isRoomy: true).graph(graph.graph)
        }
    }

    private static func selectedMember(_ frame: Frame, _ rows: [RowID]) -> MemberID? {
        guard case .member(let id)? = frame.selection(in: pane, of: rows) else { return nil }
        return id
    }

    private static func group(_ frame: Frame, _ rows: [RowID]) -> GroupAssessment? {
        frame.selection(in: pane, of: rows)?.group.flatMap { frame.assessment.group($0) }
    }

    /// A group's own line: verdict, leader, timeline, and what its automation is set to.
    static func heading(_ group: GroupAssessment, _ frame: Frame, _ line: Canvas) {
        let glyphs = line.glyphs
        var pieces = [
            Piece(Looks.verdict(group.verdict, glyphs) + " ", Ink(Looks.token(group.verdict), .bold)),
            Piece(group.id.name, Ink(.textStrong)),
        ]
        func add(_ text: String, _ token: Token = .textDim) { pieces.append(Piece("  " + text, Ink(token))) }
        if !group.isDatabase {
            add("\(group.serving.text) up", Looks.isWhole(group) ? .textDim : .checkWarn)
        } else if let leader = group.leader {
            add(
                "leader \(leader.name)" + (group.isLeaderStale ? " (stale)" : ""),
                group.isLeaderStale ? .textStale : .roleLeader)
        } else {
            add(group.isLeaderless ? "no leader" : "leader unknown", group.isLeaderless ? .checkFail : .textStale)
        }
        if let timeline = group.timeline { add("timeline \(timeline)") }
        if group.isPaused { add("PAUSED", .checkWarn) }
        add("survives \(group.survives.text)", group.survives.nodes == 0 ? .checkWarn : .textDim)
        if let sync = group.synchronous {
            add(sync.isOn ? sync.isStrict ? "sync strict" : "sync on" : "async")
        }
        if let limit = group.limits?.maximumLagOnFailoverBytes { add("lag limit \(Figures.bytes(limit))") }
        if let ttl = group.limits?.ttlSeconds { add("ttl \(Figures.seconds(ttl))") }
        line.put(pieces, x: 0, y: 0)
    }

    static func put(
        _ member: MemberAssessment, _ column: PlacedColumn<ID>, _ group: GroupAssessment, _ frame: Frame,
        _ line: Canvas
    ) {
        let none = line.glyphs.nothing
        let plain = Looks.ink(for: member.freshness, else: .text)
        let dim = Looks.ink(for: member.freshness, else: .textDim)
        let lagInk = member.lag.isStale || member.freshness != .fresh ? Ink(.textStale) : Ink(.text)
        switch column.id {
        case .member:
            let sign = member.freshness == .unknown ? "?" : String(Looks.roleSign(member, line.glyphs))
            let ink = Looks.ink(for: member.freshness, else: Looks.role(member))
            let isDown = member.isBroken
            line.put(
                " \(isDown ? String(line.glyphs.fail) : sign) \(member.id.name)", in: column, y: 0,
                ink: isDown ? Ink(.checkFail, .bold) : ink)
        case .site: line.put(member.site?.name ?? none, in: column, y: 0, ink: dim)
        case .role: line.put(role(member), in: column, y: 0, ink: plain)
        case .state:
            let bad = member.isUp == false
            let text = member.stateDetail ?? member.state?.rawValue ?? "unknown"
            line.put(
                text, in: column, y: 0,
                ink: bad ? Ink(.checkFail, .bold) : Looks.ink(for: member.freshness, else: .text))
        case .sync:
            let token: Token = member.syncState == .sync || member.syncState == .quorum ? .roleSync : .textDim
            line.put(
                member.isLeader ? "" : member.syncState?.rawValue ?? none, in: column, y: 0,
                ink: Looks.ink(for: member.freshness, else: token))
        case .receive: line.put(lag(member, member.lag.receiveBytes) ?? none, in: column, y: 0, ink: lagInk)
        case .replay:
            let bytes = member.lag.replayBytes ?? member.lag.receiveBytes
            let over = (bytes ?? 0) > (group.limits?.maximumLagOnFailoverBytes ?? .max)
            line.put(lag(member, bytes) ?? none, in: column, y: 0, ink: over ? Ink(.checkFail, .bold) : lagInk)
        case .seconds:
            let text = member.isLeader ? "" : member.lag.replaySeconds.map(Figures.seconds) ?? none
            line.put(text, in: column, y: 0, ink: lagInk)
        case .spark:
            guard !member.isLeader else { return }
            let values = frame.values(.member(member.id), .replayLagBytes, column.width)
            line.sparkline(values, x: column.x, y: 0, width: column.width)
        case .timeline:
            let bad = member.timeline != nil && group.timeline != nil && member.timeline != group.timeline
            line.put(
                member.timeline.map(String.init) ?? none, in: column, y: 0, ink: bad ? Ink(.checkFail, .bold) : dim)
        case .upstream: line.put(member.isLeader ? "" : member.upstream ?? none, in: column, y: 0, ink: dim)
        case .eligible: eligible(member, column, line)
        case .age:
            let text = frame.seenAt(member.id).map { Figures.age(from: $0, to: frame.now) } ?? "never"
            line.put(text, in: column, y: 0, ink: Ink(member.freshness == .fresh ? .textDim : .checkWarn))
        }
    }

    static func role(_ member: MemberAssessment) -> String {
        if member.isLeader { return "leader" }
        if member.isPrimary { return "primary!" }
        return member.role?.rawValue ?? "unknown"
    }

    /// A leader has no lag, which is not a lag of 0.
    private static func lag(_ member: MemberAssessment, _ bytes: Int64?) -> String? {
        member.isLeader ? "" : bytes.map(Figures.bytes)
    }

    private static func eligible(_ member: MemberAssessment, _ column: PlacedColumn<ID>, _ line: Canvas) {
        guard !member.isLeader, let eligibility = member.eligibility else { return }
        switch eligibility.isEligible {
        case true: line.put("yes", in: column, y: 0, ink: Ink(.checkPass))
        case false:
            line.put("no: " + (eligibility.obstacles.first ?? ""), in: column, y: 0, ink: Ink(.checkFail))
        default: line.put("? " + (eligibility.doubts.first ?? ""), in: column, y: 0, ink: Ink(.textStale))
        }
    }
}

/// What holds write-ahead log back, and how the timeline came about.
enum SlotLines {
    /// The most of each that is shown on a page with other things.
    static let linesMax = 8

    static func lines(_ group: GroupAssessment, _ frame: Frame) -> [[Piece]] {
        let leader = group.primary ?? group.leader
        let replication = leader.flatMap { frame.snapshot.member($0) }?.sightings
            .first { $0.by.system == "sql" }?.facts.replication
        var lines: [[Piece]] = (replication?.slots ?? []).prefix(linesMax).map { slot in
            [
                Piece("slot ", Ink(.textDim)), Piece(TextWidth.fit(slot.name, to: 20), Ink(.text)),
                Piece(slot.isLogical ? " logical  " : " physical ", Ink(.textDim)),
                Piece(slot.isActive ? "active  " : "INACTIVE", Ink(slot.isActive ? .checkPass : .checkWarn)),
                Piece("  holds ", Ink(.textDim)), Piece(slot.retainedBytes.map(Figures.bytes) ?? "unknown", Ink(.text)),
            ]
        }
        lines += group.history.suffix(linesMax).reversed().map { change in
            let at = change.at.map { Figures.dateTime($0) + "Z" } ?? "time unknown"
            return [
                Piece("timeline ", Ink(.textDim)), Piece(String(change.timeline), Ink(.textStrong)),
                Piece(" ended \(at)", Ink(.textDim)),
                Piece(change.lsn.map { " at \($0)" } ?? "", Ink(.textDim)),
                Piece(change.leader.map { ", then \($0) led" } ?? "", Ink(.text)),
            ]
        }
        return lines
    }
}
