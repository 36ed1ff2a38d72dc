import Estate

/// The names that scenarios call things by.
enum ScenarioPlaces {
    static let hosts = AcmeBets.hosts.map(\.name)
    static let databases = AcmeBets.databases.map(\.id.name)
    /// Services whose releases can be rolled out.
    static let services = AcmeBets.pools.filter { $0.database == nil }.map(\.id.name)
    static let sentinels = AcmeBets.caches.indices.map { AcmeBets.sentinel($0) }
    static let providers = AcmeBets.sites.flatMap { site in AcmeBets.providers.map { "\(site)/\($0)" } }
    static let groups = AcmeBets.platform.groups.map(\.id.name)

    /// Everything that can be killed, by name.
    static let targets: [(name: String, target: ScenarioTarget)] = {
        var list: [(name: String, target: ScenarioTarget)] = []
        for (d, plan) in AcmeBets.databases.enumerated() {
            list.append(("\(plan.id)/leader", .leader(database: d)))
            list.append(("\(plan.id)/standby", .standby(database: d)))
            for (m, name) in plan.members.enumerated() { list.append(("\(plan.id)/\(name)", .member(database: d, m))) }
        }
        for (p, plan) in AcmeBets.pools.enumerated() where plan.database == nil {
            for (i, server) in plan.servers.enumerated() {
                list.append(("\(plan.id)/\(server.name)", .server(pool: p, i)))
            }
        }
        list.append(("\(AcmeBets.cacheGroup)/leader", .cacheLeader))
        for (n, name) in AcmeBets.caches.enumerated() { list.append(("\(AcmeBets.cacheGroup)/\(name)", .cache(n))) }
        list.append(("\(AcmeBets.storeGroup)/leader", .storeLeader))
        for (v, name) in AcmeBets.voters.enumerated() { list.append(("\(AcmeBets.storeGroup)/\(name)", .voter(v))) }
        for (b, name) in AcmeBets.balancers.enumerated() {
            list.append(("\(AcmeBets.balancersGroup)/\(name)", .balancer(b)))
        }
        for (h, name) in hosts.enumerated() { list.append((name, .host(h))) }
        return list
    }()

    static func target(_ scope: ScenarioScope, _ key: String) throws(ScenarioError) -> ScenarioTarget {
        let text = try scope.required(key, example: "\(key): wallet-db/leader")
        return targets[try scope.word(text, key, among: targets.map(\.name))].target
    }

    /// A member of a database, or its leader or standby.
    static func member(_ scope: ScenarioScope, _ key: String) throws(ScenarioError) -> ScenarioTarget {
        let members = targets.filter { place in databases.contains { place.name.hasPrefix($0 + "/") } }
        let text = try scope.required(key, example: "\(key): ledger-db/db-fra-2")
        return members[try scope.word(text, key, among: members.map(\.name))].target
    }

    static func index(
        _ scope: ScenarioScope, _ key: String, _ known: [String], example: String
    ) throws(ScenarioError) -> Int {
        try scope.word(try scope.required(key, example: "\(key): \(example)"), key, among: known)
    }
}
