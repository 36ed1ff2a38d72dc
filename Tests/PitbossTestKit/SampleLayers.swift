public import Estate

/// A platform with all the layers that redundancy stands on: backups, ways through the network, an edge, disks; in
/// good order and in trouble. `wallet-db` over three sites and `ledger-db` in one, `bet-api` behind two balancers,
/// two providers a site.
public struct SampleLayers: Sendable {
    public enum Scene: String, Sendable, CaseIterable {
        case calm
        /// Backups stopped, a flood, a provider lost, a disk that gives way.
        case trouble
    }

    public static let now = SampleEstate.now
    public static let wallet = GroupID("wallet-db")
    public static let ledger = GroupID("ledger-db")
    public static let api = GroupID("bet-api")
    public static let odds = GroupID("odds-api")
    public static let store = GroupID("etcd")
    public static let sites = ["ams", "lon", "dub"]
    public static func network(_ site: String) -> GroupID { GroupID("net-\(site)") }

    public let scene: Scene
    public private(set) var snapshot: Snapshot
    private let at = Self.now - .milliseconds(400)
    private var isTrouble: Bool { scene == .trouble }

    public init(_ scene: Scene) {
        self.scene = scene
        snapshot = Snapshot(platform: Self.platform)
        tellDatabase(Self.wallet, ["ams", "lon", "dub"], sync: "lon")
        tellDatabase(Self.ledger, ["ams", "ams"], sync: nil)
        tellStore()
        tellPools()
        tellBackups()
        tellPaths()
        tellNodes()
        tell(SourceID("alertmanager", "alerts"), .platform(Self.whole(isTrouble, at: Self.now)))
    }

    private static var platform: Platform {
        let nodes = sites.enumerated().flatMap { n, site in
            [
                Node(NodeID("db-\(site)"), site: SiteID(site), addresses: ["10.0.\(n + 1).1"]),
                Node(NodeID("web-\(site)"), site: SiteID(site), addresses: ["10.0.\(n + 1).2"]),
            ]
        }
        var wallet = GroupPlan(wallet, tier: .critical, mode: .activePassive)
        wallet.rpoBytes = 0
        wallet.survivesSite = true
        wallet.backups = BackupPolicy(restoreTestAgeMax: .seconds(30 * 86_400))
        var ledger = GroupPlan(ledger, mode: .activePassive)
        ledger.backups = BackupPolicy(fullAgeMax: .seconds(8 * 86_400), anyAgeMax: .seconds(26 * 3_600))
        var api = GroupPlan(api, tier: .critical)
        api.survivesSite = true
        return Platform(
            name: "acme-bets", sites: sites.map { Site(SiteID($0)) }, nodes: nodes,
            groups: [wallet, ledger, api, GroupPlan(odds), GroupPlan(store, tier: .critical, mode: .quorum)]
                + sites.map { GroupPlan(network($0)) })
    }

    private mutating func tell(_ source: SourceID, _ body: Update.Body) {
        if snapshot.source(source)?.status.state != .live {
            let host = source.name == "lb-2" ? "10.0.2.2" : source.name == "lb-1" ? "10.0.1.2" : "10.9.9.9"
            snapshot.apply(Update(source, at: at, .source(SourceStatus(.live, endpoint: host + ":8404"))))
        }
        snapshot.apply(Update(source, at: at, body))
    }

    // MARK: Groups

    private mutating func tellDatabase(_ id: GroupID, _ places: [String], sync: String?) {
        let register = SourceID("etcd", id.name)
        let names = places.enumerated().map { "\(id.name.prefix(2) == "wa" ? "pg" : "ld")-\($1)-\($0 + 1)" }
        var group = GroupFacts()
        group.leader = Known(names[0])
        group.revision = 7_001
        group.timeline = 4
        group.manager = "patroni"
        group.synchronous = SynchronousFacts(isOn: sync != nil, standbys: sync == nil ? [] : [names[1]])
        group.limits = FailoverLimits()
        group.limits?.maximumLagOnFailoverBytes = 1_048_576
        tell(register, .group(id, group))
        for (n, name) in names.enumerated() {
            let host = (Self.sites.firstIndex(of: places[n]) ?? 0) + 1
            var known = MemberFacts()
            known.role = n == 0 ? .leader : .replica
            known.state = .running
            known.address = "10.0.\(host).1:543\(id == Self.wallet ? 2 : 3 + n)"
            known.node = NodeID("db-\(places[n])")
            tell(register, .member(MemberID(id, name), known))
            var own = MemberFacts()
            own.state = .running
            own.replication = ReplicationFacts()
            own.replication?.inRecovery = n != 0
            own.replication?.timeline = 4
            if n == 0 {
                own.replication?.writtenLSN = LSN(0x2_0000_1000)
            } else {
                own.replication?.receivedLSN = LSN(0x2_0000_1000)
                own.replication?.replayedLSN = LSN(0x2_0000_1000)
                own.replication?.streaming = true
            }
            tell(SourceID("sql", "\(id.name)/\(name)"), .member(MemberID(id, name), own))
        }
    }

    private mutating func tellStore() {
        let source = SourceID("etcd", "etcd")
        var group = GroupFacts()
        group.quorum = GroupQuorum(votersTotal: 3, votersHealthy: 3, hasLeader: true)
        tell(source, .group(Self.store, group))
        for (n, site) in Self.sites.enumerated() {
            var facts = MemberFacts()
            facts.role = n == 0 ? .leader : .follower
            facts.state = .running
            facts.node = NodeID("db-\(site)")
            tell(source, .member(MemberID(Self.store, "etcd-\(site)"), facts))
        }
    }

    private mutating func tellPools() {
        for balancer in ["lb-1", "lb-2"] {
            let source = SourceID("haproxy", balancer)
            for n in 0..<6 { tellServer(source, MemberID(Self.api, "api-\(n + 1)"), Self.sites[n % 3]) }
            for n in 0..<2 { tellServer(source, MemberID(Self.odds, "odds-\(n + 1)"), "dub") }
            for pool in [Self.api, Self.odds] {
                var group = GroupFacts()
                group.manager = "haproxy"
                group.poolServing = true
                group.poolSessions = 140
                group.edge = edge(of: pool, at: balancer)
                tell(source, .group(pool, group))
            }
        }
    }

    private mutating func tellServer(_ source: SourceID, _ id: MemberID, _ site: String) {
        var facts = MemberFacts()
        facts.role = .server
        facts.state = .running
        facts.node = NodeID("web-\(site)")
        facts.traffic = TrafficFacts()
        facts.traffic?.admin = .ready
        facts.traffic?.check = .up
        facts.traffic?.sessions = 23
        tell(source, .member(id, facts))
    }

    // MARK: Edge

    private func edge(of pool: GroupID, at balancer: String) -> EdgeFacts {
        let isFlood = isTrouble && pool == Self.api
        var edge = EdgeFacts()
        edge.requestRate = isFlood ? 4_820 : pool == Self.api ? 612 : 1_240
        edge.deniedRate = isFlood ? 3_410 : 0.6
        edge.clientErrorRate = isFlood ? 3_455 : 4.2
        edge.serverErrorRate = isFlood ? 3.1 : 0.05
        edge.failedLoginRate = pool == Self.api ? isFlood ? 12 : 0.8 : nil
        edge.clients = isFlood ? 2_060 : pool == Self.api ? 1_930 : 3_300
        edge.clientLimitRate = 20
        edge.connections = isFlood ? 7_900 : 2_100
        edge.connectionsMax = 20_000
        if isFlood {
            edge.talkers = [
                .init(address: "203.0.113.9", requestRate: 1_480, deniedRate: 1_460),
                .init(address: "198.51.100.0/24", requestRate: 1_310, deniedRate: 1_290),
                .init(address: "2001:db8:44::/48", requestRate: 640, deniedRate: 620),
            ]
        } else {
            edge.talkers = [.init(address: "192.0.2.17", requestRate: 11.5, deniedRate: 0)]
        }
        let days: Double = pool == Self.api ? isTrouble ? 9 : 61 : 204
        edge.certificates = [
            .init(name: "\(pool.name).acme.example", expiresAt: Self.now + .seconds(days * 86_400 + 3_600))
        ]
        return edge
    }

    // MARK: Backups

    private mutating func tellBackups() {
        var facts = GroupFacts()
        facts.backups = backups(
            fulls: [0.4, 1.4, 2.4, 3.4, 4.4, 5.4, 6.4], everyHours: 6, stoppedDays: isTrouble ? 2.2 : 0)
        if isTrouble {
            facts.backups?.missingSegments = 14
            facts.backups?.lastArchivedAt = Self.now - .seconds(7_900)
            facts.backups?.restoreTestedAt = Self.now - .seconds(44 * 86_400)
        } else {
            facts.backups?.running = RunningBackup(
                kind: .incremental, startedAt: Self.now - .seconds(140), progress: 0.62)
        }
        tell(SourceID("pgbackrest", "wallet-db"), .group(Self.wallet, facts))
        var more = GroupFacts()
        more.backups = backups(fulls: [3.1], everyHours: 24, stoppedDays: 0)
        if isTrouble { more.backups?.repositories.removeLast() }
        tell(SourceID("pgbackrest", "ledger-db"), .group(Self.ledger, more))
    }

    private func backups(fulls: [Double], everyHours: Int, stoppedDays: Double) -> BackupFacts {
        var facts = BackupFacts()
        facts.repositories = [
            BackupRepository(name: "repo-ams", site: SiteID("ams"), isOffSite: false, isOK: true, bytes: 412 << 30),
            BackupRepository(name: "repo-s3", isOffSite: true, isOK: true, bytes: 398 << 30),
        ]
        func add(_ kind: Backup.Kind, daysAgo: Double) {
            guard daysAgo >= stoppedDays, daysAgo < 7 else { return }
            for repository in ["repo-ams", "repo-s3"] {
                let end = Self.now - .seconds(daysAgo * 86_400)
                var backup = Backup(
                    label: "\(daysAgo)", kind: kind, startedAt: end - .seconds(kind == .full ? 2_340 : 95), endedAt: end
                )
                backup.databaseBytes = 214 << 30
                backup.storedBytes = kind == .full ? 71 << 30 : 620 << 20
                backup.repository = repository
                facts.backups.append(backup)
            }
        }
        for days in fulls { add(.full, daysAgo: days) }
        for hours in stride(from: 2, to: 168, by: everyHours) { add(.incremental, daysAgo: Double(hours) / 24) }
        facts.backups.sort { ($0.endedAt, $0.repository ?? "") < ($1.endedAt, $1.repository ?? "") }
        facts.missingSegments = 0
        facts.lastArchivedAt = Self.now - .seconds(41)
        facts.restoreTestedAt = Self.now - .seconds(9 * 86_400)
        return facts
    }

    // MARK: Network and hosts

    private mutating func tellPaths() {
        for (s, site) in Self.sites.enumerated() {
            for (n, provider) in ["telco-a", "telco-b"].enumerated() {
                for observer in ["pitboss", "blackbox-\(site)"] {
                    var path = PathFacts()
                    path.provider = provider
                    path.target = "203.0.113.\(s * 2 + n + 1):443"
                    path.isUp = !(isTrouble && s == 1 && n == 1)
                    path.loss = path.isUp == false ? 1 : isTrouble && s == 0 && n == 0 ? 0.034 : 0
                    path.latencySeconds = path.isUp == true ? 0.004 + Double(s * 3 + n) / 1_000 : nil
                    path.jitterSeconds = path.isUp == true ? 0.0006 : nil
                    path.receiveBytesRate = path.isUp == false ? 0 : n == 0 ? 41_000_000 : 380_000
                    path.transmitBytesRate = path.isUp == false ? 0 : n == 0 ? 96_000_000 : 420_000
                    path.capacityBytesRate = 125_000_000
                    path.routeChanges = Int64(s)
                    path.isPreferred = n == 0
                    var facts = MemberFacts()
                    facts.role = .path
                    facts.node = NodeID("web-\(site)")
                    facts.path = path
                    tell(
                        SourceID("probe", observer),
                        .member(MemberID(Self.network(site), "\(site)-\(provider)"), facts))
                }
            }
        }
    }

    private mutating func tellNodes() {
        for (s, site) in Self.sites.enumerated() {
            for kind in ["db", "web"] {
                var facts = NodeFacts()
                facts.bootedAt = Self.now - .seconds(8_640_000)
                facts.cpuCount = 16
                facts.cpuBusy = 0.31
                facts.load1 = 4.2
                facts.memoryTotalBytes = 64 << 30
                facts.memoryAvailableBytes = 22 << 30
                facts.fileSystems = [
                    FileSystemFacts(mountPoint: "/", sizeBytes: 50 << 30, availableBytes: 28 << 30, isReadOnly: false)
                ]
                if kind == "db" { facts = disks(facts, isFailing: isTrouble && s == 0) }
                tell(SourceID("node", "\(kind)-\(site)"), .node(NodeID("\(kind)-\(site)"), facts))
            }
        }
    }

    private func disks(_ facts: NodeFacts, isFailing: Bool) -> NodeFacts {
        var facts = facts
        facts.disks = ["nvme0n1", "nvme1n1"].enumerated().map { n, device in
            var disk = DiskFacts(device: device)
            disk.busy = 0.22
            disk.awaitSeconds = 0.0012
            var health = DiskHealth()
            health.isPassed = true
            health.celsius = 41 + Double(n)
            health.wearUsed = isFailing && n == 1 ? 0.94 : 0.23
            health.reallocatedSectors = isFailing && n == 1 ? 112 : 0
            health.pendingSectors = isFailing && n == 1 ? 6 : 0
            health.poweredOnHours = 21_400
            disk.health = health
            return disk
        }
        facts.arrays = [
            ArrayFacts(
                device: "md0", required: 2, active: isFailing ? 1 : 2, failed: isFailing ? 1 : 0, spare: 0,
                rebuilding: isFailing)
        ]
        facts.arrays[0].rebuildProgress = isFailing ? 0.37 : nil
        facts.temperatures = [TemperatureFacts(sensor: "cpu", celsius: 54, limitCelsius: 90)]
        return facts
    }
}
