public import Estate

/// How one group stands now, and why.
public struct GroupAssessment: Sendable, Equatable {
    public let id: GroupID
    public let plan: GroupPlan
    /// Stated in the configuration, rather than found.
    public let isConfigured: Bool
    public internal(set) var kind = GroupKind.pool
    public internal(set) var verdict = Verdict.unknown
    /// Worst first; those with severity `.protected` are only worth knowing.
    public internal(set) var reasons: [Reason] = []
    /// Who holds the lock, as the register says; see `isLeaderStale`.
    public internal(set) var leader: MemberID?
    /// The register knows that nobody holds the lock.
    public internal(set) var isLeaderless = false
    /// What the register said of the leader is old or cannot be vouched for.
    public internal(set) var isLeaderStale = false
    /// The one member that takes writes, as its own server says now; nil also where several do.
    public internal(set) var primary: MemberID?
    /// All that take writes now. More than one is a split.
    public internal(set) var primaries: [MemberID] = []
    public internal(set) var timeline: Int?
    public internal(set) var serving = Serving(up: 0, total: 0, isServing: nil)
    public internal(set) var survives = Survival()
    /// Bytes that losing the primary now would lose; nil: not known, or nothing to lose in this mode.
    public internal(set) var dataAtRiskBytes: Int64?
    public internal(set) var isPaused = false
    public internal(set) var isFlapping = false
    /// Changes of leader within `Flapping.window` that nobody asked for.
    public internal(set) var changesUnplanned = 0
    public internal(set) var synchronous: SynchronousFacts?
    public internal(set) var limits: FailoverLimits?
    public internal(set) var quorum: GroupQuorum?
    public internal(set) var scheduledSwitchover: ScheduledSwitchover?
    public internal(set) var history: [TimelineChange] = []
    /// What runs it: decides which doors commands use.
    public internal(set) var manager: String?
    /// Two observers that contradict each other, one line each.
    public internal(set) var disagreements: [String] = []
    /// When the oldest fact that the verdict rests on was observed.
    public internal(set) var oldestAt: Timestamp?
    /// Observers of this group that are not fresh.
    public internal(set) var staleSources: [SourceID] = []
    /// In a stable order: by name.
    public internal(set) var members: [MemberAssessment] = []
    /// Sessions over all members or pools, where known.
    public internal(set) var sessions: Int?
    /// The one group whose members stand behind this pool's servers.
    public internal(set) var backing: GroupID?
    /// Which of the members behind it the pool sends to; nil: whoever is up.
    public internal(set) var following: Following?
    /// How its backups stand; nil: nobody watches them.
    public internal(set) var backups: BackupAssessment?
    /// What its edge keeps out and lets in; nil: nobody tells.
    public internal(set) var edge: EdgeAssessment?
    /// Who sends to this pool's servers, and where each runs.
    public internal(set) var balancers: [BalancerSeat] = []
    /// For the detail page: what the verdict does not cover.
    public internal(set) var notes: [String] = []

    public var mode: Mode { plan.mode }
    /// The first reason's text; empty where there is nothing to say.
    public var headline: String { reasons.first?.text ?? "" }
    public func member(_ id: MemberID) -> MemberAssessment? { members.first { $0.id == id } }

    init(plan: GroupPlan, isConfigured: Bool) {
        id = plan.id
        self.plan = plan
        self.isConfigured = isConfigured
    }
}

/// What kind of group it is, and so which words and columns fit it.
public enum GroupKind: String, Sendable, CaseIterable {
    /// One primary and its standbys.
    case database
    /// Servers behind balancers.
    case pool
    /// Voters.
    case quorum
    /// Ways through the network.
    case paths
}

/// Whose turn it is in a pool in front of a database, as told by who is up in it.
public enum Following: String, Sendable {
    /// Only the server of the leader is up.
    case leader
    /// Only servers of those that follow are up.
    case replicas
}

/// A balancer in front of a pool.
public struct BalancerSeat: Sendable, Equatable {
    public let source: SourceID
    /// nil: not known, and then nothing is said of losing it.
    public let node: NodeID?
    public let site: SiteID?
}

/// How much of a group serves.
public struct Serving: Sendable, Equatable {
    public let up: Int
    public let total: Int
    /// nil: not known now.
    public let isServing: Bool?
    /// `6 of 6`.
    public var text: String { "\(up) of \(total)" }
}

/// How many failures a group tolerates, whichever they are, and goes on within its objectives.
public struct Survival: Sendable, Equatable {
    /// Any so many nodes; nil: not known.
    public internal(set) var nodes: Int?
    /// Any so many sites; nil: not known.
    public internal(set) var sites: Int?
    /// What sets the limit, in words: `pg-ams-2 is the only synchronous standby`.
    public internal(set) var limitedBy: String?
    /// What `nodes` counts: `node`, or `path` for ways through the network, of which those that one provider carries
    /// count as one.
    public internal(set) var noun = "node"
    /// `no node`, `1 node`, `2 nodes`, `unknown`.
    public var text: String { nodes.map { Say.count($0, noun) } ?? "unknown" }
    init() {}
}
