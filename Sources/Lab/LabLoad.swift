/// How much work the lab is to be given.
public struct LabLoad: Sendable, Equatable {
    public static let secondsMax = 86_400
    public static let clientsMax = 64

    /// How long, in seconds.
    public var seconds: Double
    /// Connections that insert through `pg_write`, shared out over the balancers.
    public var writers: Int
    /// Inserts a second of each writer, at most.
    public var writesPerSecond: Double
    /// Clients of `bet_api` on each balancer.
    public var callersPerBalancer: Int
    /// Requests a second of each, at most.
    public var callsPerSecond: Double

    public init(
        seconds: Double, writers: Int = 2, writesPerSecond: Double = 20, callersPerBalancer: Int = 2,
        callsPerSecond: Double = 20
    ) {
        self.seconds = seconds
        self.writers = writers
        self.writesPerSecond = writesPerSecond
        self.callersPerBalancer = callersPerBalancer
        self.callsPerSecond = callsPerSecond
    }

    func check() throws(LabError) {
        guard seconds > 0, seconds <= Double(Self.secondsMax) else {
            throw .badParameter(name: "load", value: "\(seconds) s", expected: "up to \(Self.secondsMax) seconds")
        }
        for (name, count) in [("writers", writers), ("callers", callersPerBalancer)] {
            guard (0...Self.clientsMax).contains(count) else {
                throw .badParameter(name: name, value: "\(count)", expected: "0 to \(Self.clientsMax)")
            }
        }
        for (name, rate) in [("writes a second", writesPerSecond), ("calls a second", callsPerSecond)] {
            guard rate > 0, rate <= 10_000 else {
                throw .badParameter(name: name, value: "\(rate)", expected: "more than 0, at most 10000")
            }
        }
    }
}

/// What became of the work, counted where it counts: at the client.
public struct LabLoadReport: Sendable, Equatable {
    /// Requests to `bet_api` through one balancer.
    public struct Calls: Sendable, Equatable {
        public internal(set) var answered = 0
        /// No answer, or one other than 200.
        public internal(set) var failed = 0
        /// Sent once more, because a kept connection had been closed before it: clients do that by themselves.
        public internal(set) var repeated = 0
        public internal(set) var slowestSeconds = 0.0
        public internal(set) var lastFailure: String?
    }

    /// Since the load began.
    public internal(set) var seconds = 0.0
    /// Inserts whose commit was acknowledged.
    public internal(set) var acknowledged = 0
    /// Inserts, or attempts to connect, that the servers refused: nothing was written.
    public internal(set) var refused = 0
    /// Inserts that were sent and never answered.
    public internal(set) var inDoubt = 0
    /// The longest time between two acknowledged commits of any writers: the outage as clients saw it.
    public internal(set) var longestGapSeconds = 0.0
    /// When that began, in seconds after the load.
    public internal(set) var longestGapBeganAtSeconds = 0.0
    public internal(set) var lastRefusal: String?
    /// Acknowledged commits that are not in the database at the end. Nil if it could not be asked.
    public internal(set) var lost: Int?
    /// By the balancer's name.
    public internal(set) var calls: [String: Calls] = [:]
}

extension Lab {
    /// Writes to PostgreSQL and calls `bet_api` through both balancers, and counts what the clients see.
    /// Cancelling the task ends it early, with what was counted so far.
    /// - Parameter progress: called each second.
    public func load(
        _ load: LabLoad, progress: @escaping @Sendable (LabLoadReport) -> Void = { _ in }
    ) async throws(LabError) -> LabLoadReport {
        try load.check()
        return try await work { (engine: Engine) throws(LabError) -> LabLoadReport in
            try engine.load(load, progress: progress)
        }
    }

    /// Cuts a member off: the kernel drops all its packets, in and out. Needs root.
    public func partition(_ member: String) async throws(LabError) {
        try await work { engine throws(LabError) in try engine.partition(member) }
    }

    /// Takes back all that was done to a member: partition, pause, kill, lag.
    public func heal(_ member: String) async throws(LabError) {
        try await work { engine throws(LabError) in try engine.heal(member) }
    }
}
