import Estate

/// Something a scenario does to the platform. Names are places in the platform's tables already.
enum ScenarioAction: Sendable, Equatable {
    case kill(ScenarioTarget)
    case stop(ScenarioTarget)
    case start(ScenarioTarget)
    case crash(ScenarioTarget)
    /// Of what is written, it receives and replays these shares.
    case lag(ScenarioTarget, receive: Double, replay: Double)
    /// From all others and from us, or from one other site.
    case cut(site: Int, from: Int?)
    case heal(site: Int)
    case disk(host: Int, DiskStage)
    /// Attempts to log in, a second.
    case flood(rate: Double, addresses: Int)
    case deploy(pool: Int, Release, servers: Int)
    case release(pool: Int, server: Int, Release)
    case backups(database: Int, BackupConduct, since: Span?)
    /// A sentinel that says so whatever the others say; nil: listens to them again.
    case split(sentinel: Int, says: Int?)
    case flap(database: Int, every: Span, times: Int)
    case load(factor: Double, over: Span)
    case provider(site: Int, provider: Int, UplinkState)

    /// A version of a service.
    struct Release: Sendable, Equatable {
        var version: String
        /// Of its answers, how many are 5xx.
        var errorShare: Double
        /// 1 is as usual.
        var slowness: Double
    }
}

/// Whom an action is done to.
enum ScenarioTarget: Sendable, Equatable {
    case leader(database: Int)
    case standby(database: Int)
    case member(database: Int, Int)
    case server(pool: Int, Int)
    case balancer(Int)
    case cacheLeader
    case cache(Int)
    case storeLeader
    case voter(Int)
    case host(Int)
}

extension World {
    /// From one server of a pool to the next when a release is rolled out.
    static let rolloutEvery = Span.seconds(9)
    static let restartSeconds = 5.0
    /// A leader that flaps is away for so long.
    static let flapAway = Span.seconds(9)

    mutating func perform(_ action: ScenarioAction) {
        switch action {
        case .kill(let target): change(target, to: .dead)
        case .stop(let target): change(target, to: .stopped)
        case .start(let target): change(target, to: .starting(until: now + .seconds(Self.restartSeconds)))
        case .crash(let target): change(target, to: .crashed(until: now + .seconds(DatabaseCluster.crashSeconds)))
        case .lag(let target, let receive, let replay):
            guard let (d, m) = member(target) else { return }
            databases[d].members[m].receiveShare = receive
            databases[d].members[m].replayShare = replay
        case .cut(let site, let from): net.cut(site, from: from)
        case .heal(let site): net.heal(site)
        case .disk(let host, let stage): hosts[host].set(stage, at: now)
        case .flood(let rate, let addresses):
            edge.floodTarget = rate
            edge.addresses = addresses
        case .deploy(let pool, let release, let count):
            for i in pools[pool].servers.indices.prefix(count) {
                add(Errand(at: now + Self.rolloutEvery * Double(i), action: .release(pool: pool, server: i, release)))
            }
        case .release(let pool, let i, let release):
            pools[pool].servers[i].version = release.version
            pools[pool].servers[i].errorShare = release.errorShare
            pools[pool].servers[i].slowness = release.slowness
            pools[pool].servers[i].phase = .starting(until: now + .seconds(Self.restartSeconds))
        case .backups(let d, let conduct, let since): backups[d].set(conduct, since: since, at: now)
        case .split(let sentinel, let says): cache.split(sentinel, says: says)
        case .flap(let d, let every, let times): flap(d, every, times)
        case .load(let factor, let over):
            load.factorTarget = factor
            // Nearly there after the time given.
            load.factorShare = min(1, 3 / max(1, over.seconds))
        case .provider(let site, let provider, let state): provide(site, provider, state)
        }
    }

    private mutating func flap(_ d: Int, _ every: Span, _ times: Int) {
        guard times > 0, let leader = databases[d].lock else {
            // Nobody to take away now: later.
            if times > 0 { add(Errand(at: now + .seconds(5), action: .flap(database: d, every: every, times: times))) }
            return
        }
        let target = ScenarioTarget.member(database: d, leader)
        change(target, to: .stopped)
        add(Errand(at: now + Self.flapAway, action: .start(target)))
        add(Errand(at: now + every, action: .flap(database: d, every: every, times: times - 1)))
    }

    private mutating func provide(_ site: Int, _ provider: Int, _ state: UplinkState) {
        let mine = uplinks.indices.filter { uplinks[$0].site == site }
        guard mine.indices.contains(provider) else { return }
        uplinks[mine[provider]].set(state)
        let preferred = mine.first { uplinks[$0].state == .up } ?? mine.first { uplinks[$0].state == .lossy }
        for u in mine {
            let isPreferred = u == preferred
            if isPreferred, !uplinks[u].isPreferred { uplinks[u].routeChanged() }
            uplinks[u].isPreferred = isPreferred
        }
        // Without any line the site goes on by itself; the way between the sites is another.
        net.show(site, preferred != nil)
    }

    private func member(_ target: ScenarioTarget) -> (database: Int, member: Int)? {
        switch target {
        case .member(let d, let m): return (d, m)
        case .leader(let d): return (databases[d].lock ?? databases[d].lastLeader).map { (d, $0) }
        case .standby(let d):
            let other = databases[d].members.indices.first { $0 != databases[d].lock }
            return (databases[d].synchronous.first ?? other).map { (d, $0) }
        default: return nil
        }
    }

    private mutating func change(_ target: ScenarioTarget, to phase: Phase) {
        switch target {
        case .leader, .standby, .member:
            guard let (d, m) = member(target) else { return }
            changeDatabase(d, m, phase)
        case .server(let p, let i): pools[p].servers[i].phase = phase
        case .balancer(let b): balancers[b].phase = phase
        case .cacheLeader: cache.set(cache.master, phase)
        case .cache(let n): cache.set(n, phase)
        case .storeLeader: if let leader = store.leader { store.set(leader, phase) }
        case .voter(let v): store.set(v, phase)
        case .host(let h): changeHost(h, phase)
        }
    }

    private mutating func changeDatabase(_ d: Int, _ m: Int, _ phase: Phase) {
        let s = surroundings
        switch phase {
        case .dead: databases[d].died(m)
        case .stopped: databases[d].stop(m, s)
        case .starting: databases[d].start(m, s)
        case .crashed: databases[d].crash(m, s)
        default: break
        }
    }

    /// All that runs on it goes and comes with it.
    private mutating func changeHost(_ h: Int, _ phase: Phase) {
        let isStart: Bool
        if case .starting = phase { isStart = true } else { isStart = false }
        if isStart == hosts[h].isUp { return }
        if isStart { hosts[h].bootedAt = now }
        for d in databases.indices {
            for m in databases[d].members.indices where databases[d].members[m].host == h {
                if phase == .stopped { databases[d].stop(m, surroundings) }
            }
        }
        hosts[h].isUp = isStart
        for d in databases.indices {
            for m in databases[d].members.indices where databases[d].members[m].host == h && isStart {
                if databases[d].members[m].phase.isThere { databases[d].died(m) }
                databases[d].start(m, surroundings)
            }
        }
        guard isStart else { return }
        for p in pools.indices where pools[p].plan.database == nil {
            for i in pools[p].servers.indices where pools[p].servers[i].host == h { pools[p].servers[i].phase = phase }
        }
        for b in balancers.indices where balancers[b].host == h { balancers[b].phase = phase }
        for n in cache.servers.indices where cache.servers[n].host == h { cache.set(n, phase) }
        for v in store.voters.indices where store.voters[v].host == h { store.set(v, phase) }
    }
}
