import Estate

/// A group as its plans look at it: what its register and its members say, and how old that is.
struct GroupView {
    let id: GroupID
    let snapshot: Snapshot
    let now: Timestamp
    private let group: Group?

    init(_ id: GroupID, _ snapshot: Snapshot, now: Timestamp) {
        self.id = id
        self.snapshot = snapshot
        self.now = now
        group = snapshot.group(id)
    }

    /// Systems that know a database group's register, the one that is told by it first.
    var isManagedByPatroni: Bool { isManaged(by: "patroni") }
    func isManaged(by manager: String) -> Bool {
        group?.sightings.contains { $0.facts.manager == manager } ?? false
    }
    var isPool: Bool { !PoolServer.all(of: id, in: snapshot).isEmpty }

    var members: [Member] { snapshot.members(of: id).sorted { $0.id < $1.id } }
    var memberNames: [String] { members.map(\.id.name) }

    /// Who holds the lock, by the register; nil where nobody does or nobody knows.
    var leader: String? { knownLeader?.value }
    /// nil: not known who leads.
    var knownLeader: Known<String?>? { voted ?? group?.fact(\.leader, from: "etcd", "patroni") }
    /// What most of those say who vote on it, where it has no register.
    private var voted: Known<String?>? {
        let said = (group?.sightings ?? []).filter {
            $0.facts.manager == CacheView.manager && $0.facts.leader != nil && isFresh($0.by, $0.at)
        }
        return said.first { one in said.count { $0.facts.leader == one.facts.leader } * 2 > said.count }?.facts.leader
    }
    var leaderMember: Member? { leader.flatMap { snapshot.member(MemberID(id, $0)) } }
    var timeline: Int? {
        if let known = group?.fact(\.timeline, from: "etcd", "patroni") { return known }
        return leaderMember?.newest(\.replication?.timeline)?.value
    }
    var synchronous: SynchronousFacts? { group?.fact(\.synchronous, from: "etcd", "patroni") }
    var limits: FailoverLimits? { group?.fact(\.limits, from: "etcd", "patroni") }
    var isPaused: Bool? { group?.fact(\.paused, from: "etcd", "patroni") }
    var scheduled: ScheduledSwitchover? { group?.fact(\.scheduledSwitchover, from: "etcd", "patroni") }

    /// Age of what the register's best observer says of the leader; nil where it is fresh.
    var staleLeader: (by: SourceID, age: Span)? {
        guard let group else { return nil }
        let tellers = group.sightings.filter { $0.facts.leader != nil }
        if tellers.contains(where: { isFresh($0.by, $0.at) }) { return nil }
        return tellers.max { $0.at < $1.at }.map { ($0.by, now - knownAt($0.by, $0.at)) }
    }

    func isFresh(_ by: SourceID, _ at: Timestamp) -> Bool {
        snapshot.freshness(of: by, at: at, now: now) == .fresh
    }

    /// When it was observed, or last stood by.
    private func knownAt(_ by: SourceID, _ at: Timestamp) -> Timestamp {
        max(at, snapshot.source(by)?.confirmedAt ?? at)
    }

    /// What the member itself says through its REST door: the gate's own input.
    func ownREST(_ member: MemberID) -> Sighting<MemberFacts>? {
        snapshot.member(member)?.sighting(by: SourceID("patroni", "\(id.name)/\(member.name)"))
    }

    /// The member to promote by default: a synchronous standby, else one that answers.
    var successor: Member? {
        let standbys = synchronous.map { $0.isOn ? $0.standbys : [] } ?? []
        return members.first { standbys.contains($0.id.name) }
            ?? members.first { $0.id.name != leader && answersREST($0.id) != false }
    }

    /// The member that has written most, as last heard: the leader, or the one that led.
    var lastWriter: (member: Member, written: LSN)? {
        members.compactMap { member in
            member.sightings.compactMap { $0.facts.replication?.writtenLSN }.max().map { (member, $0) }
        }.max { $0.1 < $1.1 }
    }

    /// The REST door without path: `http(s)://host:port`.
    func door(_ member: MemberID) -> String? {
        guard let url = snapshot.member(member)?.fact(\.door, from: "etcd", "patroni"),
            let scheme = url.firstRange(of: "://")
        else { return nil }
        return String(url[..<scheme.upperBound]) + url[scheme.upperBound...].prefix { $0 != "/" }
    }

    /// The door a command goes through: the leader's, else the first that answers, else the first known.
    func commandDoor(preferring names: [String?]) -> (member: String, door: String)? {
        let first = names.compactMap { $0 }
        let order = first + memberNames.filter { !first.contains($0) }
        let open = order.compactMap { name in door(MemberID(id, name)).map { (member: name, door: $0) } }
        return open.first { answersREST(MemberID(id, $0.member)) == true } ?? open.first
    }

    /// nil: nobody asks it.
    func answersREST(_ member: MemberID) -> Bool? {
        guard let seen = ownREST(member) else {
            // Asked and never heard is an answer, too; still connecting is none.
            let state = snapshot.source(SourceID("patroni", "\(id.name)/\(member.name)"))?.status.state
            return state == .failed || state == .silent ? false : nil
        }
        return isFresh(seen.by, seen.at)
    }
}
