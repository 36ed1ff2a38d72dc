import Estate

/// Goes over a snapshot once and assesses every group. What is worked out for one group is in the files named
/// after the kind of group.
struct Assessor {
    let snapshot: Snapshot
    let now: Timestamp
    private let plans: [GroupID: GroupPlan]
    private let nodes: [NodeID: SiteID?]
    private let nodesByAddress: [String: NodeID]
    private let clocks: [SourceClock]
    /// Sources that are not live, by the group they observe.
    private let notLive: [String: [SourceID]]

    private let balancerNodes: [SourceID: NodeID]

    /// What freshness needs to know of a source.
    private struct SourceClock {
        let freshFor: Span
        let isLive: Bool
        let confirmedAt: Timestamp?
    }

    init(_ snapshot: Snapshot, now: Timestamp) {
        self.snapshot = snapshot
        self.now = now
        plans = Dictionary(snapshot.platform.groups.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        nodes = Dictionary(
            snapshot.platform.nodes.map { ($0.id, $0.site) }, uniquingKeysWith: { first, _ in first })
        var byAddress: [String: NodeID] = [:]
        for node in snapshot.platform.nodes {
            byAddress[node.id.name] = node.id
            for address in node.addresses where byAddress[address] == nil { byAddress[address] = node.id }
        }
        nodesByAddress = byAddress
        clocks = snapshot.sources.map {
            SourceClock(
                freshFor: $0.status.freshFor, isLive: $0.status.state == .live, confirmedAt: $0.confirmedAt)
        }
        var notLive: [String: [SourceID]] = [:]
        for source in snapshot.sources where source.status.state != .live {
            notLive[String(source.id.name.prefix { $0 != "/" }), default: []].append(source.id)
        }
        self.notLive = notLive
        var balancerNodes: [SourceID: NodeID] = [:]
        for member in snapshot.members {
            guard let own = member.sightings.first(where: { $0.facts.role == .balancer }) else { continue }
            if let node = own.facts.node { balancerNodes[own.by] = node }
        }
        self.balancerNodes = balancerNodes
    }

    func assessment() -> Assessment {
        var done: [GroupID: GroupAssessment] = [:]
        var pools: [(Group, [Member])] = []
        var databases: [(Group, [Member])] = []
        var others: [GroupAssessment] = []
        for group in subjects() {
            let members = snapshot.members(of: group.id)
            switch kind(of: group, members) {
            case .quorum: done[group.id] = quorum(group, members)
            case .database: databases.append((group, members))
            case .paths: others.append(paths(group, members))
            case .pool: pools.append((group, members))
            }
        }
        let store = done.count == 1 ? done.values.first : nil
        var backing = Backing()
        for (group, members) in databases {
            let mine = plans[group.id]?.store.flatMap { done[$0] } ?? store
            let assessed = database(group, members, store: mine)
            backing.add(assessed)
            done[group.id] = assessed
        }
        for (group, members) in pools { done[group.id] = pool(group, members, backing) }
        let live = snapshot.sources.count { isLive($0) }
        let assessment = Assessment(
            at: now, groups: Array(done.values) + others, nodes: nodeAssessments(), live: live,
            total: snapshot.sources.count)
        return assessment.replacing(Threats.changed(assessment))
    }

    /// Every group that is configured or was seen, as group or through a member.
    private func subjects() -> [Group] {
        var all = snapshot.groups
        var seen = Set(all.map(\.id))
        for id in snapshot.groupsOfMembers where seen.insert(id).inserted { all.append(Group(id: id)) }
        return all
    }

    private func kind(of group: Group, _ members: [Member]) -> GroupKind {
        let plan = plans[group.id]
        if plan?.mode == .quorum { return .quorum }
        for s in group.sightings {
            let f = s.facts
            if f.leader != nil || f.synchronous != nil || f.timeline != nil || !f.history.isEmpty { return .database }
            if f.quorum != nil { return .quorum }
            if f.poolServing != nil { return .pool }
        }
        for member in members.prefix(8) {
            for s in member.sightings {
                if s.facts.path != nil || s.facts.role == .path { return .paths }
                if s.facts.replication != nil { return .database }
                if s.facts.traffic != nil { return .pool }
                if s.facts.quorum != nil { return .quorum }
            }
        }
        if plan?.mode == .activePassive { return .database }
        return group.sightings.contains { $0.facts.backups != nil } ? .database : .pool
    }

    /// An empty assessment of the group to fill in.
    func blank(_ group: Group, mode: Mode) -> GroupAssessment {
        let plan = plans[group.id]
        return GroupAssessment(plan: plan ?? GroupPlan(group.id, mode: mode), isConfigured: plan != nil)
    }

    func freshness<F>(_ s: Sighting<F>) -> Freshness {
        guard let slot = s.sourceSlot, slot < clocks.count else {
            return snapshot.freshness(of: s.by, at: s.at, now: now)
        }
        let clock = clocks[slot]
        return Freshness.of(
            at: s.at, now: now, freshFor: clock.freshFor, isLive: clock.isLive, confirmedAt: clock.confirmedAt)
    }

    /// When the fact was last known to hold: as observed, or as confirmed by the subscription that pushed it.
    func knownAt<F>(_ s: Sighting<F>) -> Timestamp {
        guard let slot = s.sourceSlot, slot < clocks.count else { return s.at }
        return max(s.at, clocks[slot].confirmedAt ?? s.at)
    }

    func isLive(_ source: Source) -> Bool {
        guard source.status.state == .live else { return false }
        guard let heard = source.heardAt.map({ max($0, source.confirmedAt ?? $0) }) else { return true }
        return now - heard <= source.status.freshFor * 4
    }

    func place(_ view: inout MemberAssessment, _ member: Member) {
        for s in member.sightings {
            if let node = s.facts.node { view.node = node }
            if view.address == nil { view.address = s.facts.address }
            if view.door == nil { view.door = s.facts.door }
        }
        if view.address == nil, view.door == nil, let last = snapshot.lastPlace(of: member.id) {
            (view.address, view.door, view.node) = (last.address, last.door, view.node ?? last.node)
        }
        if view.node == nil, let address = view.address { view.node = nodesByAddress[Self.host(of: address)] }
        if view.node == nil, let door = view.door { view.node = nodesByAddress[Self.host(of: door)] }
        if let node = view.node, let site = nodes[node] { view.site = site }
    }

    /// As configured; nil for a group that was found.
    func mode(of group: GroupID) -> Mode? { plans[group]?.mode }

    func site(of node: NodeID) -> SiteID? { nodes[node] ?? nil }

    /// Where a balancer runs: as it says of itself, by the address it is reached at, or by its name.
    func node(ofBalancer id: SourceID) -> NodeID? {
        if let told = balancerNodes[id] { return told }
        if let endpoint = snapshot.source(id)?.status.endpoint, let node = nodesByAddress[Self.host(of: endpoint)] {
            return node
        }
        return nodesByAddress[id.name]
    }

    /// The group's owners want it to survive the loss of a whole site.
    func asksForSite(_ plan: GroupPlan) -> Bool { plan.tier == .critical || plan.survivesSite }

    /// `10.0.0.1` of `http://10.0.0.1:8008/patroni`, `[::1]` of `[::1]:5432`.
    static func host(of address: String) -> String {
        let bytes = address.utf8
        var start = bytes.startIndex
        if let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) {
            start = bytes.index(colon, offsetBy: 3)
        }
        let isBracketed = start < bytes.endIndex && bytes[start] == UInt8(ascii: "[")
        var end = start
        while end < bytes.endIndex {
            let byte = bytes[end]
            if byte == UInt8(ascii: "/") || byte == UInt8(ascii: ":") && !isBracketed { break }
            end = bytes.index(after: end)
            if isBracketed, byte == UInt8(ascii: "]") { break }
        }
        return String(address[start..<end])
    }

    /// They mostly come in order already: looking costs less than sorting.
    func sortByName(_ views: inout [MemberAssessment]) {
        for i in views.indices.dropFirst() where views[i].id.name < views[i - 1].id.name {
            views.sort { $0.id.name < $1.id.name }
            return
        }
    }

    /// Everything that is not fresh among the observers of a group, and the reasons it gives.
    func finish(_ g: inout GroupAssessment, _ group: Group, _ members: [Member]) {
        var stale = Set<SourceID>()
        for s in group.sightings where freshness(s) != .fresh { stale.insert(s.by) }
        for member in members {
            for s in member.sightings where freshness(s) != .fresh { stale.insert(s.by) }
        }
        for id in notLive[group.id.name] ?? [] { stale.insert(id) }
        g.staleSources = stale.sorted()
        judgeBackups(&g, group)
        judgeEdge(&g, group)
        if g.plan.survivesSite, g.serving.isServing == true, g.survives.sites == nil, g.kind != .paths {
            g.notes.append("whether it survives the loss of a site is not known: state the site of each node")
        }
        g.settle()
    }
}

extension GroupAssessment {
    /// Puts the reasons in order, worst first, and takes the verdict from them.
    mutating func settle() {
        reasons = reasons.enumerated().sorted {
            ($0.element.severity, $0.offset) < ($1.element.severity, $1.offset)
        }.map(\.element)
        verdict = reasons.first?.severity ?? .protected
    }
}

/// Which database member a pool's server is, by the address both give.
struct Backing {
    private var byAddress: [String: MemberID] = [:]
    private(set) var groups: [GroupID: GroupAssessment] = [:]

    mutating func add(_ group: GroupAssessment) {
        groups[group.id] = group
        for member in group.members {
            if let address = member.address { byAddress[address] = member.id }
        }
    }

    func member(at address: String?) -> MemberAssessment? {
        guard let address, let id = byAddress[address] else { return nil }
        return groups[id.group]?.member(id)
    }
}
