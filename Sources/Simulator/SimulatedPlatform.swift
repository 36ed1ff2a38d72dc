public import Estate
public import Plans

/// A betting platform in memory: three sites, databases, balancers, a cache, a store, lines and backups, with people
/// who bet. A value: no clock, no chance but its seed, nothing outside. The same seed, scenario and calls give the same
/// updates, byte for byte.
public struct SimulatedPlatform: Sendable {
    /// Saturday 2026-11-21 14:50 UTC, ten minutes before kick-off.
    public static let startUsual = Timestamp(nanoseconds: 1_795_272_600_000_000_000)
    public static let seedUsual: UInt64 = 20_261_121
    /// Of a leap longer than this every edge is told, and of levels the newest only.
    public static let leapMin = Span.seconds(60)
    /// The furthest that one call goes; the next goes on from there.
    public static let leapMax = Span.seconds(6 * 3_600)

    public let scenario: Scenario
    public let start: Timestamp
    private var world: World

    /// - Parameters:
    ///   - seed: nil: the scenario's own, or the usual one.
    ///   - start: nil: the scenario's own, or the usual one.
    public init(seed: UInt64? = nil, start: Timestamp? = nil, scenario: Scenario = .calm) {
        self.scenario = scenario
        self.start = start ?? Self.start(of: scenario)
        world = World(seed: seed ?? scenario.seed ?? Self.seedUsual, start: self.start)
        for step in scenario.steps { world.add(World.Errand(at: self.start + step.at, action: step.action)) }
    }

    /// What its owners want of it.
    public static var platform: Platform { AcmeBets.platform }
    public var platform: Platform { Self.platform }
    /// When a scenario begins: at its own moment, or the usual one.
    public static func start(of scenario: Scenario) -> Timestamp { scenario.start ?? startUsual }
    /// How far it has come.
    public var now: Timestamp { world.now }

    /// How things are, whatever observers make of it.
    public var truth: SimulatedTruth { SimulatedTruth(world) }

    /// Lets the time pass and tells what observers saw meanwhile, in order. A moment that is past changes nothing; one
    /// that is further away than `leapMax` is not reached: see `now`. The first call tells how things stood at the
    /// beginning, too.
    public mutating func advance(to moment: Timestamp) -> [Update] {
        let end = min(moment, world.now + Self.leapMax)
        world.leapEnd = end - world.now > Self.leapMin ? end : nil
        world.run(to: end)
        world.leapEnd = nil
        defer { world.out = [] }
        return world.out
    }

    /// Takes what was sent to one of its doors and does what the real one would. What comes of it is observed as time
    /// passes; the moment must not lie before the last `advance`.
    public mutating func obey(_ request: Request, at now: Timestamp) -> SimulatedReply {
        // What is observed on the way there is told by the next `advance`.
        world.run(to: min(now, world.now + Self.leapMax))
        return world.obey(request)
    }
}
