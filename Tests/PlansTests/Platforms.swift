import Estate
import Plans

/// A small platform as observers would tell it, to be bent by each test.
struct TestPlatform {
    static let now = Timestamp(seconds: 1_795_000_000)
    static let database = GroupID("wallet-db")
    static let api = GroupID("bet-api")
    static let write = GroupID("pg_write")
    static let read = GroupID("pg_read")

    var group = GroupFacts()
    var members: [String: MemberFacts] = [:]
    /// What SQL says of each.
    var sql: [String: MemberFacts] = [:]
    /// Pool, server, balancer, facts.
    var servers: [(group: GroupID, name: String, balancer: String, facts: MemberFacts)] = []
    /// Sources that are not live, with their problem.
    var failed: [SourceID: String] = [:]
    /// How long ago everything was observed.
    var age = Span.milliseconds(500)

    static func source(_ name: String) -> SourceID { SourceID("patroni", "wallet-db/\(name)") }
    static func member(_ name: String) -> MemberID { MemberID(database, name) }
    static let addresses = ["pg-ams-1": "10.0.1.1", "pg-lon-1": "10.0.2.1", "pg-dub-1": "10.0.3.1"]

    /// Three members, the first leads, the second is synchronous, all well.
    init() {
        group.leader = Known("pg-ams-1")
        group.timeline = 7
        group.paused = false
        group.manager = "patroni"
        group.synchronous = SynchronousFacts(isOn: true, standbys: ["pg-lon-1"])
        var limits = FailoverLimits()
        limits.ttlSeconds = 30
        limits.loopWaitSeconds = 10
        limits.maximumLagOnFailoverBytes = 1_048_576
        group.limits = limits
        for (name, host) in Self.addresses {
            var facts = MemberFacts()
            facts.role = name == "pg-ams-1" ? .leader : .replica
            facts.state = .running
            facts.address = "\(host):5432"
            facts.door = "http://\(host):8008/patroni"
            var replication = ReplicationFacts()
            replication.inRecovery = name != "pg-ams-1"
            replication.timeline = 7
            replication.streaming = name != "pg-ams-1"
            facts.replication = replication
            members[name] = facts
            var seen = facts
            seen.role = nil
            if name == "pg-ams-1" {
                seen.replication?.writtenLSN = LSN(0x500_0000)
                seen.replication?.commits = 10_000
            } else {
                seen.replication?.receivedLSN = LSN(0x500_0000)
                seen.replication?.replayedLSN = LSN(0x500_0000)
            }
            if name == "pg-ams-1" {
                seen.replication?.senders = ["pg-lon-1", "pg-dub-1"].map {
                    var sender = ReplicationSender(application: $0, isLogical: false)
                    sender.flushedLSN = LSN(0x500_0000)
                    sender.replayedLSN = LSN(0x500_0000)
                    return sender
                }
            }
            sql[name] = seen
            for balancer in ["lb-1", "lb-2"] {
                let leads = name == "pg-ams-1"
                add(Self.write, name, balancer, up: leads, sessions: leads ? 4 : 0, address: "\(host):5432")
                add(Self.read, name, balancer, up: !leads, sessions: leads ? 0 : 3, address: "\(host):5432")
            }
        }
        for i in 1...6 {
            for balancer in ["lb-1", "lb-2"] {
                add(Self.api, "bet-\(i)", balancer, up: true, sessions: 2, address: "10.0.9.\(i):8080")
            }
        }
        servers.sort { ("\($0.group)", $0.name, $0.balancer) < ("\($1.group)", $1.name, $1.balancer) }
    }

    mutating func add(
        _ group: GroupID, _ name: String, _ balancer: String, up: Bool, sessions: Int, address: String
    ) {
        var facts = MemberFacts()
        facts.role = .server
        facts.address = address
        var traffic = TrafficFacts()
        traffic.admin = .ready
        traffic.check = up ? .up : .down
        traffic.sessions = sessions
        traffic.handle = "\(group == Self.api ? "bet_api" : group.name)/\(name)"
        facts.traffic = traffic
        servers.append((group, name, balancer, facts))
    }

    /// Changes a server's traffic at one balancer, or at all.
    mutating func traffic(
        _ group: GroupID, _ name: String, at balancer: String? = nil, _ body: (inout TrafficFacts) -> Void
    ) {
        for i in servers.indices
        where servers[i].group == group && servers[i].name == name
            && (balancer == nil || servers[i].balancer == balancer)
        {
            var traffic = servers[i].facts.traffic ?? TrafficFacts()
            body(&traffic)
            servers[i].facts.traffic = traffic
        }
    }

    mutating func drained(_ group: GroupID, _ name: String, at balancer: String? = nil, here: Bool = true) {
        traffic(group, name, at: balancer) {
            $0.admin = .drain
            $0.adminForcedHere = here
            $0.sessions = 0
        }
    }

    /// Says how far a replica is behind, wherever that is said.
    mutating func behind(_ name: String, bytes: UInt64) {
        let lsn = LSN(0x500_0000 - bytes)
        sql[name]?.replication?.receivedLSN = lsn
        sql[name]?.replication?.replayedLSN = lsn
        for i in sql["pg-ams-1"]?.replication?.senders.indices ?? 0..<0
        where sql["pg-ams-1"]?.replication?.senders[i].application == name {
            sql["pg-ams-1"]?.replication?.senders[i].flushedLSN = lsn
            sql["pg-ams-1"]?.replication?.senders[i].replayedLSN = lsn
        }
    }

    var snapshot: Snapshot { snapshot(at: Self.now - age) }

    func snapshot(at: Timestamp) -> Snapshot {
        var snapshot = Snapshot(
            platform: Platform(
                name: "test",
                groups: [GroupPlan(Self.database, mode: .activePassive), GroupPlan(Self.api)]))
        func tell(_ source: SourceID, _ body: Update.Body) {
            let status = failed[source].map { SourceStatus(.failed, problem: $0) } ?? SourceStatus(.live)
            let at = failed[source] == nil ? at : at - .seconds(8)
            snapshot.apply(Update(source, at: at, .source(status)))
            snapshot.apply(Update(source, at: at, body))
        }
        tell(SourceID("etcd", "wallet-db"), .group(Self.database, group))
        for (name, facts) in members.sorted(by: { $0.key < $1.key }) {
            tell(SourceID("etcd", "wallet-db"), .member(Self.member(name), facts))
            tell(Self.source(name), .member(Self.member(name), facts))
        }
        for (name, facts) in sql.sorted(by: { $0.key < $1.key }) {
            tell(SourceID("sql", "wallet-db/\(name)"), .member(Self.member(name), facts))
        }
        for server in servers {
            tell(SourceID("haproxy", server.balancer), .member(MemberID(server.group, server.name), server.facts))
        }
        return snapshot
    }

    func plan(
        _ recipe: String, _ target: PlanTarget, _ arguments: [String: String] = [:]
    ) -> Result<Plan, PlanRefusal> {
        PlanCatalogue.plan(PlanCall(recipe, target, arguments: arguments), snapshot, now: Self.now)
    }

    func plan(_ recipe: String, _ name: String, of group: GroupID = database) -> Result<Plan, PlanRefusal> {
        plan(recipe, .member(MemberID(group, name)))
    }
}

/// A plan, or why there is none, as text to compare with a kept page.
enum Page {
    static func of(_ result: Result<Plan, PlanRefusal>) -> String {
        switch result {
        case .failure(let refusal): return "refused: \(refusal)\n"
        case .success(let plan):
            var lines = [plan.title]
            switch plan.confirmation {
            case .typed(let name): lines.append("confirm: type \(name)")
            case .yes: lines.append("confirm: yes")
            }
            lines.append("checks:")
            for check in plan.checks {
                lines.append("  \(check.status.word): \(check.what): \(check.figure)")
                if let remedy = check.remedy { lines.append("    \(remedy)") }
            }
            lines.append("sends:")
            lines += plan.preview.map { "  \($0)" }
            lines.append("awaits: \(Int(plan.outcomeDeadline.seconds)) s")
            if let risk = plan.risk { lines.append("at risk: \(risk.text)") }
            lines += plan.outlook.sentences.map { "  \($0)" }
            lines.append("undo: \(plan.undo.text)")
            lines += plan.undo.requests.flatMap(\.lines).map { "  \($0)" }
            return lines.joined(separator: "\n") + "\n"
        }
    }
}
