import Estate
import Wire

/// One server of one backend, as the two answers that speak of it say together.
struct HAProxyServers: Sendable {
    private struct Counters {
        let bytesIn: Int
        let bytesOut: Int
        let at: Timestamp
    }

    private struct Faults {
        var count: Int
        var isEjected = false
    }

    private var counters: [String: Counters] = [:]
    private var faults: [String: Faults] = [:]

    /// Another process counts from zero.
    mutating func forgetCounters() {
        counters = [:]
        faults = [:]
    }

    /// Traffic rates need the answer before: the first time they are unknown.
    mutating func facts(
        _ line: HAProxyStat, _ state: HAProxyServerState?, trackedBy: [String], at now: Timestamp
    ) -> MemberFacts {
        let handle = "\(line.proxy)/\(line.name)"
        var traffic = TrafficFacts()
        traffic.handle = handle
        (traffic.admin, traffic.adminForcedHere) = HAProxyServers.admin(line, state)
        traffic.check = HAProxyServers.check(line, state)
        traffic.checkDetail = HAProxyServers.checkDetail(line)
        traffic.isBackup = line.backups.map { $0 > 0 }
        traffic.weight = line.weight
        traffic.sessions = line.sessions
        traffic.sessionsMax = line.sessionsLimit
        traffic.queue = line.queued
        traffic.sessionRate = line.sessionRate.map(Double.init)
        traffic.requestsTotal = line.requestsTotal.map(Int64.init)
        let errors = [line.responses5xx, line.connectErrors, line.responseErrors].compactMap { $0 }
        traffic.errorsTotal = errors.isEmpty ? nil : errors.reduce(Int64(0)) { $0 &+ Int64($1) }
        traffic.lastChangeSeconds = line.secondsSinceChange.map(Int64.init)
        traffic.downSeconds = line.secondsDown.map(Int64.init)
        traffic.trackedBy = trackedBy
        traffic.hasAgentCheck = line.agentResult != nil
        traffic.ejected = isEjected(line, traffic.check, handle)
        (traffic.bytesInRate, traffic.bytesOutRate) = rates(line, handle, at: now)

        var facts = MemberFacts()
        facts.role = .server
        facts.address = line.address ?? HAProxyServers.address(state)
        facts.traffic = traffic
        facts.stateDetail = line.checkText
        facts.notes["backend"] = line.proxy
        facts.notes["tracks"] = line.tracks
        facts.notes["agent"] = line.agentResult
        facts.notes["hostname"] = state?.hostname
        facts.notes["cookie"] = line.cookie
        let figures: [(String, Int?)] = [
            ("responses4xx", line.responses4xx), ("responses5xx", line.responses5xx),
            ("connectErrors", line.connectErrors), ("retries", line.retries), ("redispatches", line.redispatches),
            ("sessionsTotal", line.sessionsTotal), ("checksFailed", line.checksFailed), ("timesDown", line.timesDown),
            ("trafficFaults", line.trafficFaults),
            ("queueMilliseconds", line.queueMilliseconds), ("connectMilliseconds", line.connectMilliseconds),
            ("responseMilliseconds", line.responseMilliseconds), ("totalMilliseconds", line.totalMilliseconds),
            ("slowStartPercent", line.slowStartPercent), ("configWeight", state?.configWeight),
        ]
        for (name, value) in figures { facts.figures[name] = value.map(Double.init) }
        return facts
    }

    /// What was made of it, and whether a command did. Without the state bits the status word has to do, which does
    /// not tell a command from the configuration.
    private static func admin(_ line: HAProxyStat, _ state: HAProxyServerState?) -> (AdminState, Bool?) {
        if let bits = state?.admin {
            if bits.isMaintenance { return (.maintenance, bits.isForcedAtRunTime) }
            if bits.isDrain { return (.drain, bits.isForcedAtRunTime) }
            // A weight of zero drains too, and no “ready” gives it back.
            if case .drain = line.status { return (.drain, false) }
            return (.ready, nil)
        }
        switch line.status {
        case .maintenance(.own): return (.maintenance, nil)
        case .maintenance: return (.maintenance, false)
        case .drain(let byAgent): return (.drain, byAgent ? false : nil)
        default: return (.ready, nil)
        }
    }

    private static func check(_ line: HAProxyStat, _ state: HAProxyServerState?) -> CheckState? {
        switch line.status {
        case .up(nil), .stopping(nil): return .up
        case .up, .stopping: return .goingDown
        case .down(nil): return .down
        case .down: return .goingUp
        case .unchecked, .maintenance: return .unchecked
        case .drain:
            // The word hides what the checks say.
            guard line.checkResult != nil || line.tracks != nil else { return .unchecked }
            if let operation = state?.operation { return operation == .stopped ? .down : .up }
            return line.checkResult.map { $0.hasSuffix("OK") ? .up : .down }
        case .open, .stopped, .other: return nil
        }
    }

    /// What took it down was not a check but a look at its traffic (`observe`), and it is not back yet. The next check
    /// that passes takes that result's place while it is down still: what counts those looks is remembered.
    private mutating func isEjected(_ line: HAProxyStat, _ check: CheckState?, _ handle: String) -> Bool? {
        guard let count = line.trafficFaults else { return nil }
        var faults = faults[handle] ?? Faults(count: count)
        if check == .down || check == .goingUp {
            if line.checkResult == "HANA" || count > faults.count { faults.isEjected = true }
        } else {
            faults.isEjected = false
        }
        faults.count = count
        self.faults[handle] = faults
        return faults.isEjected
    }

    /// `L7OK/200 in 2ms: Layer7 check passed`.
    private static func checkDetail(_ line: HAProxyStat) -> String? {
        guard let result = line.checkResult else { return nil }
        var text = result
        if let code = line.checkCode { text += "/\(code)" }
        if let took = line.checkMilliseconds { text += " in \(took)ms" }
        if let said = line.checkText, !result.hasSuffix("OK") { text += ": \(said)" }
        return text
    }

    private static func address(_ state: HAProxyServerState?) -> String? {
        guard let state, let host = state.address ?? state.hostname else { return nil }
        guard let port = state.port else { return host }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    private mutating func rates(_ line: HAProxyStat, _ handle: String, at now: Timestamp) -> (Double?, Double?) {
        guard let bytesIn = line.bytesIn, let bytesOut = line.bytesOut else { return (nil, nil) }
        let last = counters.updateValue(Counters(bytesIn: bytesIn, bytesOut: bytesOut, at: now), forKey: handle)
        guard let last, bytesIn >= last.bytesIn, bytesOut >= last.bytesOut else { return (nil, nil) }
        let seconds = (now - last.at).seconds
        guard seconds > 0 else { return (nil, nil) }
        return (Double(bytesIn - last.bytesIn) / seconds, Double(bytesOut - last.bytesOut) / seconds)
    }

    /// Servers that are not there any more need no counters.
    mutating func keep(_ handles: Set<String>) {
        if counters.count > handles.count { counters = counters.filter { handles.contains($0.key) } }
        if faults.count > handles.count { faults = faults.filter { handles.contains($0.key) } }
    }
}
