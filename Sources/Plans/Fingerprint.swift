public import Estate

/// What a plan was made for. It is compared again just before sending; nothing bypasses a difference.
public struct Fingerprint: Sendable, Equatable, Codable {
    public var group: GroupID
    /// Who held the lock; nil where nobody did, and for groups without a leader.
    public var leader: String?
    public var timeline: Int?
    /// Names of the members, sorted.
    public var members: [String]
    /// How the servers that the plan touches stand at each balancer.
    public var standings: [Standing]

    /// How a server stands at one balancer.
    public struct Standing: Sendable, Equatable, Codable {
        public var server: MemberID
        public var balancer: SourceID
        public var admin: AdminState?
    }

    public init(
        group: GroupID, leader: String?, timeline: Int?, members: [String], standings: [Standing] = []
    ) {
        self.group = group
        self.leader = leader
        self.timeline = timeline
        self.members = members.sorted()
        self.standings = standings
    }

    /// Of a group as it is in the snapshot.
    public init(of group: GroupID, in snapshot: Snapshot, servers: [PoolServer] = []) {
        let view = GroupView(group, snapshot, now: snapshot.latestAt)
        self.init(
            group: group, leader: view.leader, timeline: view.timeline, members: view.memberNames,
            standings: servers.map { Standing(server: $0.member, balancer: $0.balancer, admin: $0.facts.admin) })
    }

    /// The same things as they are now.
    public func refreshed(in snapshot: Snapshot) -> Fingerprint {
        var now = Fingerprint(of: group, in: snapshot)
        now.standings = standings.map { old in
            let facts = snapshot.member(old.server)?.sighting(by: old.balancer)?.facts
            return Standing(server: old.server, balancer: old.balancer, admin: facts?.traffic?.admin)
        }
        return now
    }

    /// What is different now, one sentence each; empty when nothing is.
    public func differences(to now: Fingerprint) -> [String] {
        var list: [String] = []
        if leader != now.leader {
            list.append("the leader is now \(now.leader ?? "nobody"), the plan was made for \(leader ?? "none")")
        }
        // An observer that has not told yet is no change: only two known timelines can differ.
        if let was = timeline, let timeline = now.timeline, was != timeline {
            list.append("the timeline is now \(timeline), the plan was made on \(was)")
        }
        let gone = members.filter { !now.members.contains($0) }
        let new = now.members.filter { !members.contains($0) }
        if !gone.isEmpty { list.append("no longer a member: \(gone.joined(separator: ", "))") }
        if !new.isEmpty { list.append("a new member: \(new.joined(separator: ", "))") }
        for (was, new) in zip(standings, now.standings) where was.admin != new.admin {
            let place = "\(was.server.name) at \(was.balancer.name)"
            list.append(
                "\(place) is now \(new.admin?.rawValue ?? "unknown"), the plan was made for"
                    + " \(was.admin?.rawValue ?? "unknown")")
        }
        return list
    }
}
