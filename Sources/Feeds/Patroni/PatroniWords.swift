import Estate
import Wire

/// Patroni's words in ours. It stands here once for what the register says and what the members say.
enum PatroniWords {
    static func state(_ word: String) -> RunState {
        switch word {
        case "running", "streaming", "in archive recovery": return .running
        case "starting", "restarting", "starting after custom bootstrap": return .starting
        case "stopping": return .stopping
        case "stopped": return .stopped
        case "start failed": return .startFailed
        case "creating replica", "initializing new cluster", "running custom bootstrap script": return .creating
        case "crashed": return .failed
        default: return word.hasSuffix("failed") ? .failed : .unknown
        }
    }

    static func syncState(_ word: String?) -> SyncState? {
        word.flatMap { SyncState(rawValue: $0) }
    }

    static func tags(_ tags: PatroniTags) -> EligibilityTags {
        var made = EligibilityTags()
        made.noFailover = tags.noFailover
        made.failoverPriority = tags.failoverPriority
        made.noLoadBalance = tags.noLoadBalance
        made.noSync = tags.noSync
        made.clonesFrom = tags.cloneFrom
        made.replicatesFrom = tags.replicateFrom
        return made
    }

    static func limits(_ config: PatroniConfig) -> FailoverLimits {
        var limits = FailoverLimits()
        limits.ttlSeconds = config.ttlSeconds
        limits.loopWaitSeconds = config.loopWaitSeconds
        limits.retryTimeoutSeconds = config.retryTimeoutSeconds
        limits.maximumLagOnFailoverBytes = Int64(clamping: config.maximumLagOnFailoverBytes)
        limits.checksTimeline = config.checksTimeline
        return limits
    }

    static func history(_ ends: [PatroniTimelineEnd]) -> [TimelineChange] {
        ends.map { end in
            TimelineChange(
                timeline: end.timeline, lsn: LSN(end.lsn), reason: end.reason,
                at: end.endedAt.flatMap { ISOTime.parse($0) }, leader: end.newLeader)
        }
    }

    /// Scheme, host and port of the REST API, without the path that members write behind it.
    static func door(_ apiURL: String) -> String? {
        guard apiURL.hasPrefix("http://") || apiURL.hasPrefix("https://"),
            let scheme = apiURL.firstRange(of: "://")
        else { return nil }
        let authority = apiURL[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        return host.isEmpty ? nil : String(apiURL[..<scheme.upperBound]) + String(host)
    }

    /// `150002` is 15.2; before 10 there were three parts: `90624` is 9.6.24.
    static func postgresVersion(_ number: Int) -> String? {
        guard number >= 80_000, number < 10_000_000 else { return nil }
        if number >= 100_000 { return "\(number / 10_000).\(number % 10_000)" }
        return "\(number / 10_000).\(number / 100 % 100).\(number % 100)"
    }

    static func address(host: String, port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
