public import Estate
public import Settings
import Synchronization
import Transport
import Wire

/// What Patroni keeps in etcd about one cluster: a range to begin with, then a v3 watch. Changes are pushed, never
/// polled for; what is asked for every interval is a sign of life, answered by a quorum, that also finds a watch
/// which has gone deaf. After a break the watch resumes where it was, so that nothing in between is missed.
public struct EtcdFeed: Feed {
    public let source: SourceID
    private let group: GroupID
    private let prefix: String
    private let endpoints: [Endpoint]
    private let pace: FeedPace

    /// A sign of life every two seconds; an answer may take as long.
    public static let standardPace = FeedPace(interval: .seconds(2), replyDeadline: .seconds(2))

    /// Source `etcd:GROUP`. The endpoints are those of one etcd cluster, in the order in which they are tried.
    public init(
        group: GroupID, scope: String, namespace: String, endpoints: [Endpoint], pace: FeedPace = standardPace
    ) {
        source = SourceID("etcd", group.name)
        self.group = group
        prefix = PatroniKey.prefix(namespace: namespace, scope: scope)
        self.endpoints = endpoints
        self.pace = pace
    }

    public func run(into sink: any UpdateSink, clock: any Timekeeper) async {
        let link = EtcdLink(clock: clock)
        let scope = EtcdScopeBox(EtcdScope(group: group, prefix: prefix))
        let loop = FeedLoop(source, into: sink, clock: clock, pace: pace, endpoints: endpoints.map(\.label))
        await loop.run { session in
            guard session.endpointIndex < endpoints.count else {
                throw FeedError.unusable(reason: "no etcd endpoint is configured for \(group)")
            }
            let attempt = EtcdAttempt(
                link: link, endpoint: endpoints[session.endpointIndex], scope: scope, session: session, pace: pace,
                prefix: prefix)
            try await attempt.run()
        }
        await link.close()
    }
}

/// The mirror, shared by the watch and the sign of life.
final class EtcdScopeBox: Sendable {
    let state: Mutex<EtcdScope>
    init(_ scope: EtcdScope) { state = Mutex(scope) }
}

/// One connection's life.
struct EtcdAttempt: Sendable {
    let link: EtcdLink
    let endpoint: Endpoint
    let scope: EtcdScopeBox
    let session: FeedSession
    let pace: FeedPace
    let prefix: String

    /// Most keys below one scope that are read; Patroni has one a member and ten more.
    static let keysMax: Int64 = 10_000

    /// The watch began at a revision that etcd has compacted away.
    private struct Compacted: Error {}

    func run() async throws {
        try await link.enter(endpoint, within: pace.replyDeadline)
        try await catchUp()
        while true {
            do {
                try await follow()
                return
            } catch is Compacted {
                try await readAnew()
            }
        }
    }

    /// The watch and the signs of life side by side, until one of them fails.
    private func follow() async throws {
        let from = scope.state.withLock { ($0.revision ?? 0) + 1 }
        let lines = try await link.open(
            .watch(prefix: prefix, fromRevision: from), at: endpoint, within: pace.replyDeadline)
        let progress = Progress()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await watch(lines, progress) }
            group.addTask { try await signsOfLife(progress) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private final class Progress: Sendable { let isWatching = Mutex(false) }

    /// A full range where there is no mirror, or where this is no longer the etcd it was made from; otherwise proof
    /// that a quorum stands behind this endpoint.
    private func catchUp() async throws {
        let known = scope.state.withLock { ($0.revision, $0.clusterID) }
        if let revision = known.0 {
            let (found, took) = try await newest(isExplaining: true)
            if found.header.clusterID == known.1, found.header.revision >= revision {
                session.heard(latency: took, problem: problem, standsByAll: false)
                return
            }
        }
        try await readAnew()
    }

    private func readAnew() async throws {
        let request = EtcdRequest.range(prefix: prefix, limit: EtcdAttempt.keysMax)
        let (range, took) = try await asked(request, isExplaining: true)
        guard !range.hasMore else {
            throw FeedError.unusable(reason: "more than \(EtcdAttempt.keysMax) keys below \(prefix)")
        }
        let now = session.clock.now()
        let emissions = scope.state.withLock { $0.replace(with: range, at: now) }
        // Live before the values, so that they are not taken for a dead source's.
        session.heard(latency: took, problem: problem, standsByAll: true)
        for emission in emissions { session.send(emission.body, isEdge: emission.isEdge, at: now) }
    }

    private func newest(isExplaining: Bool = false) async throws -> (EtcdRange, Span) {
        try await asked(
            .range(prefix: prefix, order: .newestFirst, limit: 1, keysOnly: true), isExplaining: isExplaining)
    }

    /// A read that needs a quorum. To explain why it does not come in time, the endpoint is asked meanwhile whether
    /// it knows a leader: silence and a lost quorum call for different hands.
    private func asked(_ request: EtcdRequest, isExplaining: Bool) async throws -> (EtcdRange, Span) {
        let meanwhile = Meanwhile()
        async let _: Void = isExplaining ? learnLeader(meanwhile) : ()
        do {
            let reply = try await link.ask(request, at: endpoint, within: pace.replyDeadline)
            return (try EtcdRange(parsing: reply.body), reply.took)
        } catch let error as TransportError {
            // What has been learned so far must do: an explanation never makes a failure later.
            if case .late = error, meanwhile.leaderID.withLock({ $0 }) == 0 {
                throw FeedError.withoutQuorum(
                    endpoint: endpoint.label, reason: "it answers and knows no leader; start the missing members")
            }
            throw error
        }
    }

    private final class Meanwhile: Sendable { let leaderID = Mutex<UInt64?>(nil) }

    /// 0 where the endpoint answers and knows none.
    private func learnLeader(_ meanwhile: Meanwhile) async {
        guard let reply = try? await link.ask(.status, at: endpoint, within: pace.replyDeadline),
            let status = try? EtcdStatus(parsing: reply.body)
        else { return }
        meanwhile.leaderID.withLock { $0 = status.leaderID }
    }

    private var problem: String? { scope.state.withLock { $0.problem } }

    private func watch(_ lines: HTTPLines, _ progress: Progress) async throws {
        for try await line in lines where !line.isEmpty {
            let message = try EtcdWatchMessage(parsing: line)
            switch message.body {
            case .created:
                progress.isWatching.withLock { $0 = true }
            case .progress:
                scope.state.withLock { $0.saw(revision: message.header.revision) }
            case .events(let events):
                let now = session.clock.now()
                let emissions = scope.state.withLock { $0.apply(events, at: now) }
                for emission in emissions { session.send(emission.body, isEdge: emission.isEdge, at: now) }
            case .compacted:
                throw Compacted()
            case .canceled(let reason):
                throw FeedError.unreachable(endpoint: endpoint.label, reason: "etcd canceled the watch: \(reason)")
            }
        }
        throw FeedError.unreachable(endpoint: endpoint.label, reason: "\(endpoint.label) ended the watch")
    }

    /// Every interval: does a quorum answer, and does the watch tell what it should?
    private func signsOfLife(_ progress: Progress) async throws {
        var watchdog = EtcdWatchdog()
        while true {
            try await session.clock.sleep(until: pace.nextAsk(after: session.clock.now()))
            let (found, took) = try await newest()
            guard progress.isWatching.withLock({ $0 }) else {
                throw FeedError.silent(endpoint: endpoint.label, reason: "\(endpoint.label) does not begin the watch")
            }
            let seen = scope.state.withLock { ($0.newestModRevision, Int64($0.keys.count)) }
            let isDeaf = watchdog.checked(
                newest: found.keyValues.first?.modRevision ?? 0, count: found.count, seenNewest: seen.0,
                seenCount: seen.1)
            if isDeaf {
                throw FeedError.silent(
                    endpoint: endpoint.label, reason: "the watch on \(endpoint.label) no longer tells of changes")
            }
            session.heard(latency: took, problem: problem, standsByAll: true)
        }
    }
}
