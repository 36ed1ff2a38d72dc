public import Estate
import Synchronization

/// The shell around `Subscription` that every feed runs in: attempt, tell, wait, attempt again.
public struct FeedLoop: Sendable {
    private let source: SourceID
    private let sink: any UpdateSink
    private let clock: any Timekeeper
    private let pace: FeedPace
    private let endpoints: [String]

    /// `endpoints` are names for messages, in the order in which they are tried.
    public init(
        _ source: SourceID, into sink: any UpdateSink, clock: any Timekeeper, pace: FeedPace, endpoints: [String]
    ) {
        self.source = source
        self.sink = sink
        self.clock = clock
        self.pace = pace
        self.endpoints = endpoints
    }

    /// Runs `attempt` again and again until the task is cancelled. An attempt lives as long as its connection does:
    /// it tells the session of every good answer and throws when it is over. Returning counts as the peer's leaving.
    public func run(_ attempt: @Sendable (FeedSession) async throws -> Void) async {
        let session = FeedSession(
            source, sink: sink, clock: clock,
            subscription: Subscription(endpoints: endpoints, freshFor: pace.freshFor, backoff: pace.backoff))
        session.start()
        while !Task.isCancelled {
            let failure: any Error
            do {
                try await attempt(session)
                failure = FeedError.unreachable(
                    endpoint: session.endpoint, reason: "\(session.endpoint) ended the connection")
            } catch {
                failure = error
            }
            if Task.isCancelled { return }
            let delay = session.failed(FeedError(failure, endpoint: session.endpoint), jitter: pace.jitter())
            if delay > .zero {
                do { try await clock.sleep(for: delay) } catch { return }
            }
        }
    }
}

/// What an attempt tells the world through.
public final class FeedSession: Sendable {
    public let source: SourceID
    public let clock: any Timekeeper
    private let sink: any UpdateSink
    private let subscription: Mutex<Subscription>

    init(_ source: SourceID, sink: any UpdateSink, clock: any Timekeeper, subscription: Subscription) {
        self.source = source
        self.sink = sink
        self.clock = clock
        self.subscription = Mutex(subscription)
    }

    /// Index of the endpoint this attempt is to use.
    public var endpointIndex: Int { subscription.withLock { $0.endpointIndex } }
    /// Its name.
    public var endpoint: String { subscription.withLock { $0.endpoint } }

    /// A good answer came, `latency` after the question; the source is live. `problem` names what is amiss all the
    /// same. A pushed subscription stands by all it has said with each sign of life.
    public func heard(latency: Span? = nil, problem: String? = nil, standsByAll: Bool = false) {
        let now = clock.now()
        let report = subscription.withLock {
            $0.heard(at: now, latency: latency, problem: problem, standsByAll: standsByAll)
        }
        tell(report, at: now)
    }

    /// Sends what was observed, now or at the moment given.
    public func send(_ body: Update.Body, isEdge: Bool = false, at: Timestamp? = nil) {
        sink.send(Update(source, at: at ?? clock.now(), isEdge: isEdge, body))
    }

    func start() {
        let now = clock.now()
        tell(subscription.withLock { $0.start() }, at: now)
    }

    func failed(_ error: FeedError, jitter: Double) -> Span {
        let now = clock.now()
        let (report, delay) = subscription.withLock { $0.failed(error, at: now, jitter: jitter) }
        tell(report, at: now)
        return delay
    }

    private func tell(_ report: Subscription.Report, at now: Timestamp) {
        sink.send(Update(source, at: now, isEdge: report.isEdge, .source(report.status)))
    }
}
