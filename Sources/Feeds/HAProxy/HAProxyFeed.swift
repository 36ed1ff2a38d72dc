public import Estate
public import Settings
import Synchronization
import Transport
import Wire

/// What one HAProxy instance says of its pools, their servers and itself, through its runtime API.
///
/// Each time one connection asks for everything. A connection that stays open would be held by the old process
/// through a reload, and would go on telling how things were.
public struct HAProxyFeed: Feed {
    public let source: SourceID

    /// A second between questions.
    public static let paceDefault = FeedPace(
        interval: .seconds(1), replyDeadline: .seconds(2), backoff: Backoff.Limits(delayMax: .seconds(3)))
    /// The group that balancers themselves are members of.
    public static let balancersGroup = GroupID("balancers")
    /// Longest answer that is read: some forty thousand servers.
    public static let replyBytesMax = 32 * 1024 * 1024

    private static let questions = ["show info", "show servers state", "show stat"]
    private static let format = "HAProxy runtime API"

    private let balancer: MemberID
    private let node: NodeID?
    private let pools: [String: GroupID]
    private let endpoint: Endpoint
    private let pace: FeedPace

    /// - Parameters:
    ///   - name: the instance's name, `lb-1`.
    ///   - endpoint: its stats socket, `unix:///path` or `tcp://host:port`; level operator is enough to watch.
    ///   - node: the host it runs on, where known.
    ///   - pools: which group each backend is. A backend that is not named here becomes a group with its own name.
    ///     Where several backends are one group, servers are called `backend/server`.
    public init(
        _ name: String, at endpoint: Endpoint, node: NodeID? = nil, pools: [String: GroupID] = [:],
        pace: FeedPace = HAProxyFeed.paceDefault
    ) {
        source = SourceID("haproxy", name)
        balancer = MemberID(Self.balancersGroup, name)
        self.node = node
        self.pools = pools
        self.endpoint = endpoint
        self.pace = pace
    }

    public func run(into sink: any UpdateSink, clock: any Timekeeper) async {
        // Outlives connections: what was drained before a reload, and which servers were told.
        let facts = Mutex(HAProxyFacts(balancer: balancer, node: node, pools: pools))
        await FeedLoop(source, into: sink, clock: clock, pace: pace, endpoints: [endpoint.label]).run { session in
            let socket = LineSocket(endpoint, clock: clock)
            while true {
                let reply = try await socket.ask(
                    Self.questions.joined(separator: ";"), within: pace.replyDeadline,
                    replyBytesMax: Self.replyBytesMax)
                let now = clock.now()
                let (output, problem) = try read(reply.bytes, facts, at: now)
                session.heard(latency: reply.took, problem: problem)
                send(output, session, at: now)
                try await clock.sleep(until: pace.nextAsk(after: clock.now()))
            }
        }
    }

    private func read(
        _ bytes: [UInt8], _ facts: borrowing Mutex<HAProxyFacts>, at now: Timestamp
    ) throws -> (HAProxyFacts.Output, problem: String?) {
        let parts = HAProxyReply.split(bytes, count: Self.questions.count)
        guard parts.count == Self.questions.count else {
            throw WireError.malformed(
                format: Self.format, reason: "\(Self.questions.count) answers were expected and \(parts.count) came",
                bytes: Escaped.text(bytes))
        }
        do {
            let info = try HAProxyInfo(parts[0])
            let stat = try HAProxyStatPage(parts[2])
            var problem: String?
            var states: [HAProxyServerState]?
            do {
                states = try HAProxyServerState.page(parts[1])
            } catch {
                // The pools can be shown all the same; who drained a server cannot.
                problem = "server states cannot be read: \(error)"
            }
            if stat.isTruncated || stat.isOverLimit { problem = "the list of servers is not complete" }
            if stat.unreadable > 0 { problem = "\(stat.unreadable) lines about servers could not be read" }
            return (facts.withLock { $0.take(info, states, stat, at: now) }, problem)
        } catch let refusal as HAProxyRefusal {
            throw FeedError.refused(endpoint: endpoint.label, reason: refusal.description)
        }
    }

    private func send(_ output: HAProxyFacts.Output, _ session: FeedSession, at now: Timestamp) {
        if var event = output.event {
            event.source = source
            session.send(.event(event), isEdge: true, at: now)
        }
        for member in output.members { session.send(.member(member.id, member.facts), isEdge: member.isEdge, at: now) }
        for group in output.groups { session.send(.group(group.id, group.facts), at: now) }
        for id in output.gone { session.send(.memberGone(id), isEdge: true, at: now) }
    }
}
