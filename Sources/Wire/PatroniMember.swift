/// Tags of a member that decide what it may become.
public struct PatroniTags: Hashable, Sendable {
    public var noFailover: Bool
    /// 0 forbids promotion; `nil` when neither tag is set (Patroni then takes 1).
    public var failoverPriority: Int?
    public var noSync: Bool
    public var noLoadBalance: Bool
    public var noStream: Bool
    public var cloneFrom: Bool
    /// Member it streams from instead of the leader.
    public var replicateFrom: String?
    /// Everything else someone tagged it with, as text.
    public var custom: [String: String]

    /// Patroni's own rule: a written `nofailover` wins over the priority.
    public var mayBePromoted: Bool { !noFailover && (failoverPriority ?? 1) > 0 }

    static let none = PatroniTags(nil)

    init(_ json: JSONValue?) {
        noFailover = json?["nofailover"]?.bool ?? false
        failoverPriority = json?["failover_priority"]?.smallInt
        noSync = json?["nosync"]?.bool ?? (json?["sync_priority"]?.smallInt == 0)
        noLoadBalance = json?["noloadbalance"]?.bool ?? false
        noStream = json?["nostream"]?.bool ?? false
        cloneFrom = json?["clonefrom"]?.bool ?? false
        replicateFrom = json?["replicatefrom"]?.string
        let known: Set<String> = [
            "nofailover", "failover_priority", "nosync", "sync_priority", "noloadbalance", "nostream", "clonefrom",
            "replicatefrom",
        ]
        custom = (json?.object ?? [:]).filter { !known.contains($0.key) }.mapValues { $0.string ?? $0.text }
        if json?["nofailover"]?.bool == false, failoverPriority == 0 {
            // Written false wins over the priority in Patroni, too.
            failoverPriority = 1
        }
    }
}

/// What a member writes about itself to the DCS under `members/NAME`.
public struct PatroniMember: Hashable, Sendable {
    public let name: String
    /// Connection string of its PostgreSQL, without credentials.
    public let connectionURL: String?
    /// Where its REST API listens.
    public let apiURL: String?
    /// Patroni's word: `running`, `starting`, `stopped`, `creating replica`, `start failed`, …
    public let state: String
    /// Patroni's word: `master` (before 4), `primary`, `replica`, `standby_leader`, `demoted`, …
    public let role: String
    public let version: String?
    public let timeline: Int?
    /// Greatest of received and replayed on a replica; current on a primary. Bytes.
    public let xlogLocation: UInt64?
    /// Patroni 4 only.
    public let receiveLSN: UInt64?
    /// Patroni 4 only.
    public let replayLSN: UInt64?
    /// Patroni 4 only: `streaming`, `in archive recovery`.
    public let replicationState: String?
    public let tags: PatroniTags
    public let hasPendingRestart: Bool
    public let pendingRestartReasons: [String]
    public let seesPause: Bool

    /// Decodes the value of `members/NAME`. Throws `WireError` only for what is not an object.
    public init(name: String, parsing value: [UInt8]) throws(WireError) {
        let format = "Patroni member key"
        // The oldest form is a bare connection string with the API in its query.
        if value.starts(with: Array("postgres".utf8)) {
            self.init(name: name, json: PatroniMember.legacy(String(decoding: value, as: UTF8.self)))
            return
        }
        let json = try JSONValue(parsing: value, format: format)
        guard json.object != nil else {
            throw WireError.malformed(format: format, reason: "expected an object", bytes: Escaped.text(value))
        }
        self.init(name: name, json: json)
    }

    private init(name: String, json: JSONValue) {
        self.name = name
        if let text = json["conn_url"]?.string {
            connectionURL = PatroniMember.withoutCredentials(text)
        } else if let host = json["conn_kwargs"]?["host"]?.string {
            connectionURL = "postgres://\(host):\(json["conn_kwargs"]?["port"]?.int ?? 5432)/postgres"
        } else {
            connectionURL = nil
        }
        apiURL = json["api_url"]?.string
        state = json["state"]?.string ?? "unknown"
        role = json["role"]?.string ?? "unknown"
        version = json["version"]?.string
        timeline = json["timeline"]?.smallInt
        xlogLocation = json["xlog_location"]?.unsigned
        receiveLSN = json["receive_lsn"]?.unsigned
        replayLSN = json["replay_lsn"]?.unsigned
        replicationState = json["replication_state"]?.string
        tags = PatroniTags(json["tags"])
        hasPendingRestart = json["pending_restart"]?.bool ?? false
        pendingRestartReasons = PatroniMember.reasons(json["pending_restart_reason"])
        seesPause = json["pause"]?.bool ?? false
    }

    static func reasons(_ json: JSONValue?) -> [String] {
        (json?.object ?? [:]).sorted { $0.key < $1.key }.map { name, change in
            let old = change["old_value"].map { $0.string ?? $0.text } ?? "?"
            let new = change["new_value"].map { $0.string ?? $0.text } ?? "?"
            return "\(name) \(old) → \(new)"
        }
    }

    private static func legacy(_ text: String) -> JSONValue {
        var members: [String: JSONValue] = ["conn_url": .string(text)]
        if let mark = text.firstRange(of: "application_name=") {
            members["api_url"] = .string(String(text[mark.upperBound...].prefix { $0 != "&" }))
            members["conn_url"] = .string(String(text[..<mark.lowerBound].prefix { $0 != "?" }))
        }
        return .object(members)
    }

    private static func withoutCredentials(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let at = authority.lastIndex(of: "@") else { return url }
        return String(url[..<scheme.upperBound]) + String(rest[rest.index(after: at)...])
    }

    /// Host and port of the PostgreSQL behind `connectionURL`; 5432 where none is written.
    public var postgresAddress: (host: String, port: Int)? {
        guard let url = connectionURL, let scheme = url.firstRange(of: "://") else { return nil }
        let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
        return HostPort.split(authority, defaultPort: 5432)
    }
}

enum HostPort {
    /// `host:port`, `[v6]:port` or a bare host.
    static func split(_ text: some StringProtocol, defaultPort: Int) -> (host: String, port: Int)? {
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let host = String(text[text.index(after: text.startIndex)..<end])
            let rest = text[text.index(after: end)...]
            guard rest.first == ":" else { return rest.isEmpty ? (host, defaultPort) : nil }
            return Int(rest.dropFirst()).map { (host, $0) }
        }
        guard let colon = text.lastIndex(of: ":") else {
            return text.isEmpty ? nil : (String(text), defaultPort)
        }
        let host = String(text[..<colon])
        guard !host.isEmpty, let port = Int(text[text.index(after: colon)...]) else { return nil }
        return (host, port)
    }
}
