/// What a member of the lab is.
public enum LabKind: String, Sendable, Codable, CaseIterable {
    case etcd
    /// Patroni with the PostgreSQL server it looks after.
    case patroni
    case haproxy
    /// One of the six small HTTP servers behind `bet_api`.
    case bet
    /// node_exporter, under its node's name.
    case exporter
}

/// What a port is for.
public enum LabPort: String, Sendable, Codable, CaseIterable {
    case etcdClient, etcdPeer
    case sql, patroniREST
    case pgWrite, pgRead, betAPI, admin
    case http
    case metrics
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
