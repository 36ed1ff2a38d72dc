public import Estate

/// What is best known of one member, out of all its observers.
public struct MemberAssessment: Sendable, Equatable {
    /// Large, and handed on far more often than made: kept once.
    private final class Box: Sendable {
        let fields: MemberDraft
        init(_ fields: consuming MemberDraft) { self.fields = fields }
    }
    private let box: Box

    init(_ fields: consuming MemberDraft) { box = Box(fields) }

    var hasStale: Bool { box.fields.hasStale }
    /// Numbers of its node and its site in the configuration.
    var places: (node: Int32, site: Int32) { (box.fields.placeIndex, box.fields.siteIndex) }

    public static func == (a: Self, b: Self) -> Bool { a.box === b.box || a.box.fields == b.box.fields }

    public var id: MemberID { box.fields.id }
    public var node: NodeID? { box.fields.node }
    public var site: SiteID? { box.fields.site }
    public var role: Role? { box.fields.role }
    public var state: RunState? { box.fields.state }
    /// The vendor's own words for the state.
    public var stateDetail: String? { box.fields.stateDetail }
    /// Serves: takes writes or streams in a database group, is up for its balancers in a pool, is healthy in a
    /// quorum. nil: not known now.
    public var isUp: Bool? { box.fields.isUp }
    /// Holds the lock, as the register says.
    public var isLeader: Bool { box.fields.isLeader }
    /// Not in recovery, as its own server says now.
    public var isPrimary: Bool { box.fields.isPrimary }
    public var timeline: Int? { box.fields.timeline }
    public var lag: LagAssessment { box.fields.lag }
    public var syncState: SyncState? { box.fields.syncState }
    public var isStreaming: Bool? { box.fields.isStreaming }
    public var upstream: String? { box.fields.upstream }
    /// Present in active-passive groups only.
    public var eligibility: Eligibility? { box.fields.eligibility }
    public var sessions: Int? { box.fields.sessions }
    /// The database member that this server of a pool is, by the address that both give.
    public var backs: MemberID? { box.fields.backs }
    /// Down for its balancers because it is another's turn; what stands behind it is up.
    public var isStandingBy: Bool { box.fields.isStandingBy }
    /// What each balancer has made of it, by balancer.
    public var balancing: [BalancerView] { box.fields.balancing }
    public var address: String? { box.fields.address }
    public var door: String? { box.fields.door }
    public var version: String? { box.fields.version }
    public var pendingRestart: Bool { box.fields.pendingRestart }
    /// Of a way through the network: what its fresh observers see, the worst where they differ.
    public var path: PathFacts? { box.fields.path?.facts }
    /// How far the best of its sightings can be relied on.
    public var freshness: Freshness { box.fields.freshness }
    /// When it was last observed by anybody.
    public var observedAt: Timestamp? { box.fields.observedAt }

    /// Balancers that drained it or put it in maintenance.
    public var drainedCount: Int { box.fields.drainedCount }
    /// Balancers that have taken it out themselves for errors in its traffic.
    public var ejectedAt: [SourceID] { box.fields.ejectedAt }
    /// What it says of itself where it is not well.
    public var ailment: String? { box.fields.ailment }
    /// Balancers that have it.
    public var balancerCount: Int { box.fields.balancing.count }
    /// Drained on some balancers and not on all.
    public var isPartlyDrained: Bool { drainedCount > 0 && drainedCount < balancerCount }
    /// Down, and neither because it is another's turn nor because an operator took it out.
    public var isBroken: Bool { isUp == false && !isStandingBy && !isDrained }
    public var isDrained: Bool { drainedCount > 0 && drainedCount == balancerCount }
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
    public var obstacles: [String] {
        gates.filter { $0.passes == false }.map { $0.name == "answers" ? "does not answer" : "\($0.name): \($0.value)" }
    }
    /// What could not be judged.
    public var doubts: [String] { gates.filter { $0.passes == nil }.map { "\($0.name): \($0.value)" } }
    init() {}
}
