public import Estate

/// How long to wait before the next attempt: doubled each time up to a limit, and spread out so that a thousand
/// clients do not come back in one instant. Pure: randomness is handed in.
public struct Backoff: Sendable, Equatable {
    public struct Limits: Sendable, Equatable {
        /// Wait after the first failure, before spreading.
        public var delayFirst: Span
        /// Longest wait, before spreading.
        public var delayMax: Span
        /// A subscription that has lived this long starts again from the first delay when it breaks.
        public var stableAfter: Span

        public init(
            delayFirst: Span = .milliseconds(250), delayMax: Span = .seconds(10), stableAfter: Span = .seconds(10)
        ) {
            self.delayFirst = delayFirst
            self.delayMax = delayMax
            self.stableAfter = stableAfter
        }
    }

    private let limits: Limits
    /// Failures since the last stable time.
    public private(set) var failures = 0

    public init(_ limits: Limits = Limits()) { self.limits = limits }

    /// The next wait: between half of the doubled delay and all of it. `jitter` is in 0..<1.
    public mutating func next(jitter: Double) -> Span {
        // Beyond 2^20 the limit holds anyway; the shift must not overflow.
        let factor = Double(1 << min(failures, 20))
        failures += 1
        let full = min(limits.delayFirst * factor, limits.delayMax)
        return full * (0.5 + 0.5 * min(max(jitter, 0), 1))
    }

    /// The subscription broke after living from `since` to `now`: forget earlier failures if that was long enough.
    public mutating func lived(from since: Timestamp, to now: Timestamp) {
        if now - since >= limits.stableAfter { failures = 0 }
    }
}
