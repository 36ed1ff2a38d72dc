public import Estate

/// How one group stands now, and why.
public struct GroupAssessment: Sendable, Equatable {
    /// Large, and handed on far more often than made: kept once.
    private final class Box: Sendable {
        let fields: GroupDraft
        init(_ fields: GroupDraft) { self.fields = fields }
    }
    private let box: Box

    init(_ fields: GroupDraft) { box = Box(fields) }

    var fields: GroupDraft { box.fields }

    public static func == (a: Self, b: Self) -> Bool { a.box === b.box || a.box.fields == b.box.fields }

    public var id: GroupID { box.fields.id }
    public var plan: GroupPlan { box.fields.plan }
    /// Stated in the configuration, rather than found.
    public var isConfigured: Bool { box.fields.isConfigured }
    public var kind: GroupKind { box.fields.kind }
    public var verdict: Verdict { box.fields.verdict }
    /// Worst first; those with severity `.protected` are only worth knowing.
    public var reasons: [Reason] { box.fields.reasons }
    /// Who holds the lock, as the register says; see `isLeaderStale`.
    public var leader: MemberID? { box.fields.leader }
    /// The register knows that nobody holds the lock.
    public var isLeaderless: Bool { box.fields.isLeaderless }
    /// What the register said of the leader is old or cannot be vouched for.
    public var isLeaderStale: Bool { box.fields.isLeaderStale }
    /// The one member that takes writes, as its own server says now; nil also where several do.
    public var primary: MemberID? { box.fields.primary }
    /// All that take writes now. More than one is a split.
    public var primaries: [MemberID] { box.fields.primaries }
    public var timeline: Int? { box.fields.timeline }
    public var serving: Serving { box.fields.serving }
    public var survives: Survival { box.fields.survives }
    /// Bytes that losing the primary now would lose; nil: not known, or nothing to lose in this mode.
    public var dataAtRiskBytes: Int64? { box.fields.dataAtRiskBytes }
    public var isPaused: Bool { box.fields.isPaused }
    public var isFlapping: Bool { box.fields.isFlapping }
    /// Changes of leader within `Flapping.window` that nobody asked for.
    public var changesUnplanned: Int { box.fields.changesUnplanned }
    public var synchronous: SynchronousFacts? { box.fields.synchronous }
    public var limits: FailoverLimits? { box.fields.limits }
    public var quorum: GroupQuorum? { box.fields.quorum }
    public var scheduledSwitchover: ScheduledSwitchover? { box.fields.scheduledSwitchover }
    public var history: [TimelineChange] { box.fields.history }
    /// What runs it: decides which doors commands use.
    public var manager: String? { box.fields.manager }
    /// Two observers that contradict each other, one line each.
    public var disagreements: [String] { box.fields.disagreements }
    /// When the oldest fact that the verdict rests on was observed.
    public var oldestAt: Timestamp? { box.fields.oldestAt }
    /// Observers of this group that are not fresh.
    public var staleSources: [SourceID] { box.fields.staleSources }
    /// In a stable order: by name.
    public var members: [MemberAssessment] { box.fields.members }
    /// Sessions over all members or pools, where known.
    public var sessions: Int? { box.fields.sessions }
    /// The one group whose members stand behind this pool's servers.
    public var backing: GroupID? { box.fields.backing }
    /// Which of the members behind it the pool sends to; nil: whoever is up.
    public var following: Following? { box.fields.following }
    /// How its backups stand; nil: nobody watches them.
    public var backups: BackupAssessment? { box.fields.backups }
    /// What its edge keeps out and lets in; nil: nobody tells.
    public var edge: EdgeAssessment? { box.fields.edge }
    /// Who sends to this pool's servers, and where each runs.
    public var balancers: [BalancerSeat] { box.fields.balancers }
    /// For the detail page: what the verdict does not cover.
    public var notes: [String] { box.fields.notes }

    public var mode: Mode { plan.mode }
    /// The first reason's text; empty where there is nothing to say.
    public var headline: String { reasons.first?.text ?? "" }
    public func member(_ id: MemberID) -> MemberAssessment? { members.first { $0.id == id } }
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
