/// Who was synchronous, as the leader last agreed with the DCS (`sync`).
public struct PatroniSync: Hashable, Sendable {
    /// The leader that wrote it; `nil` when synchronous mode is off or nothing was agreed yet.
    public let leader: String?
    public let standbys: [String]
    /// Quorum commit: how many of the others a candidate has to see.
    public let quorum: Int

    /// Never throws: as in Patroni, what is not an object means that nobody is synchronous.
    public init(parsing value: [UInt8]) {
        let json = try? JSONValue(parsing: value, format: "Patroni sync key")
        leader = json?["leader"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        let names = leader == nil ? "" : json?["sync_standby"]?.string ?? ""
        standbys = names.split(separator: ",").map { $0.trimmingBlanks }.filter { !$0.isEmpty }
        quorum = leader == nil ? 0 : json?["quorum"]?.smallInt ?? 0
    }

    /// PostgreSQL compares `synchronous_standby_names` without regard to case, and so does Patroni.
    public func holds(_ name: String) -> Bool {
        standbys.contains { $0.lowercased() == name.lowercased() }
    }
}

/// Last position of the primary (`status`, or `optime/leader` before 2.0).
public struct PatroniStatus: Hashable, Sendable {
    public let lastLSN: UInt64?
    /// Positions of permanent slots, bytes.
    public let slots: [String: UInt64]

    /// Throws `WireError` for what is neither an object nor a number.
    public init(parsing value: [UInt8]) throws(WireError) {
        let format = "Patroni status key"
        let json = try JSONValue(parsing: value, format: format)
        switch json {
        case .int, .unsigned:
            lastLSN = json.unsigned
            slots = [:]
        case .object:
            lastLSN = json["optime"]?.unsigned
            slots = (json["slots"]?.object ?? [:]).compactMapValues(\.unsigned)
        default:
            throw WireError.malformed(
                format: format, reason: "expected an object or a number", bytes: Escaped.text(value))
        }
    }
}

/// A switchover or failover that was asked for and not done yet (`failover`).
public struct PatroniFailoverRequest: Hashable, Sendable {
    public let leader: String?
    public let candidate: String?
    /// ISO 8601, as written; `nil` means now.
    public let scheduledAt: String?

    /// `nil` when the key is there but asks for nothing. The oldest form is `leader:candidate`.
    public init?(parsing value: [UInt8]) {
        let text = String(decoding: value, as: UTF8.self)
        if let json = try? JSONValue(parsing: value, format: "Patroni failover key") {
            leader = json["leader"]?.string.flatMap { $0.isEmpty ? nil : $0 }
            candidate = json["member"]?.string.flatMap { $0.isEmpty ? nil : $0 }
            scheduledAt = json["scheduled_at"]?.string
        } else {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                .map { $0.trimmingBlanks }
            leader = parts.first.flatMap { $0.isEmpty ? nil : $0 }
            candidate = parts.count > 1 && !parts[1].isEmpty ? parts[1] : nil
            scheduledAt = nil
        }
        if leader == nil && candidate == nil && scheduledAt == nil { return nil }
    }
}

/// The dynamic configuration, as far as it bounds what may happen (`config`, `/config`).
public struct PatroniConfig: Hashable, Sendable {
    public let ttlSeconds: Double
    public let loopWaitSeconds: Double
    public let retryTimeoutSeconds: Double
    public let maximumLagOnFailoverBytes: UInt64
    public let maximumLagOnSyncnodeBytes: Int64?
    /// Seconds a sick primary is given before a failover; 0 fails over at once.
    public let primaryStartTimeoutSeconds: Double
    public let isPaused: Bool
    /// `synchronous_mode` is on in either of its two forms.
    public let isSynchronous: Bool
    public let isQuorumCommit: Bool
    public let isSynchronousStrict: Bool
    public let synchronousNodeCount: Int
    public let checksTimeline: Bool
    public let isFailsafe: Bool
    /// It follows a cluster elsewhere.
    public let isStandbyCluster: Bool
    public let usesSlots: Bool

    /// Absent values are Patroni's defaults. Throws `WireError` for what is not an object.
    public init(parsing value: [UInt8]) throws(WireError) {
        let format = "Patroni configuration"
        let json = try JSONValue(parsing: value, format: format)
        guard json.object != nil else {
            throw WireError.malformed(format: format, reason: "expected an object", bytes: Escaped.text(value))
        }
        ttlSeconds = json["ttl"]?.double ?? 30
        loopWaitSeconds = json["loop_wait"]?.double ?? 10
        retryTimeoutSeconds = json["retry_timeout"]?.double ?? 10
        maximumLagOnFailoverBytes = json["maximum_lag_on_failover"]?.unsigned ?? 1_048_576
        maximumLagOnSyncnodeBytes = json["maximum_lag_on_syncnode"]?.int.flatMap { $0 < 0 ? nil : $0 }
        primaryStartTimeoutSeconds =
            json["primary_start_timeout"]?.double ?? json["master_start_timeout"]?.double ?? 300
        isPaused = json["pause"]?.bool ?? false
        isQuorumCommit = json["synchronous_mode"]?.string?.lowercased() == "quorum"
        isSynchronous = isQuorumCommit || json["synchronous_mode"]?.bool ?? false
        isSynchronousStrict = isSynchronous && json["synchronous_mode_strict"]?.bool ?? false
        synchronousNodeCount = max(1, json["synchronous_node_count"]?.smallInt ?? 1)
        checksTimeline = json["check_timeline"]?.bool ?? false
        isFailsafe = json["failsafe_mode"]?.bool ?? false
        let standby = json["standby_cluster"]
        isStandbyCluster = standby?["host"] != nil || standby?["port"] != nil || standby?["restore_command"] != nil
        usesSlots = json["postgresql"]?["use_slots"]?.bool ?? true
    }
}

/// A timeline that ended with a promotion (`history`, `/history`): arrays of three to five.
public struct PatroniTimelineEnd: Hashable, Sendable {
    public let timeline: Int
    /// Where it forked, bytes.
    public let lsn: UInt64
    /// PostgreSQL's words: "no recovery target specified".
    public let reason: String
    /// ISO 8601, as written.
    public let endedAt: String?
    /// Who was promoted.
    public let newLeader: String?

    /// Decodes the whole list, oldest first; entries of another shape are left out. Throws `WireError` for what is
    /// not a list.
    public static func list(parsing value: [UInt8]) throws(WireError) -> [PatroniTimelineEnd] {
        let format = "Patroni history"
        guard let lines = try JSONValue(parsing: value, format: format).array else {
            throw WireError.malformed(format: format, reason: "expected a list", bytes: Escaped.text(value))
        }
        return lines.compactMap { line in
            guard let fields = line.array, fields.count >= 3, let timeline = fields[0].smallInt,
                let lsn = fields[1].unsigned
            else { return nil }
            return PatroniTimelineEnd(
                timeline: timeline, lsn: lsn, reason: Escaped.text(fields[2].string ?? ""),
                endedAt: fields.count > 3 ? fields[3].string : nil,
                newLeader: fields.count > 4 ? fields[4].string : nil)
        }
    }
}

extension StringProtocol {
    var trimmingBlanks: String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
