public import Estate

/// Something taken away in thought.
public enum Loss: Sendable, Hashable {
    case member(MemberID)
    case node(NodeID)
    case site(SiteID)
    /// All members of a group at once: a store, a pool of balancers.
    case group(GroupID)
    /// One balancer process, with its node left standing.
    case balancer(SourceID)
    /// Every path that this carrier carries.
    case provider(String)

    public var text: String {
        switch self {
        case .member(let id): return id.name
        case .node(let id): return id.name
        case .site(let id): return "site \(id.name)"
        case .group(let id): return "all of \(id.name)"
        case .balancer(let id): return "balancer \(id.name)"
        case .provider(let name): return "provider \(name)"
        }
    }
}

/// What would become of one group.
public struct Consequence: Sendable, Equatable {
    public let group: GroupID
    public let before: Verdict
    /// The verdict once the group's own automation has done what it can.
    public let after: Verdict
    /// Goes on serving, after a failover where one is needed; nil: not known.
    public let serves: Bool?
    /// Who would take over; nil: nobody has to, or nobody can.
    public let successor: MemberID?
    /// Members that would be gone.
    public let lost: [MemberID]
    /// Bytes that would be lost; nil: not known.
    public let bytesLost: Int64?
    /// What it survives afterwards.
    public let survivesAfter: Survival
    /// One line.
    public let text: String
}

extension Assessment {
    /// What would become of every group that loses something, worst first.
    public func without(_ loss: Loss) -> [Consequence] { without([loss]) }

    /// The same for several losses at once.
    public func without(_ losses: Set<Loss>) -> [Consequence] { WhatIf(self, losses).consequences() }
}

/// One what-if: databases and stores first, then the pools in front of them.
struct WhatIf {
    private let assessment: Assessment
    private let gone: Gone
    /// Those that can have a consequence, and all that vote.
    private let groups: [GroupAssessment]

    /// `groups`: the ones that the losses can reach, where the caller knows.
    init(_ assessment: Assessment, _ losses: Set<Loss>, among groups: [GroupAssessment]? = nil) {
        self.assessment = assessment
        gone = Gone(losses)
        self.groups = groups ?? assessment.groups
    }

    func consequences() -> [Consequence] {
        var stores: [GroupID: Bool] = [:]
        var lost: [GroupID: Set<MemberID>] = [:]
        for group in groups {
            var ids: Set<MemberID> = []
            for member in group.members where gone.has(member) { ids.insert(member.id) }
            if !ids.isEmpty { lost[group.id] = ids }
            if group.kind == .quorum { stores[group.id] = Self.keepsQuorum(group, losing: lost[group.id] ?? []) }
        }
        let sole = stores.count == 1 ? stores.first : nil
        var done: [GroupID: Consequence] = [:]
        for group in groups where group.kind != .pool {
            let members = lost[group.id] ?? []
            var failed: GroupID?
            if group.standsOnStore {
                let store = group.plan.store.flatMap { id in stores[id].map { (key: id, value: $0) } } ?? sole
                if store?.value == false { failed = store?.key }
            }
            guard !members.isEmpty || failed != nil else { continue }
            done[group.id] = consequence(group, members, outcome(group, members, storeLost: failed))
        }
        for group in groups where group.kind == .pool {
            let members = lost[group.id] ?? []
            let backing = group.backing.flatMap { done[$0] }
            let frontLost = !group.balancers.isEmpty && group.balancers.allSatisfy { gone.has($0) }
            let follows = group.following != nil && (backing?.successor != nil || backing?.serves == false)
            guard !members.isEmpty || frontLost || follows else { continue }
            done[group.id] = consequence(group, members, pool(group, members, backing, frontLost: frontLost))
        }
        return done.values.sorted { ($0.after, $0.group) < ($1.after, $1.group) }
    }

    // MARK: - What goes

    static func keepsQuorum(_ group: GroupAssessment, losing lost: Set<MemberID>) -> Bool {
        guard let q = group.quorum else { return true }
        let gone = lost.isEmpty ? 0 : group.members.count { $0.isUp == true && lost.contains($0.id) }
        return max(q.votersHealthy, 0) - gone >= q.needed
    }

    // MARK: - What comes of it

    private func consequence(_ group: GroupAssessment, _ gone: Set<MemberID>, _ outcome: Outcome) -> Consequence {
        let tolerance = Tolerance(outcome.seats, needed: outcome.needed)
        var after = group.survives
        after.limitedBy = nil
        after.nodes = outcome.serves == true ? tolerance.nodes : outcome.serves.map { _ in 0 }
        after.sites = outcome.serves == true ? tolerance.sites : outcome.serves.map { _ in 0 }
        if let limit = outcome.limit, outcome.serves == true {
            after.nodes = Self.least(after.nodes, limit.nodes)
            after.sites = Self.least(after.sites, limit.sites)
        }
        let verdict: Verdict
        switch outcome.serves {
        case nil: verdict = .unknown
        case false: verdict = .down
        default:
            let own = after.nodes == 0 ? Verdict.atRisk : .protected
            // What is wrong today and has nothing to do with margins stays wrong.
            verdict = min(own, group.verdict == .degraded ? .degraded : .protected)
        }
        return Consequence(
            group: group.id, before: group.verdict, after: verdict, serves: outcome.serves,
            successor: outcome.successor, lost: gone.sorted(), bytesLost: outcome.bytes, survivesAfter: after,
            text: outcome.text)
    }

    private static func least(_ a: Int?, _ b: Int?) -> Int? {
        guard let a, let b else { return a ?? b }
        return min(a, b)
    }

    private func outcome(_ group: GroupAssessment, _ gone: Set<MemberID>, storeLost: GroupID?) -> Outcome {
        switch group.kind {
        case .quorum: Outcome.quorum(group, gone)
        case .paths: Outcome.paths(group, gone)
        case .database, .pool: Outcome.database(group, gone, storeLost: storeLost)
        }
    }

    private func pool(
        _ group: GroupAssessment, _ gone: Set<MemberID>, _ backing: Consequence?, frontLost: Bool
    ) -> Outcome {
        var outcome = Outcome.pool(group, gone, backing, assessment)
        if frontLost {
            let names = Say.list(group.balancers.map(\.source.name))
            outcome = Outcome(serves: false, text: "its balancers are lost too: \(names)")
        }
        // The balancers that are left, too, can be lost.
        if let front = Tolerance(group.balancers.filter { !self.gone.has($0) }) {
            outcome.limit = (
                Self.least(outcome.limit?.nodes, front.nodes), Self.least(outcome.limit?.sites, front.sites)
            )
        }
        return outcome
    }
}

/// Losses by kind: they are few, and looking through a short list costs less than hashing names.
private struct Gone {
    private var members: [MemberID] = []
    private var nodes: [NodeID] = []
    private var sites: [SiteID] = []
    private var groups: [GroupID] = []
    private var balancers: [SourceID] = []
    private var providers: [String] = []

    init(_ losses: Set<Loss>) {
        for loss in losses {
            switch loss {
            case .member(let id): members.append(id)
            case .node(let id): nodes.append(id)
            case .site(let id): sites.append(id)
            case .group(let id): groups.append(id)
            case .balancer(let id): balancers.append(id)
            case .provider(let name): providers.append(name)
            }
        }
    }

    func has(_ member: MemberAssessment) -> Bool {
        // A path is seen from a node, and stays when the node goes.
        if !nodes.isEmpty, member.role != .path, let node = member.node, nodes.contains(node) { return true }
        if !sites.isEmpty, let site = member.site, sites.contains(site) { return true }
        if !members.isEmpty, members.contains(member.id) { return true }
        if !groups.isEmpty, groups.contains(member.id.group) { return true }
        if !providers.isEmpty, let provider = member.path?.provider, providers.contains(provider) { return true }
        return false
    }

    func has(_ balancer: BalancerSeat) -> Bool {
        balancers.contains(balancer.source) || balancer.node.map { nodes.contains($0) } ?? false
            || balancer.site.map { sites.contains($0) } ?? false
    }
}
