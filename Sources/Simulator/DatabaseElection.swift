import Estate

/// A change of leader that was asked for.
struct Handover: Sendable, Equatable {
    enum Stage: Sendable, Equatable { case asked, stopping, handingOver }
    let from: Int?
    let to: Int?
    var stage = Stage.asked
    var dueAt: Timestamp
}

extension DatabaseCluster {
    /// After a promotion Patroni names a synchronous standby again only when one has been seen to stream.
    static let synchronousAgainSeconds = 4.0

    // MARK: The lock

    mutating func keepLock(_ s: Surroundings) {
        finishPromotions(s)
        guard s.storeAnswers.contains(true) else { return demoteWithoutStore(s) }
        if let holder = lock {
            if reachesStore(holder, s), members[holder].phase != .stopping || handover?.from == holder {
                if (s.now - lockRenewedAt).seconds >= loopWait { lockRenewedAt = s.now }
                // It stepped down while the store was silent, and finds itself in possession still.
                if !members[holder].isPrimary, members[holder].isOpen(s), members[holder].promotesAt == nil {
                    members[holder].promotesAt = s.now + .seconds(chance.seconds(0.6, 1.4))
                }
            } else if (s.now - lockRenewedAt).seconds >= ttl {
                release(s, electionAfter: chance.seconds(0.15, 0.45))
            }
        } else if let at = electionAt, s.now >= at {
            elect(s)
        }
        demoteWithoutStore(s)
        if (s.now - registeredAt).seconds >= loopWait {
            registeredAt = s.now
            if let primary = primary(s) { registeredLog = members[primary].received }
        }
    }

    mutating func release(_ s: Surroundings, electionAfter: Double) {
        lock = nil
        electionAt = s.now + .seconds(electionAfter)
        changed(lock: nil)
    }

    private mutating func changed(lock leader: String?) {
        revision += 1 + Int64(chance.next() % 40)
        news.leaders.append(LockChange(leader: leader, revision: revision))
    }

    /// A leader that cannot reach the store any more stops taking writes, before another can begin to.
    private mutating func demoteWithoutStore(_ s: Surroundings) {
        for m in members.indices where members[m].isPrimary && members[m].isOpen(s) {
            let silent = (s.now - members[m].storeSeenAt).seconds
            guard silent > Self.retryTimeoutSeconds + 3 || (lock != nil && lock != m && handover == nil) else {
                continue
            }
            members[m].isPrimary = false
            members[m].isStreaming = false
        }
    }

    /// Those that Patroni's own gate lets through.
    func isEligible(_ m: Int, _ s: Surroundings, needsSynchronous: Bool) -> Bool {
        let member = members[m]
        guard member.isOpen(s), reachesStore(m, s), !member.isReporting else { return false }
        if needsSynchronous, !synchronous.contains(m), lastLeader != m { return false }
        guard member.timeline >= timeline else { return false }
        return registeredLog - member.received <= Double(lagMax)
    }

    private mutating func elect(_ s: Surroundings) {
        if let handover, handover.stage == .asked || handover.stage == .handingOver, let to = handover.to {
            // Named in the register: nobody else tries.
            if members[to].isOpen(s), reachesStore(to, s) { return lead(to, s) }
            self.handover = nil
        }
        if isPaused { return retry(s) }
        // A former leader that lives still has everything.
        let mayLead = members.indices.filter { m in
            members[m].isPrimary && members[m].isOpen(s) && reachesStore(m, s)
                || isEligible(m, s, needsSynchronous: true)
        }
        guard let winner = mayLead.max(by: { members[$0].received < members[$1].received }) else { return retry(s) }
        lead(winner, s)
    }

    private mutating func retry(_ s: Surroundings) { electionAt = s.now + .seconds(1) }

    private mutating func lead(_ m: Int, _ s: Surroundings) {
        handover = nil
        electionAt = nil
        lock = m
        lockRenewedAt = s.now
        changed(lock: members[m].name)
        lastLeader = m
        if members[m].isPrimary { return }
        members[m].isStreaming = false
        members[m].promotesAt = s.now + .seconds(chance.seconds(0.4, 0.9))
        synchronousChangesAt = nil
        if !synchronous.isEmpty {
            synchronous = []
            news.settings = true
        }
    }

    private mutating func finishPromotions(_ s: Surroundings) {
        for m in members.indices {
            guard let at = members[m].promotesAt, s.now >= at else { continue }
            members[m].promotesAt = nil
            guard lock == m, members[m].isOpen(s) else { continue }
            members[m].isPrimary = true
            members[m].replayed = members[m].received
            members[m].receiveShare = 1
            members[m].replayShare = 1
            forkedAt = members[m].received
            history.append(
                TimelineChange(
                    timeline: timeline, lsn: LSN(UInt64(members[m].received)), reason: "no recovery target specified",
                    at: s.now, leader: members[m].name))
            if history.count > Self.historyMax { history.removeFirst() }
            timeline += 1
            members[m].timeline = timeline
            news.settings = true
            // The others streamed from the leader before: they look for the new one.
            for other in members.indices where other != m {
                members[other].isStreaming = false
                members[other].streamsFrom = nil
            }
        }
    }

    // MARK: Synchronous standbys

    mutating func keepStandbys(_ s: Surroundings) {
        guard let primary = primary(s), lock == primary, reachesStore(primary, s) else {
            return synchronousChangesAt = nil
        }
        let isWell = synchronous.contains { $0 != primary && isFollowing($0, primary, s) }
        guard !isWell else { return synchronousChangesAt = nil }
        guard let at = synchronousChangesAt else {
            synchronousChangesAt =
                s.now + .seconds(synchronous.isEmpty ? Self.synchronousAgainSeconds : chance.seconds(1, loopWait))
            return
        }
        guard s.now >= at else { return }
        synchronousChangesAt = nil
        let able = members.indices.filter { m in
            m != primary && !members[m].isReporting && isFollowing(m, primary, s)
                && members[primary].received - members[m].received < 16e6
        }
        // One in another site before one in the same.
        let next = able.max { a, b in
            let (awayA, awayB) = (members[a].site != members[primary].site, members[b].site != members[primary].site)
            return awayA == awayB ? members[a].received < members[b].received : !awayA
        }
        let list = next.map { [$0] } ?? []
        guard list != synchronous else { return }
        synchronous = list
        news.settings = true
    }

    // MARK: Asked for

    mutating func stepHandover(_ s: Surroundings) {
        guard let now = handover, s.now >= now.dueAt else { return }
        switch now.stage {
        case .asked:
            guard let from = now.from, lock == from, members[from].isOpen(s) else { return }
            // The leader asks its candidate before it lets go.
            guard candidate(now, s) != nil else {
                handover = nil
                news.settings = true
                return
            }
            members[from].phase = .stopping
            members[from].isPrimary = false
            handover?.stage = .stopping
            handover?.dueAt = s.now + .seconds(chance.seconds(0.5, 0.9))
        case .stopping:
            guard let from = now.from else { return }
            guard members[from].phase == .stopping else {
                // It died on the way: what was asked for stands, and waits for its lock to run out.
                handover?.stage = .asked
                return
            }
            guard let to = candidate(now, s) else {
                // Nobody is left to hand over to: the leader starts again.
                restart(from, s)
                handover = nil
                news.settings = true
                return
            }
            // It goes only when everything that it wrote has arrived.
            members[to].received = max(members[to].received, members[from].received)
            members[from].phase = .starting(until: s.now + .seconds(Self.startSeconds))
            release(s, electionAfter: chance.seconds(0.1, 0.3))
            handover = Handover(from: from, to: to, stage: .handingOver, dueAt: s.now)
        case .handingOver: break
        }
    }

    private mutating func restart(_ m: Int, _ s: Surroundings) {
        members[m].phase = .running
        members[m].isPrimary = true
        members[m].startedAt = s.now
    }

    private func candidate(_ handover: Handover, _ s: Surroundings) -> Int? {
        if let to = handover.to {
            let member = members[to]
            let isNear = registeredLog - member.received <= Double(lagMax)
            return member.isOpen(s) && reachesStore(to, s) && !member.isReporting && isNear ? to : nil
        }
        return members.indices.filter { $0 != handover.from && isEligible($0, s, needsSynchronous: true) }
            .max { members[$0].received < members[$1].received }
    }

    /// Stops it as an operator would: it lets go of what it holds.
    mutating func stop(_ m: Int, _ s: Surroundings) {
        guard members[m].isAlive(s) else { return }
        members[m].phase = .stopped
        members[m].isStreaming = false
        let wasPrimary = members[m].isPrimary
        members[m].isPrimary = false
        if wasPrimary {
            for standby in synchronous {
                members[standby].received = max(members[standby].received, members[m].received)
            }
            registeredLog = members[m].received
        }
        news.members = true
        if lock == m { release(s, electionAfter: chance.seconds(0.2, 0.6)) }
    }

    mutating func start(_ m: Int, _ s: Surroundings) {
        guard !members[m].phase.isThere else { return }
        members[m].phase = .starting(until: s.now + .seconds(Self.startSeconds))
        members[m].storeSeenAt = s.now
    }

    mutating func crash(_ m: Int, _ s: Surroundings) {
        guard members[m].isOpen(s) else { return }
        members[m].phase = .crashed(until: s.now + .seconds(Self.crashSeconds))
        members[m].isStreaming = false
    }
}
