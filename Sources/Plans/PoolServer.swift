public import Estate

/// A server of a pool as one balancer has it: the unit that a drain touches.
public struct PoolServer: Sendable, Equatable {
    public var member: MemberID
    public var balancer: SourceID
    public var facts: TrafficFacts
    public var address: String?
    public var at: Timestamp

    /// New connections come here.
    var takesTraffic: Bool {
        guard facts.admin == nil || facts.admin == .ready else { return false }
        switch facts.check {
        case .up, .goingDown, .unchecked: return true
        case .goingUp, .down, nil: return false
        }
    }

    /// The server of this member at every balancer that has it.
    static func all(of id: MemberID, in snapshot: Snapshot) -> [PoolServer] {
        guard let member = snapshot.member(id) else { return [] }
        return member.sightings.compactMap { seen in
            guard let traffic = seen.facts.traffic, traffic.handle != nil else { return nil }
            return PoolServer(
                member: id, balancer: seen.by, facts: traffic, address: seen.facts.address, at: seen.at)
        }.sorted { $0.balancer < $1.balancer }
    }

    /// Every server of a group's pool at every balancer.
    static func all(of group: GroupID, in snapshot: Snapshot) -> [PoolServer] {
        snapshot.members(of: group).flatMap { all(of: $0.id, in: snapshot) }
    }

    /// The servers, in any pool, behind which this database member stands: those with its address, or with its node's
    /// and the same port.
    static func standing(for member: Member, in snapshot: Snapshot) -> [PoolServer] {
        var addresses: [String] = []
        for seen in member.sightings {
            if let address = seen.facts.address, !addresses.contains(address) { addresses.append(address) }
        }
        guard !addresses.isEmpty else { return [] }
        return snapshot.members.filter { $0.id.group != member.id.group }.flatMap { other in
            all(of: other.id, in: snapshot).filter { server in
                guard let address = server.address else { return false }
                return addresses.contains { same($0, address, snapshot.platform) }
            }
        }
    }

    private static func same(_ a: String, _ b: String, _ platform: Platform) -> Bool {
        if a == b { return true }
        guard let portA = a.lastIndex(of: ":"), let portB = b.lastIndex(of: ":"), a[portA...] == b[portB...],
            let nodeA = platform.node(at: a), let nodeB = platform.node(at: b)
        else { return false }
        return nodeA.id == nodeB.id
    }
}
