public import Estate

/// The times a feed keeps to.
public struct FeedPace: Sendable {
    /// From one question to the next, or from one sign of life to the next where answers are pushed.
    public var interval: Span
    /// The same while nothing changes and others tell what matters; nil: no different.
    public var calmInterval: Span?
    /// How long one answer may take.
    public var replyDeadline: Span
    /// How old a value may get before it is stale.
    public var freshFor: Span
    public var backoff: Backoff.Limits
    /// Where the spreading of reconnections comes from: 0..<1.
    public var jitter: @Sendable () -> Double

    public init(
        interval: Span, calmInterval: Span? = nil, replyDeadline: Span, freshFor: Span? = nil,
        backoff: Backoff.Limits = Backoff.Limits(),
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.interval = interval
        self.calmInterval = calmInterval
        self.replyDeadline = replyDeadline
        // One late answer is not staleness, two in a row are.
        self.freshFor = freshFor ?? (calmInterval ?? interval) * 2 + replyDeadline
        self.backoff = backoff
        self.jitter = jitter
    }

    /// When to ask next: on a beat that all feeds of this interval share, so that a platform's answers come in
    /// together, the process wakes up once for all of them, and the screen's next second has them. Never more than an
    /// interval away; never so near that a rate over the gap would be noise.
    public func nextAsk(after now: Timestamp, isCalm: Bool = false) -> Timestamp {
        let length = (isCalm ? calmInterval ?? interval : interval).nanoseconds
        guard length > 0 else { return now }
        let phase = (now.nanoseconds &+ Self.beatLead.nanoseconds) % length
        let left = length - phase
        return now + Span(nanoseconds: left < length / 4 ? length / 2 + left : left)
    }

    /// How long before the full second the beat is: the time that answers have to arrive in.
    static let beatLead = Span.milliseconds(150)
}
