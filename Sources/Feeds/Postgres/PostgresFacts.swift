import Estate

/// Turns a server's answers into what this observer says: of the server itself, and on a primary of its standbys.
/// Pure: answers and times in, facts out.
struct PostgresFacts: Sendable {
    /// An upstream is silent on an idle system, but one that has said nothing for longer than this cannot vouch for
    /// a standby's being caught up.
    static let messageAgeSecondsMax = 10.0
    /// When a standby's last answer is older than this, the server's lag figure of it is old too.
    static let replyAgeSecondsMax = 2.0

    struct Output: Equatable {
        var own: MemberFacts
        /// By member name.
        var standbys: [(name: String, facts: MemberFacts)]
        /// Names told before that are not there any more.
        var gone: [String]
        /// Something changed that must not be passed over.
        var isEdge: Bool

        static func == (a: Output, b: Output) -> Bool {
            a.own == b.own && a.gone == b.gone && a.isEdge == b.isEdge
                && a.standbys.elementsEqual(b.standbys) { $0.name == $1.name && $0.facts == $1.facts }
        }
    }

    private let memberName: String
    private let nameOfStandby: @Sendable (ReplicationSender) -> String?
    private var history = LogHistory()
    private var lastInRecovery: Bool?
    private var lastTimeline: Int?
    private var lastStreaming: Bool?
    private var toldStandbys: [String] = []
    /// How far each standby had replayed at the answer before.
    private var lastReplayed: [String: LSN] = [:]

    init(memberName: String, nameOfStandby: @escaping @Sendable (ReplicationSender) -> String?) {
        self.memberName = memberName
        self.nameOfStandby = nameOfStandby
    }

    mutating func take(_ reading: PostgresReading, at now: Timestamp) -> Output {
        if let end = reading.end { history.note(end, at: now) }
        let own = own(reading, at: now)
        let standbys = standbys(reading, at: now)
        let names = standbys.map(\.name)
        let streaming = own.replication?.streaming
        let isEdge =
            lastInRecovery != reading.inRecovery || lastTimeline != reading.timeline || lastStreaming != streaming
        let gone = toldStandbys.filter { !names.contains($0) }
        lastInRecovery = reading.inRecovery
        lastTimeline = reading.timeline
        lastStreaming = streaming
        toldStandbys = names
        lastReplayed = Dictionary(
            reading.senders.compactMap { sender in sender.replayed.map { (sender.key, $0) } },
            uniquingKeysWith: { first, _ in first })
        return Output(own: own, standbys: standbys, gone: gone, isEdge: isEdge)
    }

    /// The server answers, and takes no connections: it starts, stops, or recovers from a crash.
    static func notOpen(_ message: String) -> MemberFacts {
        var facts = MemberFacts()
        facts.state = message.contains("shutting down") ? .stopping : .starting
        facts.stateDetail = message
        return facts
    }

    // MARK: - The server itself

    private func own(_ reading: PostgresReading, at now: Timestamp) -> MemberFacts {
        var facts = MemberFacts()
        facts.state = .running
        facts.version = reading.version.map { String($0.prefix { $0 != " " }) }
        facts.startedAt = reading.startedSeconds.flatMap(timestamp)
        facts.replication = replication(reading, at: now)
        let figures: [(String, Int64?)] = [
            ("connections", reading.connections), ("connectionsMax", reading.connectionsMax),
            ("walsenders", Int64(reading.senders.count)), ("walsendersMax", reading.sendersMax),
            ("slots", Int64(reading.slots.count)), ("slotsMax", reading.slotsMax),
            ("rollbacks", reading.rollbacks), ("deadlocks", reading.deadlocks), ("conflicts", reading.conflicts),
        ]
        for (name, value) in figures { facts.figures[name] = value.map(Double.init) }
        facts.notes["synchronous_standby_names"] = reading.synchronousNames.flatMap { $0.isEmpty ? nil : $0 }
        facts.notes["synchronous_commit"] = reading.synchronousCommit
        facts.notes["lastFailedArchive"] = reading.archiver?.failedFile
        let lost = reading.slots.filter { $0.walStatus == "lost" || $0.walStatus == "unreserved" }
        if !lost.isEmpty {
            facts.notes["slotsLosingLog"] = lost.map { "\($0.name) \($0.walStatus ?? "")" }.joined(separator: ", ")
        }
        return facts
    }

    private func replication(_ reading: PostgresReading, at now: Timestamp) -> ReplicationFacts {
        var facts = ReplicationFacts()
        facts.inRecovery = reading.inRecovery
        facts.timeline = reading.timeline
        facts.writtenLSN = reading.current
        facts.systemIdentifier = reading.systemIdentifier
        facts.commits = reading.commits
        if reading.inRecovery { standbyFields(reading, at: now, &facts) }
        facts.slots = reading.slots.map {
            ReplicationSlot(
                name: $0.name, isLogical: $0.isLogical, isActive: $0.isActive, retainedBytes: $0.retainedBytes)
        }
        facts.senders = reading.senders.map { sender($0, at: now) }
        facts.archive = reading.archiver.map { archiver in
            var archive = ArchiveFacts()
            archive.archivedCount = archiver.archived
            archive.failedCount = archiver.failed
            archive.lastArchivedAt = archiver.archivedAtSeconds.flatMap(timestamp)
            archive.lastFailedAt = archiver.failedAtSeconds.flatMap(timestamp)
            return archive
        }
        return facts
    }

    private func standbyFields(_ reading: PostgresReading, at now: Timestamp, _ facts: inout ReplicationFacts) {
        // Right after a restart, or when replaying from the archive, nothing was received beyond what is replayed.
        facts.receivedLSN = [reading.received, reading.replayed].compactMap { $0 }.max()
        facts.replayedLSN = reading.replayed
        facts.replayPaused = reading.replayPaused
        // Without the right to see it, the receiver's status is NULL, which is not the same as no receiver.
        facts.streaming = reading.receiver == nil ? false : reading.receiver?.status.map { $0 == "streaming" }
        if let host = reading.receiver?.senderHost {
            facts.upstream = reading.receiver?.senderPort.map { "\(host):\($0)" } ?? host
        }
        guard let received = facts.receivedLSN, let replayed = reading.replayed else { return }
        if received > replayed {
            // Behind what it has itself: how far it is behind its upstream, the upstream knows.
            facts.replayLagSeconds = history.behindSeconds(replayed, now: now).flatMap { $0 > 0 ? $0 : nil }
            facts.replayLagBytes = upstreamEnd(reading, received).map { $0.distance(from: replayed) }
            facts.receiveLagBytes = upstreamEnd(reading, received).map { $0.distance(from: received) }
        } else if let end = upstreamEnd(reading, received), end <= received {
            facts.receiveLagBytes = 0
            facts.replayLagBytes = 0
            facts.replayLagSeconds = 0
        } else if let end = upstreamEnd(reading, received) {
            facts.receiveLagBytes = end.distance(from: received)
            facts.replayLagBytes = end.distance(from: replayed)
        }
    }

    /// Where the upstream's log ends as far as this standby can vouch for it: nil when it has not heard from it.
    private func upstreamEnd(_ reading: PostgresReading, _ received: LSN) -> LSN? {
        guard let receiver = reading.receiver, receiver.status == "streaming",
            let age = receiver.messageAgeSeconds, age <= Self.messageAgeSecondsMax
        else { return nil }
        return [receiver.latestEnd, received].compactMap { $0 }.max()
    }

    // MARK: - Its standbys

    private func sender(_ sender: PostgresReading.Sender, at now: Timestamp) -> ReplicationSender {
        var made = ReplicationSender(application: sender.application, isLogical: sender.isLogical)
        made.clientAddress = sender.address
        made.state = sender.state
        made.syncState = sender.sync.flatMap(SyncState.init)
        made.sentLSN = sender.sent
        made.flushedLSN = sender.flushed
        made.replayedLSN = sender.replayed
        made.replayLagSeconds = lagSeconds(sender, at: now)
        made.lastReplyAt = sender.replyAgeSeconds.flatMap { age in
            age.magnitude < 1e9 ? now - .seconds(max(age, 0)) : nil
        }
        return made
    }

    /// Seconds between a commit here and its being visible there. The server's own figure is of the moment when the
    /// standby last moved on, and keeps its value from then on, however long that is ago.
    private func lagSeconds(_ sender: PostgresReading.Sender, at now: Timestamp) -> Double? {
        guard let replayed = sender.replayed else { return nil }
        guard let behind = history.behindSeconds(replayed, now: now) else { return 0 }
        let hasMoved = lastReplayed[sender.key].map { $0 != replayed } ?? true
        let isCurrent = hasMoved && sender.replyAgeSeconds.map { $0 <= Self.replyAgeSecondsMax } ?? false
        return [isCurrent ? sender.replayLagSeconds : nil, behind > 0 ? behind : nil].compactMap { $0 }.max()
    }

    private func standbys(_ reading: PostgresReading, at now: Timestamp) -> [(name: String, facts: MemberFacts)] {
        var made: [(name: String, facts: MemberFacts)] = []
        for raw in reading.senders where !raw.isLogical && raw.state != "backup" {
            // Without the right to see it everything is NULL, and a base backup or pg_receivewal replays nothing.
            guard raw.replayed != nil else { continue }
            let sender = sender(raw, at: now)
            guard let name = nameOfStandby(sender), !made.contains(where: { $0.name == name }), name != memberName
            else { continue }
            made.append((name, standby(raw, sender, reading)))
        }
        return made
    }

    private func standby(
        _ raw: PostgresReading.Sender, _ sender: ReplicationSender, _ reading: PostgresReading
    ) -> MemberFacts {
        var replication = ReplicationFacts()
        replication.receivedLSN = sender.flushedLSN
        replication.replayedLSN = sender.replayedLSN
        replication.streaming = sender.state == "streaming"
        replication.upstream = memberName
        replication.lastReplyAt = sender.lastReplyAt
        replication.syncState = sender.syncState
        // A standby that passes the log on has it late itself: what it says of others would be too small.
        if let current = reading.current {
            replication.receiveLagBytes = sender.flushedLSN.map { current.distance(from: $0) }
            replication.replayLagBytes = sender.replayedLSN.map { current.distance(from: $0) }
            replication.replayLagSeconds = sender.replayLagSeconds
        }
        var facts = MemberFacts()
        facts.stateDetail = sender.state
        facts.replication = replication
        facts.notes["slot"] = raw.slot
        facts.notes["clientAddress"] = raw.address
        facts.figures["replyAgeSeconds"] = raw.replyAgeSeconds
        return facts
    }
}

/// Nil for what no clock shows.
private func timestamp(_ seconds: Double) -> Timestamp? {
    seconds.isFinite && seconds > 0 && seconds < 9e9 ? Timestamp(seconds: seconds) : nil
}
