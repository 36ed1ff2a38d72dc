public import Estate

/// A number that Patroni may say it does not know.
public enum PatroniLag: Hashable, Sendable {
    case bytes(Int64)
    /// Written `"unknown"`.
    case unknown

    init?(_ json: JSONValue?) {
        guard let json else { return nil }
        if let bytes = json.int, bytes >= 0 {
            self = .bytes(bytes)
        } else {
            self = .unknown
        }
    }

    public var bytes: Int64? {
        if case .bytes(let bytes) = self { return bytes }
        return nil
    }
}

/// One member as `/cluster` tells it. That is the DCS's view through one member's cache: for a whole ttl it shows a
/// dead leader as running and everyone else at lag 0. Never the base of a verdict.
public struct PatroniClusterMember: Hashable, Sendable {
    public let name: String
    /// Patroni's word: `leader`, `standby_leader`, `sync_standby`, `quorum_standby`, `replica`.
    public let role: String
    public let state: String
    public let apiURL: String?
    public let host: String?
    public let port: Int?
    public let timeline: Int?
    /// Receive lag in every version, whatever its name says; `nil` for the leader.
    public let lag: PatroniLag?
    /// Patroni 4 only.
    public let receiveLag: PatroniLag?
    /// Patroni 4 only.
    public let replayLag: PatroniLag?
    public let receiveLSN: LSN?
    public let replayLSN: LSN?
    public let tags: PatroniTags
    public let hasPendingRestart: Bool

    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string else { return nil }
        self.name = name
        role = json["role"]?.string ?? "unknown"
        state = json["state"]?.string ?? "unknown"
        apiURL = json["api_url"]?.string
        host = json["host"]?.string
        port = json["port"]?.smallInt
        timeline = json["timeline"]?.smallInt
        lag = PatroniLag(json["lag"])
        receiveLag = PatroniLag(json["receive_lag"])
        replayLag = PatroniLag(json["replay_lag"])
        receiveLSN = json["receive_lsn"]?.string.flatMap { LSN(text: $0) }
        replayLSN = json["replay_lsn"]?.string.flatMap { LSN(text: $0) }
        tags = PatroniTags(json["tags"])
        hasPendingRestart = json["pending_restart"]?.bool ?? false
    }
}

/// A switchover planned for later.
public struct PatroniScheduledSwitchover: Hashable, Sendable {
    /// ISO 8601, as written.
    public let at: String?
    public let from: String?
    public let to: String?
}

/// The answer to `/cluster`.
public struct PatroniCluster: Hashable, Sendable {
    /// Members whose entry has a name; others are left out and counted.
    public let members: [PatroniClusterMember]
    public let unreadableMembers: Int
    /// Patroni 4 only.
    public let scope: String?
    public let isPaused: Bool
    public let scheduledSwitchover: PatroniScheduledSwitchover?

    /// Decodes the body. Throws `WireError` for what has no list of members.
    public init(parsing body: [UInt8]) throws(WireError) {
        let format = "Patroni cluster"
        let json = try JSONValue(parsing: body, format: format)
        guard let elements = json["members"]?.array else {
            throw WireError.missing(format: format, field: "members", bytes: Escaped.text(body))
        }
        members = elements.compactMap { PatroniClusterMember($0) }
        unreadableMembers = elements.count - members.count
        scope = json["scope"]?.string
        isPaused = json["pause"]?.bool ?? false
        scheduledSwitchover = json["scheduled_switchover"].map { plan in
            PatroniScheduledSwitchover(
                at: plan["at"]?.string, from: plan["from"]?.string, to: plan["to"]?.string)
        }
    }
}
