import Estate

/// A group of PostgreSQL servers that Patroni looks after, with its part of the register.
struct DatabaseCluster: Sendable {
    static let ttlSeconds = 20.0
    static let loopWaitSeconds = 5.0
    static let retryTimeoutSeconds = 5.0
    static let lagOnFailoverBytesMax: Int64 = 1 << 20
    /// What a standby that was away catches up, bytes a second.
    static let catchUpRate = 90e6
    static let replayRate = 70e6
    static let rewindSeconds = 6.0
    static let startSeconds = 2.5
    static let crashSeconds = 4.0
    /// Promotions that the register remembers.
    static let historyMax = 32

    let id: GroupID
    let plan: AcmeBets.DatabasePlan
    var members: [DatabaseMember]
    var ttl = ttlSeconds
    var loopWait = loopWaitSeconds
    var lagMax = lagOnFailoverBytesMax
    /// Index of the member that holds the lock.
    var lock: Int?
    /// Who held it last: it may take it again, whatever the list of standbys says.
    var lastLeader: Int?
    var lockRenewedAt: Timestamp
    /// Of the lock's key.
    var revision: Int64
    /// Somebody tries for the free lock then.
    var electionAt: Timestamp?
    var timeline: Int
    /// Where the present timeline begins.
    var forkedAt = 0.0
    var history: [TimelineChange]
    var isPaused = false
    var synchronous: [Int]
    var synchronousChangesAt: Timestamp?
    var handover: Handover?
    /// The lag that the leader last wrote into the register is measured from here.
    var registeredLog: Double
    var registeredAt: Timestamp
    var commits: Double
    var logRate = 0.0
    /// Writes wait for a synchronous standby that is not there.
    var areWritesHeld = false
    /// What the register's observer has not told yet.
    var news = RegisterNews()
    var chance: Chance

    init(_ plan: AcmeBets.DatabasePlan, seed: UInt64, now: Timestamp) {
        id = plan.id
        self.plan = plan
        chance = Chance(seed: seed, plan.id.name)
        let (timeline, log) = plan.isStrict ? (7, 5.66e12) : (12, 21.4e12)
        self.timeline = timeline
        members = plan.members.compactMap { name in
            guard let host = AcmeBets.hostIndex[name] else { return nil }
            return DatabaseMember(
                AcmeBets.hosts[host], host: host, isReporting: name == plan.reporting, timeline: timeline, log: log,
                now: now)
        }
        lock = members.firstIndex { $0.name == plan.leader }
        synchronous = members.indices.filter { [members] in members[$0].name == plan.synchronous }
        lastLeader = lock
        lockRenewedAt = now
        revision = 4_118_000 + Int64(chance.next() % 9_000)
        registeredLog = log
        registeredAt = now
        forkedAt = log - 900e9
        commits = log / 4_100
        history = (1..<timeline).suffix(4).map { old in
            TimelineChange(
                timeline: old, lsn: LSN(UInt64(log - 900e9 * Double(timeline - old))),
                reason: "no recovery target specified", at: now - .seconds(Double(timeline - old) * 1.9e6),
                leader: plan.members[(old + 1) % 2])
        }
        if let lock { members[lock].isPrimary = true }
    }

    mutating func step(_ s: Surroundings) {
        live(s)
        writeLog(s)
        stepHandover(s)
        keepLock(s)
        keepStandbys(s)
    }

    /// The member that takes writes.
    func primary(_ s: Surroundings) -> Int? { members.firstIndex { $0.isPrimary && $0.isOpen(s) } }

    func reachesStore(_ m: Int, _ s: Surroundings) -> Bool { members[m].isAlive(s) && s.storeAnswers[members[m].site] }

    // MARK: Processes and their keys

    private mutating func live(_ s: Surroundings) {
        for m in members.indices {
            switch members[m].phase {
            case .starting(let until) where s.now >= until, .crashed(let until) where s.now >= until:
                members[m].phase = .running
                members[m].startedAt = s.now
                members[m].isStreaming = false
                // Another leads by now: what it had beyond the fork has to go.
                let isAhead = members[m].timeline < timeline && members[m].received > forkedAt
                if lock != m { members[m].isPrimary = false }
                if isAhead, lock != m { members[m].phase = .rewinding(until: s.now + .seconds(Self.rewindSeconds)) }
            case .rewinding(let until) where s.now >= until:
                members[m].phase = .running
                members[m].received = min(members[m].received, forkedAt)
                members[m].replayed = members[m].received
                members[m].timeline = timeline
            default: break
            }
            if !s.isHostUp[members[m].host], members[m].phase != .dead { died(m) }
            keepKey(m, s)
        }
    }

    mutating func died(_ m: Int) {
        members[m].phase = .dead
        members[m].isStreaming = false
        members[m].promotesAt = nil
    }

    private mutating func keepKey(_ m: Int, _ s: Surroundings) {
        if reachesStore(m, s) {
            members[m].storeSeenAt = s.now
            members[m].registeredUntil = s.now + .seconds(ttl)
            if !members[m].isRegistered {
                members[m].isRegistered = true
                news.members = true
            }
        } else if members[m].isRegistered, s.now >= members[m].registeredUntil, s.storeAnswers.contains(true) {
            unregister(m)
        }
    }

    mutating func unregister(_ m: Int) {
        guard members[m].isRegistered else { return }
        members[m].isRegistered = false
        news.gone.append(members[m].name)
    }

    // MARK: Log

    private mutating func writeLog(_ s: Surroundings) {
        let primary = primary(s)
        let wanted = plan.isStrict ? s.load.walletLog : s.load.ledgerLog
        areWritesHeld = primary.map { holdsWrites($0, s) } ?? false
        logRate = primary == nil || areWritesHeld ? 0 : wanted * chance.wobble(0.1)
        if let primary {
            let slow = s.diskSlowness[members[primary].host]
            if slow > 4 { logRate *= 4 / slow }
            members[primary].received += logRate * s.seconds
            members[primary].replayed = members[primary].received
            commits += logRate / wanted * s.load.commits * s.seconds
        }
        for m in members.indices where m != primary { follow(m, primary, s) }
    }

    /// A commit waits for the standby that is listed, alive or not, until Patroni takes it off the list.
    private func holdsWrites(_ primary: Int, _ s: Surroundings) -> Bool {
        if synchronous.isEmpty {
            return plan.isStrict && !members.indices.contains { $0 != primary && isFollowing($0, primary, s) }
        }
        return !synchronous.contains { isFollowing($0, primary, s) }
    }

    func isFollowing(_ m: Int, _ primary: Int, _ s: Surroundings) -> Bool {
        members[m].isStreaming && members[m].isOpen(s)
            && s.net.reaches(members[m].site, members[primary].site)
    }

    private mutating func follow(_ m: Int, _ primary: Int?, _ s: Surroundings) {
        guard members[m].isOpen(s) else {
            members[m].isStreaming = false
            return
        }
        guard let primary, s.net.reaches(members[m].site, members[primary].site) else {
            members[m].isStreaming = false
            members[m].streamsFrom = nil
            return replay(m, end: members[m].received, s)
        }
        guard members[m].isStreaming else { return attach(m, s) }
        let written = members[primary].received
        let delay = Network.delay(members[m].site, members[primary].site) * s.diskSlowness[members[m].host]
        let end = written - logRate * delay * chance.wobble(0.3)
        let share = members[m].receiveShare
        let got = share < 1 ? logRate * s.seconds * share : Self.catchUpRate * s.seconds
        members[m].received = max(members[m].received, min(end, members[m].received + got))
        replay(m, end: written, s)
    }

    private mutating func replay(_ m: Int, end: Double, _ s: Surroundings) {
        let slow = s.diskSlowness[members[m].host]
        let share = members[m].replayShare
        let got = (share < 1 ? logRate * share : Self.replayRate / slow) * s.seconds
        let before = members[m].replayed
        let upTo = members[m].received - logRate * 0.004 * slow * chance.wobble(0.8)
        members[m].replayed = max(before, min(upTo, before + got))
        let behind = end - members[m].replayed
        let gained = members[m].replayed - before
        if behind <= max(4_096, logRate * 0.5) {
            members[m].replayLagSeconds = logRate > 0 ? max(0, behind / logRate) : 0
        } else {
            let made = max(logRate, 50_000) * s.seconds
            members[m].replayLagSeconds = max(0.05, members[m].replayLagSeconds + s.seconds * (1 - gained / made))
        }
    }

    /// Finds the new leader, goes over to its timeline and streams.
    private mutating func attach(_ m: Int, _ s: Surroundings) {
        guard let at = members[m].streamsFrom else {
            members[m].streamsFrom = s.now + .seconds(chance.seconds(0.8, 2))
            return
        }
        guard s.now >= at else { return }
        members[m].streamsFrom = nil
        if members[m].timeline < timeline, members[m].received > forkedAt {
            members[m].phase = .rewinding(until: s.now + .seconds(Self.rewindSeconds))
            return
        }
        members[m].timeline = timeline
        members[m].isStreaming = true
    }
}

/// Changes in the register that its observer tells at once.
struct RegisterNews: Sendable, Equatable {
    /// Versions of the group's keys, in order: the lock goes before it comes, and both are told.
    var leaders: [LockChange] = []
    var settings = false
    var members = false
    var gone: [String] = []

    var isEmpty: Bool { leaders.isEmpty && !settings && !members && gone.isEmpty }
}

/// The lock came to a member, or nobody has it.
struct LockChange: Sendable, Equatable {
    let leader: String?
    let revision: Int64
}
