import Estate

/// Turns pages of counters into figures of the interval between two of them. Pure: pages and times in, facts out.
struct NodeRates: Sendable {
    /// Pages closer together than this give rates that say nothing.
    static let intervalSecondsMin = 0.05

    private var last: (page: NodePage, at: Timestamp)?
    private var slope = FillSlope()

    /// - Parameters:
    ///   - now: when the page came.
    ///   - took: how long the exchange took; the exporter read its clock somewhere within.
    mutating func take(_ page: NodePage, at now: Timestamp, took: Span) -> NodeFacts {
        let seconds = last.map { (now - $0.at).seconds } ?? 0
        // After a reboot all counters begin again.
        let isSameBoot = last.map { $0.page.values[.bootTime] == page.values[.bootTime] } ?? false
        let before = isSameBoot && seconds >= Self.intervalSecondsMin ? last?.page : nil
        last = (page, now)
        var facts = NodeFacts()
        facts.bootedAt = page.values[.bootTime].flatMap { $0 > 0 && $0 < 9e9 ? Timestamp(seconds: $0) : nil }
        facts.cpuCount = page.cpuCount > 0 ? page.cpuCount : nil
        facts.load1 = finite(page.values[.load1])
        facts.load5 = finite(page.values[.load5])
        facts.memoryTotalBytes = whole(page.values[.memoryTotal])
        facts.memoryAvailableBytes = whole(page.values[.memoryAvailable])
        facts.swapTotalBytes = whole(page.values[.swapTotal])
        if let total = facts.swapTotalBytes, let free = whole(page.values[.swapFree]) {
            facts.swapUsedBytes = max(0, total - free)
        }
        if let before { cpu(page, before, &facts) }
        facts.disks = disks(page, before, seconds)
        facts.networks = networks(page, before, seconds)
        facts.fileSystems = fileSystems(page)
        for i in facts.fileSystems.indices where !facts.fileSystems[i].isReadOnly {
            facts.fileSystems[i].fullInSeconds = slope.take(
                facts.fileSystems[i].mountPoint, available: facts.fileSystems[i].availableBytes, at: now)
        }
        slope.keep(Set(facts.fileSystems.map(\.mountPoint)))
        facts.arrays = arrays(page)
        facts.temperatures = temperatures(page)
        if let theirs = finite(page.values[.time]) {
            facts.clockOffsetSeconds = theirs - (now.seconds - took.seconds / 2)
        }
        return facts
    }

    private func cpu(_ page: NodePage, _ before: NodePage, _ facts: inout NodeFacts) {
        // A processor that came or went changes the sums by more than time did.
        guard page.cpuCount == before.cpuCount else { return }
        var spent: [String: Double] = [:]
        for (mode, seconds) in page.cpuSeconds {
            // Idle and waiting times go back a little now and then, which the kernel documents.
            spent[mode] = max(0, seconds - (before.cpuSeconds[mode] ?? 0))
        }
        // Guests are counted under user and nice already.
        let total = spent.filter { !$0.key.hasPrefix("guest") }.values.reduce(0, +)
        guard total > 0, total.isFinite else { return }
        let idle = (spent["idle"] ?? 0) + (spent["iowait"] ?? 0)
        facts.cpuBusy = min(max(1 - idle / total, 0), 1)
        facts.cpuIOWait = spent["iowait"].map { $0 / total }
        facts.cpuSteal = spent["steal"].map { $0 / total }
    }

    private func disks(_ page: NodePage, _ before: NodePage?, _ seconds: Double) -> [DiskFacts] {
        // Behind a controller SMART knows disks that the kernel does not show.
        Set(page.disks.keys).union(page.smart.disks.keys).sorted().map { name in
            var facts = DiskFacts(device: name)
            facts.health = page.smart.disks[name]
            guard let disk = page.disks[name] else { return facts }
            guard let old = before?.disks[name] else { return facts }
            facts.busy = rate(disk.busySeconds, old.busySeconds, seconds).map { min($0, 1) }
            facts.readBytesRate = rate(disk.readBytes, old.readBytes, seconds)
            facts.writeBytesRate = rate(disk.writtenBytes, old.writtenBytes, seconds)
            if let requests = rate(disk.requests, old.requests, 1), requests > 0,
                let spent = rate(disk.requestSeconds, old.requestSeconds, 1)
            {
                facts.awaitSeconds = spent / requests
            }
            return facts
        }
    }

    private func networks(_ page: NodePage, _ before: NodePage?, _ seconds: Double) -> [NetworkFacts] {
        page.networks.sorted { $0.key < $1.key }.map { name, network in
            var facts = NetworkFacts(device: name)
            facts.isUp = network.isUp
            guard let old = before?.networks[name] else { return facts }
            facts.receiveBytesRate = rate(network.received, old.received, seconds)
            facts.transmitBytesRate = rate(network.transmitted, old.transmitted, seconds)
            facts.errorsRate = rate(network.errors, old.errors, seconds)
            return facts
        }
    }

    /// One line a device: it may be mounted in many places, and the shortest path is the one that people know.
    private func fileSystems(_ page: NodePage) -> [FileSystemFacts] {
        var shortest: [String: String] = [:]
        for (mountPoint, entry) in page.fileSystems {
            guard let known = shortest[entry.device] else {
                shortest[entry.device] = mountPoint
                continue
            }
            if (mountPoint.utf8.count, mountPoint) < (known.utf8.count, known) { shortest[entry.device] = mountPoint }
        }
        return shortest.values.sorted().compactMap { mountPoint in
            guard let entry = page.fileSystems[mountPoint], let size = whole(entry.size), size > 0,
                let available = whole(entry.available)
            else { return nil }
            // A container's root is one of its overlays; the rest are the images' business.
            if entry.type == "overlay", mountPoint != "/" { return nil }
            return FileSystemFacts(
                mountPoint: mountPoint, sizeBytes: size, availableBytes: available, isReadOnly: entry.isReadOnly)
        }
    }

    private func arrays(_ page: NodePage) -> [ArrayFacts] {
        page.arrays.sorted { $0.key < $1.key }.compactMap { name, array in
            guard let required = array.required, let active = array.active else { return nil }
            var facts = ArrayFacts(
                device: name, required: required, active: active, failed: array.failed, spare: array.spare,
                rebuilding: array.isRebuilding)
            if array.isRebuilding, let blocks = array.blocks, blocks > 0, let synced = array.blocksSynced {
                facts.rebuildProgress = min(max(synced / blocks, 0), 1)
            }
            return facts
        }
    }

    private func temperatures(_ page: NodePage) -> [TemperatureFacts] {
        page.sensors.compactMap { id, sensor -> TemperatureFacts? in
            // Sensors that are not wired up show absurd values.
            guard let celsius = finite(sensor.celsius), celsius > -100, celsius < 200 else { return nil }
            let limit = [sensor.critical, sensor.max].compactMap { finite($0) }.first { $0 > 0 && $0 < 200 }
            let chip = page.chipNames[id.chip] ?? id.chip
            return TemperatureFacts(
                sensor: "\(chip) \(sensor.label ?? id.sensor)", celsius: celsius, limitCelsius: limit)
        }.sorted { $0.sensor < $1.sensor }
    }

    /// Nil when either is unknown, or the counter went back.
    private func rate(_ new: Double?, _ old: Double?, _ seconds: Double) -> Double? {
        guard let new = finite(new), let old = finite(old), new >= old, seconds > 0 else { return nil }
        return (new - old) / seconds
    }

    private func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }

    private func whole(_ value: Double?) -> Int64? { finite(value).flatMap { Int64(exactly: $0.rounded()) } }
}
