import Estate
import Wire

/// A cluster as any one of its members repeats it. Pure. Where a register is observed itself, only who belongs to the
/// cluster and where they are reached is told: all else would be an older copy of what the register says at once.
struct PatroniClusterView {
    let group: GroupID
    let hasRegister: Bool
    private var told: Set<String> = []
    private(set) var config: PatroniConfig?
    private(set) var history: [PatroniTimelineEnd] = []
    private(set) var doors: [String] = []

    init(group: GroupID, hasRegister: Bool) {
        self.group = group
        self.hasRegister = hasRegister
    }

    mutating func learned(config: PatroniConfig) { self.config = config }
    mutating func learned(history: [PatroniTimelineEnd]) { self.history = history }

    /// What to send for one answer. A change of the leader is an edge.
    mutating func updates(_ cluster: PatroniCluster) -> [(body: Update.Body, isEdge: Bool)] {
        doors = cluster.members.compactMap { $0.apiURL.flatMap { PatroniWords.door($0) } }
        let names = Set(cluster.members.map(\.name))
        var out: [(body: Update.Body, isEdge: Bool)] = []
        for gone in told.subtracting(names).sorted() { out.append((.memberGone(MemberID(group, gone)), true)) }
        told = names
        let facts = groupFacts(cluster)
        out.append((.group(group, facts), facts.leader != lastLeader))
        lastLeader = facts.leader
        for member in cluster.members {
            out.append((.member(MemberID(group, member.name), memberFacts(member)), false))
        }
        return out
    }

    private var lastLeader: Known<String?>?

    private func groupFacts(_ cluster: PatroniCluster) -> GroupFacts {
        var facts = GroupFacts()
        facts.roster = cluster.members.map(\.name).sorted()
        facts.manager = "patroni"
        guard !hasRegister else { return facts }
        let leader = cluster.members.first { $0.role == "leader" || $0.role == "standby_leader" }
        facts.leader = Known(leader?.name)
        facts.timeline = leader?.timeline ?? history.last.map { $0.timeline + 1 }
        facts.paused = cluster.isPaused
        facts.history = PatroniWords.history(history)
        if let plan = cluster.scheduledSwitchover {
            facts.scheduledSwitchover = ScheduledSwitchover(
                leader: plan.from, candidate: plan.to, at: plan.at.flatMap { ISOTime.parse($0) })
        }
        if let config {
            facts.limits = PatroniWords.limits(config)
            let standbys = cluster.members.filter { $0.role == "sync_standby" || $0.role == "quorum_standby" }
            facts.synchronous = SynchronousFacts(
                isOn: config.isSynchronous, isStrict: config.isSynchronousStrict, standbys: standbys.map(\.name))
        }
        if cluster.unreadableMembers > 0 {
            facts.notes["problem"] = "\(cluster.unreadableMembers) members without a name"
        }
        return facts
    }

    private func memberFacts(_ member: PatroniClusterMember) -> MemberFacts {
        var facts = MemberFacts()
        facts.door = member.apiURL.flatMap { PatroniWords.door($0) }
        if let host = member.host {
            facts.address = PatroniWords.address(host: host, port: member.port ?? 5432)
        }
        guard !hasRegister else { return facts }
        switch member.role {
        case "leader": facts.role = .leader
        case "standby_leader": facts.role = .standbyLeader
        default: facts.role = .replica
        }
        facts.state = PatroniWords.state(member.state)
        facts.stateDetail = member.state
        facts.tags = PatroniWords.tags(member.tags)
        facts.pendingRestart = member.hasPendingRestart
        var replication = ReplicationFacts()
        replication.timeline = member.timeline
        // Whatever it is called, `lag` is receive lag.
        replication.receiveLagBytes = (member.receiveLag ?? member.lag)?.bytes
        replication.replayLagBytes = member.replayLag?.bytes
        switch member.role {
        case "sync_standby": replication.syncState = .sync
        case "quorum_standby": replication.syncState = .quorum
        default: break
        }
        facts.replication = replication
        return facts
    }
}
