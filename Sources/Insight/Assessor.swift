import Estate

/// Goes over a snapshot once and assesses every group. What is worked out for one group is in the files named
/// after the kind of group.
struct Assessor {
    let snapshot: Snapshot
    let now: Timestamp
    private let plans: [GroupID: GroupPlan]
    private let places: [Place]
    private let indexByNode: [NodeID: Int32]
    private let indexByAddress: [String: Int32]
    private let clocks: [SourceClock]
    /// Sources that are not live, by the group they observe.
    private let notLive: [String: [SourceID]]

    /// Names that some source has, of which all sources fail.
    let unreachable: Set<String>
    let isAnyLive: Bool
    private let balancerNodes: [SourceID: NodeID]
    private var whole = PlatformAssessment()

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
        (places, indexByNode, indexByAddress) = Self.places(snapshot.platform)
        // By place, for a source is large to copy.
        var clocks: [SourceClock] = []
        clocks.reserveCapacity(snapshot.sources.count)
        var notLive: [String: [SourceID]] = [:]
        for i in snapshot.sources.indices {
            let isLive = snapshot.sources[i].status.state == .live
            clocks.append(
                SourceClock(
                    freshFor: snapshot.sources[i].status.freshFor, isLive: isLive,
                    confirmedAt: snapshot.sources[i].confirmedAt))
            if isLive { continue }
            let id = snapshot.sources[i].id
            notLive[String(id.name.prefix { $0 != "/" }), default: []].append(id)
        }
        self.clocks = clocks
        self.notLive = notLive
        unreachable = Self.unreachable(snapshot)
        isAnyLive = snapshot.sources.contains { Self.isLive($0, now) }
        var balancerNodes: [SourceID: NodeID] = [:]
        for i in snapshot.members.indices {
            for s in snapshot.members[i].sightings where s.facts.role == .balancer {
                if let node = s.facts.node { balancerNodes[s.by] = node }
            }
        }
        self.balancerNodes = balancerNodes
        whole = platform()
    }

    /// A node of the configuration.
    private struct Place {
        let node: NodeID
        let site: SiteID?
        let siteIndex: Int32
    }

    private static func places(_ platform: Platform) -> ([Place], [NodeID: Int32], [String: Int32]) {
        var places: [Place] = []
        var sites: [SiteID] = []
        var byNode: [NodeID: Int32] = [:]
        var byAddress: [String: Int32] = [:]
        places.reserveCapacity(platform.nodes.count)
        byNode.reserveCapacity(platform.nodes.count)
        byAddress.reserveCapacity(platform.nodes.count * 2)
        for node in platform.nodes where byNode[node.id] == nil {
            let index = Int32(clamping: places.count)
            var siteIndex: Int32 = -1
            if let site = node.site {
                if !sites.contains(site) { sites.append(site) }
                siteIndex = Int32(clamping: sites.firstIndex(of: site) ?? -1)
            }
            places.append(Place(node: node.id, site: node.site, siteIndex: siteIndex))
            byNode[node.id] = index
            byAddress[node.id.name] = index
            for address in node.addresses where byAddress[address] == nil { byAddress[address] = index }
        }
        return (places, byNode, byAddress)
    }

    func assessment() -> Assessment {
        var done: [GroupID: GroupAssessment] = [:]
        var pools: [(Group, [Member])] = []
        var databases: [(Group, [Member])] = []
        var others: [GroupAssessment] = []
        for group in subjects() {
            let members = members(of: group.id)
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
            // Those who elect by votes of their own, or not at all, stand on no store, unless it is said that they do.
            let isOwn = group.sightings.contains {
                $0.facts.quorum != nil || $0.facts.manager.map(Self.unmanaged.contains) == true
            }
            let mine = plans[group.id]?.store.flatMap { done[$0] } ?? (isOwn ? nil : store)
            let assessed = database(group, members, store: mine)
            backing.add(assessed)
            done[group.id] = assessed
        }
        for (group, members) in pools { done[group.id] = pool(group, members, backing) }
        let live = snapshot.sources.count { Self.isLive($0, now) }
        let assessment = Assessment(
            at: now, groups: Array(done.values) + others, hosts: snapshot.hosts.map { node($0) }, whole: whole,
            live: live, total: snapshot.sources.count)
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
    func blank(_ group: Group, mode: Mode) -> GroupDraft {
        let plan = plans[group.id]
        return GroupDraft(plan: plan ?? GroupPlan(group.id, mode: mode), isConfigured: plan != nil)
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

    private static func unreachable(_ snapshot: Snapshot) -> Set<String> {
        func fails(_ i: Int) -> Bool {
            let state = snapshot.sources[i].status.state
            return state == .failed || state == .silent
        }
        var names: Set<String> = []
        for i in snapshot.sources.indices where fails(i) { names.insert(snapshot.sources[i].id.name) }
        guard !names.isEmpty else { return names }
        for i in snapshot.sources.indices where !fails(i) { names.remove(snapshot.sources[i].id.name) }
        return names
    }

    static func isLive(_ source: Source, _ now: Timestamp) -> Bool {
        guard source.status.state == .live else { return false }
        guard let heard = source.heardAt.map({ max($0, source.confirmedAt ?? $0) }) else { return true }
        return now - heard <= source.status.freshFor * 4
    }

    func place(_ view: inout MemberDraft, _ member: Member) {
        for s in member.sightings {
            if let node = s.facts.node { view.node = node }
            if view.address == nil { view.address = s.facts.address }
            if view.door == nil { view.door = s.facts.door }
        }
        if view.address == nil, view.door == nil, let last = snapshot.lastPlace(of: member.id) {
            (view.address, view.door, view.node) = (last.address, last.door, view.node ?? last.node)
        }
        var index: Int32?
        if let node = view.node {
            index = indexByNode[node]
        } else {
            if let address = view.address { index = indexByAddress[Self.host(of: address)] }
            if index == nil, let door = view.door { index = indexByAddress[Self.host(of: door)] }
        }
        guard let index else { return }
        let place = places[Int(index)]
        view.node = place.node
        view.site = place.site
        (view.placeIndex, view.siteIndex) = (index, place.siteIndex)
    }

    /// The newest that any observer has of a fact.
    @inline(__always)
    func newest<ID, Facts, Value>(_ subject: Subject<ID, Facts>, _ read: (Facts) -> Value?) -> Value? {
        var best: Value?
        var at = Timestamp.zero
        for s in subject.sightings where best == nil || s.at > at {
            if let value = read(s.facts) { (best, at) = (value, s.at) }
        }
        return best
    }

    /// As configured; nil for a group that was found.
    func mode(of group: GroupID) -> Mode? { plans[group]?.mode }

    func site(of node: NodeID) -> SiteID? { indexByNode[node].flatMap { places[Int($0)].site } }

    /// Where a balancer runs: as it says of itself, by the address it is reached at, or by its name.
    func node(ofBalancer id: SourceID) -> NodeID? {
        if let told = balancerNodes[id] { return told }
        if let endpoint = snapshot.source(id)?.status.endpoint, let index = indexByAddress[Self.host(of: endpoint)] {
            return places[Int(index)].node
        }
        return indexByAddress[id.name].map { places[Int($0)].node }
    }

    /// The group's owners want it to survive the loss of a whole site.
    func asksForSite(_ plan: GroupPlan) -> Bool { plan.tier == .critical || plan.survivesSite }

    /// `10.0.0.1` of `http://10.0.0.1:8008/patroni`, `[::1]` of `[::1]:5432`.
    static func host(of address: String) -> String {
        var address = address
        return address.withUTF8 { bytes in
            let (colon, slash) = (UInt8(ascii: ":"), UInt8(ascii: "/"))
            var start = 0
            if let i = bytes.firstIndex(of: colon), i + 2 < bytes.count, bytes[i + 1] == slash, bytes[i + 2] == slash {
                start = i + 3
            }
            var end = start
            let isBracketed = start < bytes.count && bytes[start] == UInt8(ascii: "[")
            while end < bytes.count {
                let byte = bytes[end]
                if byte == slash || byte == colon && !isBracketed { break }
                end += 1
                if isBracketed, byte == UInt8(ascii: "]") { break }
            }
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }
    }

    /// The members of a group by name. They mostly come in order already: looking costs less than sorting.
    private func members(of group: GroupID) -> [Member] {
        let members = snapshot.members(of: group)
        for i in members.indices.dropFirst() where members[i].id.name < members[i - 1].id.name {
            return members.sorted { $0.id.name < $1.id.name }
        }
        return members
    }

    /// Everything that is not fresh among the observers of a group, and the reasons it gives.
    func finish(_ g: inout GroupDraft, _ group: Group, _ members: [Member]) -> GroupAssessment {
        var stale = Set(notLive[group.id.name] ?? [])
        for s in group.sightings where freshness(s) != .fresh { stale.insert(s.by) }
        for (member, view) in zip(members, g.members) where view.hasStale {
            for s in member.sightings where freshness(s) != .fresh { stale.insert(s.by) }
        }
        if !stale.isEmpty { g.staleSources = stale.sorted() }
        judgeBackups(&g, group)
        judgeEdge(&g, group)
        judgeBreakers(&g, group)
        judgeWhole(&g, whole)
        if g.plan.survivesSite, g.serving.isServing == true, g.survives.sites == nil, g.kind != .paths {
            g.notes.append("whether it survives the loss of a site is not known: state the site of each node")
        }
        g.settle()
        return GroupAssessment(g)
    }
}

extension GroupDraft {
    func member(_ id: MemberID) -> MemberAssessment? { members.first { $0.id == id } }

    /// Puts the reasons in order, worst first, and takes the verdict from them.
    mutating func settle() {
        if reasons.count > 1 { reasons = Reason.worstFirst(reasons) }
        verdict = reasons.first?.severity ?? .protected
    }
}

extension Reason {
    /// Worst first, otherwise as they came.
    static func worstFirst(_ reasons: [Reason]) -> [Reason] {
        var sorted: [Reason] = []
        sorted.reserveCapacity(reasons.count)
        for verdict in Verdict.allCases { sorted += reasons.filter { $0.severity == verdict } }
        return sorted
    }
}

/// Which database member a pool's server is, by the address both give.
struct Backing {
    private var byAddress: [String: MemberAssessment] = [:]
    private(set) var groups: [GroupID: GroupAssessment] = [:]

    mutating func add(_ group: GroupAssessment) {
        groups[group.id] = group
        for member in group.members {
            if let address = member.address { byAddress[address] = member }
        }
    }

    var isEmpty: Bool { byAddress.isEmpty }

    func member(at address: String?) -> MemberAssessment? {
        guard let address else { return nil }
        return byAddress[address]
    }
}
