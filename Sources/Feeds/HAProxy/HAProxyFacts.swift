import Estate
import Wire

/// Turns a balancer's answers into what this observer says of its pools, their servers and itself. Pure: answers and
/// times in, facts out.
struct HAProxyFacts: Sendable {
    struct Output {
        var members: [(id: MemberID, facts: MemberFacts, isEdge: Bool)] = []
        var groups: [(id: GroupID, facts: GroupFacts)] = []
        /// Servers told before that are not there any more.
        var gone: [MemberID] = []
        var event: Event?
    }

    private struct Standing: Equatable {
        let admin: AdminState?
        let check: CheckState?
    }

    private let balancer: MemberID
    private let node: NodeID?
    private let pools: [String: GroupID]
    private var run = HAProxyRun()
    private var servers = HAProxyServers()
    private var told: [MemberID: Standing] = [:]

    /// - Parameters:
    ///   - balancer: the instance itself, as a member of the group of balancers.
    ///   - pools: which group a backend is; a backend that is not there is a group of its own.
    init(balancer: MemberID, node: NodeID?, pools: [String: GroupID]) {
        self.balancer = balancer
        self.node = node
        self.pools = pools
    }

    mutating func take(
        _ info: HAProxyInfo, _ states: [HAProxyServerState]?, _ stat: HAProxyStatPage, at now: Timestamp
    ) -> Output {
        var output = Output()
        if let restart = run.take(info, states: states) {
            servers.forgetCounters()
            output.event = event(restart, at: now)
        }
        let byHandle = Dictionary(
            (states ?? []).map { ("\($0.backend)/\($0.server)", $0) }, uniquingKeysWith: { first, _ in first })
        let lines = stat.lines.filter { $0.kind == .server }
        let names = memberIDs(lines)
        var trackers: [String: [String]] = [:]
        for line in lines {
            if let tracked = line.tracks { trackers[tracked, default: []].append("\(line.proxy)/\(line.name)") }
        }
        var standings: [MemberID: Standing] = [:]
        standings.reserveCapacity(lines.count)
        for (line, id) in zip(lines, names) {
            let handle = "\(line.proxy)/\(line.name)"
            let facts = servers.facts(line, byHandle[handle], trackedBy: trackers[handle] ?? [], at: now)
            let standing = Standing(admin: facts.traffic?.admin, check: facts.traffic?.check)
            standings[id] = standing
            output.members.append((id, facts, told[id] != standing))
        }
        // An answer that was cut off does not say that the rest is gone.
        if !stat.isTruncated, !stat.isOverLimit {
            output.gone = told.keys.filter { standings[$0] == nil }.sorted()
            servers.keep(Set(lines.map { "\($0.proxy)/\($0.name)" }))
            told = standings
        } else {
            told.merge(standings) { _, new in new }
        }
        output.groups = groups(stat, lines, names)
        output.groups.append((balancer.group, balancerGroup(info)))
        output.members.append((balancer, itself(info, at: now), output.event != nil))
        return output
    }

    private func group(_ backend: String) -> GroupID { pools[backend] ?? GroupID(backend) }

    /// A server's name; with its backend's before it where several backends are one group, because a command has to
    /// tell them apart.
    private func memberIDs(_ lines: [HAProxyStat]) -> [MemberID] {
        var backends: [GroupID: Set<String>] = [:]
        for line in lines { backends[group(line.proxy), default: []].insert(line.proxy) }
        return lines.map { line in
            let group = group(line.proxy)
            let isShared = (backends[group]?.count ?? 0) > 1
            return MemberID(group, isShared ? "\(line.proxy)/\(line.name)" : line.name)
        }
    }

    private func groups(
        _ stat: HAProxyStatPage, _ lines: [HAProxyStat], _ names: [MemberID]
    ) -> [(id: GroupID, facts: GroupFacts)] {
        var rosters: [GroupID: [String]] = [:]
        for id in names { rosters[id.group, default: []].append(id.name) }
        var made: [(id: GroupID, facts: GroupFacts)] = []
        var index: [GroupID: Int] = [:]
        for line in stat.lines where line.kind == .backend {
            let id = group(line.proxy)
            // The page with the statistics is a backend as well, and has no servers.
            guard rosters[id] != nil || pools[line.proxy] != nil else { continue }
            let facts = pool(line, roster: rosters[id] ?? [])
            if let known = index[id] {
                HAProxyFacts.merge(facts, into: &made[known].facts)
            } else {
                index[id] = made.count
                made.append((id, facts))
            }
        }
        return made
    }

    private func pool(_ line: HAProxyStat, roster: [String]) -> GroupFacts {
        var facts = GroupFacts()
        facts.manager = "haproxy"
        facts.roster = roster
        facts.balancing = line.algorithm
        facts.poolServing = line.status.takesTraffic
        facts.poolSessions = line.sessions
        facts.poolQueue = line.queued
        facts.poolSessionRate = line.sessionRate.map(Double.init)
        facts.notes["backend"] = line.proxy
        facts.notes["mode"] = line.mode
        facts.notes["cookie"] = line.cookie
        return facts
    }

    /// Several backends are one group: it takes connections when all of them do.
    private static func merge(_ more: GroupFacts, into facts: inout GroupFacts) {
        // A peer may send any number: two of them can be more than there are.
        func sum(_ a: Int?, _ b: Int?) -> Int? {
            guard let a, let b else { return a ?? b }
            let (sum, isOver) = a.addingReportingOverflow(b)
            return isOver ? (a > 0 ? .max : .min) : sum
        }
        func sum(_ a: Double?, _ b: Double?) -> Double? {
            guard let a, let b else { return a ?? b }
            return a + b
        }
        facts.poolServing = facts.poolServing == true && more.poolServing == true
        facts.poolSessions = sum(facts.poolSessions, more.poolSessions)
        facts.poolQueue = sum(facts.poolQueue, more.poolQueue)
        facts.poolSessionRate = sum(facts.poolSessionRate, more.poolSessionRate)
        if let backend = more.notes["backend"] { facts.notes["backend"]?.append(", \(backend)") }
    }

    // MARK: - The balancer itself

    private func balancerGroup(_ info: HAProxyInfo) -> GroupFacts {
        var facts = GroupFacts()
        facts.manager = "haproxy"
        facts.poolServing = !info.isStopping
        facts.poolSessions = info.connections
        facts.poolSessionRate = info.connectionRate.map(Double.init)
        return facts
    }

    private func itself(_ info: HAProxyInfo, at now: Timestamp) -> MemberFacts {
        var facts = MemberFacts()
        facts.role = .balancer
        facts.state = info.isStopping ? .stopping : .running
        facts.node = node
        facts.version = info.version
        facts.startedAt = HAProxyFacts.startedAt(info, now)
        // Seen as a server of its group it takes traffic; it has no handle, because nobody drains it here.
        var traffic = TrafficFacts()
        traffic.admin = .ready
        traffic.check = info.isStopping ? .down : .up
        traffic.sessions = info.connections
        traffic.sessionsMax = info.connectionsMax
        traffic.sessionRate = info.connectionRate.map(Double.init)
        traffic.requestsTotal = info.requestsTotal.map(Int64.init)
        facts.traffic = traffic
        let figures: [(String, Int?)] = [
            ("connections", info.connections), ("connectionsMax", info.connectionsMax),
            ("connectionsTotal", info.connectionsTotal), ("idlePercent", info.idlePercent),
            ("threads", info.threads),
        ]
        for (name, value) in figures { facts.figures[name] = value.map(Double.init) }
        facts.notes["pid"] = info.pid.map(String.init)
        facts.notes["host"] = info.host
        return facts
    }

    private static func startedAt(_ info: HAProxyInfo, _ now: Timestamp) -> Timestamp? {
        if let seconds = info.startedAtSeconds, (1..<9_000_000_000).contains(seconds) {
            return Timestamp(seconds: Double(seconds))
        }
        // Below 2.5 only the uptime is told; to the second it wavers, so whole tens are enough to show.
        guard let uptime = info.uptimeSeconds, (0..<9_000_000_000).contains(uptime) else { return nil }
        let seconds = ((now.seconds - Double(uptime)) / 10).rounded() * 10
        return seconds > 0 ? Timestamp(seconds: seconds) : nil
    }

    private func event(_ restart: HAProxyRun.Restart, at now: Timestamp) -> Event {
        let forgotten = restart.forgotten
        var text = "\(balancer.name) was reloaded"
        if !forgotten.isEmpty {
            text += " and takes back in what was drained: " + forgotten.prefix(5).joined(separator: ", ")
            if forgotten.count > 5 { text += " and \(forgotten.count - 5) more" }
        }
        return Event(
            at: now, .balancerReloaded, forgotten.isEmpty ? .notice : .warning, group: balancer.group,
            member: balancer, text: text)
    }
}
