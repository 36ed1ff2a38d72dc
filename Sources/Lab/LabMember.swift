/// What a member of the lab is. The core's kinds are named here, an extra's own in its file.
public struct LabKind: RawRepresentable, Hashable, Sendable, Codable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let etcd = LabKind(rawValue: "etcd")
    /// Patroni with the PostgreSQL server it looks after.
    public static let patroni = LabKind(rawValue: "patroni")
    public static let haproxy = LabKind(rawValue: "haproxy")
    /// One of the six small HTTP servers behind `bet_api`.
    public static let bet = LabKind(rawValue: "bet")
    /// node_exporter, under its node's name.
    public static let exporter = LabKind(rawValue: "exporter")
}

/// What a port is for. The core's are named here, an extra's own in its file.
public struct LabPort: RawRepresentable, Hashable, Sendable, Codable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let etcdClient = LabPort(rawValue: "etcdClient")
    public static let etcdPeer = LabPort(rawValue: "etcdPeer")
    public static let sql = LabPort(rawValue: "sql")
    public static let patroniREST = LabPort(rawValue: "patroniREST")
    public static let pgWrite = LabPort(rawValue: "pgWrite")
    public static let pgRead = LabPort(rawValue: "pgRead")
    public static let betAPI = LabPort(rawValue: "betAPI")
    /// The same with TLS, where an extra serves it.
    public static let betTLS = LabPort(rawValue: "betTLS")
    public static let admin = LabPort(rawValue: "admin")
    public static let http = LabPort(rawValue: "http")
    public static let metrics = LabPort(rawValue: "metrics")
}

/// One service of the lab: a name, a place, its ports.
public struct LabMember: Sendable, Equatable, Codable {
    public let name: String
    public let kind: LabKind
    public let site: String
    /// An IPv4 loopback address.
    public let address: String
    public let ports: [LabPort: Int]

    /// The node on which it stands.
    public var node: String { "node-\(site)" }

    /// The number of a port, 0 for one that this kind does not have.
    public func port(_ port: LabPort) -> Int { ports[port] ?? 0 }
}
