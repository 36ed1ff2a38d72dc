import Estate
import Wire

/// One member as its own REST API tells it, over time. Pure.
struct PatroniMemberView {
    /// A member that starts for longer than this is given a hint why.
    static let startingHintAfter = Span.seconds(20)

    let member: MemberID
    /// Nothing that matters has changed for this long: calm.
    static let calmAfter = Span.seconds(30)

    private var startingSince: Timestamp?
    private var standing: Standing?
    private var standingSince = Timestamp.zero

    /// What a change of makes a member worth asking often.
    private struct Standing: Equatable {
        var state: String
        var role: String
        var timeline: Int?
        var replicationState: String?
        var isSync: Bool
    }

    init(member: MemberID) { self.member = member }

    /// What is amiss although the answer is good: somebody else answers at this address.
    func problem(_ node: PatroniNode) -> String? {
        if let name = node.name, name != member.name {
            return "\(Escaped.text(name)) answers at the address of \(member.name); check restapi.connect_address"
        }
        return nil
    }

    /// It runs, and goes on as it has for a while.
    mutating func isCalm(_ node: PatroniNode, at now: Timestamp) -> Bool {
        let seen = Standing(
            state: node.state, role: node.role, timeline: node.timeline, replicationState: node.replicationState,
            isSync: node.isSyncStandby || node.isQuorumStandby)
        if standing != seen { (standing, standingSince) = (seen, now) }
        return PatroniWords.state(node.state) == .running && !node.isClusterUnlocked
            && now - standingSince >= Self.calmAfter
    }

    mutating func facts(_ node: PatroniNode, at now: Timestamp) -> MemberFacts {
        var facts = MemberFacts()
        facts.role = role(node)
        facts.state = PatroniWords.state(node.state)
        facts.stateDetail = detail(node, at: now)
        facts.version = node.serverVersion.flatMap { PatroniWords.postgresVersion($0) }
        facts.tags = PatroniWords.tags(node.tags)
        if node.hasWatchdogFailed { facts.tags?.watchdogOK = false }
        facts.pendingRestart = node.hasPendingRestart
        facts.startedAt = node.postmasterStartedAt
        facts.replication = replication(node, at: now)
        facts.notes["patroniVersion"] = node.version
        facts.notes["patroniRole"] = node.role
        if !node.pendingRestartReasons.isEmpty {
            facts.notes["pendingRestartFor"] = node.pendingRestartReasons.joined(separator: ", ")
        }
        facts.notes["scheduledRestart"] = node.scheduledRestart
        facts.notes["failsafe"] = node.isFailsafeActive ? "active: the register cannot be reached" : nil
        facts.notes["clusterUnlocked"] = node.isClusterUnlocked ? "sees nobody hold the lock" : nil
        if let seen = node.dcsLastSeenAt { facts.figures["registerSeenAtSeconds"] = seen.seconds }
        return facts
    }

    /// A primary by its own word is not yet the holder of the lock: that is for the register to say.
    private func role(_ node: PatroniNode) -> Role? {
        switch node.role {
        case "replica": return .replica
        case "standby_leader": return .standbyLeader
        default: return nil
        }
    }

    private mutating func detail(_ node: PatroniNode, at now: Timestamp) -> String {
        guard PatroniWords.state(node.state) == .starting else {
            startingSince = nil
            return node.replicationState ?? node.state
        }
        let since = startingSince ?? now
        startingSince = since
        guard now - since >= Self.startingHintAfter else { return node.state }
        return "\(node.state) for \(Int((now - since).seconds)) s; after a rewind it waits for the primary's next write"
    }

    private func replication(_ node: PatroniNode, at now: Timestamp) -> ReplicationFacts {
        var facts = ReplicationFacts()
        facts.inRecovery = node.isInRecovery
        facts.timeline = node.timeline.flatMap { $0 > 0 ? $0 : nil }
        facts.writtenLSN = node.writtenLSN
        facts.receivedLSN = node.receivedLSN
        facts.replayedLSN = node.replayedLSN
        facts.replayPaused = node.isReplayPaused
        facts.streaming = node.replicationState.map { $0 == "streaming" }
        facts.systemIdentifier = node.systemIdentifier
        if node.isQuorumStandby {
            facts.syncState = .quorum
        } else if node.isSyncStandby {
            facts.syncState = .sync
        }
        // The age of the last replayed commit is lag only where something received is not replayed yet.
        if let received = node.receivedLSN, let replayed = node.replayedLSN {
            if received > replayed, let last = node.replayedAt, last < now {
                facts.replayLagSeconds = (now - last).seconds
            } else if received <= replayed, node.replicationState == "streaming" {
                facts.replayLagSeconds = 0
            }
        }
        facts.senders = node.replication.filter { !$0.application.isEmpty }.map { row in
            var sender = ReplicationSender(application: row.application, isLogical: false)
            sender.clientAddress = row.clientAddress
            sender.state = row.state
            sender.syncState = PatroniWords.syncState(row.syncState)
            return sender
        }
        return facts
    }
}
