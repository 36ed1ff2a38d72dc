public import Estate

/// What is best known of one member, out of all its observers.
public struct MemberAssessment: Sendable, Equatable {
    public let id: MemberID
    public internal(set) var node: NodeID?
    public internal(set) var site: SiteID?
    public internal(set) var role: Role?
    public internal(set) var state: RunState?
    /// The vendor's own words for the state.
    public internal(set) var stateDetail: String?
    /// Serves: takes writes or streams in a database group, is up for its balancers in a pool, is healthy in a
    /// quorum. nil: not known now.
    public internal(set) var isUp: Bool?
    /// Holds the lock, as the register says.
    public internal(set) var isLeader = false
    /// Not in recovery, as its own server says now.
    public internal(set) var isPrimary = false
    public internal(set) var timeline: Int?
    public internal(set) var lag = LagAssessment()
    public internal(set) var syncState: SyncState?
    public internal(set) var isStreaming: Bool?
    public internal(set) var upstream: String?
    /// Present in active-passive groups only.
    public internal(set) var eligibility: Eligibility?
    public internal(set) var sessions: Int?
    /// The database member that this server of a pool is, by the address that both give.
    public internal(set) var backs: MemberID?
    /// Down for its balancers because it is another's turn; what stands behind it is up.
    public internal(set) var isStandingBy = false
    /// What each balancer has made of it, by balancer.
    public internal(set) var balancing: [BalancerView] = []
    public internal(set) var address: String?
    public internal(set) var door: String?
    public internal(set) var version: String?
    public internal(set) var pendingRestart = false
    /// Of a way through the network: what its fresh observers see, the worst where they differ.
    public internal(set) var path: PathFacts?
    /// How far the best of its sightings can be relied on.
    public internal(set) var freshness = Freshness.unknown
    /// When it was last observed by anybody.
    public internal(set) var observedAt: Timestamp?

    /// Balancers that drained it or put it in maintenance.
    public var drainedCount: Int { balancing.count { $0.admin == .drain || $0.admin == .maintenance } }
    /// Balancers that have it.
    public var balancerCount: Int { balancing.count }
    /// Drained on some balancers and not on all.
    public var isPartlyDrained: Bool { drainedCount > 0 && drainedCount < balancerCount }
    /// Down, and neither because it is another's turn nor because an operator took it out.
    public var isBroken: Bool { isUp == false && !isStandingBy && !isDrained }
    public var isDrained: Bool { drainedCount > 0 && drainedCount == balancerCount }

    init(id: MemberID) { self.id = id }
}

/// How far a standby is behind. Unknown is nil, never 0.
public struct LagAssessment: Sendable, Equatable {
    public internal(set) var receiveBytes: Int64?
    public internal(set) var replayBytes: Int64?
    public internal(set) var replaySeconds: Double?
    /// Who measured the bytes.
    public internal(set) var by: SourceID?
    /// Computed from positions in the log, rather than repeated from what somebody claims.
    public internal(set) var isComputed = false
    public internal(set) var isStale = false
    init() {}
}

/// A member as one balancer has it.
public struct BalancerView: Sendable, Equatable {
    public let balancer: SourceID
    public let admin: AdminState?
    public let check: CheckState?
    public let sessions: Int?
    /// What commands call it: `backend/server`.
    public let handle: String?
    public let freshness: Freshness
}

/// Whether a member may be promoted, and the gate's own inputs.
public struct Eligibility: Sendable, Equatable {
    /// One condition with what it was judged by.
    public struct Gate: Sendable, Equatable {
        public let name: String
        /// The input, in words with unit; `unknown` where it is not known.
        public let value: String
        /// What it has to be, in words with unit.
        public let limit: String
        /// nil: cannot be judged.
        public let passes: Bool?
    }
    public internal(set) var gates: [Gate] = []

    /// nil: no gate is shut and at least one cannot be judged.
    public var isEligible: Bool? {
        if gates.contains(where: { $0.passes == false }) { return false }
        return gates.contains(where: { $0.passes == nil }) ? nil : true
    }
    /// Why not, in words, one line a gate that is shut.
    public var obstacles: [String] { gates.filter { $0.passes == false }.map { "\($0.name): \($0.value)" } }
    /// What could not be judged.
    public var doubts: [String] { gates.filter { $0.passes == nil }.map { "\($0.name): \($0.value)" } }
    init() {}
}
