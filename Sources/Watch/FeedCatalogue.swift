public import Estate
public import Feeds
public import Settings
public import Tape

/// Every kind of feed, and when it is run. A new feed is its folder in Feeds and one entry here.
public enum FeedCatalogue {
    /// How one kind of feed comes out of the settings.
    public struct Entry: Sendable {
        /// The first word of its sources.
        public let system: String
        /// One line on what it observes.
        public let observes: String
        /// Feeds that the settings name.
        public let standing: @Sendable (PitbossSettings) -> [any Feed]
        /// Feeds of a member that a register named; nil where there is nothing to subscribe to.
        public let ofMember: @Sendable (PitbossSettings, MemberID, MemberDoors) -> (any Feed)?

        init(
            _ system: String, _ observes: String,
            standing: @escaping @Sendable (PitbossSettings) -> [any Feed] = { _ in [] },
            ofMember: @escaping @Sendable (PitbossSettings, MemberID, MemberDoors) -> (any Feed)? = { _, _, _ in nil }
        ) {
            self.system = system
            self.observes = observes
            self.standing = standing
            self.ofMember = ofMember
        }
    }

    public static let entries: [Entry] = [
        Entry("etcd", "what Patroni keeps in etcd, as it changes", standing: registers),
        Entry("etcd", "the health of an etcd cluster", standing: stores),
        Entry("patroni", "a cluster as any one of its members tells it", standing: clusters),
        Entry("patroni", "a member by its own REST API", ofMember: member),
        Entry("sql", "a PostgreSQL server by its own word, and its standbys", ofMember: postgres),
        Entry("haproxy", "a balancer, its pools and servers", standing: balancers),
        Entry("node", "a host by its node_exporter", standing: hosts),
        Entry("register", "what operators tell each other: who acts, what waits for approval", standing: operators),
        Entry("sentinel", "a cache group as one of its Sentinels sees it", standing: sentinels),
        Entry("sql", "a PostgreSQL server that nothing manages", standing: streamers, ofMember: streamer),
        Entry("redis", "a Redis server by its own word", ofMember: redis),
        Entry("probe", "ways through the network, tried from here", standing: paths),
        Entry("blackbox", "a way through the network, tried from elsewhere", standing: farPaths),
        Entry("pgbackrest", "a group's backups, by the tool that makes them", standing: backups),
        Entry("prometheus", "many hosts, and figures of the platform's own", standing: databases),
        Entry("alertmanager", "what fires, and what is silenced", standing: alerts),
        Entry("health", "an instance of a service by its own word", standing: instances),
        Entry("envoy", "an Envoy, the hosts of its clusters and its limits", standing: envoys),
        Entry("exec", "whatever a program of the operator's own tells", standing: programs),
    ]

    @Sendable private static func registers(_ settings: PitbossSettings) -> [any Feed] {
        settings.groups.compactMap { group in
            guard let patroni = group.patroni, !patroni.etcd.isEmpty else { return nil }
            return EtcdFeed(
                group: group.id, scope: patroni.scope, namespace: patroni.namespace, endpoints: patroni.etcd)
        }
    }

    @Sendable private static func stores(_ settings: PitbossSettings) -> [any Feed] {
        settings.etcd.map { EtcdHealthFeed(group: GroupID($0.name), endpoints: $0.endpoints) }
    }

    @Sendable private static func clusters(_ settings: PitbossSettings) -> [any Feed] {
        settings.groups.compactMap { group in
            guard let patroni = group.patroni, !patroni.rest.endpoints.isEmpty else { return nil }
            return PatroniClusterFeed(group: group.id, settings: patroni)
        }
    }

    @Sendable private static func member(
        _ settings: PitbossSettings, _ id: MemberID, _ doors: MemberDoors
    ) -> (any Feed)? {
        guard let patroni = settings.group(id.group)?.patroni, let door = doors.door else { return nil }
        let isSeenByOthers = !patroni.etcd.isEmpty && patroni.postgres != nil
        return PatroniMemberFeed(
            member: id, endpoint: patroni.restEndpoint(door),
            pace: isSeenByOthers ? PatroniMemberFeed.besideOthersPace : PatroniMemberFeed.standardPace)
    }

    @Sendable private static func postgres(
        _ settings: PitbossSettings, _ id: MemberID, _ doors: MemberDoors
    ) -> (any Feed)? {
        guard let postgres = settings.group(id.group)?.patroni?.postgres, let address = doors.address
        else { return nil }
        return PostgresFeed(id, at: endpoint(postgres, at: address))
    }

    /// The server at `host:port` with everything that the settings say of getting in.
    public static func endpoint(_ postgres: PostgresSettings, at address: String) -> Endpoint {
        var options = ["sslmode=\(postgres.sslMode.rawValue)"]
        if let file = postgres.sslRootCertificateFile { options.append("sslrootcert=\(file)") }
        if let file = postgres.sslCertificateFile { options.append("sslcert=\(file)") }
        if let file = postgres.sslKeyFile { options.append("sslkey=\(file)") }
        return Endpoint(
            url: "postgres://\(address)/\(postgres.database)?\(options.joined(separator: "&"))",
            username: postgres.username, password: postgres.password, via: postgres.via)
    }

    @Sendable private static func balancers(_ settings: PitbossSettings) -> [any Feed] {
        settings.balancers.map { balancer in
            var pools: [String: GroupID] = [:]
            var edges: [GroupID: HAProxySettings] = [:]
            for group in settings.groups {
                guard let haproxy = group.haproxy else { continue }
                if haproxy.balancers.isEmpty || haproxy.balancers.contains(balancer.name) {
                    pools[haproxy.backend] = group.id
                    edges[group.id] = haproxy
                }
            }
            return HAProxyFeed(balancer.name, at: balancer.socket, node: balancer.node, pools: pools, edges: edges)
        }
    }

    /// `RegisterFeed`s, one a cluster.
    @Sendable private static func operators(_ settings: PitbossSettings) -> [any Feed] {
        let (clusters, places) = settings.registers
        return clusters.enumerated().map { i, cluster in
            RegisterFeed(
                cluster.name, prefix: settings.guards.register.prefix,
                places: places.filter { $0.value.register == i }.mapValues(\.key), endpoints: cluster.endpoints)
        }
    }

    @Sendable private static func sentinels(_ settings: PitbossSettings) -> [any Feed] {
        let names = PlaceNames.cache(settings.platform)
        return settings.groups.flatMap { group in
            (group.sentinel?.endpoints ?? []).map { endpoint in
                SentinelFeed(
                    group: group.id, master: group.sentinel?.master ?? group.id.name, at: endpoint, names: names)
            }
        }
    }

    @Sendable private static func streamers(_ settings: PitbossSettings) -> [any Feed] {
        let names = StreamingNames(settings.platform)
        return settings.groups.flatMap { group in
            (group.streaming?.hosts ?? []).compactMap { host in
                group.streaming.map {
                    StreamingFeed(
                        group: group.id, at: host, $0.postgres, names: names, fence: $0.fenceLabel)
                }
            }
        }
    }

    /// Those that others named: the configured ones are watched already.
    @Sendable private static func streamer(
        _ settings: PitbossSettings, _ id: MemberID, _ doors: MemberDoors
    ) -> (any Feed)? {
        guard let streaming = settings.group(id.group)?.streaming, let address = doors.address,
            !streaming.hosts.contains(address)
        else { return nil }
        return StreamingFeed(
            group: id.group, at: address, streaming.postgres, names: StreamingNames(settings.platform),
            fence: streaming.fenceLabel)
    }

    @Sendable private static func redis(
        _ settings: PitbossSettings, _ id: MemberID, _ doors: MemberDoors
    ) -> (any Feed)? {
        guard let sentinel = settings.group(id.group)?.sentinel, let address = doors.address else { return nil }
        return RedisFeed(
            id, address: address, at: sentinel.redis.endpoint(address), names: PlaceNames.cache(settings.platform))
    }

    @Sendable private static func paths(_ settings: PitbossSettings) -> [any Feed] {
        settings.groups.compactMap { group in group.paths.flatMap { PathProbeFeed(group.id, $0) } }
    }

    @Sendable private static func farPaths(_ settings: PitbossSettings) -> [any Feed] {
        settings.groups.flatMap { group in
            (group.paths?.probes ?? []).compactMap {
                BlackboxFeed(group.id, $0, every: group.paths?.every ?? PathSettings.everyDefault)
            }
        }
    }

    @Sendable private static func backups(_ settings: PitbossSettings) -> [any Feed] {
        settings.groups.compactMap { group in group.pgbackrest.map { PgBackRestFeed(group.id, $0) } }
    }

    @Sendable private static func databases(_ settings: PitbossSettings) -> [any Feed] {
        settings.prometheus.map { PrometheusFeed($0, nodes: settings.platform.nodes) }
    }

    @Sendable private static func alerts(_ settings: PitbossSettings) -> [any Feed] {
        let platform = settings.platform
        return settings.alertmanager.map {
            AlertmanagerFeed($0, groups: platform.groups.map(\.id), nodes: platform.nodes)
        }
    }

    @Sendable private static func instances(_ settings: PitbossSettings) -> [any Feed] {
        settings.groups.flatMap { group in
            (group.health?.instances ?? []).compactMap { one in
                group.health.map { HealthFeed(group.id, one, $0) }
            }
        }
    }

    @Sendable private static func envoys(_ settings: PitbossSettings) -> [any Feed] {
        var clusters: [String: GroupID] = [:]
        for group in settings.groups {
            if case .envoy(let name) = group.manager { clusters[name] = group.id }
        }
        return settings.envoys.map { EnvoyFeed($0, clusters: clusters) }
    }

    @Sendable private static func programs(_ settings: PitbossSettings) -> [any Feed] {
        settings.exec.map { ExecFeed($0) }
    }

    @Sendable private static func hosts(_ settings: PitbossSettings) -> [any Feed] {
        settings.nodes.compactMap { node in node.nodeExporter.map { NodeExporterFeed(node.id, at: $0) } }
    }
}

extension FeedMaker {
    /// Everything in the catalogue that the settings call for.
    public init(_ settings: PitbossSettings) {
        self.init(
            standing: { FeedCatalogue.entries.flatMap { $0.standing(settings) } },
            ofMember: { id, doors in FeedCatalogue.entries.compactMap { $0.ofMember(settings, id, doors) } })
    }
}

extension Watcher {
    /// Watches all that the settings name, and the members that their registers name.
    public convenience init(
        _ settings: PitbossSettings, clock: any Timekeeper, tape: Tape.Limits? = nil,
        record: @escaping @Sendable ([Event]) async -> Void = { _ in }
    ) {
        self.init(
            platform: settings.platform, discovering: Set(settings.groups.filter(\.manager.hasOneWriter).map(\.id)),
            maker: FeedMaker(settings), clock: clock, executor: FeedExecutor.shared, tape: tape,
            record: record)
    }
}
