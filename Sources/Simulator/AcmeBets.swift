import Estate

/// The platform that is simulated, as its owners would write it down.
enum AcmeBets {
    static let sites = ["ams", "lon", "fra"]

    enum HostKind: Int, Sendable {
        case balancer = 1, web, app, database, cache, store, backup
    }

    struct HostPlan: Sendable {
        let name: String
        let site: Int
        let kind: HostKind
        var address: String
    }

    struct DatabasePlan: Sendable {
        let id: GroupID
        /// Node names; members are called like their nodes.
        let members: [String]
        let leader: String
        let synchronous: String
        let isStrict: Bool
        /// For reports only: never promoted, never synchronous.
        let reporting: String?
        let writePool: String
        let readPool: String
        let databaseBytes: Double
    }

    enum PoolKind: Sendable, Equatable {
        case bet, odds, web
        /// Over the database with this index.
        case write(Int), read(Int)
    }

    struct PoolPlan: Sendable {
        let id: GroupID
        let backend: String
        let kind: PoolKind
        let servers: [(name: String, host: String, port: Int)]
    }

    static let balancers = ["lb-ams-1", "lb-lon-1", "lb-fra-1"]
    static let voters = ["etcd-ams-1", "etcd-ams-2", "etcd-lon-1", "etcd-lon-2", "etcd-fra-1"]
    static let caches = ["cache-ams-1", "cache-lon-1", "cache-fra-1"]
    static let apps = ["app-ams-1", "app-ams-2", "app-lon-1", "app-lon-2", "app-fra-1", "app-fra-2"]
    static let webs = ["web-ams-1", "web-lon-1", "web-fra-1"]
    static let providers = ["northsea", "transalp"]

    static let cacheGroup = GroupID("session-cache")
    /// What the sentinels call it.
    static let cacheName = "sessions"
    static let storeGroup = GroupID("consensus")
    static let balancersGroup = GroupID("balancers")
    static let edgeGroup = GroupID("edge")
    static func uplinkGroup(_ site: Int) -> GroupID { GroupID("uplinks-\(sites[site])") }
    static func sentinel(_ n: Int) -> String { "sentinel-\(sites[n])-1" }

    static let databases: [DatabasePlan] = [
        DatabasePlan(
            id: GroupID("wallet-db"), members: ["db-ams-1", "db-lon-1", "db-fra-1"], leader: "db-ams-1",
            synchronous: "db-lon-1", isStrict: true, reporting: nil, writePool: "pg_write", readPool: "pg_read",
            databaseBytes: 412e9),
        DatabasePlan(
            id: GroupID("ledger-db"), members: ["db-ams-2", "db-lon-2", "db-fra-2", "db-fra-3"],
            leader: "db-lon-2", synchronous: "db-ams-2", isStrict: false, reporting: "db-fra-3",
            writePool: "ledger_write", readPool: "ledger_read", databaseBytes: 1_730e9),
    ]

    static let hosts: [HostPlan] = {
        func plans(_ names: [String], _ kind: HostKind) -> [HostPlan] {
            names.enumerated().map { n, name in
                let site = sites.firstIndex { name.contains("-\($0)-") } ?? 0
                return HostPlan(
                    name: name, site: site, kind: kind, address: "10.\(site + 1).\(kind.rawValue).\(n + 11)")
            }
        }
        return plans(balancers, .balancer) + plans(webs, .web) + plans(apps, .app)
            + plans(databases.flatMap(\.members), .database) + plans(caches, .cache) + plans(voters, .store)
            + plans(["bkp-fra-1"], .backup)
    }()

    static let hostIndex: [String: Int] = Dictionary(
        hosts.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })

    static let pools: [PoolPlan] = {
        func servers(_ word: String, _ names: [String], _ port: Int) -> [(name: String, host: String, port: Int)] {
            names.map { (word + $0.drop { $0 != "-" }, $0, port) }
        }
        var list = [
            PoolPlan(id: GroupID("bet-api"), backend: "bet_api", kind: .bet, servers: servers("bet", apps, 8081)),
            PoolPlan(id: GroupID("odds-api"), backend: "odds_api", kind: .odds, servers: servers("odds", apps, 8082)),
            PoolPlan(id: edgeGroup, backend: "edge", kind: .web, servers: servers("web", webs, 8080)),
        ]
        for (d, plan) in databases.enumerated() {
            let members = plan.members.map { (name: $0, host: $0, port: 5432) }
            list.append(
                PoolPlan(id: GroupID(plan.writePool), backend: plan.writePool, kind: .write(d), servers: members))
            list.append(
                PoolPlan(id: GroupID(plan.readPool), backend: plan.readPool, kind: .read(d), servers: members))
        }
        return list
    }()

    static let platform: Platform = {
        Platform(
            name: "acme-bets", sites: sites.map { Site(SiteID($0)) },
            nodes: hosts.map { Node(NodeID($0.name), site: SiteID(sites[$0.site]), addresses: [$0.address]) },
            groups: groups)
    }()

    private static var groups: [GroupPlan] {
        var list: [GroupPlan] = []
        func add(_ id: GroupID, _ tier: Tier, _ mode: Mode, rto: Double?, _ more: (inout GroupPlan) -> Void = { _ in })
        {
            var plan = GroupPlan(id, tier: tier, mode: mode)
            plan.rto = rto.map { .seconds($0) }
            more(&plan)
            list.append(plan)
        }
        for (n, database) in databases.enumerated() {
            add(database.id, .critical, .activePassive, rto: n == 0 ? 30 : 60) { plan in
                plan.rpoBytes = n == 0 ? 0 : 16 << 20
                plan.store = storeGroup
                plan.survivesSite = true
                plan.backups = BackupPolicy(restoreTestAgeMax: .seconds(30 * 86_400))
            }
        }
        add(GroupID("bet-api"), .critical, .activeActive, rto: 10) { $0.survivesSite = true }
        add(GroupID("odds-api"), .standard, .activeActive, rto: 30)
        add(edgeGroup, .critical, .activeActive, rto: 10) { $0.survivesSite = true }
        for database in databases {
            add(GroupID(database.writePool), .standard, .activePassive, rto: 30)
            add(GroupID(database.readPool), .standard, .activeActive, rto: 60)
        }
        add(cacheGroup, .standard, .activePassive, rto: 15)
        add(storeGroup, .critical, .quorum, rto: 5) { $0.survivesSite = true }
        add(balancersGroup, .critical, .activeActive, rto: 10) { $0.survivesSite = true }
        for site in sites.indices { add(uplinkGroup(site), .standard, .activeActive, rto: 5) }
        return list
    }
}
