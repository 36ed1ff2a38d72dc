import Estate

/// The whole platform at one moment. It goes on in ticks; observers look at it at their own pace.
struct World: Sendable {
    static let tick = Span.milliseconds(100)
    /// Lets everything settle before anybody looks.
    static let settlesSeconds = 20.0
    /// Before the beginning, each observer looks once.
    static let firstLook = Span.seconds(1)
    /// Things still to happen that are kept; a scenario that plans more is refused.
    static let errandsMax = 4_096

    private(set) var now: Timestamp
    private var secondAt: Timestamp
    var load: Load
    var net = Network()
    var hosts: [Host]
    var store: VotingStore
    var databases: [DatabaseCluster]
    var pools: [Pool]
    var balancers: [Balancer]
    var cache: SessionCache
    var uplinks: [Uplink]
    var backups: [BackupLine]
    var edge: Edge
    var observers: [Observer]
    /// Earliest first.
    private(set) var errands: [Errand] = []
    /// Bytes a second that come into and go out of a site.
    var siteTraffic: [(bytesIn: Double, bytesOut: Double)]
    /// Responses 5xx at the edge, a second, by balancer.
    var errorRates: [Double]
    /// Since when the conditions of alerts hold, by the alert's id.
    var alertsSince: [String: Timestamp] = [:]
    /// In force, made by those who watch.
    var silences: [Silence] = []
    var silencesMade = 0
    var chance: Chance
    /// Of the hosts, as all others feel them.
    private var isHostUp: [Bool]
    private var diskSlowness: [Double]
    /// Nobody looks: used to see how something asked for will end.
    var isUnobserved = false
    /// Where a leap ends: on the way there edges are told, and of levels the newest only.
    var leapEnd: Timestamp?
    /// Levels are not told now.
    var isMuted = false
    var out: [Update] = []

    struct Errand: Sendable {
        let at: Timestamp
        let action: ScenarioAction
    }

    init(seed: UInt64, start: Timestamp) {
        let begin = start - .seconds(Self.settlesSeconds)
        now = begin
        secondAt = begin
        chance = Chance(seed: seed, "world")
        load = Load(seed: seed, at: begin)
        hosts = AcmeBets.hosts.map { Host($0, seed: seed, now: begin) }
        isHostUp = hosts.map(\.isUp)
        diskSlowness = hosts.map(\.diskSlowness)
        store = VotingStore(seed: seed)
        databases = AcmeBets.databases.map { DatabaseCluster($0, seed: seed, now: begin) }
        pools = AcmeBets.pools.map { Pool($0, seed: seed, now: begin) }
        balancers = AcmeBets.balancers.enumerated().compactMap { n, name in
            guard let host = AcmeBets.hostIndex[name] else { return nil }
            return Balancer(
                name: name, host: host, site: AcmeBets.hosts[host].site, startedAt: begin - .seconds(5.2e5),
                pid: 811 + n * 37)
        }
        cache = SessionCache(seed: seed, now: begin)
        uplinks = AcmeBets.sites.indices.flatMap { site in
            AcmeBets.providers.indices.map { Uplink(site: site, provider: $0, seed: seed) }
        }
        backups = AcmeBets.databases.map { BackupLine($0, seed: seed, now: begin) }
        edge = Edge(seed: seed, now: start)
        siteTraffic = AcmeBets.sites.map { _ in (0, 0) }
        errorRates = AcmeBets.balancers.map { _ in 0 }
        observers = []
        observers = Self.observers(self, start: start, seed: seed)
        isUnobserved = true
        run(to: start - Self.firstLook)
        // Whoever comes in finds everybody at work: all observers have looked once by then.
        isUnobserved = false
        run(to: start)
    }

    var surroundings: Surroundings {
        Surroundings(
            now: now, seconds: Self.tick.seconds, net: net, isHostUp: isHostUp, storeAnswers: store.answers,
            diskSlowness: diskSlowness, load: load)
    }

    mutating func add(_ errand: Errand) {
        guard errands.count < Self.errandsMax else { return }
        let i = errands.firstIndex { $0.at > errand.at } ?? errands.count
        errands.insert(errand, at: i)
    }

    /// Goes on tick by tick.
    mutating func run(to end: Timestamp) {
        while now + Self.tick <= end { step() }
    }

    private mutating func step() {
        now = now + Self.tick
        while let first = errands.first, first.at <= now {
            errands.removeFirst()
            perform(first.action)
            feelHosts()
        }
        let s = surroundings
        store.step(s)
        for d in databases.indices { databases[d].step(s) }
        cache.step(s)
        for p in pools.indices { liveServers(p, s) }
        liveBalancers(s)
        checkServers(s)
        if (now - secondAt).seconds >= 1 { second(s) }
        guard !isUnobserved else { return }
        for d in databases.indices where !databases[d].news.isEmpty { tellNews(d) }
        observe()
    }

    mutating func feelHosts() {
        for h in hosts.indices {
            isHostUp[h] = hosts[h].isUp
            diskSlowness[h] = hosts[h].diskSlowness
        }
    }

    /// What goes by the second.
    private mutating func second(_ s: Surroundings) {
        secondAt = now
        feelHosts()
        load.step(at: now)
        edge.step()
        let errorsBefore = balancers.indices.map { errors(at: $0) }
        shareOut(s)
        for b in balancers.indices {
            balancers[b].requests += balancers[b].requestRate
            errorRates[b] = max(0, errors(at: b) - errorsBefore[b])
        }
        for n in backups.indices { backups[n].step(s, isLogWritten: databases[n].logRate > 0) }
        countTraffic()
    }

    private func errors(at b: Int) -> Double {
        var sum = 0.0
        for p in pools.indices where pools[p].plan.database == nil {
            for seat in pools[p].seats[b] { sum += seat.errors }
        }
        return sum
    }

    private mutating func countTraffic() {
        for site in siteTraffic.indices { siteTraffic[site] = (0, 0) }
        for (b, balancer) in balancers.enumerated() where isRunning(b) {
            for pool in pools where pool.plan.database == nil {
                for seat in pool.seats[b] {
                    siteTraffic[balancer.site].bytesIn += seat.bytesInRate
                    siteTraffic[balancer.site].bytesOut += seat.bytesOutRate
                }
            }
            siteTraffic[balancer.site].bytesIn += edge.flood * 700 / Double(balancers.count)
        }
    }

    private mutating func liveServers(_ p: Int, _ s: Surroundings) {
        guard pools[p].plan.database == nil else { return }
        for i in pools[p].servers.indices {
            if case .starting(let until) = pools[p].servers[i].phase, s.now >= until {
                pools[p].servers[i].phase = .running
            }
        }
    }

    private mutating func liveBalancers(_ s: Surroundings) {
        for b in balancers.indices {
            guard case .starting(let until) = balancers[b].phase, s.now >= until else { continue }
            balancers[b].phase = .running
            balancers[b].startedAt = s.now
            balancers[b].pid += 4_211
            balancers[b].requests = 0
            var forgotten: [String] = []
            for p in pools.indices {
                for i in pools[p].servers.indices {
                    if pools[p].seats[b][i].isForced {
                        forgotten.append("\(pools[p].plan.backend)/\(pools[p].servers[i].name)")
                    }
                    pools[p].seats[b][i].forget(at: s.now)
                }
            }
            balancers[b].forgotten = forgotten
        }
    }
}
