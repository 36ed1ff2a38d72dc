/// Requests that change something, for keys of pitboss's own only. Never one of Patroni's.
extension EtcdRequest {
    /// A lease that ends by itself `ttlSeconds` after its last sign of life.
    public static func grantLease(ttlSeconds: Int64) -> EtcdRequest {
        EtcdRequest("/v3/lease/grant", .object(["TTL": .string(String(ttlSeconds))]))
    }

    /// A sign of life of a lease.
    public static func keepLease(_ id: Int64) -> EtcdRequest {
        EtcdRequest("/v3/lease/keepalive", .object(["ID": .string(String(id))]))
    }

    /// Ends a lease, and with it every key that hangs on it.
    public static func revokeLease(_ id: Int64) -> EtcdRequest {
        EtcdRequest("/v3/lease/revoke", .object(["ID": .string(String(id))]))
    }

    /// One key, exactly.
    public static func get(_ key: String) -> EtcdRequest {
        EtcdRequest("/v3/kv/range", .object(["key": .string(Base64.encoded(Array(key.utf8)))]))
    }

    /// What has to be so for a transaction to write.
    public enum Condition: Hashable, Sendable {
        /// Nobody has the key.
        case isAbsent(String)
        /// The key was last written at this revision; 0: nobody has it.
        case isAt(String, modRevision: Int64)

        var json: JSONValue {
            switch self {
            case .isAbsent(let key):
                return .object([
                    "key": .string(Base64.encoded(Array(key.utf8))), "target": .string("CREATE"),
                    "result": .string("EQUAL"), "create_revision": .string("0"),
                ])
            case .isAt(let key, let revision):
                return .object([
                    "key": .string(Base64.encoded(Array(key.utf8))), "target": .string("MOD"),
                    "result": .string("EQUAL"), "mod_revision": .string(String(revision)),
                ])
            }
        }
    }

    /// A key with its value, on a lease (0: none).
    public struct Write: Hashable, Sendable {
        public var key: String
        public var value: [UInt8]
        public var lease: Int64
        public init(_ key: String, _ value: [UInt8], lease: Int64 = 0) {
            self.key = key
            self.value = value
            self.lease = lease
        }

        var json: JSONValue {
            var put: [String: JSONValue] = [
                "key": .string(Base64.encoded(Array(key.utf8))), "value": .string(Base64.encoded(value)),
            ]
            if lease != 0 { put["lease"] = .string(String(lease)) }
            return .object(["requestPut": .object(put)])
        }
    }

    /// Writes all where every condition holds; otherwise writes nothing and answers with the keys of the conditions.
    public static func write(_ writes: [Write], when conditions: [Condition]) -> EtcdRequest {
        let reads = conditions.map { condition -> JSONValue in
            let key: String
            switch condition {
            case .isAbsent(let name), .isAt(let name, _): key = name
            }
            return .object(["requestRange": .object(["key": .string(Base64.encoded(Array(key.utf8)))])])
        }
        return EtcdRequest(
            "/v3/kv/txn",
            .object([
                "compare": .array(conditions.map(\.json)), "success": .array(writes.map(\.json)),
                "failure": .array(reads),
            ]))
    }
}

/// Answer to a transaction.
public struct EtcdTransaction: Hashable, Sendable {
    /// The conditions held, and it has been written.
    public let isWritten: Bool
    public let revision: Int64
    /// The keys as they are, where it has not been written.
    public let found: [EtcdKeyValue]

    /// Decodes the body of `/v3/kv/txn`. Throws `WireError`.
    public init(parsing body: [UInt8]) throws(WireError) {
        let format = "etcd transaction"
        let json = try EtcdReply.parse(body, format: format)
        isWritten = json["succeeded"]?.bool ?? false
        revision = EtcdHeader(json["header"]).revision
        var found: [EtcdKeyValue] = []
        for response in json["responses"]?.array ?? [] {
            for element in response["response_range"]?["kvs"]?.array ?? [] {
                found.append(try EtcdKeyValue(element, format: format))
            }
        }
        self.found = found
    }
}

/// A lease as etcd answers of it.
public struct EtcdLease: Hashable, Sendable {
    public let id: Int64
    /// Seconds left; 0 or less: it is over.
    public let ttlSeconds: Int64

    /// Decodes the body of `/v3/lease/grant`, or of `/v3/lease/keepalive`. Throws `WireError`.
    public init(parsing body: [UInt8]) throws(WireError) {
        let format = "etcd lease"
        let json = try EtcdReply.parse(body, format: format)
        // A sign of life is answered as a stream of one.
        let result = json["result"] ?? json
        guard let id = result["ID"]?.int, id != 0 else {
            throw WireError.missing(format: format, field: "ID", bytes: Escaped.text(body))
        }
        self.id = id
        ttlSeconds = result["TTL"]?.int ?? 0
    }
}
