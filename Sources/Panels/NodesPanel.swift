import Estate
import Grid
import Insight

/// Hosts: how busy, how full, and what runs on each.
enum NodesPanel {
    static let pane = PaneID("nodes.list")

    static let panel = Panel(
        PanelID("nodes"), "Nodes", "Hosts: processor, memory, disks, network, and what runs on each",
        panes: [Pane(pane, "Nodes", rows: rows)], draw: draw)

    /// Those with trouble first, then by site and name.
    @Sendable static func rows(_ frame: Frame) -> [RowID] {
        var down: [NodeID: Int] = [:]
        for group in frame.assessment.groups {
            for member in group.members where member.isBroken {
                if let node = member.node { down[node, default: 0] += 1 }
            }
        }
        let sites = sites(frame)
        let keyed = frame.snapshot.hosts.map { host in
            (
                trouble: trouble(host, down: down[host.id] ?? 0, frame), site: sites[host.id]?.name ?? "~",
                id: host.id
            )
        }
        return keyed.sorted { ($1.trouble, $0.site, $0.id) < ($0.trouble, $1.site, $1.id) }.map { .node($0.id) }
    }

    static func membersByNode(_ frame: Frame) -> [NodeID: [MemberAssessment]] {
        var table: [NodeID: [MemberAssessment]] = [:]
        for group in frame.assessment.groups {
            for member in group.members {
                if let node = member.node { table[node, default: []].append(member) }
            }
        }
        return table
    }

    static func sites(_ frame: Frame) -> [NodeID: SiteID] {
        var table: [NodeID: SiteID] = [:]
        for node in frame.snapshot.platform.nodes { table[node.id] = node.site }
        return table
    }

    /// 0 for nothing wrong; members down weigh most, then silence, then what is full or about to fail.
    private static func trouble(_ host: Host, down: Int, _ frame: Frame) -> Int {
        var score = down * 100
        guard let seen = host.sightings.last else { return score + 10 }
        if frame.snapshot.freshness(of: seen.by, at: seen.at, now: frame.now) != .fresh { score += 50 }
        if (seen.facts.memoryUsed ?? 0) >= 0.95 { score += 10 }
        switch frame.assessment.node(host.id)?.verdict {
        case .down, .degraded: score += 40
        case .atRisk: score += 20
        case .unknown, .protected, nil: break
        }
        return score
    }

    enum ID: Hashable {
        case sign, why, node, site, members, cpu, cpuBar, spark, load, memory, memoryBar, disk, diskBar
        case net, raid, heat, clock, up, age
    }

    private static func columns(_ glyphs: Glyphs) -> ColumnSet<ID> {
        ColumnSet<ID>([
            Column(.sign, "", min: glyphs.verdictWidth),
            Column(.node, "node", min: 12, max: 24),
            Column(.site, "site", min: 5, max: 10, priority: 2),
            Column(.members, "groups", min: 14, max: 48, priority: -1),
            Column(.cpu, "cpu", min: 5, align: .right),
            Column(.cpuBar, "", min: 8, max: 14, priority: 8, from: 110),
            Column(.spark, "", min: 8, max: 20, priority: 10, from: 190),
            Column(.load, "load", min: 5, align: .right, priority: 4, from: 86),
            Column(.memory, "mem", min: 5, align: .right, priority: 1),
            Column(.memoryBar, "", min: 8, max: 12, priority: 9, from: 175),
            Column(.disk, "disk", min: 5, align: .right, priority: 1),
            Column(.diskBar, "fullest", min: 10, max: 18, priority: 9, from: 140),
            Column(.net, "in/out B/s", min: 21, align: .right, priority: 7, from: 118),
            Column(.raid, "raid", min: 6, max: 9, priority: 8, from: 150),
            Column(.heat, "hottest", min: 7, align: .right, priority: 11, from: 170),
            Column(.clock, "clock", min: 7, align: .right, priority: 6, from: 100),
            Column(.up, "up", min: 7, align: .right, priority: 5, from: 96),
            Column(.why, "amiss", min: 24, max: 48, priority: 12, from: 220),
            Column(.age, "seen", min: 7, align: .right, priority: 3, from: 60),
        ])
    }

    @Sendable static func draw(_ frame: Frame, _ canvas: Canvas) {
        let rows = frame.listed(rows(frame), in: pane)
        let listHigh = rows.count + 1 + canvas.paneLines(canvas.height)
        let isSplit = canvas.height - listHigh >= 9
        let parts = isSplit ? canvas.split(rows: [.fixed(listHigh), .fill()]) : [canvas]
        if isSplit, case .node(let id)? = frame.selection(in: pane, of: rows), let host = frame.snapshot.host(id) {
            NodeDetail.document(host, frame, width: canvas.width, glyphs: canvas.glyphs).draw(on: parts[1], scroll: 0)
        }
        let inside = parts[0].pane("Nodes", trailing: Figures.counted(rows.count, "node"), focused: true)
        let placed = columns(canvas.glyphs).placed(in: inside.width - 2)
        var body = inside
        if inside.height > 2 {
            inside.header(placed, x: 2)
            body = inside.inset(top: 1)
        }
        let members = membersByNode(frame)
        let sites = sites(frame)
        Lists.draw(
            rows, in: pane, focused: true, frame: frame, on: body,
            empty: "no host is known: name nodes in the configuration"
        ) { row, line in
            guard case .node(let id) = row, let host = frame.snapshot.host(id) else { return }
            let seen = host.sightings.last
            let freshness = seen.map { frame.snapshot.freshness(of: $0.by, at: $0.at, now: frame.now) } ?? .unknown
            let cell = Row(
                host: host, facts: seen?.facts ?? NodeFacts(), at: seen?.at, freshness: freshness,
                members: members[id] ?? [], site: sites[id], frame: frame)
            for column in placed { cell.put(column, line) }
            if freshness != .fresh, seen != nil { line.stale() }
            if let age = placed.first(where: { $0.id == .age }) { cell.put(age, line) }
        }
    }

    /// One host's line.
    private struct Row {
        let host: Host
        let facts: NodeFacts
        let at: Timestamp?
        let freshness: Freshness
        let members: [MemberAssessment]
        let site: SiteID?
        let frame: Frame
        var node: NodeAssessment? { frame.assessment.node(host.id) }

        func put(_ column: PlacedColumn<ID>, _ line: Canvas) {
            let none = line.glyphs.nothing
            func part(_ value: Double?) {
                let hot = (value ?? 0) >= 0.9
                line.put(value.map(Figures.percent) ?? none, in: column, y: 0, ink: Ink(hot ? .checkFail : .text))
            }
            func bar(_ value: Double?) {
                line.bar(value, x: column.x, y: 0, width: column.width, ink: Ink(Looks.bar(value)))
            }
            switch column.id {
            case .sign:
                let verdict = node?.verdict ?? .unknown
                line.put(Looks.sign(verdict, line.glyphs), in: column, y: 0, ink: Ink(Looks.token(verdict), .bold))
            case .why:
                let worst = node?.reasons.first { $0.severity != .protected }
                line.put(worst?.text ?? none, in: column, y: 0, ink: Ink(worst == nil ? .textDim : .text))
            case .node: line.put(host.id.name, in: column, y: 0, ink: Ink(.textStrong))
            case .site: line.put(site?.name ?? none, in: column, y: 0, ink: Ink(.textDim))
            case .members: putMembers(column, line)
            case .cpu: part(facts.cpuBusy)
            case .cpuBar: bar(facts.cpuBusy)
            case .spark:
                line.sparkline(
                    frame.values(.node(host.id), .cpuBusy, column.width), x: column.x, y: 0, width: column.width,
                    range: 0...1)
            case .load: line.put(facts.load1.map(Figures.count) ?? none, in: column, y: 0)
            case .memory: part(facts.memoryUsed)
            case .memoryBar: bar(facts.memoryUsed)
            case .disk: part(facts.fullest?.used)
            case .diskBar: line.put(facts.fullest?.mountPoint ?? none, in: column, y: 0, ink: Ink(.textDim))
            case .net: line.put(network ?? none, in: column, y: 0)
            case .raid:
                let bad = facts.arrays.contains { $0.disksActive < $0.disksRequired }
                line.put(raid ?? none, in: column, y: 0, ink: Ink(bad ? .checkFail : .text))
            case .heat:
                let hottest = facts.temperatures.map(\.celsius).max()
                line.put(hottest.map { "\(Figures.count($0.rounded())) C" } ?? none, in: column, y: 0)
            case .clock:
                let off = facts.clockOffsetSeconds
                line.put(
                    off.map(Figures.seconds) ?? none, in: column, y: 0,
                    ink: Ink(abs(off ?? 0) > 1 ? .checkWarn : .text))
            case .up:
                line.put(facts.bootedAt.map { Figures.age(from: $0, to: frame.now) } ?? none, in: column, y: 0)
            case .age:
                let text = at.map { Figures.age(from: $0, to: frame.now) } ?? "never"
                line.put(text, in: column, y: 0, ink: Ink(freshness == .fresh ? .textDim : .checkWarn))
            }
        }

        /// The server in front of a leader does not lead: it may well be the one that waits.
        private func leads(_ member: MemberAssessment) -> Bool { member.isLeader && member.role != .server }

        /// What is down, then leaders, then what holds data, then the rest.
        private func rank(_ member: MemberAssessment) -> Int {
            if member.isBroken { return 0 }
            if leads(member) { return 1 }
            if member.isStandingBy || member.isDrained { return 5 }
            if member.eligibility != nil { return 2 }
            return member.role == .server ? 4 : 3
        }

        /// The groups that have something here, what is down first. Their names say more than those of the members,
        /// which are mostly the host's own.
        private func putMembers(_ column: PlacedColumn<ID>, _ line: Canvas) {
            var x = column.x
            let end = column.x + column.width
            var seen: Set<GroupID> = []
            func place(_ member: MemberAssessment) -> (Int, Int, MemberID) {
                (rank(member), member.role == .server ? 1 : 0, member.id)
            }
            for member in members.sorted(by: { place($0) < place($1) }) {
                guard x < end else { return }
                guard seen.insert(member.id.group).inserted else { continue }
                let isWaiting = member.isStandingBy || member.isDrained
                let ink = Ink(
                    member.isBroken
                        ? .checkFail : isWaiting ? .textDim : member.isUp == nil ? .textStale : Looks.role(member))
                let sign = member.isBroken ? line.glyphs.fail : leads(member) ? line.glyphs.leader : nil
                let mark = sign.map { String($0) } ?? ""
                x += line.put(mark + member.id.group.name, x: x, y: 0, ink: ink, width: end - x) + 1
            }
        }

        private var network: String? {
            let input = facts.networks.compactMap(\.receiveBytesRate)
            let output = facts.networks.compactMap(\.transmitBytesRate)
            guard !input.isEmpty || !output.isEmpty else { return nil }
            return Figures.bytesRate(input.reduce(0, +)) + " " + Figures.bytesRate(output.reduce(0, +))
        }

        private var raid: String? {
            func margin(_ array: ArrayFacts) -> Int { array.disksActive &- array.disksRequired }
            guard let worst = facts.arrays.min(by: { margin($0) < margin($1) }) else { return nil }
            if worst.isRebuilding { return worst.rebuildProgress.map(Figures.percent) ?? "rebuild" }
            return "\(worst.disksActive) of \(worst.disksRequired)"
        }
    }
}
