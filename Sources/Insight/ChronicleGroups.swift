import Estate

extension Chronicle {
    mutating func observe(
        _ id: GroupID, _ facts: GroupFacts, _ update: Update, _ snapshot: Snapshot, _ events: inout [Event]
    ) {
        _ = isBaseline(update)
        var memory = groups[id] ?? GroupMemory()
        if facts.quorum != nil, facts.revision == nil, let told = facts.leader {
            memory.votes[update.source] = told
            let agreed = Self.agreed(memory.votes, update, snapshot)
            groups[id] = memory
            guard let agreed else { return }
            var facts = facts
            facts.leader = agreed
            leader(id, facts, update, snapshot, &events)
            return
        }
        if facts.leader != nil {
            let hasRevision = facts.revision != nil
            if memory.authority == nil || hasRevision && !memory.authorityHasRevisions {
                memory.authority = update.source
                memory.authorityHasRevisions = hasRevision
            }
        }
        groups[id] = memory
        if memory.authority == nil || memory.authority == update.source {
            leader(id, facts, update, snapshot, &events)
            paused(id, facts, update, &events)
            synchronous(id, facts, update, &events)
        }
        timeline(id, facts.timeline, update, &events)
        pool(id, facts, update, &events)
    }

    /// What most of those who vote, and are heard, say of the leader: one of them may be wrong, or cut off.
    private static func agreed(
        _ votes: [SourceID: Known<String?>], _ update: Update, _ snapshot: Snapshot
    ) -> Known<String?>? {
        let heard = votes.filter { $0.key == update.source || snapshot.source($0.key)?.status.state == .live }
        return heard.values.first { one in heard.values.count { $0 == one } * 2 > heard.count }
    }

    private func event(
        _ update: Update, _ kind: Event.Kind, _ severity: Event.Severity, _ group: GroupID, _ member: String? = nil,
        _ text: String, revision: Int64? = nil
    ) -> Event {
        var event = Event(
            at: update.at, kind, severity, group: group, member: member.map { MemberID(group, $0) }, text: text)
        event.source = update.source
        event.revision = revision
        return event
    }

    private mutating func leader(
        _ id: GroupID, _ facts: GroupFacts, _ update: Update, _ snapshot: Snapshot, _ events: inout [Event]
    ) {
        guard let told = facts.leader, var memory = groups[id], told != memory.leader else { return }
        defer { groups[id] = memory }
        let before = memory.leader
        memory.leader = told
        guard let before else {
            memory.leaderBefore = told.value
            return
        }
        if let old = before.value, told.value == nil {
            memory.leaderBefore = old
            memory.leaderLostAt = update.at
            events.append(
                event(update, .leaderLost, .alarm, id, old, "leader \(old) lost", revision: facts.revision))
            groups[id] = memory
            doubtWrites(id, update, snapshot, &events)
            memory = groups[id] ?? memory
            return
        }
        guard let new = told.value else { return }
        let isPlanned = isHandover(memory, id, update, snapshot)
        if !isPlanned { memory.changes.append(update.at) }
        if memory.changes.count > GroupMemory.changesMax { memory.changes.removeFirst() }
        let past = before.value ?? memory.leaderBefore
        var text = "\(new) leads"
        var severity = Event.Severity.warning
        if let past, past == new {
            text = "\(new) leads again"
        } else if let past {
            memory.former = past
            text += ", before it \(past)"
        }
        if isPlanned {
            text += ", as asked for"
            severity = .notice
        }
        if let lost = memory.leaderLostAt { text += ", after \(Say.span(update.at - lost)) without a leader" }
        if let held = before.value, update.isEdge, !isPlanned, memory.authorityHasRevisions {
            // A lock changes hands by release or expiry and then a new one. Written over, it was taken by one that
            // did not know it had lost it.
            severity = .alarm
            text = "\(new) took the lock over from \(held), which had not let go: acknowledged writes may be lost"
        }
        if memory.former == new { memory.former = nil }
        memory.leaderBefore = new
        memory.leaderLostAt = nil
        memory.leaderChangedAt = update.at
        events.append(event(update, .leaderElected, severity, id, new, text, revision: facts.revision))
    }

    /// The leader before let go on request, and this is what came of it.
    private func isHandover(
        _ memory: GroupMemory, _ id: GroupID, _ update: Update, _ snapshot: Snapshot
    ) -> Bool {
        guard let handover = snapshot.handovers(of: id).last else { return false }
        if let changed = memory.leaderChangedAt, handover <= changed { return false }
        return update.at - handover <= Flapping.promotionMax
    }

    mutating func timeline(_ id: GroupID, _ told: Int?, _ update: Update, _ events: inout [Event]) {
        guard let told else { return }
        let known = groups[id, default: GroupMemory()].timeline
        guard known == nil || told > known! else { return }
        groups[id]?.timeline = told
        guard let known else { return }
        events.append(event(update, .timelineChanged, .notice, id, nil, "timeline \(told), before it \(known)"))
    }

    private mutating func paused(_ id: GroupID, _ facts: GroupFacts, _ update: Update, _ events: inout [Event]) {
        guard let told = facts.paused, told != groups[id]?.isPaused else { return }
        let known = groups[id]?.isPaused
        groups[id]?.isPaused = told
        if told {
            events.append(event(update, .paused, .warning, id, nil, "paused: no automatic failover"))
        } else if known == true {
            events.append(event(update, .resumed, .notice, id, nil, "automatic failover is on again"))
        }
    }

    private mutating func synchronous(
        _ id: GroupID, _ facts: GroupFacts, _ update: Update, _ events: inout [Event]
    ) {
        guard let told = facts.synchronous else { return }
        let now = Set(told.isOn ? told.standbys : [])
        let known = groups[id]?.synchronous
        groups[id]?.synchronous = now
        guard let known, known != now else { return }
        let names = now.isEmpty ? "none" : Say.list(now.sorted())
        let before = known.isEmpty ? "none" : Say.list(known.sorted())
        events.append(
            event(
                update, .syncChanged, now.isEmpty ? .warning : .notice, id, now.sorted().first,
                "synchronous standby: \(names), before it \(before)"))
    }

    private mutating func pool(_ id: GroupID, _ facts: GroupFacts, _ update: Update, _ events: inout [Event]) {
        guard let told = facts.poolServing, var memory = groups[id] else { return }
        defer { groups[id] = memory }
        let known = memory.poolServing.updateValue(told, forKey: update.source)
        guard let known, known != told else { return }
        let anyServes = memory.poolServing.values.contains(true)
        if !told, memory.poolGoneSince == nil {
            memory.poolGoneSince = update.at
            let text = "takes no connections at \(update.source.name)"
            events.append(event(update, .writesLost, .alarm, id, nil, text))
        } else if told, anyServes, let since = memory.poolGoneSince,
            !memory.poolServing.values.contains(false)
        {
            memory.poolGoneSince = nil
            let out = update.at - since
            var back = event(update, .writesBack, .notice, id, nil, "takes connections again: out \(Say.span(out))")
            back.outage = out
            events.append(back)
        }
    }

    mutating func tick(_ group: GroupAssessment, _ now: Timestamp, _ events: inout [Event]) {
        var memory = groups[group.id] ?? GroupMemory()
        tickVerdict(&memory, group, now, &events)
        tickDisagreements(&memory, group, now, &events)
        let isFlapping = group.isFlapping || Flapping.isFlapping(memory.changes, now: now)
        if isFlapping, !memory.isFlapping {
            let count = max(
                Flapping.recent(memory.changes, now: now), group.changesUnplanned, Flapping.changesMin)
            events.append(
                Event(
                    at: now, .flapping, .alarm, group: group.id,
                    text: "flapping: \(count) changes of leader in \(Say.span(Flapping.window)) that nobody asked for"))
        }
        memory.isFlapping = isFlapping
        groups[group.id] = memory
        tickWrites(group.id, now, &events)
    }

    /// Observers look at different moments: a contradiction is news only when it lasts.
    private func tickDisagreements(
        _ memory: inout GroupMemory, _ group: GroupAssessment, _ now: Timestamp, _ events: inout [Event]
    ) {
        var held: [String: Timestamp] = [:]
        for text in group.disagreements {
            let since = memory.disagreements[text] ?? now
            held[text] = since
            if now - since >= limits.disagreementAfter, memory.disagreementsTold.insert(text).inserted {
                events.append(Event(at: now, .disagreement, .warning, group: group.id, text: text))
            }
        }
        memory.disagreements = held
        memory.disagreementsTold.formIntersection(held.keys)
    }

    private func tickVerdict(
        _ memory: inout GroupMemory, _ group: GroupAssessment, _ now: Timestamp, _ events: inout [Event]
    ) {
        guard let known = memory.verdict else {
            if group.verdict != .unknown { memory.verdict = group.verdict }
            return
        }
        guard group.verdict != known else {
            memory.verdictPending = nil
            return
        }
        guard let pending = memory.verdictPending, pending.verdict == group.verdict else {
            memory.verdictPending = (group.verdict, now)
            return
        }
        guard now - pending.since >= limits.verdictAfter else { return }
        memory.verdict = group.verdict
        memory.verdictPending = nil
        let why = group.reasons.first.map { $0.severity == group.verdict && $0.severity != .protected ? $0.text : "" }
        let text = group.verdict.word + (why.map { $0.isEmpty ? "" : ": \($0)" } ?? "")
        let severity: Event.Severity =
            group.verdict == .protected ? .notice : group.verdict == .atRisk ? .warning : .alarm
        events.append(Event(at: now, .verdict, severity, group: group.id, text: text))
    }
}
