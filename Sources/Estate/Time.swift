/// A moment: nanoseconds since 1970-01-01T00:00:00Z. Handed in, never read from a clock in a pure room.
public struct Timestamp: Hashable, Comparable, Sendable, Codable {
    /// Nanoseconds since the Unix epoch.
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    /// The nearest that can be told of what is too far away; 0 of what is no number.
    public init(seconds: Double) { self.nanoseconds = Span.seconds(seconds).nanoseconds }

    public static let zero = Timestamp(nanoseconds: 0)
    /// Seconds since the Unix epoch.
    public var seconds: Double { Double(nanoseconds) / 1e9 }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds < b.nanoseconds }
    public static func - (a: Timestamp, b: Timestamp) -> Span {
        Span(nanoseconds: a.nanoseconds &- b.nanoseconds)
    }
    public static func + (a: Timestamp, b: Span) -> Timestamp {
        Timestamp(nanoseconds: a.nanoseconds &+ b.nanoseconds)
    }
    public static func - (a: Timestamp, b: Span) -> Timestamp {
        Timestamp(nanoseconds: a.nanoseconds &- b.nanoseconds)
    }
}

/// A length of time in nanoseconds.
public struct Span: Hashable, Comparable, Sendable, Codable {
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    public static let zero = Span(nanoseconds: 0)
    /// The longest that can be told of what is longer; zero of what is no number.
    public static func seconds(_ s: Double) -> Span {
        let nanoseconds = s * 1e9
        if nanoseconds.isNaN { return .zero }
        // 2^63: the first that does not fit.
        if abs(nanoseconds) >= 9_223_372_036_854_775_808 { return Span(nanoseconds: s < 0 ? .min : .max) }
        return Span(nanoseconds: Int64(nanoseconds))
    }
    public static func milliseconds(_ ms: Int64) -> Span { Span(nanoseconds: ms &* 1_000_000) }
    public var seconds: Double { Double(nanoseconds) / 1e9 }

    public static func < (a: Span, b: Span) -> Bool { a.nanoseconds < b.nanoseconds }
    public static func + (a: Span, b: Span) -> Span { Span(nanoseconds: a.nanoseconds &+ b.nanoseconds) }
    public static func * (a: Span, k: Double) -> Span { .seconds(a.seconds * k) }
}

/// The only way to know the time and to wait for it: the real one in the product, a stepped one in tests.
/// The real one is anchored to the wall clock once and then follows the monotonic clock, so that a step of
/// the wall clock never makes fresh data stale.
public protocol Timekeeper: Sendable {
    func now() -> Timestamp
    /// Waits until `deadline`; throws `CancellationError` when the task is cancelled.
    func sleep(until deadline: Timestamp) async throws
}

extension Timekeeper {
    public func sleep(for span: Span) async throws { try await sleep(until: now() + span) }
}
