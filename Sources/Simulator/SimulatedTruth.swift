public import Estate

/// How the simulated platform really stands: what tests and drills hold against what was observed.
public struct SimulatedTruth: Sendable, Equatable {
    /// Of each database those that take writes now.
    public let primaries: [GroupID: [String]]
    /// Of each pool, at each balancer that runs, how many servers take traffic.
    public let taking: [GroupID: [SourceID: Int]]
    /// Cache servers that take writes now.
    public let cacheMasters: [String]
    /// Cache servers that may be promoted.
    public let cacheHeirs: [String]
    public let storeHasLeader: Bool
    /// Servers taken out at run time: `balancer backend/server`, sorted.
    public let takenOut: [String]
    /// Cache servers whose rank is not the usual one, with it, sorted.
    public let reranked: [String]

    init(_ world: World) {
        let s = world.surroundings
        let up = world.hosts.map(\.isUp)
        primaries = Dictionary(
            uniqueKeysWithValues: world.databases.map { database in
                (database.id, database.members.filter { $0.isPrimary && $0.isOpen(s) }.map(\.name))
            })
        var taking: [GroupID: [SourceID: Int]] = [:]
        var out: [String] = []
        for pool in world.pools {
            for (b, balancer) in world.balancers.enumerated() {
                if world.isRunning(b) {
                    taking[pool.plan.id, default: [:]][balancer.source] = pool.seats[b].count { $0.takesTraffic }
                }
                for (i, seat) in pool.seats[b].enumerated() where seat.isForced {
                    out.append("\(balancer.name) \(pool.plan.backend)/\(pool.servers[i].name)")
                }
            }
        }
        self.taking = taking
        takenOut = out.sorted()
        let cache = world.cache
        cacheMasters = cache.servers.indices.filter { cache.servers[$0].isMaster && cache.isAlive($0, up) }
            .map { cache.servers[$0].name }
        cacheHeirs = cache.servers.indices.filter {
            !cache.servers[$0].isMaster && cache.isAlive($0, up) && cache.servers[$0].rank != 0
        }.map { cache.servers[$0].name }
        reranked = cache.servers.filter { $0.rank != SessionCache.rankUsual }.map { "\($0.name) \($0.rank)" }.sorted()
        storeHasLeader = world.store.leader != nil
    }
}
