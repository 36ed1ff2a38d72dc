public import Estate

/// The times a feed keeps to.
public struct FeedPace: Sendable {
    /// From one question to the next, or from one sign of life to the next where answers are pushed.
    public var interval: Span
    /// How long one answer may take.
    public var replyDeadline: Span
    /// How old a value may get before it is stale.
    public var freshFor: Span
    public var backoff: Backoff.Limits
    /// Where the spreading of reconnections comes from: 0..<1.
    public var jitter: @Sendable () -> Double

    public init(
        interval: Span, replyDeadline: Span, freshFor: Span? = nil, backoff: Backoff.Limits = Backoff.Limits(),
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.interval = interval
        self.replyDeadline = replyDeadline
        // One late answer is not staleness, two in a row are.
        self.freshFor = freshFor ?? interval * 2 + replyDeadline
        self.backoff = backoff
        self.jitter = jitter
    }
}
