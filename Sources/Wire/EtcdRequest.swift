/// A request to etcd's JSON gateway: always POST, path and body only. Who sends it adds the token.
public struct EtcdRequest: Hashable, Sendable {
    /// Path on the endpoint, beginning with `/v3/`.
    public let path: String
    /// The JSON body.
    public let body: [UInt8]

    init(_ path: String, _ body: JSONValue) {
        self.path = path
        self.body = Array(body.text.utf8)
    }

    /// Order of a range's keys.
    public enum Order: Hashable, Sendable {
        case byKey
        /// Newest change first.
        case newestFirst
    }

    /// All keys that begin with `prefix`. A serializable read is answered by the member alone and may be old;
    /// without it the read needs a quorum. Limit 0 is none.
    public static func range(
        prefix: String, order: Order = .byKey, limit: Int64 = 0, keysOnly: Bool = false, serializable: Bool = false
    ) -> EtcdRequest {
        var body = interval(prefix)
        if order == .newestFirst {
            body["sort_target"] = .string("MOD")
            body["sort_order"] = .string("DESCEND")
        }
        if limit > 0 { body["limit"] = .string(String(limit)) }
        if keysOnly { body["keys_only"] = .bool(true) }
        if serializable { body["serializable"] = .bool(true) }
        return EtcdRequest("/v3/kv/range", .object(body))
    }

    /// A watch over all keys that begin with `prefix`, from `revision` on, that also says when nothing happened.
    public static func watch(prefix: String, fromRevision revision: Int64) -> EtcdRequest {
        var body = interval(prefix)
        body["start_revision"] = .string(String(revision))
        body["progress_notify"] = .bool(true)
        return EtcdRequest("/v3/watch", .object(["create_request": .object(body)]))
    }

    public static let status = EtcdRequest("/v3/maintenance/status", .object([:]))

    public static let memberList = EtcdRequest("/v3/cluster/member/list", .object([:]))

    /// Reads the alarms (action GET); disarms none.
    public static let alarms = EtcdRequest("/v3/maintenance/alarm", .object(["action": .string("GET")]))

    /// Asks for a token. The body holds the password: never show or log it.
    public static func authenticate(user: String, password: String) -> EtcdRequest {
        EtcdRequest(
            "/v3/auth/authenticate", .object(["name": .string(user), "password": .string(password)]))
    }

    /// The token in the answer to `authenticate`. Throws `WireError`.
    public static func token(parsing body: [UInt8]) throws(WireError) -> String {
        let json = try EtcdReply.parse(body, format: "etcd authentication")
        guard let token = json["token"]?.string, !token.isEmpty else {
            // The body may hold half a token: it is not quoted.
            throw WireError.missing(format: "etcd authentication", field: "token", bytes: "")
        }
        return token
    }

    /// The half-open interval of a prefix: the end is the prefix with its last byte raised.
    static func rangeEnd(ofPrefix prefix: [UInt8]) -> [UInt8] {
        var end = prefix
        while let last = end.last {
            if last < 0xFF {
                end[end.count - 1] = last + 1
                return end
            }
            end.removeLast()
        }
        // All of the key space is written as a single zero byte.
        return [0]
    }

    private static func interval(_ prefix: String) -> [String: JSONValue] {
        let start = Array(prefix.utf8)
        return [
            "key": .string(Base64.encoded(start.isEmpty ? [0] : start)),
            "range_end": .string(Base64.encoded(rangeEnd(ofPrefix: start))),
        ]
    }
}
