/// One instance that a Sentinel watches: the master of a group, a replica, or another Sentinel.
public struct SentinelInstance: Hashable, Sendable {
    /// Of a master the group's name, of a replica `host:port`, of a Sentinel its run id.
    public let name: String
    /// `host:port`; nil where the Sentinel does not know it.
    public let address: String?
    /// `master`, `slave`, `sentinel`, and what is wrong: `s_down`, `o_down`, `disconnected`, …
    public let flags: Set<String>
    private let fields: [String: String]

    static let format = "Sentinel instance"

    init(_ value: RESPValue) throws(WireError) {
        guard let fields = value.fields, let name = fields["name"] else {
            throw WireError.missing(
                format: Self.format, field: "name", bytes: Escaped.text(value.text ?? "\(value)"))
        }
        self.fields = fields
        self.name = name
        address = RedisAddress.text(host: fields["ip"], port: fields["port"])
        flags = Set((fields["flags"] ?? "").split(separator: ",").map(String.init))
    }

    public subscript(name: String) -> String? { fields[name] }
    public func number(_ name: String) -> Int64? { fields[name].flatMap { Int64($0) } }

    /// The answer to `SENTINEL MASTER NAME`. Throws `WireError`.
    public static func one(_ value: RESPValue) throws(WireError) -> SentinelInstance {
        try SentinelRefusal.check(value)
        return try SentinelInstance(value)
    }

    /// The answer to `SENTINEL MASTERS`, `REPLICAS NAME` or `SENTINELS NAME`. Throws `WireError`.
    public static func list(_ value: RESPValue) throws(WireError) -> [SentinelInstance] {
        try SentinelRefusal.check(value)
        guard case .array(let all) = value else {
            throw WireError.malformed(
                format: Self.format, reason: "a list is expected", bytes: Escaped.text(value.text ?? "\(value)"))
        }
        var made: [SentinelInstance] = []
        for one in all { made.append(try SentinelInstance(one)) }
        return made
    }
}

enum SentinelRefusal {
    static func check(_ value: RESPValue) throws(WireError) {
        guard case .error(let words) = value else { return }
        throw WireError.refused(format: "Sentinel", status: 0, message: Escaped.text(words))
    }
}

/// The answer to `SENTINEL CKQUORUM NAME`.
public struct SentinelQuorum: Hashable, Sendable {
    /// Enough are there to agree on a failover and to have one of them do it.
    public let isReached: Bool
    /// Sentinels that this one can reach, itself included; nil where the answer does not say.
    public let usable: Int?
    /// In the Sentinel's words, escaped.
    public let words: String

    /// Throws `WireError` for any other error than that the quorum is not reached.
    public init(_ value: RESPValue) throws(WireError) {
        let format = "Sentinel quorum"
        guard let text = value.text else {
            throw WireError.malformed(format: format, reason: "text is expected", bytes: Escaped.text("\(value)"))
        }
        if case .error = value {
            guard text.hasPrefix("NOQUORUM") else {
                throw WireError.refused(format: format, status: 0, message: Escaped.text(text))
            }
            isReached = false
        } else {
            isReached = true
        }
        usable = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        words = Escaped.text(text)
    }
}

/// Something that a Sentinel says on a channel, unasked.
public struct SentinelEvent: Hashable, Sendable {
    /// `+sdown`, `-odown`, `+switch-master`, …
    public let channel: String
    /// The group it is about; nil where it is about the Sentinel itself (`+tilt`), or cannot be told.
    public let master: String?
    /// `master`, `slave` or `sentinel`; nil where it is about no instance.
    public let kind: String?
    /// Of the instance it is about.
    public let address: String?
    public let payload: String

    /// nil for anything that is not a message to a pattern: the confirmation of a subscription, for one.
    public init?(_ value: RESPValue) {
        guard let parts = value.elements, parts.count == 4, parts[0].text == "pmessage",
            let channel = parts[2].text, let payload = parts[3].text
        else { return nil }
        self.channel = channel
        self.payload = payload
        let words = payload.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        if channel == "+switch-master" {
            // Name, old host and port, new host and port.
            master = words.first
            kind = "master"
            address = words.count >= 5 ? RedisAddress.text(host: words[3], port: words[4]) : nil
            return
        }
        guard words.count >= 4, ["master", "slave", "sentinel"].contains(words[0]) else {
            (master, kind, address) = (nil, nil, nil)
            return
        }
        kind = words[0]
        address = RedisAddress.text(host: words[2], port: words[3])
        if words[0] == "master" {
            master = words[1]
        } else if words.count >= 6, words[4] == "@" {
            master = words[5]
        } else {
            master = nil
        }
    }
}

/// Why a Redis server or a Sentinel does not do what it is asked, by the first word of its error.
public struct RedisRefusal: Hashable, Sendable {
    public let words: String
    public init(_ words: String) { self.words = words }

    public var kind: Substring { words.prefix { $0 != " " } }
    /// It wants a user and a password, or others.
    public var isAboutLogin: Bool { ["NOAUTH", "WRONGPASS", "NOPERM"].contains(kind) || isUselessPassword }
    /// It has no password, and is told one.
    private var isUselessPassword: Bool { words.contains("without any password configured") }
    /// It does not know `HELLO`, or not this version of the protocol.
    public var isAboutProtocol: Bool { kind == "NOPROTO" || words.contains("unknown command") }
    /// It reads its data and answers nothing yet.
    public var isLoading: Bool { kind == "LOADING" || kind == "MASTERDOWN" || kind == "BUSY" }
}
