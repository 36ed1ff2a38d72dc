/// What one observer said of one subject, and when. The facts are kept in one immutable box: they are large, and a
/// sighting is handed on far more often than it is made.
public struct Sighting<Facts: Sendable & Equatable>: Sendable, Equatable {
    public let by: SourceID
    public let at: Timestamp
    @usableFromInline let box: FactsBox<Facts>
    /// Place of `by` among the snapshot's sources; nil outside of a snapshot.
    public internal(set) var sourceSlot: Int?

    public init(by: SourceID, at: Timestamp, facts: Facts) {
        self.by = by
        self.at = at
        box = FactsBox(facts)
    }

    @inlinable public var facts: Facts { box.facts }

    public static func == (a: Self, b: Self) -> Bool {
        a.at == b.at && a.by == b.by && (a.box === b.box || a.facts == b.facts)
    }
}

@usableFromInline final class FactsBox<Facts: Sendable & Equatable>: Sendable {
    @usableFromInline let facts: Facts
    init(_ facts: Facts) { self.facts = facts }
}

/// How far a sighting can be relied on now.
public enum Freshness: Sendable, Equatable, Comparable {
    case fresh, stale, unknown
}

/// A subject and what each observer says of it, one sighting an observer.
public struct Subject<ID: Sendable & Hashable, Facts: Sendable & Equatable>: Sendable, Equatable {
    public let id: ID
    public internal(set) var sightings: [Sighting<Facts>]

    public init(id: ID, sightings: [Sighting<Facts>] = []) {
        self.id = id
        self.sightings = sightings
    }

    public func sighting(by source: SourceID) -> Sighting<Facts>? { sightings.first { $0.by == source } }
    public func sightings(bySystem system: String) -> [Sighting<Facts>] {
        sightings.filter { $0.by.system == system }
    }
    /// The newest sighting that has the fact at `path`.
    public func newest<V>(_ path: KeyPath<Facts, V?>) -> (value: V, sighting: Sighting<Facts>)? {
        var best: (V, Sighting<Facts>)?
        for s in sightings where best == nil || s.at > best!.1.at {
            if let v = s.facts[keyPath: path] { best = (v, s) }
        }
        return best.map { (value: $0.0, sighting: $0.1) }
    }
    /// The fact at `path` from the first of `systems` that has it; then from anybody, newest first.
    public func fact<V>(_ path: KeyPath<Facts, V?>, from systems: String...) -> V? {
        for system in systems {
            for s in sightings where s.by.system == system {
                if let v = s.facts[keyPath: path] { return v }
            }
        }
        return newest(path)?.value
    }
}

public typealias Member = Subject<MemberID, MemberFacts>
public typealias Group = Subject<GroupID, GroupFacts>
public typealias Host = Subject<NodeID, NodeFacts>
/// The platform itself, by its name.
public typealias Whole = Subject<String, PlatformFacts>

/// One subscription as the reducer knows it.
public struct Source: Sendable, Equatable {
    public let id: SourceID
    public internal(set) var status: SourceStatus
    /// When its status last changed.
    public internal(set) var since: Timestamp
    /// When it last said anything of a subject.
    public internal(set) var heardAt: Timestamp?
    /// When it last was live and stood by all it had said before; nil for a source that never does.
    public internal(set) var confirmedAt: Timestamp?
}

extension Freshness {
    /// How far something observed at `at` can be relied on at `now`. A subscription that stands by all it said
    /// (`confirmedAt`) makes an old value as young as its last sign of life.
    @inlinable public static func of(
        at: Timestamp, now: Timestamp, freshFor: Span, isLive: Bool, confirmedAt: Timestamp?
    ) -> Freshness {
        let age = now - max(at, confirmedAt ?? at)
        // From the future: some clock is wrong.
        if age.nanoseconds < -freshFor.nanoseconds { return .stale }
        if age <= freshFor { return isLive ? .fresh : .stale }
        return age > freshFor * 4 || !isLive ? .unknown : .stale
    }
}

/// Where a member is or was.
public struct MemberPlace: Sendable, Equatable {
    /// Where clients reach it: `host:port`.
    public let address: String?
    /// The URL through which it is commanded.
    public let door: String?
    public let node: NodeID?
}

/// Everything observed so far. A value: the reducer makes the next from an update, readers keep theirs.
public struct Snapshot: Sendable, Equatable {
    public let platform: Platform
    public private(set) var members: [Member] = []
    public private(set) var groups: [Group] = []
    public private(set) var hosts: [Host] = []
    public private(set) var sources: [Source] = []
    /// The platform as a whole: one subject.
    private var wholes: [Whole]
    /// Updates dropped at limits since the start.
    public private(set) var dropped = 0
    /// When the newest update was observed.
    public private(set) var latestAt = Timestamp.zero

    private var memberIndex: [MemberID: Int] = [:]
    private var groupIndex: [GroupID: Int] = [:]
    private var hostIndex: [NodeID: Int] = [:]
    private var sourceIndex: [SourceID: Int] = [:]
    private var membersByGroup: [GroupID: [Int]] = [:]
    private var lastPlaces: [MemberID: MemberPlace] = [:]
    private var handovers: [GroupID: [Timestamp]] = [:]
    private var leaderKnownSince: [GroupID: Timestamp] = [:]
    /// Changes of leader on request that are remembered of a group; the oldest make room.
    public static let handoversMax = 32

    public init(platform: Platform) {
        self.platform = platform
        wholes = [Whole(id: platform.name)]
        for plan in platform.groups { _ = Self.slot(plan.id, &groups, &groupIndex) }
        for node in platform.nodes { _ = Self.slot(node.id, &hosts, &hostIndex) }
    }

    /// What observers say of the platform itself.
    public var whole: Whole { wholes[0] }
    public func member(_ id: MemberID) -> Member? { memberIndex[id].map { members[$0] } }
    public func group(_ id: GroupID) -> Group? { groupIndex[id].map { groups[$0] } }
    public func host(_ id: NodeID) -> Host? { hostIndex[id].map { hosts[$0] } }
    public func source(_ id: SourceID) -> Source? { sourceIndex[id].map { sources[$0] } }
    /// The members of a group, in the order in which they were first seen.
    public func members(of group: GroupID) -> [Member] { (membersByGroup[group] ?? []).map { members[$0] } }

    /// Where a member was, as the observer said that no longer lists it; others still see it.
    public func lastPlace(of id: MemberID) -> MemberPlace? { lastPlaces[id] }

    /// When a leader let go of its lock while the register held a request to change it, oldest first: what tells a
    /// change that somebody asked for from one that nobody did.
    public func handovers(of group: GroupID) -> [Timestamp] { handovers[group] ?? [] }

    /// Since when somebody says who leads a group: of changes before that nobody here knows whether they were asked for.
    public func leaderKnownSince(of group: GroupID) -> Timestamp? { leaderKnownSince[group] }

    /// Takes over what `other`, which has seen more, knows of changes of leader: a past that is put together from what
    /// was kept of it has not seen them.
    public mutating func takeLeaderChanges(from other: Snapshot) {
        handovers = other.handovers
        leaderKnownSince = other.leaderKnownSince
    }

    /// Every group of which a member was seen, in no order.
    public var groupsOfMembers: some Sequence<GroupID> { membersByGroup.keys }

    /// Fresh until the source's deadline, then stale; unknown after four times that, or when the source failed
    /// and the deadline has passed too. Never fresh when observed in the future by more than the deadline.
    public func freshness(of by: SourceID, at: Timestamp, now: Timestamp) -> Freshness {
        guard let source = source(by) else { return .unknown }
        return Freshness.of(
            at: at, now: now, freshFor: source.status.freshFor, isLive: source.status.state == .live,
            confirmedAt: source.confirmedAt)
    }

    /// The node a member runs on: as its observers say, or by its address in the configuration.
    public func node(of member: Member) -> Node? {
        if let id = member.newest(\.node)?.value { return platform.nodes.first { $0.id == id } ?? Node(id) }
        for s in member.sightings {
            if let address = s.facts.address, let node = platform.node(at: address) { return node }
        }
        return nil
    }

    public func applying(_ update: Update) -> Snapshot {
        var next = self
        next.apply(update)
        return next
    }

    /// The reducer, in place.
    public mutating func apply(_ update: Update) {
        if update.at > latestAt { latestAt = update.at }
        switch update.body {
        case .member(let id, let facts):
            let known = members.count
            let i = Self.slot(id, &members, &memberIndex)
            if i == known { membersByGroup[id.group, default: []].append(i) }
            Self.put(facts, update, heard(update), i, &members)
        case .group(let id, let facts):
            if facts.leader != nil, leaderKnownSince[id] == nil { leaderKnownSince[id] = update.at }
            noteHandover(id, facts, update)
            Self.put(facts, update, heard(update), Self.slot(id, &groups, &groupIndex), &groups)
        case .node(let id, let facts):
            Self.put(facts, update, heard(update), Self.slot(id, &hosts, &hostIndex), &hosts)
        case .platform(let facts):
            Self.put(facts, update, heard(update), 0, &wholes)
        case .memberGone(let id):
            forget(id, by: update.source)
        case .sourceGone:
            forget(update.source)
        case .source(let status):
            let i = sourceSlot(update.source, at: update.at)
            if sources[i].status.state != status.state { sources[i].since = update.at }
            sources[i].status = status
            if status.state == .live, status.standsByAll { sources[i].confirmedAt = update.at }
        case .gap(let count):
            dropped += count
        case .event:
            break
        }
    }

    private static func slot<ID, Facts>(_ id: ID, _ list: inout [Subject<ID, Facts>], _ index: inout [ID: Int]) -> Int {
        if let i = index[id] { return i }
        list.append(Subject(id: id, sightings: []))
        index[id] = list.count - 1
        return list.count - 1
    }

    private mutating func sourceSlot(_ id: SourceID, at: Timestamp) -> Int {
        if let i = sourceIndex[id] { return i }
        sources.append(
            Source(id: id, status: SourceStatus(.connecting), since: at, heardAt: nil, confirmedAt: nil))
        sourceIndex[id] = sources.count - 1
        return sources.count - 1
    }

    private static func put<ID, Facts>(
        _ facts: Facts, _ update: Update, _ source: Int, _ i: Int, _ list: inout [Subject<ID, Facts>]
    ) {
        var sighting = Sighting(by: update.source, at: update.at, facts: facts)
        sighting.sourceSlot = source
        if let k = list[i].sightings.firstIndex(where: { $0.sourceSlot == source }) {
            // What an observer said earlier never replaces what it said later.
            guard update.at >= list[i].sightings[k].at else { return }
            list[i].sightings[k] = sighting
        } else {
            list[i].sightings.append(sighting)
        }
    }

    private mutating func noteHandover(_ id: GroupID, _ facts: GroupFacts, _ update: Update) {
        guard let told = facts.leader, let i = groupIndex[id],
            let before = groups[i].sighting(by: update.source), update.at >= before.at,
            let held = before.facts.leader?.value, held != told.value,
            before.facts.asksForLeaderChange(at: update.at)
        else { return }
        handovers[id, default: []].append(update.at)
        if let count = handovers[id]?.count, count > Self.handoversMax {
            handovers[id]?.removeFirst(count - Self.handoversMax)
        }
    }

    private mutating func heard(_ update: Update) -> Int {
        let i = sourceSlot(update.source, at: update.at)
        sources[i].heardAt = update.at
        return i
    }

    private mutating func forget(_ id: MemberID, by source: SourceID) {
        guard let i = memberIndex[id] else { return }
        let gone = members[i].sightings.last { $0.by == source }
        members[i].sightings.removeAll { $0.by == source }
        guard members[i].sightings.isEmpty else {
            if let facts = gone?.facts, facts.address != nil || facts.door != nil {
                lastPlaces[id] = MemberPlace(address: facts.address, door: facts.door, node: facts.node)
            }
            return
        }
        lastPlaces[id] = nil
        members.remove(at: i)
        indexMembers()
    }

    /// Rare, and therefore plain: everything that points at places is made anew.
    private mutating func forget(_ source: SourceID) {
        guard let gone = sourceIndex[source] else { return }
        sources.remove(at: gone)
        sourceIndex.removeAll(keepingCapacity: true)
        for (i, source) in sources.enumerated() { sourceIndex[source.id] = i }
        Self.forget(gone, &members)
        Self.forget(gone, &groups)
        Self.forget(gone, &hosts)
        Self.forget(gone, &wholes)
        members.removeAll { $0.sightings.isEmpty }
        indexMembers()
    }

    private static func forget<ID, Facts>(_ gone: Int, _ list: inout [Subject<ID, Facts>]) {
        for i in list.indices {
            list[i].sightings.removeAll { $0.sourceSlot == gone }
            for k in list[i].sightings.indices {
                guard let slot = list[i].sightings[k].sourceSlot, slot > gone else { continue }
                list[i].sightings[k].sourceSlot = slot - 1
            }
        }
    }

    private mutating func indexMembers() {
        memberIndex.removeAll(keepingCapacity: true)
        membersByGroup.removeAll(keepingCapacity: true)
        for (i, member) in members.enumerated() {
            memberIndex[member.id] = i
            membersByGroup[member.id.group, default: []].append(i)
        }
    }
}
