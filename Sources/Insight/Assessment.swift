public import Estate

/// How the platform stands at one moment: a pure function of what was observed.
public struct Assessment: Sendable, Equatable {
    public let at: Timestamp
    /// Worst first, then by tier, then by name.
    public let groups: [GroupAssessment]
    /// Hosts: worst first, those that nobody watches last, then by site and name.
    public var nodes: [NodeAssessment] { memo.nodes { NodeAssessment.worstFirst(hosts) } }
    /// The same in no order.
    let hosts: [NodeAssessment]
    /// The platform's own figures, and the alerts that fire.
    public let whole: PlatformAssessment
    public let sourcesLive: Int
    public let sourcesTotal: Int
    /// When the oldest fact that any verdict rests on was observed.
    public let oldestAt: Timestamp?
    private let index: [GroupID: Int]
    let memo = Memo()

    /// The platform's verdict; unknown where nothing is watched.
    public var worst: Verdict { groups.first?.verdict ?? .unknown }
    public var worstGroup: GroupAssessment? { groups.first }
    /// Hosts that may fail before long, worst first.
    public var threatened: [NodeAssessment] { NodeAssessment.worstFirst(hosts.filter { $0.threat != nil }) }
    /// One line: a site that is gone, the worst group and why; `all protected` where all are, and what may fail next.
    public var headline: String {
        guard let group = groups.first else { return "nothing is watched" }
        guard group.verdict != .protected else { return "all protected" + threat }
        let worst = group.headline.isEmpty ? group.id.name : "\(group.id.name) \(group.headline)"
        let dark = darkSites
        guard !dark.isEmpty else { return worst }
        let verb = dark.count == 1 ? "does" : "do"
        return "site \(Say.list(dark.map(\.id.name))) \(verb) not answer; \(worst)"
    }
    private var threat: String {
        let nodes = threatened
        guard let first = nodes.first, let reason = first.threat else { return "" }
        let more = nodes.count > 1 ? " and \(Say.count(nodes.count - 1, "more node"))" : ""
        return "; \(first.id.name) may fail: \(reason.text)\(more)"
    }
    /// Age of the oldest fact that any verdict rests on; nil: none does.
    public var oldestAge: Span? { oldestAt.map { at - $0 } }
    /// No source is live: whatever is on the screen is of the past.
    public var isFrozen: Bool { sourcesLive == 0 }

    public func group(_ id: GroupID) -> GroupAssessment? { index[id].map { groups[$0] } }
    public func node(_ id: NodeID) -> NodeAssessment? { memo.place(of: id, in: hosts).map { hosts[$0] } }
    public func member(_ id: MemberID) -> MemberAssessment? { group(id.group)?.member(id) }

    /// Assesses everything in `snapshot` as of `now`.
    public static func of(_ snapshot: Snapshot, now: Timestamp) -> Assessment {
        Assessor(snapshot, now: now).assessment()
    }

    init(
        at: Timestamp, groups: [GroupAssessment], hosts: [NodeAssessment], whole: PlatformAssessment, live: Int,
        total: Int
    ) {
        self.at = at
        self.whole = whole
        self.groups = groups.sorted {
            if $0.verdict != $1.verdict { return $0.verdict < $1.verdict }
            let (a, b) = ($0.plan.tier.rank, $1.plan.tier.rank)
            return a == b ? $0.id < $1.id : a < b
        }
        self.hosts = hosts
        sourcesLive = live
        sourcesTotal = total
        oldestAt = groups.compactMap(\.oldestAt).min()
        index = Dictionary(
            self.groups.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    }
}

extension Assessment {
    /// The same with some of the groups replaced.
    func replacing(_ changed: [GroupAssessment]) -> Assessment {
        guard !changed.isEmpty else { return self }
        let ids = Set(changed.map(\.id))
        return Assessment(
            at: at, groups: groups.filter { !ids.contains($0.id) } + changed, hosts: hosts, whole: whole,
            live: sourcesLive, total: sourcesTotal)
    }
}

extension Tier {
    /// 0 for what matters most.
    var rank: Int {
        switch self {
        case .critical: return 0
        case .standard: return 1
        case .bestEffort: return 2
        }
    }
}
