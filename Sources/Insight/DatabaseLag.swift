import Estate

extension Assessor {
    /// How far a standby is behind. Positions in the log come first: the delays that servers state stay small when
    /// a receiver freezes, and managers repeat the received position as if it were the replayed one.
    func lag(_ view: inout MemberDraft, _ member: Member, _ primary: PrimaryLog?) {
        if view.isPrimary { return }
        if let primary {
            bySender(&view, member, primary)
            if view.lag.receiveBytes == nil || view.lag.replayBytes == nil || view.lag.replaySeconds == nil {
                byPositions(&view, member, primary)
            }
        }
        byClaim(&view, member)
        if view.lag.replayBytes == 0 { view.lag.replaySeconds = 0 }
    }

    /// As the primary sees it: both positions of one instant.
    private func bySender(_ view: inout MemberDraft, _ member: Member, _ primary: PrimaryLog) {
        guard let sender = primary.senders.first(where: { $0.application == member.id.name && !$0.isLogical })
        else { return }
        view.lag.receiveBytes = sender.flushedLSN.map { primary.written.distance(from: $0) }
        view.lag.replayBytes = sender.replayedLSN.map { primary.written.distance(from: $0) }
        if let seconds = sender.replayLagSeconds, view.lag.replayBytes ?? 0 > 0 { view.lag.replaySeconds = seconds }
        guard view.lag.receiveBytes != nil || view.lag.replayBytes != nil else { return }
        view.lag.by = primary.by
        view.lag.isComputed = true
    }

    /// As the standby itself says where it is; the two were observed at different instants.
    private func byPositions(_ view: inout MemberDraft, _ member: Member, _ primary: PrimaryLog) {
        let written = primary.written
        // Who measures the primary measures the standby: two systems look at different moments, and tell their
        // difference as lag.
        guard
            let own = steadyFresh(
                member,
                { s in
                    let positions =
                        (s.facts.replication?.receivedLSN == nil ? 0 : 1)
                        + (s.facts.replication?.replayedLSN == nil ? 0 : 1)
                    return positions == 0 ? 0 : positions * 2 + (s.by.system == primary.by.system ? 1 : 0)
                }),
            let facts = own.facts.replication
        else { return }
        if view.lag.receiveBytes == nil, let received = facts.receivedLSN {
            view.lag.receiveBytes = written.distance(from: received)
            view.lag.by = own.by
            view.lag.isComputed = true
        }
        if view.lag.replayBytes == nil, let replayed = facts.replayedLSN {
            view.lag.replayBytes = written.distance(from: replayed)
            view.lag.by = view.lag.by ?? own.by
            view.lag.isComputed = true
        }
        if view.lag.replaySeconds == nil { view.lag.replaySeconds = facts.replayLagSeconds }
    }

    /// As somebody claims, where nothing could be computed.
    private func byClaim(_ view: inout MemberDraft, _ member: Member) {
        guard view.lag.receiveBytes == nil || view.lag.replayBytes == nil else { return }
        var best: Sighting<MemberFacts>?
        for s in member.sightings {
            guard let facts = s.facts.replication,
                facts.receiveLagBytes != nil || facts.replayLagBytes != nil || facts.replayLagSeconds != nil
            else { continue }
            if let b = best, (freshness(b), Timestamp.zero - b.at) <= (freshness(s), Timestamp.zero - s.at) { continue }
            best = s
        }
        guard let best, freshness(best) != .unknown, let facts = best.facts.replication else { return }
        view.lag.receiveBytes = view.lag.receiveBytes ?? facts.receiveLagBytes
        view.lag.replayBytes = view.lag.replayBytes ?? facts.replayLagBytes
        view.lag.replaySeconds = view.lag.replaySeconds ?? facts.replayLagSeconds
        if !view.lag.isComputed {
            view.lag.by = best.by
            view.lag.isStale = freshness(best) != .fresh
        }
    }

    /// Of the fresh observers the one worth most, and of equals always the same: the basis of a figure must not
    /// change with who spoke last.
    func steadyFresh(
        _ member: Member, _ worth: (Sighting<MemberFacts>) -> Int
    ) -> Sighting<MemberFacts>? {
        var best: (worth: Int, sighting: Sighting<MemberFacts>)?
        for s in member.sightings {
            let mine = worth(s)
            guard mine > 0, freshness(s) == .fresh else { continue }
            if let b = best, (b.worth, s.by) >= (mine, b.sighting.by) { continue }
            best = (mine, s)
        }
        return best?.sighting
    }

    /// The same, where having the fact is all that counts.
    func steadyFresh(
        _ member: Member, where has: (Sighting<MemberFacts>) -> Bool
    ) -> Sighting<MemberFacts>? {
        steadyFresh(member) { has($0) ? 1 : 0 }
    }

    /// As the primary says, then as the register lists it.
    func syncState(
        _ view: MemberDraft, _ member: Member, _ primary: PrimaryLog?, _ synchronous: SynchronousFacts?
    ) -> SyncState? {
        if view.isPrimary || view.isLeader { return nil }
        if let state = primary?.senders.first(where: { $0.application == member.id.name })?.syncState { return state }
        if let synchronous, synchronous.isOn {
            return synchronous.standbys.contains(view.id.name) ? (synchronous.quorum == nil ? .sync : .quorum) : .async
        }
        return steadyFresh(member, where: { $0.facts.replication?.syncState != nil })?.facts.replication?.syncState
            ?? (synchronous.map { $0.isOn ? nil : .async } ?? nil)
    }

    /// Whether the group's own automation would take the member, by the same inputs that it goes by.
    func eligibility(_ view: MemberDraft, _ member: Member, _ g: GroupDraft) -> Eligibility {
        var e = Eligibility()
        e.gates.reserveCapacity(8)
        func gate(_ name: String, _ value: String, _ limit: String, _ passes: Bool?) {
            e.gates.append(Eligibility.Gate(name: name, value: value, limit: limit, passes: passes))
        }
        if view.isPrimary || view.isLeader {
            gate("role", view.isPrimary ? "takes writes already" : "leads already", "a standby", false)
            return e
        }
        gate("answers", view.isUp.map { $0 ? "yes" : "no" } ?? "unknown", "yes", view.isUp)
        if view.state == .creating || view.state == .starting || view.state == .startFailed {
            gate("state", view.stateDetail ?? "\(view.state?.rawValue ?? "unknown")", "running", false)
        }
        let tags = newest(member, { $0.tags })
        gate("nofailover", tags?.noFailover == true ? "set" : "not set", "not set", tags?.noFailover != true)
        if let priority = tags?.failoverPriority {
            gate("failover_priority", "\(priority)", "more than 0", priority > 0)
        }
        if let watchdog = tags?.watchdogOK { gate("watchdog", watchdog ? "there" : "missing", "there", watchdog) }
        if let limit = g.limits?.maximumLagOnFailoverBytes {
            let lag = view.lag.receiveBytes
            gate(
                "lag", lag.map { Say.bytes($0) } ?? "unknown", "at most \(Say.bytes(limit))", lag.map { $0 <= limit })
        }
        if let timeline = g.timeline {
            let mustMatch = g.limits?.checksTimeline == true
            let passes = view.timeline.map { $0 >= timeline }
            if mustMatch || passes == false {
                gate("timeline", view.timeline.map { "\($0)" } ?? "unknown", "\(timeline)", passes)
            }
        }
        if let synchronous = g.synchronous, synchronous.isOn {
            let listed = synchronous.standbys.contains(view.id.name)
            gate("synchronous standby", listed ? "listed" : "not listed", "listed", listed)
        }
        return e
    }
}

/// Where the primary's log ends and who is sent it, as its steadiest observer says.
struct PrimaryLog {
    let by: SourceID
    let written: LSN
    let senders: [ReplicationSender]

    /// nil: nothing fresh says where the log ends.
    init?(_ primary: Member, _ assessor: Assessor) {
        guard let source = assessor.steadyFresh(primary, Self.worth),
            let written = source.facts.replication?.writtenLSN
        else { return nil }
        by = source.by
        self.written = written
        senders = source.facts.replication?.senders ?? []
    }

    /// 0: says nothing of where the log ends. One that lists its senders has both ends of each stream, of one instant.
    private static func worth(_ s: Sighting<MemberFacts>) -> Int {
        guard s.facts.replication?.writtenLSN != nil else { return 0 }
        let isSending = s.facts.replication?.senders.contains { $0.flushedLSN != nil || $0.replayedLSN != nil }
        return isSending == true ? 2 : 1
    }
}
