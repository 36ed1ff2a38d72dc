import Estate

extension Chronicle {
    mutating func observe(
        _ id: MemberID, _ facts: MemberFacts, _ update: Update, _ snapshot: Snapshot, _ events: inout [Event]
    ) {
        let baseline = isBaseline(update)
        var memory = members[id] ?? MemberMemory()
        let isNew = memory.knownTo.isEmpty
        memory.knownTo.insert(update.source)
        if isNew, !baseline || memory.isGone {
            let text = memory.isGone ? "\(id.name) is back" : "\(id.name) joined"
            events.append(event(update, .memberJoined, .notice, id, text))
        }
        memory.isGone = false
        // Its own word first; what others repeat counts only while it is silent itself.
        let isSelf = update.source.name == id.description
        if isSelf { memory.selfHeardAt = update.at }
        let selfSilent = memory.selfHeardAt.map { update.at - $0 > Self.selfSilentAfter } ?? true
        if isSelf || selfSilent { state(&memory, id, facts, update, &events) }
        if let traffic = facts.traffic { balancing(&memory, id, traffic, update, snapshot, &events) }
        restarts(&memory, id, facts, update, &events)
        members[id] = memory
        if isSelf { ownWord(id, facts, update, snapshot, &events) }
    }

    /// A start that lies so much later than the one before is another one: some tell it to ten seconds only.
    private static let startWaversFor = Span.seconds(15)

    /// It came back by itself, or was brought back: it began anew.
    private func restarts(
        _ memory: inout MemberMemory, _ id: MemberID, _ facts: MemberFacts, _ update: Update, _ events: inout [Event]
    ) {
        guard let started = facts.startedAt else { return }
        guard let known = memory.startedAt[update.source] else {
            memory.startedAt[update.source] = started
            return
        }
        guard started - known > Self.startWaversFor || update.source.system == "health" && started > known else {
            return
        }
        // A reload that is told of as such is told once.
        let isTold = memory.startedAt.contains { $0.key != update.source && abs(($0.value - started).seconds) <= 15 }
        memory.startedAt[update.source] = started
        guard !isTold, facts.role != .balancer || update.source.system != "haproxy" else { return }
        events.append(
            event(
                update, .restarted, .warning, id,
                "\(id.name) has restarted, after \(Say.span(started - known))"))
    }

    /// For so long a member's own word outweighs what others repeat of it.
    private static let selfSilentAfter = Span.seconds(10)

    func event(
        _ update: Update, _ kind: Event.Kind, _ severity: Event.Severity, _ member: MemberID, _ text: String
    ) -> Event {
        var event = Event(at: update.at, kind, severity, group: member.group, member: member, text: text)
        event.source = update.source
        return event
    }

    private mutating func state(
        _ memory: inout MemberMemory, _ id: MemberID, _ facts: MemberFacts, _ update: Update,
        _ events: inout [Event]
    ) {
        if let state = facts.state, state != .unknown {
            if let known = memory.state, known != state {
                let severity: Event.Severity
                switch state {
                case .running: severity = .notice
                case .failed, .startFailed: severity = .alarm
                default: severity = .warning
                }
                var text = "\(id.name) \(state.rawValue), before it \(known.rawValue)"
                // A way through the network does not run.
                if facts.role == .path {
                    let detail = facts.stateDetail.map { ": \($0)" } ?? ""
                    text = state == .running ? "\(id.name) is up again" : "\(id.name) is down\(detail)"
                }
                events.append(event(update, .memberState, severity, id, text))
            }
            memory.state = state
        }
        if let role = facts.role {
            // Changes to and from the lead are told by the lock.
            if let known = memory.role, known != role, known != .leader, role != .leader {
                let text = "\(id.name) \(role.rawValue), before it \(known.rawValue)"
                events.append(event(update, .roleChanged, .notice, id, text))
            }
            memory.role = role
        }
    }

    private mutating func ownWord(
        _ id: MemberID, _ facts: MemberFacts, _ update: Update, _ snapshot: Snapshot, _ events: inout [Event]
    ) {
        let isRunning = facts.state.map { $0 == .running } ?? true
        if let recovering = facts.replication?.inRecovery {
            writes(id, isWritable: !recovering && isRunning, update, snapshot, &events)
        } else if !isRunning, facts.state != .unknown {
            writes(id, isWritable: false, update, snapshot, &events)
        }
        guard let replication = facts.replication else { return }
        if replication.inRecovery == false { timeline(id.group, replication.timeline, update, &events) }
        if groups[id.group]?.former == id.name, isRunning, replication.inRecovery == true,
            replication.streaming != false
        {
            groups[id.group]?.former = nil
            let upstream = replication.upstream.map { " of \($0)" } ?? ""
            let behind = replication.replayLagBytes.map { ", \(Say.bytes($0)) behind" } ?? ""
            events.append(
                event(update, .roleChanged, .notice, id, "\(id.name) is back as a replica\(upstream)\(behind)"))
        }
    }

    private func balancing(
        _ memory: inout MemberMemory, _ id: MemberID, _ traffic: TrafficFacts, _ update: Update,
        _ snapshot: Snapshot, _ events: inout [Event]
    ) {
        let known = memory.downFor.contains(update.source) || memory.drainedFor.contains(update.source)
        let balancer = update.source.name
        if let admin = traffic.admin {
            let isOut = admin != .ready
            let before = memory.drainedFor
            if isOut { memory.drainedFor.insert(update.source) } else { memory.drainedFor.remove(update.source) }
            if before.isEmpty, !memory.drainedFor.isEmpty, isPast(update) {
                let word = admin == .drain ? "drained" : "in maintenance"
                events.append(event(update, .drained, .notice, id, "\(id.name) \(word) at \(balancer)"))
            } else if !before.isEmpty, memory.drainedFor.isEmpty {
                events.append(event(update, .undrained, .notice, id, "\(id.name) takes traffic again"))
            }
        }
        guard let check = traffic.check, check != .unchecked else { return }
        let isDown = check == .down || check == .goingUp
        let before = memory.downFor
        if isDown { memory.downFor.insert(update.source) } else { memory.downFor.remove(update.source) }
        if before.isEmpty, isDown, !known, isPast(update), traffic.admin != .maintenance {
            // Of a pool that sends to one at a time, the others are down by design.
            let mode = snapshot.platform.groups.first { $0.id == id.group }?.mode
            let severity: Event.Severity = mode == .activePassive ? .notice : .warning
            let detail = traffic.checkDetail.map { ": \($0)" } ?? ""
            let word = traffic.ejected == true ? "ejected for errors in its traffic" : "down"
            events.append(event(update, .serverDown, severity, id, "\(id.name) \(word) at \(balancer)\(detail)"))
        } else if !before.isEmpty, memory.downFor.isEmpty {
            events.append(event(update, .serverUp, .notice, id, "\(id.name) up"))
        }
    }

    /// The source has spoken long enough for this to be news.
    private func isPast(_ update: Update) -> Bool {
        sources[update.source]?.heardFirstAt.map { update.at - $0 >= limits.baseline } ?? false
    }

    mutating func gone(_ id: MemberID, _ update: Update, _ snapshot: Snapshot, _ events: inout [Event]) {
        guard var memory = members[id], memory.knownTo.contains(update.source) else { return }
        memory.knownTo.remove(update.source)
        memory.downFor.remove(update.source)
        memory.drainedFor.remove(update.source)
        let isRegister = groups[id.group]?.authority == update.source
        if !memory.isGone, isRegister || memory.knownTo.isEmpty {
            memory.isGone = true
            memory.knownTo = []
            events.append(event(update, .memberLost, .warning, id, "\(id.name) is gone from \(update.source.name)"))
        }
        members[id] = memory
    }
}
