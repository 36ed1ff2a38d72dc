import Estate

/// One subscription as the cockpit would hold it to a real platform: what it watches, and how often.
struct Observer: Sendable {
    /// While nothing changes, a source says this often how it does.
    static let statusEverySeconds = 10.0
    /// An answer that does not come is given up after so long.
    static let replySeconds = 2.0

    enum Subject: Sendable, Equatable {
        case register(Int)
        case cluster(Int)
        case member(Int, Int)
        case sql(Int, Int)
        case balancer(Int)
        case store
        case host(Int)
        case sentinel(Int)
        case cache(Int)
        case uplinks(Int)
        case backup(Int)
        case figures
        case alerts
    }

    let subject: Subject
    let source: SourceID
    let endpoint: String
    let interval: Span
    let freshFor: Span
    /// Round trip, seconds.
    let latency: Double
    var asksAt: Timestamp
    var state: SourceStatus.State?
    var toldAt = Timestamp.zero
    var silentSince: Timestamp?

    /// Tells more than how things are now.
    var hasEdges: Bool {
        switch subject {
        case .sql, .balancer: true
        default: false
        }
    }

    enum Answer: Sendable, Equatable {
        case heard
        case refused(String)
        case silent
    }

    func status(_ state: SourceStatus.State, _ problem: String?) -> SourceStatus {
        var status = SourceStatus(state, problem: problem, freshFor: freshFor, endpoint: endpoint)
        if state == .live { status.latencySeconds = latency }
        if case .register = subject { status.standsByAll = state == .live }
        return status
    }
}

extension World {
    static func observers(_ w: World, start: Timestamp, seed: UInt64) -> [Observer] {
        var chance = Chance(seed: seed, "observers")
        var list: [Observer] = []
        func add(
            _ subject: Observer.Subject, _ system: String, _ name: String, _ endpoint: String, every seconds: Double,
            site: Int? = nil
        ) {
            let latency = site.map { 0.0011 + 0.004 * Double($0) } ?? 0.002
            let spread = chance.between(0.05, min(0.9, seconds))
            list.append(
                Observer(
                    subject: subject, source: SourceID(system, name), endpoint: endpoint, interval: .seconds(seconds),
                    freshFor: .seconds(seconds * 2 + Observer.replySeconds), latency: latency * chance.wobble(0.3),
                    asksAt: start - firstLook + .seconds(spread)))
        }
        let voter = w.store.voters.first?.address ?? ""
        for (d, database) in w.databases.enumerated() {
            add(.register(d), "etcd", database.id.name, voter, every: 2)
            add(.cluster(d), "patroni", database.id.name, database.members.first?.door ?? "", every: 10)
            for (m, member) in database.members.enumerated() {
                let id = MemberID(database.id, member.name)
                let door = String(member.door.dropFirst(7))
                add(.member(d, m), "patroni", id.description, door, every: 1, site: member.site)
                add(.sql(d, m), "sql", id.description, member.address, every: 1, site: member.site)
            }
            add(.backup(d), "pgbackrest", database.id.name, "bkp-fra-1", every: 60)
        }
        add(.store, "etcd", AcmeBets.storeGroup.name, voter, every: 2)
        for (b, balancer) in w.balancers.enumerated() {
            let address = "\(w.hosts[balancer.host].plan.address):9999"
            add(.balancer(b), "haproxy", balancer.name, address, every: 1, site: balancer.site)
        }
        for (n, server) in w.cache.servers.enumerated() {
            add(
                .cache(n), "redis", "\(AcmeBets.cacheGroup)/\(server.name)", server.address, every: 1, site: server.site
            )
        }
        for (n, sentinel) in w.cache.sentinels.enumerated() {
            let host = w.hosts[w.cache.servers[sentinel.server].host].plan
            add(
                .sentinel(n), "sentinel", "\(AcmeBets.cacheGroup)/\(sentinel.name)", "\(host.address):26379", every: 1,
                site: host.site)
        }
        for site in AcmeBets.sites.indices {
            add(.uplinks(site), "path", AcmeBets.uplinkGroup(site).name, "probe at \(AcmeBets.sites[site])", every: 1)
        }
        for (h, host) in w.hosts.enumerated() {
            add(.host(h), "node", host.plan.name, "\(host.plan.address):9100", every: 5, site: host.plan.site)
        }
        add(.figures, "prometheus", "figures", "10.0.0.40:9090", every: platformEverySeconds)
        add(.alerts, "alertmanager", "alerts", "10.0.0.41:9093", every: platformEverySeconds)
        return list
    }

    // MARK: Looking

    mutating func observe() {
        for o in observers.indices where observers[o].asksAt <= now {
            let at = observers[o].asksAt
            observers[o].asksAt = at + observers[o].interval
            visit(o, at)
        }
    }

    private mutating func visit(_ o: Int, _ at: Timestamp) {
        // It looks again before the leap is over.
        isMuted = leapEnd.map { at + observers[o].interval <= $0 } ?? false
        defer { isMuted = false }
        switch answer(observers[o].subject) {
        case .heard:
            observers[o].silentSince = nil
            let isBack = observers[o].state != .live
            var isDue = isBack || (at - observers[o].toldAt).seconds >= Observer.statusEverySeconds
            if case .register = observers[o].subject { isDue = true }
            if isDue { tellStatus(o, .live, nil, at) }
            if !isMuted || isBack || observers[o].hasEdges { tell(o, at, isBack: isBack) }
        case .refused(let problem):
            observers[o].silentSince = nil
            tellFailure(o, .failed, problem, at)
        case .silent:
            let since = observers[o].silentSince ?? at
            observers[o].silentSince = since
            guard (at - since).seconds >= Observer.replySeconds || observers[o].interval.seconds > 2 else { return }
            tellFailure(o, .silent, "no answer from \(observers[o].endpoint) within 2 s", at)
        }
    }

    private mutating func tellFailure(_ o: Int, _ state: SourceStatus.State, _ problem: String, _ at: Timestamp) {
        let isNews = observers[o].state != state
        guard isNews || (at - observers[o].toldAt).seconds >= Observer.statusEverySeconds else { return }
        tellStatus(o, state, problem, at)
    }

    private mutating func tellStatus(_ o: Int, _ state: SourceStatus.State, _ problem: String?, _ at: Timestamp) {
        let isEdge = observers[o].state != state
        observers[o].state = state
        observers[o].toldAt = at
        send(observers[o].source, at, isEdge: isEdge, .source(observers[o].status(state, problem)))
    }

    mutating func send(_ source: SourceID, _ at: Timestamp, isEdge: Bool = false, _ body: Update.Body) {
        guard isEdge || !isMuted else { return }
        out.append(Update(source, at: at, isEdge: isEdge, body))
    }

    // MARK: Who answers

    private func reached(_ host: Int, isThere: Bool, _ endpoint: @autoclosure () -> String) -> Observer.Answer {
        guard net.isSeen(hosts[host].plan.site), hosts[host].isUp else { return .silent }
        return isThere
            ? .heard : .refused("cannot connect to \(endpoint()): connection refused; nothing listens there")
    }

    /// A voter that we reach and that reaches the leader.
    var isStoreSeen: Bool { AcmeBets.sites.indices.contains { net.isSeen($0) && store.answers[$0] } }

    private func answer(_ subject: Observer.Subject) -> Observer.Answer {
        switch subject {
        case .register:
            if isStoreSeen { return .heard }
            let first = store.voters.first?.address ?? ""
            return .refused("\(first) has no quorum: etcdserver: no leader; what it last said is old")
        case .store:
            let up = hosts.map(\.isUp)
            let isAny = store.voters.indices.contains { store.isAlive($0, up) && net.isSeen(store.voters[$0].site) }
            return isAny ? .heard : .silent
        case .cluster(let d):
            let isAny = databases[d].members.contains {
                $0.phase.isThere && hosts[$0.host].isUp && net.isSeen($0.site)
            }
            return isAny ? .heard : .silent
        case .member(let d, let m):
            let member = databases[d].members[m]
            return reached(member.host, isThere: member.phase.isThere, String(member.door.dropFirst(7)))
        case .sql(let d, let m):
            let member = databases[d].members[m]
            // While it starts and stops it answers, and says so.
            let isThere: Bool
            switch member.phase {
            case .running, .starting, .stopping: isThere = true
            default: isThere = false
            }
            return reached(member.host, isThere: isThere, member.address)
        case .balancer(let b):
            return reached(
                balancers[b].host, isThere: balancers[b].phase == .running,
                "\(hosts[balancers[b].host].plan.address):9999")
        case .host(let h): return reached(h, isThere: true, "")
        case .sentinel(let n): return reached(cache.servers[cache.sentinels[n].server].host, isThere: true, "")
        case .cache(let n):
            let server = cache.servers[n]
            return reached(server.host, isThere: server.phase == .running, server.address)
        case .uplinks(let site): return net.isSeen(site) ? .heard : .silent
        case .figures, .alerts: return .heard
        case .backup:
            guard let host = AcmeBets.hostIndex["bkp-fra-1"] else { return .silent }
            return reached(host, isThere: true, "")
        }
    }

    private mutating func tell(_ o: Int, _ at: Timestamp, isBack: Bool) {
        let source = observers[o].source
        switch observers[o].subject {
        case .register(let d): tellRegister(d, source, at, isBack: isBack)
        case .cluster(let d): tellCluster(d, source, at)
        case .member(let d, let m): tellPatroni(d, m, source, at)
        case .sql(let d, let m): tellSQL(d, m, source, at)
        case .balancer(let b): tellBalancer(b, source, at)
        case .store: tellStore(source, at)
        case .host(let h): send(source, at, .node(hosts[h].id, hosts[h].observed(work(of: h), at: at)))
        case .sentinel(let n): tellSentinel(n, source, at)
        case .cache(let n): tellCache(n, source, at)
        case .uplinks(let site): tellUplinks(site, source, at)
        case .backup(let d):
            var facts = GroupFacts()
            facts.backups = backups[d].facts
            send(source, at, .group(backups[d].group, facts))
        case .figures: tellFigures(source, at)
        case .alerts: tellAlerts(source, at)
        }
    }
}
