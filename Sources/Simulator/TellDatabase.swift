import Estate

/// What the observers of a database group say, in the shape of the real ones.
extension World {
    // MARK: The register

    /// Changes in the register, at once.
    mutating func tellNews(_ d: Int) {
        let source = SourceID("etcd", databases[d].id.name)
        let isLive = observers.first { $0.source == source }?.state == .live
        let news = databases[d].news
        // Nobody hears of it now: the next range tells how it is then.
        guard isLive, isStoreSeen else { return databases[d].news = RegisterNews() }
        databases[d].news = RegisterNews()
        for change in news.leaders {
            var facts = groupFacts(d)
            facts.leader = Known(change.leader)
            facts.revision = change.revision
            send(source, now, isEdge: true, .group(databases[d].id, facts))
        }
        if news.settings { send(source, now, isEdge: true, .group(databases[d].id, groupFacts(d))) }
        for name in news.gone { send(source, now, isEdge: true, .memberGone(MemberID(databases[d].id, name))) }
        tellRegisterMembers(d, source, now)
    }

    mutating func tellRegister(_ d: Int, _ source: SourceID, _ at: Timestamp, isBack: Bool) {
        send(source, at, isEdge: isBack, .group(databases[d].id, groupFacts(d)))
        tellRegisterMembers(d, source, at)
    }

    private mutating func tellRegisterMembers(_ d: Int, _ source: SourceID, _ at: Timestamp) {
        for m in databases[d].members.indices where databases[d].members[m].isRegistered {
            send(
                source, at, .member(MemberID(databases[d].id, databases[d].members[m].name), registerFacts(d, m)))
        }
    }

    private func groupFacts(_ d: Int) -> GroupFacts {
        let database = databases[d]
        var facts = GroupFacts()
        facts.leader = Known(database.lock.map { database.members[$0].name })
        facts.revision = database.revision
        facts.timeline = database.timeline
        facts.paused = database.isPaused
        facts.synchronous = SynchronousFacts(
            isOn: true, isStrict: database.plan.isStrict,
            standbys: database.synchronous.map { database.members[$0].name })
        var limits = FailoverLimits()
        limits.ttlSeconds = database.ttl
        limits.loopWaitSeconds = database.loopWait
        limits.retryTimeoutSeconds = DatabaseCluster.retryTimeoutSeconds
        limits.maximumLagOnFailoverBytes = database.lagMax
        limits.checksTimeline = true
        facts.limits = limits
        facts.history = database.history
        facts.roster = database.members.filter(\.isRegistered).map(\.name)
        facts.manager = "patroni"
        facts.notes["synchronousNodeCount"] = "1"
        if let handover = database.handover {
            let (from, to) = (
                handover.from.map { database.members[$0].name }, handover.to.map { database.members[$0].name }
            )
            facts.notes["failoverRequest"] = "\(from ?? "anyone") → \(to ?? "any candidate")"
        }
        return facts
    }

    /// As it last wrote of itself: one that died goes on running there until its key runs out.
    private func registerFacts(_ d: Int, _ m: Int) -> MemberFacts {
        let database = databases[d]
        let member = database.members[m]
        let isLeader = database.lock == m
        var facts = MemberFacts()
        facts.role = isLeader ? .leader : .replica
        (facts.state, facts.stateDetail) = Self.words(member, isLeader: isLeader)
        if member.phase == .dead { (facts.state, facts.stateDetail) = (.running, isLeader ? "running" : "streaming") }
        facts.address = member.address
        facts.door = member.door
        facts.tags = Self.tags(member)
        var replication = ReplicationFacts()
        replication.timeline = member.timeline
        replication.systemIdentifier = database.plan.isStrict ? "7301884410293847561" : "7301884459920018842"
        if !isLeader {
            replication.receiveLagBytes = Int64(max(0, database.registeredLog - member.received))
            replication.replayLagBytes = Int64(max(0, database.registeredLog - member.replayed))
            replication.streaming = member.isStreaming
            replication.syncState = database.synchronous.contains(m) ? .sync : .async
        }
        facts.replication = replication
        facts.notes["patroniVersion"] = "4.1.5"
        return facts
    }

    static func words(_ member: DatabaseMember, isLeader: Bool) -> (RunState, String) {
        switch member.phase {
        case .running:
            return isLeader || member.isPrimary
                ? (.running, "running") : (.running, member.isStreaming ? "streaming" : "in archive recovery")
        case .starting: return (.starting, "starting")
        case .rewinding: return (.stopped, "running pg_rewind")
        case .crashed: return (.failed, "crashed")
        case .stopping: return (.stopping, "stopping")
        case .stopped: return (.stopped, "stopped")
        case .dead: return (.unknown, "unknown")
        }
    }

    private static func tags(_ member: DatabaseMember) -> EligibilityTags {
        var tags = EligibilityTags()
        tags.noFailover = member.isReporting
        tags.noSync = member.isReporting
        tags.failoverPriority = member.isReporting ? 0 : 100
        tags.noLoadBalance = false
        return tags
    }

    // MARK: Patroni

    mutating func tellCluster(_ d: Int, _ source: SourceID, _ at: Timestamp) {
        let database = databases[d]
        var facts = GroupFacts()
        facts.roster = database.members.filter(\.isRegistered).map(\.name)
        facts.manager = "patroni"
        send(source, at, .group(database.id, facts))
        for member in database.members where member.isRegistered {
            var facts = MemberFacts()
            facts.door = member.door
            facts.address = member.address
            send(source, at, .member(MemberID(database.id, member.name), facts))
        }
    }

    mutating func tellPatroni(_ d: Int, _ m: Int, _ source: SourceID, _ at: Timestamp) {
        let database = databases[d]
        let member = database.members[m]
        var facts = MemberFacts()
        facts.role = member.isPrimary ? nil : .replica
        (facts.state, facts.stateDetail) = Self.words(member, isLeader: database.lock == m)
        facts.version = "16.4"
        facts.tags = Self.tags(member)
        facts.startedAt = member.startedAt
        facts.notes["patroniVersion"] = "4.1.5"
        facts.notes["patroniRole"] = member.isPrimary ? "primary" : "replica"
        if database.lock == nil { facts.notes["clusterUnlocked"] = "sees nobody hold the lock" }
        if member.phase == .running {
            var replication = ReplicationFacts()
            replication.inRecovery = !member.isPrimary
            replication.timeline = member.timeline
            if member.isPrimary {
                replication.writtenLSN = LSN(UInt64(member.received))
            } else {
                replication.receivedLSN = LSN(UInt64(member.received))
                replication.replayedLSN = LSN(UInt64(member.replayed))
                replication.streaming = member.isStreaming
                replication.syncState = database.synchronous.contains(m) ? .sync : nil
            }
            facts.replication = replication
        }
        send(source, at, .member(MemberID(database.id, member.name), facts))
    }

    // MARK: SQL

    mutating func tellSQL(_ d: Int, _ m: Int, _ source: SourceID, _ at: Timestamp) {
        let id = MemberID(databases[d].id, databases[d].members[m].name)
        switch databases[d].members[m].phase {
        case .starting:
            return send(source, at, .member(id, Self.notOpen(.starting, "the database system is starting up")))
        case .stopping:
            return send(source, at, .member(id, Self.notOpen(.stopping, "the database system is shutting down")))
        default: break
        }
        let s = surroundings
        let standbys =
            databases[d].members[m].isPrimary
            ? databases[d].members.indices.filter { $0 != m && databases[d].isFollowing($0, m, s) } : []
        let isEdge = databases[d].members[m].noteTold()
        if isEdge || !isMuted { send(source, at, isEdge: isEdge, .member(id, sqlFacts(d, m, standbys, at))) }
        for other in standbys where !isMuted {
            send(
                source, at, .member(MemberID(id.group, databases[d].members[other].name), standbyFacts(d, m, other, at))
            )
        }
        for gone in databases[d].members[m].standbysTold where !standbys.contains(gone) {
            let name = databases[d].members[gone].name
            send(source, at, isEdge: true, .memberGone(MemberID(id.group, name)))
        }
        databases[d].members[m].standbysTold = standbys
    }

    private static func notOpen(_ state: RunState, _ words: String) -> MemberFacts {
        var facts = MemberFacts()
        facts.state = state
        facts.stateDetail = words
        return facts
    }

    private func sqlFacts(_ d: Int, _ m: Int, _ standbys: [Int], _ at: Timestamp) -> MemberFacts {
        let database = databases[d]
        let member = database.members[m]
        var facts = MemberFacts()
        facts.state = .running
        facts.version = "16.4"
        facts.startedAt = member.startedAt
        facts.figures = [
            "connections": sessions(of: d, m).rounded() + 9, "connectionsMax": 600,
            "walsenders": Double(standbys.count), "walsendersMax": 12,
        ]
        var replication = ReplicationFacts()
        replication.inRecovery = !member.isPrimary
        replication.timeline = member.timeline
        replication.commits = Int64(database.commits)
        if member.isPrimary {
            replication.writtenLSN = LSN(UInt64(member.received))
            replication.slots = slots(d, m, standbys)
            replication.senders = standbys.map { sender(d, m, $0, at) }
            var archive = ArchiveFacts()
            archive.archivedCount = Int64(member.received / 16_777_216)
            archive.failedCount = 0
            archive.lastArchivedAt = backups[d].facts.lastArchivedAt
            replication.archive = archive
            facts.notes["synchronous_standby_names"] = database.synchronous.first.map { database.members[$0].name }
            facts.notes["synchronous_commit"] = "on"
        } else {
            standby(database, member, &replication)
        }
        facts.replication = replication
        return facts
    }

    private func standby(_ database: DatabaseCluster, _ member: DatabaseMember, _ facts: inout ReplicationFacts) {
        facts.receivedLSN = LSN(UInt64(member.received))
        facts.replayedLSN = LSN(UInt64(member.replayed))
        facts.replayPaused = false
        facts.streaming = member.isStreaming
        guard member.isStreaming, let leader = database.members.first(where: { $0.isPrimary && $0.phase == .running })
        else { return }
        facts.upstream = leader.address
        // What it has heard of its upstream's end is as old as the way is long.
        facts.receiveLagBytes = Int64(max(0, member.receiveShare < 1 ? leader.received - member.received : 0))
        facts.replayLagBytes = Int64(
            max(0, (member.receiveShare < 1 ? leader.received : member.received) - member.replayed))
        facts.replayLagSeconds = facts.replayLagBytes == 0 ? 0 : member.replayLagSeconds
    }

    private func slots(_ d: Int, _ m: Int, _ standbys: [Int]) -> [ReplicationSlot] {
        let database = databases[d]
        return database.members.indices.filter { $0 != m && database.members[$0].isRegistered }.map { other in
            let member = database.members[other]
            let name = String(member.name.map { $0 == "-" ? "_" : $0 })
            return ReplicationSlot(
                name: name, isLogical: false, isActive: standbys.contains(other),
                retainedBytes: Int64(max(0, database.members[m].received - member.received)))
        }
    }

    private func sender(_ d: Int, _ m: Int, _ other: Int, _ at: Timestamp) -> ReplicationSender {
        let database = databases[d]
        let member = database.members[other]
        var sender = ReplicationSender(application: member.name, isLogical: false)
        sender.clientAddress = hosts[member.host].plan.address
        sender.state = "streaming"
        sender.syncState = database.synchronous.contains(other) ? .sync : .async
        sender.sentLSN = LSN(UInt64(database.members[m].received))
        sender.flushedLSN = LSN(UInt64(member.received))
        sender.replayedLSN = LSN(UInt64(member.replayed))
        sender.replayLagSeconds = member.replayLagSeconds
        sender.lastReplyAt = at - .seconds(0.02)
        return sender
    }

    private func standbyFacts(_ d: Int, _ m: Int, _ other: Int, _ at: Timestamp) -> MemberFacts {
        let database = databases[d]
        let member = database.members[other]
        let written = database.members[m].received
        var facts = MemberFacts()
        facts.stateDetail = "streaming"
        var replication = ReplicationFacts()
        replication.receivedLSN = LSN(UInt64(member.received))
        replication.replayedLSN = LSN(UInt64(member.replayed))
        replication.streaming = true
        replication.upstream = database.members[m].name
        replication.lastReplyAt = at - .seconds(0.02)
        replication.syncState = database.synchronous.contains(other) ? .sync : .async
        replication.receiveLagBytes = Int64(max(0, written - member.received))
        replication.replayLagBytes = Int64(max(0, written - member.replayed))
        replication.replayLagSeconds = member.replayLagSeconds
        facts.replication = replication
        return facts
    }

    /// Connections that its pools hold to it.
    func sessions(of d: Int, _ m: Int) -> Double {
        pools.reduce(0) { sum, pool in
            guard pool.plan.database == d else { return sum }
            return pool.seats.reduce(sum) { $0 + $1[m].sessions }
        }
    }
}
