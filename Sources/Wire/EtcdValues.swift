import FoundationEssentials

/// Where an etcd answer stands: whose it is and at which revision. etcd's JSON gateway leaves out what is zero.
public struct EtcdHeader: Hashable, Sendable {
    public let clusterID: UInt64
    public let memberID: UInt64
    /// Revision of the key space when the answer was made; 0 when the peer left it out.
    public let revision: Int64
    public let raftTerm: UInt64

    public init(clusterID: UInt64, memberID: UInt64, revision: Int64, raftTerm: UInt64) {
        self.clusterID = clusterID
        self.memberID = memberID
        self.revision = revision
        self.raftTerm = raftTerm
    }

    init(_ json: JSONValue?) {
        clusterID = json?["cluster_id"]?.unsigned ?? 0
        memberID = json?["member_id"]?.unsigned ?? 0
        revision = json?["revision"]?.int ?? 0
        raftTerm = json?["raft_term"]?.unsigned ?? 0
    }
}

/// A key and what etcd holds under it.
public struct EtcdKeyValue: Hashable, Sendable {
    /// The key as text; bytes that are not UTF-8 become replacement characters.
    public let key: String
    public let createRevision: Int64
    public let modRevision: Int64
    /// Count of writes since the key was created; 1 is a new key, 0 a deleted one.
    public let version: Int64
    /// Lease the key hangs on, 0 for none.
    public let lease: Int64
    public let value: [UInt8]

    public init(
        key: String, createRevision: Int64, modRevision: Int64, version: Int64, lease: Int64 = 0, value: [UInt8]
    ) {
        self.key = key
        self.createRevision = createRevision
        self.modRevision = modRevision
        self.version = version
        self.lease = lease
        self.value = value
    }

    /// The value as text; bytes that are not UTF-8 become replacement characters.
    public var text: String { String(decoding: value, as: UTF8.self) }

    init(_ json: JSONValue, format: String) throws(WireError) {
        guard let encoded = json["key"]?.string, let key = Base64.decoded(encoded) else {
            throw WireError.missing(format: format, field: "key", bytes: Escaped.text(json.text))
        }
        guard let value = Base64.decoded(json["value"]?.string ?? "") else {
            throw WireError.missing(format: format, field: "value", bytes: Escaped.text(json.text))
        }
        self.key = String(decoding: key, as: UTF8.self)
        self.value = value
        createRevision = json["create_revision"]?.int ?? 0
        modRevision = json["mod_revision"]?.int ?? 0
        version = json["version"]?.int ?? 0
        lease = json["lease"]?.int ?? 0
    }
}

/// Answer to a range request: the keys of a prefix at one revision.
public struct EtcdRange: Hashable, Sendable {
    public let header: EtcdHeader
    public let keyValues: [EtcdKeyValue]
    /// Count of keys in the range, also when a limit or `count_only` kept them out of `keyValues`.
    public let count: Int64
    public let hasMore: Bool

    /// Decodes the body of `/v3/kv/range`. Throws `WireError`.
    public init(parsing body: [UInt8]) throws(WireError) {
        let format = "etcd range"
        let json = try EtcdReply.parse(body, format: format)
        guard json["header"] != nil else {
            throw WireError.missing(format: format, field: "header", bytes: Escaped.text(body))
        }
        var keyValues: [EtcdKeyValue] = []
        for element in json["kvs"]?.array ?? [] {
            keyValues.append(try EtcdKeyValue(element, format: format))
        }
        header = EtcdHeader(json["header"])
        self.keyValues = keyValues
        count = json["count"]?.int ?? 0
        hasMore = json["more"]?.bool ?? false
    }
}

/// What every etcd answer may be instead: an error in gRPC's words.
public struct EtcdFault: Hashable, Sendable, Error {
    /// gRPC status code: 3 invalid argument, 7 permission denied, 9 failed precondition, 14 unavailable, 16
    /// unauthenticated; 0 when absent.
    public let code: Int
    /// etcd's own words, escaped and capped.
    public let message: String

    /// The token is absent, unknown or has expired: authenticate again.
    public var wantsToken: Bool {
        code == 16 || message.contains("invalid auth token") || message.contains("user name is empty")
    }

    /// Name and password were refused, or the user may not read this range.
    public var isRefusal: Bool { code == 7 || message.contains("authentication failed") }

    /// The peer has lost its quorum: it answers, but cannot vouch for anything.
    public var isWithoutQuorum: Bool {
        guard !isElecting else { return false }
        return message.contains("no leader") || message.contains("request timed out") || code == 14 || code == 4
    }

    /// A new leader was elected while the request was under way: ask again.
    public var isElecting: Bool { message.contains("leader changed") }

    /// User and password were sent to a cluster that has authentication switched off.
    public var isAuthenticationOff: Bool { message.contains("authentication is not enabled") }

    init?(_ json: JSONValue) {
        // The gateway of 3.4 says {"error":"…","message":"…","code":N}; inside a stream it is {"error":{…}}.
        guard let error = json["error"] else { return nil }
        let words = json["message"]?.string ?? error.string ?? error["message"]?.string ?? error.text
        message = Escaped.text(words)
        code = json["code"]?.smallInt ?? error["grpc_code"]?.smallInt ?? error["code"]?.smallInt ?? 0
    }

    /// The fault in the body of an answer with a status other than 200, if it is one of etcd's.
    public init?(parsing body: [UInt8]) {
        guard let json = try? JSONValue(parsing: body, format: "etcd error") else { return nil }
        self.init(json)
    }
}

enum EtcdReply {
    /// The JSON object of an answer; a fault in its place is thrown as `WireError.refused`.
    static func parse(_ body: [UInt8], format: String) throws(WireError) -> JSONValue {
        let json = try JSONValue(parsing: body, format: format)
        guard json.object != nil else {
            throw WireError.malformed(format: format, reason: "expected an object", bytes: Escaped.text(body))
        }
        if let fault = EtcdFault(json) {
            throw WireError.refused(format: format, status: fault.code, message: fault.message)
        }
        return json
    }
}

enum Base64 {
    static func encoded(_ bytes: some Sequence<UInt8>) -> String { Data(bytes).base64EncodedString() }

    static func decoded(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map { Array($0) } }
}
