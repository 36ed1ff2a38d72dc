public import Estate
public import Settings
import Synchronization
import Transport
import Wire

/// What operators leave for each other in one etcd cluster: who acts on which group, and which plans wait for a
/// second operator. Read only: a range, then a watch.
public struct RegisterFeed: Feed {
    public let source: SourceID
    private let prefix: String
    private let places: [GroupID: String]
    private let endpoints: [Endpoint]
    private let pace: FeedPace

    public static let standardPace = FeedPace(interval: .seconds(5), replyDeadline: .seconds(2))

    /// Source `register:NAME`. `places` are the keys of the groups that have their place in this cluster.
    public init(
        _ name: String, prefix: String, places: [GroupID: String], endpoints: [Endpoint],
        pace: FeedPace = standardPace
    ) {
        source = SourceID("register", name)
        self.prefix = prefix
        self.places = places
        self.endpoints = endpoints
        self.pace = pace
    }

    public func run(into sink: any UpdateSink, clock: any Timekeeper) async {
        let link = EtcdLink(clock: clock)
        let mirror = RegisterMirrorBox(RegisterMirror(places: places))
        let loop = FeedLoop(source, into: sink, clock: clock, pace: pace, endpoints: endpoints.map(\.label))
        await loop.run { session in
            guard session.endpointIndex < endpoints.count else {
                throw FeedError.unusable(reason: "no etcd endpoint is configured for the register \(source.name)")
            }
            let attempt = RegisterAttempt(
                link: link, endpoint: endpoints[session.endpointIndex], mirror: mirror, session: session, pace: pace,
                prefix: prefix)
            try await attempt.run()
        }
        await link.close()
    }
}

/// The mirror, shared by the watch and the sign of life.
final class RegisterMirrorBox: Sendable {
    let state: Mutex<RegisterMirror>
    init(_ mirror: RegisterMirror) { state = Mutex(mirror) }
}

/// One connection's life.
struct RegisterAttempt: Sendable {
    let link: EtcdLink
    let endpoint: Endpoint
    let mirror: RegisterMirrorBox
    let session: FeedSession
    let pace: FeedPace
    let prefix: String

    /// Most keys of the register that are read.
    static let keysMax: Int64 = 5_000

    func run() async throws {
        try await link.enter(endpoint, within: pace.replyDeadline)
        let reply = try await link.ask(
            .range(prefix: prefix, limit: Self.keysMax), at: endpoint, within: pace.replyDeadline)
        let range = try EtcdRange(parsing: reply.body)
        guard !range.hasMore else {
            throw FeedError.unusable(reason: "more than \(Self.keysMax) keys below \(prefix)")
        }
        session.heard(latency: reply.took, standsByAll: true)
        send(mirror.state.withLock { $0.replace(with: range.keyValues, at: session.clock.now()) })
        let lines = try await link.open(
            .watch(prefix: prefix, fromRevision: range.header.revision + 1), at: endpoint, within: pace.replyDeadline)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await watch(lines) }
            group.addTask { try await signsOfLife() }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func send(_ bodies: [Update.Body]) {
        for body in bodies { session.send(body, isEdge: true) }
    }

    private func watch(_ lines: HTTPLines) async throws {
        for try await line in lines where !line.isEmpty {
            let message = try EtcdWatchMessage(parsing: line)
            switch message.body {
            case .created, .progress: break
            case .events(let events):
                let now = session.clock.now()
                send(mirror.state.withLock { $0.apply(events, at: now) })
            case .compacted:
                throw FeedError.unreachable(endpoint: endpoint.label, reason: "the watch began too far back")
            case .canceled(let reason):
                throw FeedError.unreachable(endpoint: endpoint.label, reason: "etcd canceled the watch: \(reason)")
            }
        }
        throw FeedError.unreachable(endpoint: endpoint.label, reason: "\(endpoint.label) ended the watch")
    }

    /// Every interval: does a quorum answer, and has the watch told all there is?
    private func signsOfLife() async throws {
        var watchdog = EtcdWatchdog()
        while true {
            try await session.clock.sleep(until: pace.nextAsk(after: session.clock.now()))
            let reply = try await link.ask(
                .range(prefix: prefix, order: .newestFirst, limit: 1, keysOnly: true), at: endpoint,
                within: pace.replyDeadline)
            let found = try EtcdRange(parsing: reply.body)
            let seen = mirror.state.withLock { ($0.newestModRevision, Int64($0.keysCount)) }
            let isDeaf = watchdog.checked(
                newest: found.keyValues.first?.modRevision ?? 0, count: found.count, seenNewest: seen.0,
                seenCount: seen.1)
            if isDeaf {
                throw FeedError.silent(
                    endpoint: endpoint.label, reason: "the watch on \(endpoint.label) no longer tells of changes")
            }
            session.heard(latency: reply.took, standsByAll: true)
        }
    }
}
