import Estate
import Insight

/// What lives on a node, by the way in which it can be taken out of service.
struct NodeTenants {
    /// Servers of pools that stand for themselves: not those behind which a database member stands.
    private(set) var servers: [MemberID] = []
    private(set) var databases: [MemberID] = []
    private(set) var caches: [MemberID] = []
    private(set) var voters: [MemberID] = []
    /// What nothing here can move clients away from: balancers, and whatever nobody commands.
    private(set) var others: [MemberID] = []
    let snapshot: Snapshot
    let now: Timestamp

    init(_ node: NodeID, _ snapshot: Snapshot, now: Timestamp) {
        self.snapshot = snapshot
        self.now = now
        let here = snapshot.members.filter { snapshot.node(of: $0)?.id == node }.sorted { $0.id < $1.id }
        var behind: Set<MemberID> = []
        for member in here {
            let view = GroupView(member.id.group, snapshot, now: now)
            guard view.isManagedByPatroni else { continue }
            databases.append(member.id)
            behind.formUnion(PoolServer.standing(for: member, in: snapshot).map(\.member))
        }
        for member in here where !behind.contains(member.id) && !databases.contains(member.id) {
            let view = GroupView(member.id.group, snapshot, now: now)
            if CacheView.isOne(view) {
                caches.append(member.id)
            } else if MoveLeader.isOne(view) {
                voters.append(member.id)
            } else if !PoolServer.all(of: member.id, in: snapshot).isEmpty {
                servers.append(member.id)
            } else if member.newest(\.role)?.value != .path {
                others.append(member.id)
            }
        }
    }

    var all: [MemberID] { servers + databases + caches + voters + others }

    func view(_ id: MemberID) -> GroupView { GroupView(id.group, snapshot, now: now) }
    func leads(_ id: MemberID) -> Bool { view(id).leader == id.name }

    var isAnyDrainable: Bool {
        !servers.isEmpty || !databases.isEmpty || !caches.isEmpty || voters.contains { leads($0) }
    }

    /// Something here was taken out at run time.
    var isAnyTaken: Bool {
        (servers + databases).contains { id in
            Drain.standing(id, snapshot).contains {
                $0.facts.admin != .ready && $0.facts.admin != nil && $0.facts.adminForcedHere == true
            }
        }
            || caches.contains { id in
                snapshot.member(id).map { CacheView(view(id)).rank($0) == 0 } ?? false
            }
    }
}
