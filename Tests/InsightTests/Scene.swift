import Estate
import Insight

/// A platform put together by observers, for scenarios: three sites of one node each, a database group `db` of three,
/// a store `etcd` of three, a pool `api`.
struct Scene {
    static let t0 = Timestamp(seconds: 1_700_000_000)
    static let db = GroupID("db")
    var now = Scene.t0
    var snapshot: Snapshot
    var chronicle = Chronicle()
    var events: [Event] = []
    private var told: [Update] = []

    init(tier: Tier = .standard, rpoBytes: Int64? = nil) {
        let sites = ["ams", "lon", "dub"]
        var plan = GroupPlan(Scene.db, tier: tier, mode: .activePassive)
        plan.rpoBytes = rpoBytes
        snapshot = Snapshot(
            platform: Platform(
                name: "acme", sites: sites.map { Site(SiteID($0)) },
                nodes: sites.enumerated().map {
                    Node(NodeID("n-\($1)"), site: SiteID($1), addresses: ["10.0.0.\($0)"])
                },
                groups: [
                    plan, GroupPlan(GroupID("etcd"), mode: .quorum), GroupPlan(GroupID("api"), tier: tier),
                ]))
    }

    static func pg(_ name: String) -> MemberID { MemberID(db, name) }

    /// The same, had the configuration been another.
    mutating func reform(_ change: (inout Platform) -> Void) {
        var platform = snapshot.platform
        change(&platform)
        snapshot = Snapshot(platform: platform)
        for update in told { snapshot.apply(update) }
    }

    mutating func say(_ update: Update) {
        told.append(update)
        snapshot.apply(update)
        events += chronicle.observe(update, in: snapshot)
    }

    mutating func say(_ source: SourceID, isEdge: Bool = false, _ body: Update.Body) {
        say(Update(source, at: now, isEdge: isEdge, body))
    }

    mutating func status(_ source: SourceID, _ state: SourceStatus.State, problem: String? = nil) {
        var status = SourceStatus(state, problem: problem, freshFor: .seconds(5))
        status.standsByAll = source.system == "etcd" && source.name == "db"
        say(source, isEdge: true, .source(status))
    }

    /// Lets time pass, with a tick at the end.
    mutating func wait(_ seconds: Double) {
        now = now + .seconds(seconds)
        events += chronicle.tick(assessment)
    }

    var assessment: Assessment { Assessment.of(snapshot, now: now) }
    var database: GroupAssessment { group("db") }
    func group(_ name: String) -> GroupAssessment {
        assessment.group(GroupID(name)) ?? assessment.groups[0]
    }
    var texts: [String] { events.map(\.text) }
    func events(_ kind: Event.Kind) -> [Event] { events.filter { $0.kind == kind } }

    // MARK: - Observers

    /// The register: leader, synchronous standbys, revision.
    mutating func register(
        leader: String?, timeline: Int = 3, standbys: [String]? = ["b"], isStrict: Bool = false, isPaused: Bool = false,
        revision: Int64 = 10, isEdge: Bool = true, isAsked: Bool = false
    ) {
        status(SourceID("etcd", "db"), .live)
        var facts = GroupFacts()
        facts.leader = Known(leader)
        facts.revision = revision
        facts.timeline = timeline
        facts.synchronous = SynchronousFacts(isOn: standbys != nil, isStrict: isStrict, standbys: standbys ?? [])
        facts.limits = FailoverLimits()
        facts.limits?.maximumLagOnFailoverBytes = 1 << 20
        facts.paused = isPaused
        facts.manager = "patroni"
        facts.roster = ["a", "b", "c"]
        if isAsked { facts.notes["failoverRequest"] = "a → b" }
        say(SourceID("etcd", "db"), isEdge: isEdge, .group(Scene.db, facts))
        for (i, name) in ["a", "b", "c"].enumerated() {
            var member = MemberFacts()
            member.role = name == leader ? .leader : .replica
            member.state = .running
            member.address = "10.0.0.\(i):5432"
            member.door = "http://10.0.0.\(i):8008"
            member.replication = ReplicationFacts()
            member.replication?.timeline = timeline
            say(SourceID("etcd", "db"), .member(Scene.pg(name), member))
        }
    }

    /// A primary by its own word.
    mutating func primary(
        _ name: String, written: UInt64 = 1_000_000, timeline: Int = 3, flushed: [String: UInt64] = [:]
    ) {
        var facts = MemberFacts()
        facts.state = .running
        var replication = ReplicationFacts()
        replication.inRecovery = false
        replication.timeline = timeline
        replication.writtenLSN = LSN(written)
        replication.senders = flushed.sorted { $0.key < $1.key }.map { standby, position in
            var sender = ReplicationSender(application: standby, isLogical: false)
            sender.flushedLSN = LSN(position)
            sender.replayedLSN = LSN(position)
            sender.replayLagSeconds = 0.001
            return sender
        }
        facts.replication = replication
        own(name, facts)
    }

    /// A standby by its own word.
    mutating func standby(
        _ name: String, received: UInt64 = 1_000_000, replayed: UInt64? = nil, timeline: Int = 3,
        isStreaming: Bool = true, state: RunState = .running
    ) {
        var facts = MemberFacts()
        facts.state = state
        var replication = ReplicationFacts()
        replication.inRecovery = true
        replication.timeline = timeline
        replication.receivedLSN = LSN(received)
        replication.replayedLSN = LSN(replayed ?? received)
        replication.streaming = isStreaming
        facts.replication = replication
        own(name, facts)
    }

    mutating func own(_ name: String, _ facts: MemberFacts) {
        status(SourceID("sql", "db/\(name)"), .live)
        say(SourceID("sql", "db/\(name)"), .member(Scene.pg(name), facts))
    }

    mutating func unreachable(_ name: String) {
        status(SourceID("sql", "db/\(name)"), .failed, problem: "connection refused")
    }

    /// Everything as it should be.
    mutating func healthy(standbys: [String]? = ["b"], written: UInt64 = 1_000_000) {
        register(leader: "a", standbys: standbys)
        primary("a", written: written)
        standby("b", received: written)
        standby("c", received: written)
    }

    mutating func store(healthy: Int, of total: Int = 3, hasLeader: Bool = true) {
        status(SourceID("etcd", "etcd"), .live)
        var facts = GroupFacts()
        facts.quorum = GroupQuorum(votersTotal: total, votersHealthy: healthy, hasLeader: hasLeader)
        say(SourceID("etcd", "etcd"), .group(GroupID("etcd"), facts))
        for i in 0..<total {
            var member = MemberFacts()
            member.role = i == 0 ? .leader : .follower
            member.state = i < healthy ? .running : .failed
            member.address = "10.0.0.\(i):2379"
            say(SourceID("etcd", "etcd"), .member(MemberID(GroupID("etcd"), "e\(i)"), member))
        }
    }

    mutating func server(
        _ name: String, _ check: CheckState, admin: AdminState = .ready, node: Int = 0, at balancer: String = "lb-1",
        group: String = "api", address: String? = nil
    ) {
        if snapshot.source(SourceID("haproxy", balancer))?.status.state != .live {
            status(SourceID("haproxy", balancer), .live)
        }
        var facts = MemberFacts()
        facts.role = .server
        facts.address = address ?? "10.0.0.\(node):80"
        facts.traffic = TrafficFacts()
        facts.traffic?.check = check
        facts.traffic?.admin = admin
        facts.traffic?.sessions = 1
        say(SourceID("haproxy", balancer), .member(MemberID(GroupID(group), name), facts))
    }

    /// A balancer that is reached on one of the nodes.
    mutating func balancer(_ name: String, node: Int) {
        var status = SourceStatus(.live, freshFor: .seconds(5), endpoint: "10.0.0.\(node):8404")
        status.standsByAll = false
        say(SourceID("haproxy", name), isEdge: true, .source(status))
    }

    /// A pool of the database's members in which one at a time is up.
    mutating func writePool(leader: String) {
        for (i, name) in ["a", "b", "c"].enumerated() {
            server(name, name == leader ? .up : .down, group: "writes", address: "10.0.0.\(i):5432")
        }
    }

    mutating func pool(serving: Bool, at balancer: String = "lb-1", group: String = "api") {
        status(SourceID("haproxy", balancer), .live)
        var facts = GroupFacts()
        facts.poolServing = serving
        say(SourceID("haproxy", balancer), .group(GroupID(group), facts))
    }
}
