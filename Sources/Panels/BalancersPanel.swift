import Estate
import Grid
import Insight
import Plans

/// Pools behind balancers: servers, checks, sessions, rates, and what operators made of each server on how many
/// balancers.
enum BalancersPanel {
    static let pane = PaneID("balancers.servers")

    static let panel = Panel(
        PanelID("balancers"), "Balancers", "Backends and servers: checks, sessions, rates, drains",
        panes: [Pane(pane, "Servers", rows: rows)], draw: draw)

    @Sendable static func rows(_ frame: Frame) -> [RowID] {
        // By places: a copy of every group and member would cost more than all that is drawn.
        let groups = frame.assessment.groups
        var rows: [RowID] = []
        for at in groups.indices where isPool(groups[at]) {
            rows.append(.group(groups[at].id))
            for place in order(groups[at]) { rows.append(.member(groups[at].members[place].id)) }
        }
        return rows
    }

    private static func isPool(_ group: borrowing GroupAssessment) -> Bool {
        let members = group.members
        return members.indices.contains { members[$0].balancerCount > 0 }
    }

    /// The places of members in the order in which they are listed: those that are down first, then what is drained,
    /// then the others as they come, by name; last those that wait until their database leads.
    private static func order(_ group: GroupAssessment) -> [Int] {
        let members = group.members
        func rank(_ place: Int) -> Int {
            if members[place].drainedCount > 0 { return 1 }
            if Looks.waits(members[place], in: group) { return 3 }
            return members[place].isUp == false ? 0 : 2
        }
        let ranks = members.indices.map(rank)
        guard ranks.contains(where: { $0 != 2 }) else { return Array(members.indices) }
        return (0...3).flatMap { wanted in ranks.indices.filter { ranks[$0] == wanted } }
    }

    /// Those that are down first, then what is drained, then by name, then those that wait.
    static func ordered(_ group: GroupAssessment) -> [MemberAssessment] {
        order(group).map { group.members[$0] }
    }

    enum ID: Hashable {
        case server, site, check, admin, sessions, bar, most, queue, rate, spark, inRate, outRate, errors, weight,
            detail
        case age
    }

    private static let columns = ColumnSet<ID>([
        Column(.server, "server", min: 14, max: 24),
        Column(.site, "site", min: 5, max: 10, priority: 4, from: 70),
        Column(.check, "check", min: 10, max: 12),
        Column(.admin, "admin", min: 12, max: 18),
        Column(.sessions, "sessions", min: 8, align: .right),
        Column(.bar, "", min: 6, max: 12, priority: 8, from: 120),
        Column(.most, "most", min: 6, align: .right, priority: 7, from: 100),
        Column(.queue, "queue", min: 5, align: .right, priority: 2),
        Column(.rate, "new", min: 7, align: .right, priority: 1),
        Column(.spark, "5 min", min: 8, max: 20, priority: 9, from: 130),
        Column(.inRate, "in", min: 10, align: .right, priority: 10, from: 140),
        Column(.outRate, "out", min: 10, align: .right, priority: 10, from: 140),
        Column(.errors, "errors", min: 6, align: .right, priority: 3, from: 76),
        Column(.weight, "wgt", min: 3, align: .right, priority: 6, from: 90),
        Column(.detail, "last check", min: 14, max: 30, priority: 5, from: 112),
        Column(.age, "seen", min: 7, align: .right, priority: 3, from: 78),
    ])

    @Sendable static func draw(_ frame: Frame, _ canvas: Canvas) {
        let rows = frame.listed(rows(frame), in: pane)
        let listHigh = rows.count + 1 + canvas.paneLines(canvas.height)
        let isSplit = canvas.height - listHigh >= 8
        let parts = isSplit ? canvas.split(rows: [.fixed(listHigh), .fill()]) : [canvas]
        if isSplit { lower(frame, rows, parts[1]) }
        let inside = parts[0].pane("Balancers", trailing: balancers(frame), focused: true)
        let placed = columns.placed(in: inside.width - 2)
        var body = inside
        if inside.height > 2 {
            inside.header(placed, x: 2)
            body = inside.inset(top: 1)
        }
        let most = mostSessions(frame.assessment.groups)
        Lists.draw(
            rows, in: pane, focused: true, frame: frame, on: body, empty: "no balancer has told of a server yet"
        ) { row, line in
            switch row {
            case .group(let id):
                if let group = frame.assessment.group(id) { heading(group, frame, line) }
            case .member(let id):
                guard let member = frame.assessment.member(id) else { return }
                let traffic = Traffic(frame.snapshot.member(id))
                for column in placed { put(member, traffic, column, most, frame, line) }
            default: return
            }
        }
    }

    private static func mostSessions(_ groups: [GroupAssessment]) -> Int {
        var most = 0
        for at in groups.indices {
            for place in groups[at].members.indices { most = max(most, groups[at].members[place].sessions ?? 0) }
        }
        return most
    }

    /// The selected server as each balancer has it; for a pool its first.
    private static func lower(_ frame: Frame, _ rows: [RowID], _ canvas: Canvas) {
        let chosen = frame.selection(in: pane, of: rows)
        let server = [chosen].compactMap { $0 }.compactMap { row -> MemberID? in
            switch row {
            case .member(let id): return id
            case .group(let id): return frame.assessment.group(id).flatMap { ordered($0).first?.id }
            default: return nil
            }
        }.first
        guard let server, let subject = frame.snapshot.member(server) else { return }
        var document = Document()
        let column = canvas.width >= Document.twoColumnsFrom ? canvas.width / 2 - 4 : canvas.width - 4
        document.add("\(server) by balancer", FactTable.lines(subject, frame, width: column))
        document.add(
            "What one may do", CommandLines.lines(.member(server), frame, width: column, glyphs: canvas.glyphs))
        document.draw(on: canvas, scroll: 0)
    }

    private static func balancers(_ frame: Frame) -> String {
        let sources = frame.snapshot.sources.filter { $0.id.system == "haproxy" }.sorted { $0.id < $1.id }
        return sources.prefix(4).map { $0.id.name + ($0.status.state == .live ? "" : " " + $0.status.state.rawValue) }
            .joined(separator: ", ")
    }

    private static func heading(_ group: GroupAssessment, _ frame: Frame, _ line: Canvas) {
        let facts = frame.snapshot.group(group.id)
        let queue = facts?.sightings.compactMap(\.facts.poolQueue).reduce(0, &+) ?? 0
        let rate = facts?.sightings.compactMap(\.facts.poolSessionRate).reduce(0, +) ?? 0
        let pieces = [
            Piece(Looks.verdict(group.verdict, line.glyphs) + " ", Ink(Looks.token(group.verdict), .bold)),
            Piece(group.id.name, Ink(.textStrong)),
            Piece(
                "  \(group.serving.text) up",
                Ink(Looks.isWhole(group) ? .textDim : .checkWarn)),
            Piece("  survives \(group.survives.text)", Ink(group.survives.nodes == 0 ? .checkWarn : .textDim)),
            Piece("  \(group.sessions.map { Figures.count(Double($0)) } ?? "?") sessions", Ink(.textDim)),
            Piece("  \(Figures.rate(rate)) new", Ink(.textDim)),
            Piece(queue > 0 ? "  \(queue) waiting" : "", Ink(.checkWarn)),
            Piece(facts?.fact(\.balancing).map { "  " + $0 } ?? "", Ink(.textDim)),
        ]
        line.put(pieces, x: 0, y: 0)
    }

    private static func put(
        _ member: MemberAssessment, _ traffic: Traffic, _ column: PlacedColumn<ID>, _ most: Int, _ frame: Frame,
        _ line: Canvas
    ) {
        let none = line.glyphs.nothing
        let ink = Looks.ink(for: member.freshness, else: .text)
        let dim = Looks.ink(for: member.freshness, else: .textDim)
        func figure(_ text: String?) { line.put(text ?? none, in: column, y: 0, ink: ink) }
        switch column.id {
        case .server: line.put("  " + member.id.name, in: column, y: 0, ink: ink)
        case .site: line.put(member.site?.name ?? none, in: column, y: 0, ink: dim)
        case .check:
            let text = Self.check(member, in: frame.assessment.group(member.id.group), line.glyphs)
            line.put(text.text, in: column, y: 0, ink: Looks.ink(for: member.freshness, else: text.token))
        case .admin:
            let text = Self.admin(member)
            line.put(text.text, in: column, y: 0, ink: Ink(text.token, text.token == .checkWarn ? .bold : []))
        case .sessions: figure(member.sessions.map { Figures.count(Double($0)) })
        case .bar:
            line.bar(
                member.sessions.map { Double($0) / Double(max(most, 1)) }, x: column.x, y: 0, width: column.width)
        case .most: figure(traffic.sessionsMax.map { Figures.count(Double($0)) })
        case .queue:
            let queue = traffic.queue
            line.put(
                queue.map(String.init) ?? none, in: column, y: 0, ink: (queue ?? 0) > 0 ? Ink(.checkWarn) : ink)
        case .rate: figure(traffic.rate.map(Figures.rate))
        case .spark:
            line.sparkline(
                frame.values(.member(member.id), .sessions, column.width), x: column.x, y: 0, width: column.width)
        case .inRate: figure(traffic.inRate.map(Figures.bytesRate))
        case .outRate: figure(traffic.outRate.map(Figures.bytesRate))
        case .errors: figure(traffic.errors.map { Figures.count(Double($0)) })
        case .weight: figure(traffic.weight.map(String.init))
        case .detail: line.put(traffic.detail ?? none, in: column, y: 0, ink: dim)
        case .age:
            let text = frame.seenAt(member.id).map { Figures.age(from: $0, to: frame.now) } ?? "never"
            line.put(text, in: column, y: 0, ink: Ink(member.freshness == .fresh ? .textDim : .checkWarn))
        }
    }

    /// What the checks say, over all balancers: the worst, and on how many where they differ.
    static func check(
        _ member: MemberAssessment, in group: GroupAssessment?, _ glyphs: Glyphs
    ) -> (text: String, token: Token) {
        let states = member.balancing.compactMap(\.check)
        guard let first = states.first else { return ("unknown", .textStale) }
        // Its check fails because its database does not lead: red would be a false alarm.
        if let group, Looks.waits(member, in: group) { return ("\(glyphs.none) waits", .textDim) }
        let up = states.count { $0 == .up }
        if up == states.count { return ("\(glyphs.pass) up", .checkPass) }
        let down = states.count { $0 == .down }
        if down == states.count { return ("\(glyphs.fail) down", .checkFail) }
        if states.allSatisfy({ $0 == first }) { return (first.rawValue, Looks.check(first)) }
        return ("up \(up) of \(states.count)", .checkWarn)
    }

    /// What operators made of it: `drain 1 of 2` where not all balancers agree.
    static func admin(_ member: MemberAssessment) -> (text: String, token: Token) {
        let states = member.balancing.compactMap(\.admin)
        guard !states.isEmpty else { return ("unknown", .textStale) }
        let drained = states.count { $0 == .drain }
        let maintained = states.count { $0 == .maintenance }
        if drained + maintained == 0 { return ("ready", .textDim) }
        let word = drained == 0 ? "maintenance" : maintained == 0 ? "drain" : "drain/maint"
        let count = drained + maintained
        return (count == states.count && count == 1 ? word : "\(word) \(count) of \(states.count)", .checkWarn)
    }
}

/// A server's traffic added up over its balancers.
struct Traffic {
    var sessionsMax: Int?
    var queue: Int?
    var rate: Double?
    var inRate: Double?
    var outRate: Double?
    var errors: Int64?
    var weight: Int?
    var detail: String?

    init(_ member: Member?) {
        for seen in member?.sightings ?? [] {
            guard let facts = seen.facts.traffic else { continue }
            sessionsMax = Self.sum(sessionsMax, facts.sessionsMax)
            queue = Self.sum(queue, facts.queue)
            rate = Self.sum(rate, facts.sessionRate)
            inRate = Self.sum(inRate, facts.bytesInRate)
            outRate = Self.sum(outRate, facts.bytesOutRate)
            errors = Self.sum(errors, facts.errorsTotal)
            weight = weight ?? facts.weight
            if detail == nil || facts.check == .down { detail = facts.checkDetail ?? detail }
        }
    }

    private static func sum(_ a: Double?, _ b: Double?) -> Double? {
        guard let b else { return a }
        return (a ?? 0) + b
    }

    /// Wraps around rather than trapping on what a peer made up.
    private static func sum<Value: FixedWidthInteger>(_ a: Value?, _ b: Value?) -> Value? {
        guard let b else { return a }
        return (a ?? 0) &+ b
    }
}
