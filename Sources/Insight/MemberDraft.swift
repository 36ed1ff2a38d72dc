import Estate

/// A member assessment while it is being worked out; see there for what each field means.
struct MemberDraft: Sendable, Equatable {
    let id: MemberID
    /// Among the nodes and sites of the configuration; negative for one that is not among them.
    var placeIndex: Int32 = -1
    var siteIndex: Int32 = -1
    var node: NodeID?
    var site: SiteID?
    var role: Role?
    var state: RunState?
    var stateDetail: String?
    var isUp: Bool?
    var isLeader: Bool = false
    var isPrimary: Bool = false
    var timeline: Int?
    var lag: LagAssessment = LagAssessment()
    var syncState: SyncState?
    var isStreaming: Bool?
    var upstream: String?
    var eligibility: Eligibility?
    var sessions: Int?
    var backs: MemberID?
    var isStandingBy: Bool = false
    var balancing: [BalancerView] = []
    var address: String?
    var door: String?
    var version: String?
    var pendingRestart: Bool = false
    var path: PathBox?
    var freshness: Freshness = Freshness.unknown
    var observedAt: Timestamp?

    /// Balancers that have taken it out themselves, and what the last of them says of why.
    var ejectedAt: [SourceID] = []
    /// What it says of itself where it is not well.
    var ailment: String?

    var drainedCount = 0
    /// One of its observers at least is not fresh.
    var hasStale = false

    var isDrained: Bool { drainedCount > 0 && drainedCount == balancing.count }

    init(id: MemberID) { self.id = id }
}

/// Few members are paths, and what is known of one is large.
final class PathBox: Sendable, Equatable {
    let facts: PathFacts
    init(_ facts: PathFacts) { self.facts = facts }
    static func == (a: PathBox, b: PathBox) -> Bool { a === b || a.facts == b.facts }
}
