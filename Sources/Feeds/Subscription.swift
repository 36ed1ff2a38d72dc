public import Estate

/// One subscription as a state machine: events and times in, what to tell and how long to wait out. It turns over
/// the endpoints it was given, the next one at once and a full turn only after a wait.
public struct Subscription: Sendable {
    /// A status to tell. An edge is a change of state, and must not be coalesced away.
    public struct Report: Sendable, Equatable {
        public let status: SourceStatus
        public let isEdge: Bool
    }

    private let endpoints: [String]
    private let freshFor: Span
    private var backoff: Backoff
    private var liveSince: Timestamp?
    private var told: SourceStatus?
    /// Failures since an endpoint last worked.
    private var failuresInTurn = 0
    /// The most telling failure of this turn of the endpoints, and of the turn before, each with its endpoint: three
    /// endpoints that fail in three ways must not make the status flicker.
    private var worst: (now: Told?, before: Told?)
    private struct Told {
        let error: FeedError
        let endpoint: String
    }
    /// Which of the endpoints to use now.
    public private(set) var endpointIndex = 0

    public init(endpoints: [String], freshFor: Span, backoff: Backoff.Limits) {
        self.endpoints = endpoints
        self.freshFor = freshFor
        self.backoff = Backoff(backoff)
    }

    /// Name of the endpoint in use.
    public var endpoint: String { endpoints.isEmpty ? "" : endpoints[endpointIndex] }

    /// The first attempt begins.
    public mutating func start() -> Report { report(.connecting, problem: nil, latency: nil) }

    /// A good answer, or another sign of life. `problem` is for what is amiss although the subscription lives;
    /// `standsByAll` for a subscription whose sign of life confirms everything it has said.
    public mutating func heard(
        at now: Timestamp, latency: Span?, problem: String? = nil, standsByAll: Bool = false
    ) -> Report {
        if liveSince == nil { liveSince = now }
        failuresInTurn = 0
        worst = (nil, nil)
        return report(.live, problem: problem, latency: latency, standsByAll: standsByAll)
    }

    /// The attempt failed. Returns what to tell, and how long to wait before the next attempt (zero: at once, on
    /// another endpoint).
    public mutating func failed(
        _ error: FeedError, at now: Timestamp, jitter: Double
    ) -> (report: Report, delay: Span) {
        if let since = liveSince { backoff.lived(from: since, to: now) }
        liveSince = nil
        let this = Told(error: error, endpoint: endpoint)
        if error.weight >= worst.now?.error.weight ?? 0 { worst.now = this }
        var shown = worst.now ?? this
        if let before = worst.before, before.error.weight > shown.error.weight { shown = before }
        let made = report(
            shown.error.state, problem: shown.error.description, latency: nil, endpoint: shown.endpoint)
        failuresInTurn += 1
        let turnIsOver = failuresInTurn >= endpoints.count
        if turnIsOver {
            failuresInTurn = 0
            worst = (nil, worst.now)
        }
        if !endpoints.isEmpty { endpointIndex = (endpointIndex + 1) % endpoints.count }
        return (made, turnIsOver ? backoff.next(jitter: jitter) : .zero)
    }

    private mutating func report(
        _ state: SourceStatus.State, problem: String?, latency: Span?, standsByAll: Bool = false,
        endpoint named: String? = nil
    ) -> Report {
        var status = SourceStatus(
            state, problem: problem, freshFor: freshFor, endpoint: endpoints.isEmpty ? nil : named ?? endpoint)
        status.latencySeconds = latency?.seconds
        status.standsByAll = standsByAll
        let isEdge = told?.state != state
        told = status
        return Report(status: status, isEdge: isEdge)
    }
}
