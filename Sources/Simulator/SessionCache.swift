import Estate

/// The session cache: servers of which one takes writes, and sentinels who agree on which.
struct SessionCache: Sendable {
    static let downAfterSeconds = 5.0
    static let failoverSeconds = 1.2
    /// A former master that comes back calls itself one until the sentinels tell it otherwise.
    static let believesItselfSeconds = 10.0

    struct Server: Sendable {
        let name: String
        let host: Int
        let site: Int
        let address: String
        var phase = Phase.running
        var isMaster = false
        /// Bytes of the replication stream.
        var offset = 8.4e11
        var isLinked = true
        var linksAt: Timestamp?
        var demotedAt: Timestamp?
        var startedAt: Timestamp
        /// `replica-priority`: set at run time, and forgotten with the process.
        var rank = SessionCache.rankUsual
    }

    static let rankUsual = 100
    /// Sentinels ask each server for all it says this often.
    static let infoEverySeconds = 10.0
    /// A failover that was asked for: the old leader is told soon.
    static let askedFailoverSeconds = 0.6

    struct Sentinel: Sendable {
        let name: String
        /// It runs on the host of the cache in its site.
        let server: Int
        /// Whom it takes for the master.
        var master: Int
        /// It is told of a change then.
        var hearsAt: Timestamp?
        /// It does not listen to the others any more and goes on saying this.
        var isStuck = false
        /// Of each server the rank as it heard it last, and when it asks again.
        var ranks: [Int]
        var asksAt: Timestamp
        /// Since when it does not reach the master.
        var missesSince: Timestamp?
    }

    private(set) var servers: [Server]
    private(set) var sentinels: [Sentinel]
    /// Whom the majority takes for the master.
    private(set) var master = 0
    private var failoverAt: Timestamp?
    /// Somebody asked a sentinel for it.
    private var askedAt: Timestamp?
    private var chance: Chance

    init(seed: UInt64, now: Timestamp) {
        servers = AcmeBets.caches.compactMap { name in
            guard let host = AcmeBets.hostIndex[name] else { return nil }
            let plan = AcmeBets.hosts[host]
            return Server(
                name: name, host: host, site: plan.site, address: "\(plan.address):6379",
                startedAt: now - .seconds(4.1e6))
        }
        servers[0].isMaster = true
        let ranks = servers.map(\.rank)
        sentinels = servers.indices.map { n in
            Sentinel(
                name: AcmeBets.sentinel(n), server: n, master: 0, ranks: ranks,
                asksAt: now + .seconds(2.7 * Double(n)))
        }
        chance = Chance(seed: seed, "cache")
    }

    func isAlive(_ n: Int, _ hostUp: [Bool]) -> Bool { servers[n].phase == .running && hostUp[servers[n].host] }
    func isSentinelAlive(_ n: Int, _ hostUp: [Bool]) -> Bool { hostUp[servers[sentinels[n].server].host] }
    func isSentinelReaching(_ n: Int, _ server: Int, _ s: Network, _ hostUp: [Bool]) -> Bool {
        isAlive(server, hostUp) && s.reaches(servers[sentinels[n].server].site, servers[server].site)
    }

    mutating func step(_ s: Surroundings) {
        replicate(s)
        watch(s)
    }

    private mutating func replicate(_ s: Surroundings) {
        for n in servers.indices {
            if case .starting(let until) = servers[n].phase, s.now >= until {
                servers[n].phase = .running
                servers[n].startedAt = s.now
                servers[n].rank = Self.rankUsual
                servers[n].isLinked = false
                if servers[n].isMaster, n != master {
                    servers[n].demotedAt = s.now + .seconds(Self.believesItselfSeconds)
                }
            }
            if let at = servers[n].demotedAt, s.now >= at {
                servers[n].demotedAt = nil
                servers[n].isMaster = n == master
                servers[n].offset = min(servers[n].offset, servers[master].offset)
            }
        }
        let rate = isAlive(master, s.isHostUp) ? 9_000 + s.load.bets * 700 : 0
        servers[master].offset += rate * s.seconds
        for n in servers.indices where n != master && !servers[n].isMaster {
            let isFed =
                isAlive(n, s.isHostUp) && isAlive(master, s.isHostUp) && servers[master].isMaster
                && s.net.reaches(servers[n].site, servers[master].site)
            guard isFed else {
                (servers[n].isLinked, servers[n].linksAt) = (false, nil)
                continue
            }
            guard servers[n].isLinked else {
                let at = servers[n].linksAt ?? s.now + .seconds(chance.seconds(1, 2.5))
                servers[n].linksAt = at
                if s.now >= at { (servers[n].isLinked, servers[n].linksAt) = (true, nil) }
                continue
            }
            let delay = Network.delay(servers[n].site, servers[master].site) * chance.wobble(0.4)
            servers[n].offset = max(servers[n].offset, servers[master].offset - rate * delay)
        }
    }

    private mutating func watch(_ s: Surroundings) {
        var missing = 0
        var alive = 0
        for n in sentinels.indices where isSentinelAlive(n, s.isHostUp) {
            alive += 1
            if s.now >= sentinels[n].asksAt {
                sentinels[n].asksAt = s.now + .seconds(Self.infoEverySeconds)
                for i in servers.indices where isSentinelReaching(n, i, s.net, s.isHostUp) {
                    sentinels[n].ranks[i] = servers[i].rank
                }
            }
            if let at = sentinels[n].hearsAt, s.now >= at, hearsOthers(n, s) {
                sentinels[n].hearsAt = nil
                if !sentinels[n].isStuck { sentinels[n].master = master }
            }
            if isSentinelReaching(n, master, s.net, s.isHostUp), servers[master].isMaster {
                sentinels[n].missesSince = nil
            } else {
                let since = sentinels[n].missesSince ?? s.now
                sentinels[n].missesSince = since
                if (s.now - since).seconds >= Self.downAfterSeconds { missing += 1 }
            }
        }
        if let at = askedAt {
            guard s.now >= at else { return }
            askedAt = nil
            if let next = heir(s, votes: 1) { lead(next, demotedAfter: chance.seconds(0.6, 1.2), s) }
            return
        }
        let majority = sentinels.count / 2 + 1
        guard missing >= majority, alive >= majority else { return failoverAt = nil }
        guard let at = failoverAt else {
            failoverAt = s.now + .seconds(Self.failoverSeconds + chance.between(0, 0.6))
            return
        }
        guard s.now >= at else { return }
        failoverAt = nil
        guard let next = heir(s, votes: majority) else { return }
        // The one before does not know yet.
        lead(next, demotedAfter: Self.believesItselfSeconds, s)
    }

    /// Whom a sentinel would choose: the lowest rank that is not 0, then who has received most.
    private func heir(_ s: Surroundings, votes: Int) -> Int? {
        let chooser = sentinels.indices.first { isSentinelAlive($0, s.isHostUp) }
        func rank(_ n: Int) -> Int { chooser.map { sentinels[$0].ranks[n] } ?? servers[n].rank }
        let able = servers.indices.filter { n in
            n != master && isAlive(n, s.isHostUp) && rank(n) != 0
                && sentinels.indices.count { isSentinelReaching($0, n, s.net, s.isHostUp) } >= votes
        }
        return able.min {
            rank($0) == rank($1) ? servers[$0].offset > servers[$1].offset : rank($0) < rank($1)
        }
    }

    private mutating func lead(_ next: Int, demotedAfter: Double, _ s: Surroundings) {
        if isAlive(master, s.isHostUp) { servers[master].demotedAt = s.now + .seconds(demotedAfter) }
        master = next
        servers[next].isMaster = true
        servers[next].demotedAt = nil
        for n in sentinels.indices {
            sentinels[n].hearsAt = s.now + .seconds(chance.seconds(0.05, 0.9))
            sentinels[n].missesSince = nil
        }
    }

    // MARK: Commands

    /// What a sentinel answers to `SENTINEL FAILOVER`.
    mutating func failover(_ s: Surroundings) -> String {
        if askedAt != nil || failoverAt != nil { return "-INPROG Failover already in progress" }
        guard heir(s, votes: 1) != nil else { return "-NOGOODSLAVE No suitable replica to promote" }
        askedAt = s.now + .seconds(Self.askedFailoverSeconds)
        return "+OK"
    }

    mutating func setRank(_ n: Int, _ text: String) -> String {
        guard let rank = Int(text), rank >= 0 else {
            return "-ERR CONFIG SET failed (possibly related to argument 'replica-priority') - argument couldn't be"
                + " parsed into an integer"
        }
        servers[n].rank = rank
        return "+OK"
    }

    private func hearsOthers(_ n: Int, _ s: Surroundings) -> Bool {
        sentinels.indices.contains { other in
            other != n && isSentinelAlive(other, s.isHostUp)
                && s.net.reaches(servers[sentinels[n].server].site, servers[sentinels[other].server].site)
        }
    }

    mutating func change(_ n: Int, to phase: Phase) { servers[n].phase.change(to: phase) }

    /// Makes a sentinel say that `server` is the master, or, with nil, listen to the others again.
    mutating func split(_ n: Int, says server: Int?) {
        sentinels[n].isStuck = server != nil
        sentinels[n].master = server ?? master
    }
}
