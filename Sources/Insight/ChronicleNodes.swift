import Estate

/// What is remembered of a host, as one observer tells it.
struct NodeMemory: Sendable {
    /// One observer may watch many hosts.
    struct Key: Hashable, Sendable {
        let source: SourceID
        let node: NodeID
    }
    /// Disks missing, by array.
    var arrays: [String: Int] = [:]
    var failing: Set<String> = []
    /// Sectors given up, by disk.
    var reallocated: [String: Int64] = [:]
}

/// What is remembered of a host, by what all say of it together.
struct HostMemory: Sendable {
    var verdict: Verdict?
    var pending: (verdict: Verdict, since: Timestamp)?
    /// Arrays and disks of which an event has told: that they weigh on the verdict is no further news.
    var told: Set<String> = []
}

extension Chronicle {
    /// A host's verdict for reasons that come by degrees: a file system that fills, heat, a clock that runs away.
    mutating func tick(_ host: NodeAssessment, _ now: Timestamp, _ events: inout [Event]) {
        // Hosts nobody watches, and those nobody has heard of lately, are told by their sources.
        guard host.isWatched, host.verdict != .unknown else { return }
        let before = hosts[host.id]
        guard before?.verdict != host.verdict else {
            if before?.pending != nil { hosts[host.id]?.pending = nil }
            return
        }
        guard let known = before?.verdict else {
            hosts[host.id, default: HostMemory()].verdict = host.verdict
            return
        }
        guard let pending = before?.pending, pending.verdict == host.verdict else {
            hosts[host.id]?.pending = (host.verdict, now)
            return
        }
        guard now - pending.since >= limits.verdictAfter else { return }
        hosts[host.id]?.verdict = host.verdict
        hosts[host.id]?.pending = nil
        let reason = host.reasons.first { $0.severity == host.verdict && $0.severity != .protected }
        if let reason, before?.told.contains(where: { reason.text.hasPrefix($0 + " ") }) == true { return }
        if host.verdict == .protected, before?.told.isEmpty == false { hosts[host.id]?.told = [] }
        let why = reason.map { ": \($0.text)" } ?? ""
        let severity: Event.Severity =
            host.verdict == .protected ? .notice : host.verdict == .atRisk && known == .protected ? .warning : .alarm
        var event = Event(at: now, .verdict, severity, text: "\(host.id.name) \(host.verdict.word)\(why)")
        event.node = host.id
        events.append(event)
    }

    /// Hardware that gives way by degrees: an array that loses a disk, a disk that gives up sectors.
    mutating func observe(_ id: NodeID, _ facts: NodeFacts, _ update: Update, _ events: inout [Event]) {
        guard !facts.arrays.isEmpty || facts.disks.contains(where: { $0.health != nil }) else { return }
        let key = NodeMemory.Key(source: update.source, node: id)
        let isNew = nodes[key] == nil
        var memory = nodes[key] ?? NodeMemory()
        var found: [Event] = []
        // Whoever else watches this host may have told it already.
        let others = nodes.filter { $0.key.node == id && $0.key != key }.map(\.value)
        var told: Set<String> = []
        func tell(_ severity: Event.Severity, _ text: String) {
            var event = Event(at: update.at, .note, severity, text: "\(id.name): \(text)")
            (event.node, event.source) = (id, update.source)
            found.append(event)
        }
        for array in facts.arrays {
            let missing = max(array.disksRequired.subtracting(array.disksActive), 0)
            let known = memory.arrays.updateValue(missing, forKey: array.device) ?? 0
            let left = "\(array.disksActive) of \(array.disksRequired) disks"
            guard !others.contains(where: { $0.arrays[array.device] == missing }) else { continue }
            if missing > known {
                tell(.alarm, "\(array.device) lost a disk, \(left)")
                told.insert(array.device)
            }
            if missing == 0, known > 0 { tell(.notice, "\(array.device) is whole again, \(left)") }
        }
        for disk in facts.disks {
            guard let health = disk.health else { continue }
            if health.isPassed == false, memory.failing.insert(disk.device).inserted {
                told.insert(disk.device)
                if !others.contains(where: { $0.failing.contains(disk.device) }) {
                    tell(.alarm, "\(disk.device) expects to fail")
                }
            } else if health.isPassed == true {
                memory.failing.remove(disk.device)
            }
            guard let moved = health.reallocatedSectors else { continue }
            if let known = memory.reallocated[disk.device], moved > known,
                !others.contains(where: { $0.reallocated[disk.device] == moved })
            {
                let more = moved.subtracting(known)
                tell(.warning, "\(disk.device) gave up \(more) more sector\(more == 1 ? "" : "s"), \(moved) in all")
            }
            memory.reallocated[disk.device] = moved
        }
        nodes[key] = memory
        // How things stand at the start is no news.
        if !isNew { events += found }
        if !told.isEmpty { hosts[id, default: HostMemory()].told.formUnion(told) }
    }
}
