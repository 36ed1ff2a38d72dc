import Estate
import Wire

/// Notices when another process answers than before. A reload starts a new one, which has forgotten every drain and
/// weight that was set at run time. Pure: answers in, what changed out.
struct HAProxyRun: Equatable, Sendable {
    struct Restart: Equatable {
        /// Servers (`backend/server`) that a command had taken out and that are in again.
        let forgotten: [String]
    }

    private var pid: Int?
    private var uptimeSeconds: Int?
    private var forced: [String] = []
    /// Set when the process changed, until the states of its servers are known.
    private var before: [String]?

    /// - Parameters:
    ///   - info: the process that answers now.
    ///   - states: its servers; nil when they were not told, and then what was forgotten is not known yet.
    mutating func take(_ info: HAProxyInfo, states: [HAProxyServerState]?) -> Restart? {
        // In a container every process has the same number: then the uptime tells.
        let isOther = pid.map { $0 != info.pid } ?? false
        let isYounger = uptimeSeconds.flatMap { old in info.uptimeSeconds.map { $0 < old } } ?? false
        pid = info.pid
        uptimeSeconds = info.uptimeSeconds
        let isRestart = isOther || isYounger
        if isRestart { before = forced }
        guard let states else { return isRestart ? Restart(forgotten: []) : nil }
        forced = states.filter { $0.admin.isForcedAtRunTime }.map { "\($0.backend)/\($0.server)" }
        guard isRestart else { return nil }
        defer { before = nil }
        return Restart(forgotten: (before ?? []).filter { !forced.contains($0) })
    }
}
