public import Estate
public import Settings
import Transport
import Wire

/// One Envoy by its admin interface: which hosts of which cluster take requests, which it has ejected for errors in
/// their traffic, and which limits are reached.
public struct EnvoyFeed: Feed {
    public let source: SourceID

    public static let replyDeadline = Span.seconds(2)
    public static let answerBytesMax = 32 << 20

    private let balancer: MemberID
    private let node: NodeID?
    private let clusters: [String: GroupID]
    private let endpoint: Endpoint
    private let pace: FeedPace

    /// - Parameter clusters: which group a cluster is; those that are not there are left out.
    public init(_ settings: EnvoySettings, clusters: [String: GroupID], pace: FeedPace? = nil) {
        source = SourceID("envoy", settings.name)
        balancer = MemberID(HAProxyFeed.balancersGroup, settings.name)
        node = settings.node
        endpoint = settings.endpoint
        self.clusters = clusters
        self.pace =
            pace
            ?? FeedPace(
                interval: max(settings.every, .seconds(1)), replyDeadline: Self.replyDeadline,
                backoff: Backoff.Limits(delayMax: .seconds(3)))
    }

    public func run(into sink: any UpdateSink, clock: any Timekeeper) async {
        let door = HTTPDoor(clock: clock)
        await FeedLoop(source, into: sink, clock: clock, pace: pace, endpoints: [endpoint.label]).run { session in
            while true {
                let info = try await ask(door, "/server_info")
                let list = try await ask(door, "/clusters?format=json")
                let stats = try await ask(door, "/stats?filter=circuit_breakers")
                let now = clock.now()
                let server = try EnvoyServerInfo(info.body)
                let found = try EnvoyCluster.list(list.body)
                session.heard(latency: list.took)
                session.send(.member(balancer, itself(server, now)), at: now)
                for (id, facts) in EnvoyFacts.of(found, EnvoyBreakers.open(stats.body), clusters, server) {
                    for (member, its) in facts.members { session.send(.member(MemberID(id, member), its), at: now) }
                    session.send(.group(id, facts.group), at: now)
                }
                try await clock.sleep(until: pace.nextAsk(after: clock.now()))
            }
        }
        await door.close()
    }

    private func ask(_ door: HTTPDoor, _ path: String) async throws -> HTTPReply {
        let reply = try await door.send(
            HTTPRequest("GET", path, authorization: .configured), to: endpoint, within: pace.replyDeadline,
            bodyBytesMax: Self.answerBytesMax)
        guard reply.status == 200 else {
            throw FeedError.unreadable(endpoint: endpoint.label, reason: "status \(reply.status) for \(path)")
        }
        return reply
    }

    private func itself(_ info: EnvoyServerInfo, _ now: Timestamp) -> MemberFacts {
        var facts = MemberFacts()
        facts.role = .balancer
        facts.node = node
        facts.version = info.version
        facts.state = info.state == "LIVE" ? .running : info.state == "DRAINING" ? .stopping : .starting
        // Told to the second: a start that wavers would look like many.
        facts.startedAt = info.uptimeSeconds.map { Timestamp(seconds: ((now.seconds - $0) / 10).rounded() * 10) }
        var traffic = TrafficFacts()
        traffic.admin = .ready
        traffic.check = info.state == "LIVE" ? .up : .down
        facts.traffic = traffic
        return facts
    }
}

/// Facts out of what an Envoy says. Pure.
enum EnvoyFacts {
    struct Pool {
        var group = GroupFacts()
        var members: [(String, MemberFacts)] = []
    }

    static func of(
        _ found: [EnvoyCluster], _ breakers: [String: [String]], _ clusters: [String: GroupID],
        _ server: EnvoyServerInfo
    ) -> [(GroupID, Pool)] {
        found.compactMap { cluster in
            guard let id = clusters[cluster.name] else { return nil }
            var pool = Pool()
            pool.members = cluster.hosts.map { ($0.hostname ?? $0.address, facts($0, cluster.name)) }
            pool.group.manager = "envoy"
            pool.group.poolServing = server.state == "LIVE" && cluster.hosts.contains { $0.isHealthy }
            pool.group.roster = pool.members.map(\.0)
            pool.group.breakersOpen = breakers[cluster.name]
            return (id, pool)
        }
    }

    private static func facts(_ host: EnvoyCluster.Host, _ cluster: String) -> MemberFacts {
        var traffic = TrafficFacts()
        traffic.admin = host.discovered == "DRAINING" ? .drain : .ready
        traffic.adminForcedHere = false
        traffic.check = host.isHealthy ? .up : host.isPending ? .goingUp : .down
        traffic.ejected = host.isEjected
        traffic.checkDetail =
            host.isEjected ? "ejected as an outlier" : host.failsChecks ? "fails its health check" : host.discovered
        traffic.weight = host.weight
        traffic.sessions = host.figures["cx_active"].flatMap { Int(exactly: $0) }
        traffic.requestsTotal = host.figures["rq_total"]
        traffic.errorsTotal = host.figures["rq_error"]
        var facts = MemberFacts()
        facts.role = .server
        facts.address = host.address
        facts.traffic = traffic
        facts.notes["cluster"] = cluster
        facts.figures["successPercent"] = host.successPercent
        return facts
    }
}
