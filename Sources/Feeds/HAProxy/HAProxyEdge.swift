import Estate
import Settings
import Wire

/// What a balancer lets in and keeps out for each of its HTTP pools: rates from its counters, the busiest clients from
/// stick tables, and when its certificates end. Pure: answers and times in, facts out.
struct HAProxyEdge: Sendable {
    /// Clients that are named.
    static let talkersMax = 10
    /// A table with more clients is asked for the busy ones only.
    static let entriesWanted = 2_000

    private struct Counters: Sendable {
        let denied: Int?
        let errors4xx: Int?
        let errors5xx: Int?
        let at: Timestamp
    }

    private struct Table: Sendable {
        var talkers: [EdgeFacts.Talker] = []
        var clients: Int?
    }

    private let settings: [GroupID: HAProxySettings]
    private let pools: [String: GroupID]
    private var last: [GroupID: Counters] = [:]
    private var tables: [String: Table] = [:]
    /// Requests over a table's period from where on its clients are asked for.
    private var floors: [String: Int] = [:]
    private(set) var certificates: [EdgeFacts.Certificate] = []
    /// HTTP pools by their frontends, of the last answer.
    private var frontends: [GroupID: [String]] = [:]

    init(_ settings: [GroupID: HAProxySettings], pools: [String: GroupID]) {
        self.settings = settings
        self.pools = pools
    }

    /// Another process counts from zero.
    mutating func forgetCounters() { last = [:] }

    /// The edge of each group that HTTP comes in for.
    mutating func take(_ stat: HAProxyStatPage, at now: Timestamp) -> [GroupID: EdgeFacts] {
        var owners: [String: GroupID] = [:]
        for (group, one) in settings { for name in one.frontends { owners[name] = group } }
        var lines: [GroupID: [HAProxyStat]] = [:]
        for line in stat.lines where line.kind == .frontend && line.mode == "http" {
            // A `listen` section, or a frontend that has its backend's name.
            guard let group = owners[line.proxy] ?? pools[line.proxy] else { continue }
            if let named = settings[group]?.frontends, !named.isEmpty, !named.contains(line.proxy) { continue }
            lines[group, default: []].append(line)
        }
        frontends = lines.mapValues { $0.map(\.proxy) }
        var made: [GroupID: EdgeFacts] = [:]
        for (group, all) in lines {
            // What a backend's own rules turn away counts there.
            let back = stat.lines.filter { $0.kind == .backend && pools[$0.proxy] == group }
            made[group] = facts(group, all, back, at: now)
        }
        return made
    }

    private mutating func facts(
        _ group: GroupID, _ front: [HAProxyStat], _ back: [HAProxyStat], at now: Timestamp
    ) -> EdgeFacts {
        var facts = EdgeFacts()
        facts.requestRate = Self.sum(front.map(\.requestRate)).map(Double.init)
        facts.connections = Self.sum(front.map(\.sessions)).map(Int64.init)
        facts.connectionsMax = Self.sum(front.map(\.sessionsLimit)).map(Int64.init)
        let counters = Counters(
            denied: Self.sum((front + back).map(\.deniedRequests)), errors4xx: Self.sum(front.map(\.responses4xx)),
            errors5xx: Self.sum(front.map(\.responses5xx)), at: now)
        if let before = last.updateValue(counters, forKey: group) {
            let seconds = (now - before.at).seconds
            facts.deniedRate = Self.rate(counters.denied, before.denied, seconds)
            facts.clientErrorRate = Self.rate(counters.errors4xx, before.errors4xx, seconds)
            facts.serverErrorRate = Self.rate(counters.errors5xx, before.errors5xx, seconds)
        }
        facts.clientLimitRate = settings[group]?.clientLimitRate
        let mine = tableNames(of: group).compactMap { tables[$0] }
        facts.clients = Self.sum(mine.map(\.clients)).map(Int64.init)
        let limit = facts.clientLimitRate
        facts.talkers = mine.flatMap(\.talkers).map { talker in
            // Of a client within the limit nothing was turned away: its errors are its own.
            guard let limit, talker.requestRate > limit else {
                return EdgeFacts.Talker(address: talker.address, requestRate: talker.requestRate)
            }
            return talker
        }.sorted { ($0.requestRate, $1.address) > ($1.requestRate, $0.address) }
        facts.talkers = Array(facts.talkers.prefix(Self.talkersMax))
        facts.certificates = certificates
        return facts
    }

    private static func sum(_ values: [Int?]) -> Int? {
        let known = values.compactMap { $0 }
        return known.isEmpty ? nil : known.reduce(0) { $0.addingReportingOverflow($1).partialValue }
    }

    /// nil when either is unknown, or the counter went back.
    private static func rate(_ new: Int?, _ old: Int?, _ seconds: Double) -> Double? {
        guard let new, let old, new >= old, seconds > 0 else { return nil }
        return (Double(new) - Double(old)) / seconds
    }

    // MARK: - Tables and certificates

    private func tableNames(of group: GroupID) -> [String] {
        if let table = settings[group]?.table { return [table] }
        let backends = pools.filter { $0.value == group }.keys
        return Array(Set((frontends[group] ?? []) + backends)).sorted()
    }

    /// Some pool takes HTTP, and so has an edge.
    var isAny: Bool { !frontends.isEmpty }

    /// The commands that ask for the clients, of the tables there are.
    mutating func questions(_ heads: [HAProxyTableHead]) -> [String] {
        let wanted = Set(frontends.keys.flatMap(tableNames))
        tables = tables.filter { name, _ in heads.contains { $0.name == name } }
        return heads.filter { wanted.contains($0.name) && Self.isSafe($0.name) }.map { head in
            var floor = floors[head.name] ?? 0
            if head.used > Self.entriesWanted, floor == 0 { floor = 8 }
            if head.used <= Self.entriesWanted { floor = 0 }
            floors[head.name] = floor
            tables[head.name, default: Table()].clients = head.used
            return "show table \(head.name) data.http_req_rate gt \(floor)"
        }
    }

    /// A name goes into a command as it is.
    private static func isSafe(_ name: String) -> Bool {
        name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "\\") }
    }

    mutating func take(_ table: HAProxyTable) {
        let name = table.head.name
        // More than enough: ask for busier ones the next time, and for fewer where there are few.
        if table.entries.count > Self.entriesWanted {
            floors[name] = min(max(floors[name] ?? 0, 4) * 2, 1 << 20)
        } else if table.entries.count < Self.talkersMax, let floor = floors[name], floor > 1 {
            floors[name] = floor / 2
        }
        var talkers = table.entries.compactMap { entry in
            entry.requestRate.map {
                EdgeFacts.Talker(address: entry.key, requestRate: $0, deniedRate: entry.errorRate)
            }
        }
        talkers.sort { ($0.requestRate, $1.address) > ($1.requestRate, $0.address) }
        tables[name, default: Table()].talkers = Array(talkers.prefix(Self.talkersMax))
    }

    mutating func take(_ found: [HAProxyCertificate]) {
        certificates = found.map { EdgeFacts.Certificate(name: $0.name, expiresAt: $0.expiresAt) }
            .sorted { ($0.expiresAt, $0.name) < ($1.expiresAt, $1.name) }
    }
}
