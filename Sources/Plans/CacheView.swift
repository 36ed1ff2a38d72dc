import Estate

/// A cache group as its plans look at it: one takes writes, the others follow, and watchers agree on which.
struct CacheView {
    let group: GroupView
    init(_ group: GroupView) { self.group = group }

    /// The name of those who watch over such groups in what they say of themselves.
    static let manager = "sentinel"

    static func isOne(_ view: GroupView) -> Bool { view.isManaged(by: manager) }

    /// What each watcher that is fresh says.
    var watchers: [Sighting<GroupFacts>] {
        (group.snapshot.group(group.id)?.sightings ?? []).filter {
            $0.facts.manager == Self.manager && group.isFresh($0.by, $0.at)
        }
    }

    /// Whom the watchers take for the leader, by name: more than one where they disagree.
    var leaders: [String: [SourceID]] {
        var said: [String: [SourceID]] = [:]
        for watcher in watchers {
            if let name = watcher.facts.leader?.value { said[name, default: []].append(watcher.by) }
        }
        return said
    }

    /// Where commands for the group are taken, and what it is called there. Not on a node that is to go, if there is
    /// another.
    func door(avoiding node: NodeID? = nil) -> (door: String, name: String)? {
        let doors = watchers.compactMap { watcher -> (door: String, name: String)? in
            guard let door = watcher.facts.notes[GroupFacts.noteDoor],
                let name = watcher.facts.notes[GroupFacts.noteRegisteredAs]
            else { return nil }
            return (door, name)
        }
        return doors.first { node == nil || group.snapshot.platform.node(at: $0.door)?.id != node } ?? doors.first
    }

    /// 0 where it never leads; nil where nobody says. Its own word first: watchers repeat it some seconds later.
    func rank(_ member: Member) -> Int? { member.fact(\.tags?.failoverPriority, from: "redis") }

    /// The member's own door, `host:port`.
    func door(_ member: Member) -> String? {
        member.newest(\.door)?.value ?? member.newest(\.address)?.value
    }

    func isUp(_ member: Member) -> Bool {
        let fresh = member.sightings.filter { group.isFresh($0.by, $0.at) }
        return fresh.contains { $0.facts.state == .running } && !fresh.contains { $0.facts.state == .failed }
    }

    /// Replicas that the watchers would take, the one that they would take first at the front: lowest rank, then who
    /// has received most, then by name in place of the run id that nobody tells.
    var heirs: [Member] {
        group.members.filter { $0.id.name != group.leader && isUp($0) && rank($0) != 0 && isLinked($0) }
            .sorted { a, b in
                let (first, second) = (rank(a) ?? Self.rankUsual, rank(b) ?? Self.rankUsual)
                if first != second { return first < second }
                let (here, there) = (received(a), received(b))
                return here == there ? a.id < b.id : here > there
            }
    }

    /// Its rank alone makes it win. Of those ranked alike nobody can tell: watchers go by what they heard some seconds
    /// ago of how much each has received.
    func isSure(_ candidate: Member) -> Bool {
        let mine = rank(candidate) ?? Self.rankUsual
        return heirs.allSatisfy { $0.id == candidate.id || rank($0) ?? Self.rankUsual > mine }
    }

    static let rankUsual = 100

    func received(_ member: Member) -> UInt64 {
        member.sightings.compactMap { $0.facts.replication?.receivedLSN?.bytes }.max() ?? 0
    }

    private func isLinked(_ member: Member) -> Bool {
        member.newest(\.replication?.streaming)?.value != false
    }

    /// Bytes that a replica has not received; nil: not known.
    func missing(_ member: Member) -> Int64? {
        guard let leader = group.leaderMember,
            let written = leader.sightings.compactMap({ $0.facts.replication?.writtenLSN }).max(), received(member) > 0
        else { return nil }
        return written.distance(from: LSN(received(member)))
    }

    var checks: [Check] {
        var list: [Check] = []
        let what = "the watchers agree on the leader"
        switch leaders.count {
        case 0: list.append(.block(what, "none of them is heard", remedy: "look at the watchers of \(group.id.name)"))
        case 1: list.append(.pass(what, "\(watchers.count) say \(leaders.keys.first ?? "")"))
        default:
            let said = leaders.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value.count))" }
            list.append(.block(what, Figures.list(said), remedy: "wait until they agree"))
        }
        let votes = watchers.compactMap(\.facts.quorum)
        if let best = votes.max(by: { $0.votersHealthy < $1.votersHealthy }) {
            let figure = "\(best.votersHealthy) of \(best.votersTotal) watch, \(best.needed) needed"
            list.append(
                best.margin >= 0
                    ? .pass("the watchers have their majority", figure)
                    : .block("the watchers have their majority", figure, remedy: "bring watchers back first"))
        }
        if let tilted = watchers.first(where: { $0.facts.notes["tilt"] != nil }) {
            list.append(
                .block(
                    "no watcher is in tilt", "\(tilted.by.name) is",
                    remedy: "its clock jumped: it acts again in half a minute"))
        }
        return list
    }
}
