public import Estate

/// The clock of a simulated platform: begins at a moment of its own and runs `speed` times as fast as `base`.
public struct ScaledTimekeeper: Timekeeper {
    private let base: any Timekeeper
    private let baseStart: Timestamp
    private let start: Timestamp
    public let speed: Double

    /// `speed`: simulated seconds a second, above 0.
    public init(_ base: any Timekeeper, from start: Timestamp, speed: Double = 1) {
        self.base = base
        self.start = start
        self.speed = speed
        baseStart = base.now()
    }

    public func now() -> Timestamp { start + (base.now() - baseStart) * speed }

    public func sleep(until deadline: Timestamp) async throws {
        try await base.sleep(until: baseStart + (deadline - start) * (1 / speed))
    }
}
