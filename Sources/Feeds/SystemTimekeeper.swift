public import Estate
import Transport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The real clock: the wall clock read once, then the monotonic clock, so that a step of the wall clock moves neither
/// freshness nor a measured outage.
public struct SystemTimekeeper: Timekeeper {
    private let wallAtStart: Int64
    private let steadyAtStart: Int64

    public init() {
        wallAtStart = Self.read(CLOCK_REALTIME)
        steadyAtStart = Self.read(CLOCK_MONOTONIC)
    }

    public func now() -> Timestamp {
        Timestamp(nanoseconds: wallAtStart &+ (Self.read(CLOCK_MONOTONIC) &- steadyAtStart))
    }

    public func sleep(until deadline: Timestamp) async throws {
        let left = deadline - now()
        guard left > .zero else { return try Task.checkCancellation() }
        try await NetworkThread.sleep(for: left)
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
