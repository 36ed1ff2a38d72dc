public import Estate

/// A platform as its observers would tell of it, in the states that screens and key presses are tested on:
/// `wallet-db` over three sites, its etcd, `bet-api` behind two balancers, three nodes.
public struct SampleEstate: Sendable {
    public enum Scene: String, Sendable, CaseIterable {
        case calm
        /// The leader is gone, the register knows, nobody leads yet.
        case leaderLost
        /// `pg-lon-1` leads on a new timeline, the old leader is catching up.
        case failedOver
        /// `api-3` is drained on one balancer of two, `api-5` on both.
        case drained
        /// Every endpoint refuses from the start.
        case dead
        /// All was well, then nothing came in any more.
        case silent
        /// The register and the leader's own server disagree, and the group is paused.
        case paused
    }

    /// 2026-11-21 03:12:05 UTC.
    public static let now = Timestamp(seconds: 1_795_230_725)
    public static let wallet = GroupID("wallet-db")
    public static let api = GroupID("bet-api")
    public static let store = GroupID("etcd")
    public static let sites = ["ams", "lon", "dub"]

    public let scene: Scene
    public private(set) var snapshot: Snapshot
    public private(set) var events: [Event] = []
    private let at: Timestamp

    public init(_ scene: Scene) {
        self.scene = scene
        snapshot = Snapshot(platform: Self.platform)
        at = scene == .silent ? Self.now - .seconds(68) : Self.now - .milliseconds(400)
        tellSources()
        guard scene != .dead else { return }
        tellWallet()
        tellStore()
        tellAPI()
        tellNodes()
        tellEvents()
        if scene == .silent { tellFailures() }
    }

    public static func member(_ name: String) -> MemberID {
        MemberID(name.hasPrefix("pg") ? wallet : name.hasPrefix("api") ? api : store, name)
    }

    private static var platform: Platform {
        let nodes = sites.enumerated().map { n, site in
            Node(NodeID("node-\(site)"), site: SiteID(site), addresses: ["10.0.\(n + 1).1"])
        }
        var wallet = GroupPlan(wallet, tier: .critical, mode: .activePassive)
        wallet.rto = .seconds(30)
        wallet.rpoBytes = 0
        return Platform(
            name: "acme-bets", sites: sites.map { Site(SiteID($0)) }, nodes: nodes,
            groups: [wallet, GroupPlan(api, mode: .activeActive), GroupPlan(store, tier: .critical, mode: .quorum)])
    }

    mutating func append(_ event: Event) { events.append(event) }

    // MARK: What each observer tells

    private mutating func tell(_ source: SourceID, _ body: Update.Body, at: Timestamp? = nil) {
        snapshot.apply(Update(source, at: at ?? self.at, body))
    }

    private static let register = SourceID("etcd", "wallet-db")
    private static let balancers = ["lb-1", "lb-2"]
    private static func sql(_ name: String) -> SourceID { SourceID("sql", "wallet-db/\(name)") }
    private static func rest(_ name: String) -> SourceID { SourceID("patroni", "wallet-db/\(name)") }

    private static var sources: [SourceID] {
        [register, SourceID("etcd", "etcd")] + sites.flatMap { [sql("pg-\($0)-1"), rest("pg-\($0)-1")] }
            + balancers.map { SourceID("haproxy", $0) } + sites.map { SourceID("node", "node-\($0)") }
    }

    private func isDead(_ source: SourceID) -> Bool {
        scene == .dead || (scene == .leaderLost && source.name == "wallet-db/pg-ams-1")
    }

    private mutating func tellSources() {
        for source in Self.sources {
            let problem = "connection refused: is the server up, and does a firewall let this host through?"
            let status =
                isDead(source)
                ? SourceStatus(.failed, problem: problem, endpoint: "10.0.1.1:5432")
                : SourceStatus(.live, freshFor: .seconds(5), endpoint: Self.endpoint(source))
            tell(source, .source(status), at: isDead(source) ? Self.now - .seconds(31) : at)
        }
    }

    /// The balancers run on hosts of their own.
    private static func endpoint(_ source: SourceID) -> String {
        source.system == "haproxy" ? "10.0.9.\(source.name.suffix(1)):8404" : "10.0.1.1:2379"
    }

    private mutating func tellFailures() {
        for source in Self.sources {
            tell(source, .source(SourceStatus(.failed, problem: "no route to host")), at: Self.now - .seconds(60))
        }
    }

    private var leader: String? {
        switch scene {
        case .leaderLost: nil
        case .failedOver: "pg-lon-1"
        default: "pg-ams-1"
        }
    }

    private mutating func tellWallet() {
        var group = GroupFacts()
        group.leader = Known(leader)
        group.revision = 88_412
        group.timeline = scene == .failedOver ? 8 : 7
        group.manager = "patroni"
        group.paused = scene == .paused
        let sync = leader == "pg-ams-1" ? "pg-lon-1" : leader == "pg-lon-1" ? "pg-dub-1" : "pg-lon-1"
        // Patroni names a synchronous standby again a few seconds after a promotion only.
        group.synchronous = SynchronousFacts(isOn: true, standbys: scene == .failedOver ? [] : [sync])
        var limits = FailoverLimits()
        limits.ttlSeconds = 30
        limits.loopWaitSeconds = 10
        limits.retryTimeoutSeconds = 10
        limits.maximumLagOnFailoverBytes = 1_048_576
        limits.checksTimeline = true
        group.limits = limits
        group.history = [
            TimelineChange(
                timeline: 5, lsn: LSN(0x1_0A00_0000), reason: "no recovery target specified",
                at: Self.now - .seconds(864_000), leader: "pg-dub-1"),
            TimelineChange(
                timeline: 6, lsn: LSN(0x1_3F00_0000), reason: "no recovery target specified",
                at: Self.now - .seconds(172_800), leader: "pg-ams-1"),
        ]
        if scene == .failedOver {
            group.history.append(
                TimelineChange(
                    timeline: 7, lsn: LSN(0x1_5600_1A28), reason: "no recovery target specified",
                    at: Self.now - .seconds(7), leader: "pg-lon-1"))
        }
        tell(Self.register, .group(Self.wallet, group))
        for (n, site) in Self.sites.enumerated() { tellPostgres("pg-\(site)-1", n, sync: sync) }
    }

    private mutating func tellPostgres(_ name: String, _ n: Int, sync: String) {
        let id = MemberID(Self.wallet, name)
        let isLeader = name == leader
        let isGone = scene == .leaderLost && n == 0
        let isRejoining = scene == .failedOver && n == 0
        var known = MemberFacts()
        known.role = isLeader ? .leader : .replica
        known.state = isGone ? .stopped : .running
        known.stateDetail =
            isRejoining ? "in archive recovery" : isLeader ? "running" : isGone ? "stopped" : "streaming"
        known.address = "10.0.\(n + 1).1:5432"
        known.door = "http://10.0.\(n + 1).1:8008/patroni"
        known.node = NodeID("node-\(Self.sites[n])")
        var tags = EligibilityTags()
        tags.noFailover = false
        tags.failoverPriority = n == 2 ? 50 : 100
        known.tags = tags
        tell(Self.register, .member(id, known))
        guard !isGone else { return }
        let timeline = scene == .failedOver && !isRejoining ? 8 : 7
        let head = LSN(0x1_5600_1A28)
        var replication = ReplicationFacts()
        replication.inRecovery = !isLeader
        replication.timeline = timeline
        if isLeader {
            replication.writtenLSN = head
            replication.commits = 8_412_003
            replication.slots = Self.slots(n)
            replication.senders = senders(n, sync: sync, head: head)
        } else {
            let behind: UInt64 = isRejoining ? 43_000_000 : n == 2 ? 24_576 : 0
            replication.receivedLSN = LSN(head.bytes - behind)
            replication.replayedLSN = LSN(head.bytes - behind)
            replication.streaming = !isRejoining
            replication.upstream = leader
            replication.replayLagSeconds = isRejoining ? nil : n == 2 ? 0.18 : 0.004
            replication.syncState = scene != .failedOver && name == sync ? .sync : .async
        }
        var own = MemberFacts()
        own.replication = replication
        own.version = "15.8"
        own.figures = ["connections": isLeader ? 184 : 12]
        tell(Self.sql(name), .member(id, own))
        known.replication = ReplicationFacts()
        known.replication?.timeline = timeline
        known.version = "3.0.2"
        tell(Self.rest(name), .member(id, known))
    }

    private static func slots(_ leader: Int) -> [ReplicationSlot] {
        sites.indices.filter { $0 != leader }.map { n in
            ReplicationSlot(
                name: "pg_\(sites[n])_1", isLogical: false, isActive: true, retainedBytes: n == 2 ? 24_576 : 0)
        } + [ReplicationSlot(name: "cdc_bets", isLogical: true, isActive: false, retainedBytes: 734_003_200)]
    }

    private func senders(_ leader: Int, sync: String, head: LSN) -> [ReplicationSender] {
        Self.sites.indices.filter { $0 != leader && !(scene == .failedOver && $0 == 0) }.map { n in
            var sender = ReplicationSender(application: "pg-\(Self.sites[n])-1", isLogical: false)
            sender.state = "streaming"
            sender.syncState = scene != .failedOver && sender.application == sync ? .sync : .async
            sender.sentLSN = head
            sender.flushedLSN = LSN(head.bytes - (n == 2 ? 8_192 : 0))
            sender.replayedLSN = LSN(head.bytes - (n == 2 ? 24_576 : 0))
            sender.replayLagSeconds = n == 2 ? 0.18 : 0.004
            return sender
        }
    }

    private mutating func tellStore() {
        let source = SourceID("etcd", "etcd")
        var group = GroupFacts()
        group.manager = "etcd"
        group.quorum = GroupQuorum(votersTotal: 3, votersHealthy: 3, hasLeader: true)
        tell(source, .group(Self.store, group))
        for (n, site) in Self.sites.enumerated() {
            var facts = MemberFacts()
            facts.role = n == 1 ? .leader : .follower
            facts.state = .running
            facts.node = NodeID("node-\(site)")
            facts.address = "10.0.\(n + 1).1:2379"
            facts.version = "3.4.23"
            facts.quorum = QuorumFacts()
            facts.quorum?.isVoter = true
            facts.quorum?.term = 41
            facts.quorum?.databaseBytes = 2_342_912
            tell(source, .member(MemberID(Self.store, "etcd-\(site)"), facts))
        }
    }

    private mutating func tellAPI() {
        for (b, balancer) in Self.balancers.enumerated() {
            let source = SourceID("haproxy", balancer)
            var group = GroupFacts()
            group.manager = "haproxy"
            group.poolServing = true
            group.poolSessions = 131 + b * 9
            group.poolQueue = 0
            group.poolSessionRate = 44.5
            group.balancing = "roundrobin"
            tell(source, .group(Self.api, group))
            for n in 1...6 {
                var traffic = TrafficFacts()
                let isDrained = scene == .drained && (n == 5 || (n == 3 && b == 0))
                traffic.admin = isDrained ? .drain : .ready
                traffic.adminForcedHere = isDrained
                traffic.check = .up
                traffic.checkDetail = "L7OK/200 in \(n)ms"
                traffic.weight = 100
                traffic.sessions = isDrained ? (n == 5 ? 0 : 3) : 18 + n + b
                traffic.sessionsMax = 64
                traffic.queue = 0
                traffic.sessionRate = isDrained ? 0 : 7.4
                traffic.bytesInRate = 48_200
                traffic.bytesOutRate = 1_224_000
                traffic.errorsTotal = Int64(n * 3)
                traffic.requestsTotal = 1_200_000
                traffic.handle = "bet_api/api-\(n)"
                var facts = MemberFacts()
                facts.role = .server
                facts.state = .running
                facts.address = "10.0.\((n - 1) % 3 + 1).1:80\(n)0"
                facts.node = NodeID("node-\(Self.sites[(n - 1) % 3])")
                facts.traffic = traffic
                tell(source, .member(MemberID(Self.api, "api-\(n)"), facts))
            }
        }
    }

    private mutating func tellNodes() {
        for (n, site) in Self.sites.enumerated() {
            var facts = NodeFacts()
            facts.bootedAt = Self.now - .seconds(Double(8_640_000 - n * 600_000))
            facts.cpuCount = 8
            facts.cpuBusy = [0.23, 0.41, 0.08][n]
            facts.cpuIOWait = 0.02
            facts.load1 = [1.8, 3.3, 0.6][n]
            facts.load5 = 1.4
            facts.memoryTotalBytes = 34_359_738_368
            facts.memoryAvailableBytes = Int64([12_884_901_888, 6_871_947_674, 25_769_803_776][n])
            facts.fileSystems = [
                FileSystemFacts(
                    mountPoint: "/", sizeBytes: 53_687_091_200, availableBytes: 32_212_254_720, isReadOnly: false),
                FileSystemFacts(
                    mountPoint: "/var/lib/postgresql", sizeBytes: 536_870_912_000,
                    availableBytes: [214_748_364_800, 32_212_254_720, 322_122_547_200][n], isReadOnly: false),
            ]
            var network = NetworkFacts(device: "eth0")
            network.receiveBytesRate = 1_240_000
            network.transmitBytesRate = 4_810_000
            network.isUp = true
            facts.networks = [network]
            facts.arrays = [
                ArrayFacts(device: "md0", required: 2, active: n == 1 ? 1 : 2, failed: 0, spare: 0, rebuilding: false)
            ]
            facts.temperatures = [TemperatureFacts(sensor: "cpu", celsius: 51 + Double(n), limitCelsius: 90)]
            facts.clockOffsetSeconds = 0.002
            tell(SourceID("node", "node-\(site)"), .node(NodeID("node-\(site)"), facts))
        }
    }
}
