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

extension Chronicle {
    /// Hardware that gives way by degrees: an array that loses a disk, a disk that gives up sectors.
    mutating func observe(_ id: NodeID, _ facts: NodeFacts, _ update: Update, _ events: inout [Event]) {
        guard !facts.arrays.isEmpty || facts.disks.contains(where: { $0.health != nil }) else { return }
        let key = NodeMemory.Key(source: update.source, node: id)
        let isNew = nodes[key] == nil
        var memory = nodes[key] ?? NodeMemory()
        var found: [Event] = []
        func tell(_ severity: Event.Severity, _ text: String) {
            var event = Event(at: update.at, .note, severity, text: "\(id.name): \(text)")
            (event.node, event.source) = (id, update.source)
            found.append(event)
        }
        for array in facts.arrays {
            let missing = max(array.disksRequired.subtracting(array.disksActive), 0)
            let known = memory.arrays.updateValue(missing, forKey: array.device) ?? 0
            let left = "\(array.disksActive) of \(array.disksRequired) disks"
            if missing > known { tell(.alarm, "\(array.device) lost a disk, \(left)") }
            if missing == 0, known > 0 { tell(.notice, "\(array.device) is whole again, \(left)") }
        }
        for disk in facts.disks {
            guard let health = disk.health else { continue }
            if health.isPassed == false, memory.failing.insert(disk.device).inserted {
                tell(.alarm, "\(disk.device) expects to fail")
            } else if health.isPassed == true {
                memory.failing.remove(disk.device)
            }
            guard let moved = health.reallocatedSectors else { continue }
            if let known = memory.reallocated[disk.device], moved > known {
                let more = moved.subtracting(known)
                tell(.warning, "\(disk.device) gave up \(more) more sector\(more == 1 ? "" : "s"), \(moved) in all")
            }
            memory.reallocated[disk.device] = moved
        }
        nodes[key] = memory
        // How things stand at the start is no news.
        if !isNew { events += found }
    }
}
