public import Estate

/// What a member's REST API says of itself (`/patroni`; the same body comes with `/primary`, `/replica` and others,
/// also with status 503).
public struct PatroniNode: Hashable, Sendable {
    public let name: String?
    public let scope: String?
    public let version: String?
    /// Patroni's word: `running`, `starting`, `stopped`, `unknown`, …
    public let state: String
    /// Patroni's word: `master` (before 4), `primary`, `replica`, `standby_leader`. By recovery, not by the lock.
    public let role: String
    /// PostgreSQL's version as a number: 150002 for 15.2.
    public let serverVersion: Int?
    public let postmasterStartedAt: Timestamp?
    public let timeline: Int?
    public let systemIdentifier: String?
    /// A primary's current position.
    public let writtenLSN: LSN?
    public let receivedLSN: LSN?
    public let replayedLSN: LSN?
    public let replayedAt: Timestamp?
    public let isReplayPaused: Bool?
    /// Patroni 4 only: `streaming`, `in archive recovery`.
    public let replicationState: String?
    public let isSyncStandby: Bool
    public let isQuorumStandby: Bool
    public let replication: [PatroniReplicationRow]
    public let tags: PatroniTags
    public let hasPendingRestart: Bool
    public let pendingRestartReasons: [String]
    public let hasWatchdogFailed: Bool
    /// Nobody holds the lock, as this member last saw the DCS.
    public let isClusterUnlocked: Bool
    public let isPaused: Bool
    public let isFailsafeActive: Bool
    /// When this member last reached the DCS, by its own clock.
    public let dcsLastSeenAt: Timestamp?
    /// ISO 8601 of a restart planned for later.
    public let scheduledRestart: String?

    /// `nil` where PostgreSQL did not answer Patroni: then the role is Patroni's memory, not an observation.
    public var isInRecovery: Bool? {
        if writtenLSN != nil { return false }
        return replayedLSN != nil || isReplayPaused != nil ? true : nil
    }

    /// Decodes the body. Throws `WireError` for what is not an object with a state.
    public init(parsing body: [UInt8]) throws(WireError) {
        let format = "Patroni status"
        let json = try JSONValue(parsing: body, format: format)
        guard let state = json["state"]?.string else {
            throw WireError.missing(format: format, field: "state", bytes: Escaped.text(body))
        }
        let software = json["patroni"]
        name = software?["name"]?.string
        scope = software?["scope"]?.string
        version = software?["version"]?.string
        self.state = state
        role = json["role"]?.string ?? "unknown"
        serverVersion = json["server_version"]?.smallInt
        postmasterStartedAt = json["postmaster_start_time"]?.string.flatMap { ISOTime.parse($0) }
        timeline = json["timeline"]?.smallInt
        systemIdentifier = json["database_system_identifier"].map { $0.string ?? $0.text }
        let log = json["xlog"]
        writtenLSN = log?["location"]?.unsigned.map { LSN($0) }
        receivedLSN = log?["received_location"]?.unsigned.map { LSN($0) }
        replayedLSN = log?["replayed_location"]?.unsigned.map { LSN($0) }
        replayedAt = log?["replayed_timestamp"]?.string.flatMap { ISOTime.parse($0) }
        isReplayPaused = log?["paused"]?.bool
        replicationState = json["replication_state"]?.string
        isSyncStandby = json["sync_standby"]?.bool ?? false
        isQuorumStandby = json["quorum_standby"]?.bool ?? false
        replication = (json["replication"]?.array ?? []).map { PatroniReplicationRow($0) }
        tags = PatroniTags(json["tags"])
        hasPendingRestart = json["pending_restart"]?.bool ?? false
        pendingRestartReasons = PatroniMember.reasons(json["pending_restart_reason"])
        hasWatchdogFailed = json["watchdog_failed"]?.bool ?? false
        isClusterUnlocked = json["cluster_unlocked"]?.bool ?? false
        isPaused = json["pause"]?.bool ?? false
        isFailsafeActive = json["failsafe_mode_is_active"]?.bool ?? false
        dcsLastSeenAt = json["dcs_last_seen"]?.int.flatMap { PatroniNode.moment(seconds: $0) }
        scheduledRestart = json["scheduled_restart"]?["schedule"]?.string
    }

    private static func moment(seconds: Int64) -> Timestamp? {
        let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow || seconds <= 0 ? nil : Timestamp(nanoseconds: nanoseconds)
    }
}

/// One standby as the member's PostgreSQL serves it. Columns are absent without the rights of `pg_monitor`.
public struct PatroniReplicationRow: Hashable, Sendable {
    public let application: String
    public let clientAddress: String?
    public let state: String?
    /// PostgreSQL's word: `async`, `potential`, `sync`, `quorum`.
    public let syncState: String?
    public let syncPriority: Int?
    public let user: String?

    init(_ json: JSONValue) {
        application = json["application_name"]?.string ?? ""
        clientAddress = json["client_addr"]?.string
        state = json["state"]?.string
        syncState = json["sync_state"]?.string
        syncPriority = json["sync_priority"]?.smallInt
        user = json["usename"]?.string
    }
}
