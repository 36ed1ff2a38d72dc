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
    private let edges: [GroupID: HAProxySettings]
    private let endpoint: Endpoint
    private let pace: FeedPace

    /// - Parameters:
    ///   - name: the instance's name, `lb-1`.
    ///   - endpoint: its stats socket, `unix:///path` or `tcp://host:port`; level operator is enough to watch.
    ///   - node: the host it runs on, where known.
    ///   - pools: which group each backend is. A backend that is not named here becomes a group with its own name.
    ///     Where several backends are one group, servers are called `backend/server`.
    ///   - edges: what is known of the way into each group: its frontends, and the table of its clients.
    public init(
        _ name: String, at endpoint: Endpoint, node: NodeID? = nil, pools: [String: GroupID] = [:],
        edges: [GroupID: HAProxySettings] = [:], pace: FeedPace = HAProxyFeed.paceDefault
    ) {
        source = SourceID("haproxy", name)
        balancer = MemberID(Self.balancersGroup, name)
        self.node = node
        self.pools = pools
        self.edges = edges
        self.endpoint = endpoint
        self.pace = pace
    }

    public func run(into sink: any UpdateSink, clock: any Timekeeper) async {
        // Outlives connections: what was drained before a reload, and which servers were told.
        let facts = Mutex(HAProxyFacts(balancer: balancer, node: node, pools: pools))
        let edge = Mutex(HAProxyEdgeTimes(edge: HAProxyEdge(edges, pools: pools)))
        await FeedLoop(source, into: sink, clock: clock, pace: pace, endpoints: [endpoint.label]).run { session in
            let socket = LineSocket(endpoint, clock: clock)
            while true {
                let reply = try await socket.ask(
                    Self.questions.joined(separator: ";"), within: pace.replyDeadline,
                    replyBytesMax: Self.replyBytesMax)
                let now = clock.now()
                let (output, problem) = try read(reply.bytes, facts, edge, at: now)
                session.heard(latency: reply.took, problem: problem)
                send(output, session, at: now)
                try await look(edge, socket, clock)
                try await clock.sleep(until: pace.nextAsk(after: clock.now()))
            }
        }
    }

    private func read(
        _ bytes: [UInt8], _ facts: borrowing Mutex<HAProxyFacts>, _ edge: borrowing Mutex<HAProxyEdgeTimes>,
        at now: Timestamp
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
            var output = facts.withLock { $0.take(info, states, stat, at: now) }
            let edges = edge.withLock { times in
                if output.event != nil { times.forgetProcess() }
                return times.edge.take(stat, at: now)
            }
            for i in output.groups.indices { output.groups[i].facts.edge = edges[output.groups[i].id] }
            return (output, problem)
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

    /// From one look at the clients to the next, and at the certificates.
    static let tablesEvery = Span.seconds(5)
    static let certificatesEvery = Span.seconds(300)

    /// Who the busiest clients are, and when certificates end: in their own time, each on a connection of its own.
    private func look(
        _ edge: borrowing Mutex<HAProxyEdgeTimes>, _ socket: LineSocket, _ clock: any Timekeeper
    ) async throws {
        let now = clock.now()
        let (tables, certificates) = edge.withLock { $0.due(now) }
        if tables {
            let heads = HAProxyTableHead.list(try await ask("show table", socket))
            for question in edge.withLock({ $0.edge.questions(heads) }) {
                guard let table = HAProxyTable(try await ask(question, socket)) else { continue }
                edge.withLock { $0.edge.take(table) }
            }
        }
        guard certificates else { return }
        var found: [HAProxyCertificate] = []
        for file in HAProxyCertificate.files(try await ask("show ssl cert", socket)) {
            guard file.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ";") }),
                let one = HAProxyCertificate(try await ask("show ssl cert \(file)", socket))
            else { continue }
            found.append(one)
        }
        edge.withLock { $0.edge.take(found) }
    }

    private func ask(_ line: String, _ socket: LineSocket) async throws -> [UInt8] {
        try await socket.ask(line, within: pace.replyDeadline, replyBytesMax: Self.replyBytesMax).bytes
    }
}

/// The edge, and when it was last looked at more closely.
struct HAProxyEdgeTimes: Sendable {
    var edge: HAProxyEdge
    private var tablesAt: Timestamp?
    private var certificatesAt: Timestamp?

    init(edge: HAProxyEdge) { self.edge = edge }

    /// Another process counts from zero, and has read its certificates anew.
    mutating func forgetProcess() {
        edge.forgetCounters()
        certificatesAt = nil
    }

    mutating func due(_ now: Timestamp) -> (tables: Bool, certificates: Bool) {
        guard edge.isAny else { return (false, false) }
        let tables = tablesAt.map { now - $0 >= HAProxyFeed.tablesEvery } ?? true
        let certificates = certificatesAt.map { now - $0 >= HAProxyFeed.certificatesEvery } ?? true
        if tables { tablesAt = now }
        if certificates { certificatesAt = now }
        return (tables, certificates)
    }
}
