public import Estate

/// Something whose loss alone is an outage, or loses more than may be lost.
public struct SinglePoint: Sendable, Equatable {
    public let loss: Loss
    /// Groups that would be out or lose data, worst first.
    public let hurt: [Consequence]
    /// One of the groups asks to survive just this.
    public let isAgainstPlan: Bool
    /// One line: what it would take down.
    public let text: String
    /// One line: what would mend it.
    public let remedy: String
    /// Groups that would not serve.
    public var outages: [GroupID] { hurt.filter { $0.serves == false }.map(\.group) }
}

extension Assessment {
    /// Every node, site, provider, balancer and store whose loss alone takes a group down that serves now, or loses
    /// data beyond its objective: those that plans ask to survive first, then by what hangs on them. Worked out when
    /// first asked for.
    public var singlePoints: [SinglePoint] { memo.singlePoints { SinglePoints(self).found() } }

    /// The points of which losing one hurts this group.
    public func singlePoints(of group: GroupID) -> [SinglePoint] {
        singlePoints.filter { $0.hurt.contains { $0.group == group } }
    }
}

/// Tries every loss.
struct SinglePoints {
    private let assessment: Assessment
    /// Groups that lose a member with each place.
    private var byNode: [NodeID: Set<GroupID>] = [:]
    private var bySite: [SiteID: Set<GroupID>] = [:]
    private var byProvider: [String: Set<GroupID>] = [:]
    private var balancers: [SourceID: Set<GroupID>] = [:]
    private var stores: Set<GroupID> = []
    private var quorums: Set<GroupID> = []
    /// Databases whose leader holds a lock in some store.
    private var locked: Set<GroupID> = []
    /// Pools by the database behind them.
    private var pools: [GroupID: Set<GroupID>] = [:]

    init(_ assessment: Assessment) {
        self.assessment = assessment
        var stated: Set<GroupID> = []
        var standsOnStore = false
        for group in assessment.groups {
            for member in group.members {
                if let node = member.node, member.role != .path { byNode[node, default: []].insert(group.id) }
                if let site = member.site { bySite[site, default: []].insert(group.id) }
                if let provider = member.path?.provider { byProvider[provider, default: []].insert(group.id) }
            }
            for balancer in group.balancers {
                if let node = balancer.node { byNode[node, default: []].insert(group.id) }
                if let site = balancer.site { bySite[site, default: []].insert(group.id) }
                balancers[balancer.source, default: []].insert(group.id)
            }
            if group.kind == .quorum { quorums.insert(group.id) }
            if let backing = group.backing { pools[backing, default: []].insert(group.id) }
            guard group.standsOnStore else { continue }
            locked.insert(group.id)
            if let store = group.plan.store { stated.insert(store) } else { standsOnStore = true }
        }
        stores = quorums.count == 1 && standsOnStore ? quorums : stated.intersection(quorums)
    }

    func found() -> [SinglePoint] {
        var points: [(rank: Int, weight: Int, point: SinglePoint)] = []
        func look(_ rank: Int, _ loss: Loss, _ touched: Set<GroupID>) {
            let hurt = WhatIf(assessment, [loss], among: reach(of: touched)).consequences().filter { harms($0, loss) }
            guard !hurt.isEmpty else { return }
            points.append((rank, hurt.reduce(0) { $0 + weight($1) }, point(loss, hurt)))
        }
        for (node, groups) in byNode { look(0, .node(node), groups) }
        for (balancer, groups) in balancers { look(1, .balancer(balancer), groups) }
        for (provider, groups) in byProvider { look(2, .provider(provider), groups) }
        for (site, groups) in bySite { look(3, .site(site), groups) }
        for store in stores { look(4, .group(store), [store]) }
        return points.sorted { a, b in
            if a.point.isAgainstPlan != b.point.isAgainstPlan { return a.point.isAgainstPlan }
            return (b.weight, a.rank, a.point.loss.text) < (a.weight, b.rank, b.point.loss.text)
        }.map(\.point)
    }

    /// All groups that can be hurt where these lose a member: those behind a store, and pools in front.
    private func reach(of touched: Set<GroupID>) -> [GroupAssessment] {
        var reached = touched.union(quorums)
        if !touched.isDisjoint(with: quorums) { reached.formUnion(locked) }
        for group in reached { reached.formUnion(pools[group] ?? []) }
        return reached.sorted().compactMap { assessment.group($0) }
    }

    private func harms(_ consequence: Consequence, _ loss: Loss) -> Bool {
        guard let group = assessment.group(consequence.group), group.serving.isServing == true else { return false }
        // A site's own ways out go with it, and nobody there misses them.
        if group.kind == .paths, case .site = loss { return false }
        if consequence.serves == false { return true }
        guard let allowed = group.plan.rpoBytes, let lost = consequence.bytesLost else { return false }
        return lost > max(allowed, 0)
    }

    private func weight(_ consequence: Consequence) -> Int {
        let outage = consequence.serves == false ? 2 : 1
        switch assessment.group(consequence.group)?.plan.tier ?? .standard {
        case .critical: return 4 * outage
        case .standard: return 2 * outage
        case .bestEffort: return outage
        }
    }

    private func point(_ loss: Loss, _ hurt: [Consequence]) -> SinglePoint {
        let isAsked: Bool
        switch loss {
        case .site:
            isAsked = hurt.contains { consequence in
                assessment.group(consequence.group).map { $0.plan.survivesSite || $0.plan.tier == .critical } ?? false
            }
        case .group: isAsked = false
        default: isAsked = true
        }
        let down = hurt.filter { $0.serves == false }.map(\.group.name)
        let losing = hurt.filter { $0.serves != false }.map { consequence in
            "\(consequence.group.name) loses \(Say.bytes(consequence.bytesLost ?? 0))"
        }
        let text = (down.isEmpty ? [] : ["\(Say.list(down)) down"]) + losing
        return SinglePoint(
            loss: loss, hurt: hurt, isAgainstPlan: isAsked, text: text.joined(separator: "; "),
            remedy: remedy(loss, hurt[0]))
    }

    /// What would mend the worst of it.
    private func remedy(_ loss: Loss, _ worst: Consequence) -> String {
        guard let group = assessment.group(worst.group) else { return "" }
        let name = group.id.name
        let place: String
        switch loss {
        case .group(let store): return "keep the votes of \(store.name) in three sites: all that elects stands on it"
        case .provider: return "a path of another provider for \(name)"
        case .balancer: return "a second balancer for \(name)"
        case .site: place = "in another site"
        case .node, .member: place = "on another node"
        }
        if worst.serves != false { return "a synchronous standby for \(name) \(place)" }
        switch group.kind {
        case .quorum: return "spread the votes of \(name): one more \(place)"
        case .paths: return "another path for \(name) \(place)"
        case .pool:
            if let backing = group.backing, group.following == .leader {
                return "mend \(backing.name), which it follows"
            }
            let isFront = worst.lost.count { group.member($0)?.isUp == true } < group.serving.up
            return isFront ? "a balancer for \(name) \(place)" : "servers of \(name) \(place)"
        case .database:
            if group.isPaused { return "resume the automation of \(name)" }
            if worst.lost.isEmpty { return "spread the votes of its store: one more \(place)" }
            return "a standby of \(name) \(place) that may lead"
        }
    }
}
