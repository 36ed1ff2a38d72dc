import Estate

extension Assessor {
    func node(_ host: Host) -> NodeAssessment {
        var node = NodeAssessment(id: host.id, site: site(of: host.id))
        var best: Sighting<NodeFacts>?
        for s in host.sightings {
            let f = freshness(s)
            node.observedAt = max(node.observedAt ?? s.at, s.at)
            if f < node.freshness || best == nil { (node.freshness, best) = (f, s) }
            // Each observer may see what the others do not: the host's own pages, and its disks.
            if f != .unknown { node.reasons += Self.trouble(s.facts) }
        }
        guard best != nil, node.freshness != .unknown else {
            if let at = node.observedAt {
                node.reasons = [Reason(.unknown, "nothing fresh: last heard \(Say.age(now - at)) ago")]
            }
            return node
        }
        if node.reasons.count > 1 { node.reasons = Reason.worstFirst(node.reasons) }
        node.verdict = node.reasons.first?.severity ?? .protected
        return node
    }

    private static func trouble(_ facts: NodeFacts) -> [Reason] {
        var reasons: [Reason] = []
        for array in facts.arrays { reasons += trouble(array) }
        for disk in facts.disks {
            if let health = disk.health { reasons += trouble(health, disk.device) }
        }
        for system in facts.fileSystems {
            if let reason = trouble(system) { reasons.append(reason) }
        }
        for heat in facts.temperatures {
            guard let limit = heat.limitCelsius, heat.celsius >= limit - NodeLimits.heatMarginCelsius else { continue }
            let figure = Say.number(heat.celsius.rounded()) + " C"
            reasons.append(
                Reason(
                    heat.celsius >= limit ? .degraded : .atRisk,
                    "\(heat.sensor) is at \(figure), its limit \(Say.number(limit)) C", figure: figure))
        }
        for network in facts.networks where network.isUp == false {
            reasons.append(Reason(.protected, "network \(network.device) is down"))
        }
        if let offset = facts.clockOffsetSeconds, abs(offset) > NodeLimits.clockOffsetMaxSeconds {
            let figure = Say.age(.seconds(abs(offset)))
            reasons.append(Reason(.atRisk, "its clock is \(figure) off", figure: figure))
        }
        if let total = facts.memoryTotalBytes, total > 0, let free = facts.memoryAvailableBytes {
            let used = 1 - Double(free) / Double(total)
            if used >= NodeLimits.memoryUsedMax {
                reasons.append(Reason(.protected, "memory \(Say.percent(used)) used", figure: Say.percent(used)))
            }
        }
        return reasons
    }

    private static func trouble(_ array: ArrayFacts) -> [Reason] {
        let disks = "\(array.disksActive) of \(array.disksRequired) disks"
        if array.isRebuilding {
            let progress = array.rebuildProgress.map { ", \(Say.percent($0)) done" } ?? ""
            return [Reason(.atRisk, "\(array.device) is rebuilding\(progress): \(disks)", figure: disks)]
        }
        if array.disksActive < array.disksRequired {
            return [Reason(.atRisk, "\(array.device) runs on \(disks)", figure: disks)]
        }
        guard array.disksFailed > 0 else { return [] }
        return [Reason(.protected, "\(array.device) has \(Say.count(array.disksFailed, "failed disk")) to replace")]
    }

    private static func trouble(_ health: DiskHealth, _ device: String) -> [Reason] {
        var reasons: [Reason] = []
        if health.isPassed == false { reasons.append(Reason(.atRisk, "\(device) expects to fail")) }
        if let pending = health.pendingSectors, pending > 0 {
            let figure = "\(pending) sectors"
            reasons.append(Reason(.atRisk, "\(device) cannot read \(figure)", figure: figure))
        }
        if let moved = health.reallocatedSectors, moved > 0 {
            let figure = "\(moved) sectors"
            let severity: Verdict = moved >= NodeLimits.reallocatedSectorsMax ? .atRisk : .protected
            reasons.append(Reason(severity, "\(device) has given up \(figure)", figure: figure))
        }
        if let errors = health.mediaErrors, errors > 0 {
            reasons.append(Reason(.atRisk, "\(device) has had \(errors) media errors", figure: "\(errors)"))
        }
        if let wear = health.wearUsed, wear >= NodeLimits.wearMax {
            let figure = Say.percent(wear)
            reasons.append(Reason(.atRisk, "\(device) is worn to \(figure)", figure: figure))
        }
        if let celsius = health.celsius, celsius >= NodeLimits.diskCelsiusMax {
            let figure = Say.number(celsius.rounded()) + " C"
            reasons.append(Reason(.atRisk, "\(device) is at \(figure)", figure: figure))
        }
        return reasons
    }

    private static func trouble(_ system: FileSystemFacts) -> Reason? {
        // An image that is mounted read-only is always full.
        guard let used = system.used, !system.isReadOnly else { return nil }
        guard used >= NodeLimits.fileSystemNearFull else { return filling(system) }
        let figure = Say.percent(used)
        return Reason(
            used >= NodeLimits.fileSystemFull ? .degraded : .atRisk, "\(system.mountPoint) is \(figure) full",
            figure: figure)
    }

    /// Not how full it is, but how soon it will be.
    private static func filling(_ system: FileSystemFacts) -> Reason? {
        guard let left = system.fullInSeconds, left.isFinite, left <= NodeLimits.fullSoonSeconds else { return nil }
        let figure = Say.age(.seconds(left))
        return Reason(
            left <= NodeLimits.fullNowSeconds ? .degraded : .atRisk, "\(system.mountPoint) is full in \(figure)",
            figure: figure)
    }
}
