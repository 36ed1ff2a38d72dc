import Estate

/// A Patroni cluster found in an etcd.
public struct DiscoveredScope: Sendable, Equatable {
    public var namespace: String
    public var scope: String
    /// Members and the address each is reached at, where the register says.
    public var members: [(name: String, address: String?)]

    public init(namespace: String, scope: String, members: [(name: String, address: String?)] = []) {
        self.namespace = namespace
        self.scope = scope
        self.members = members
    }

    public static func == (a: Self, b: Self) -> Bool {
        a.namespace == b.namespace && a.scope == b.scope
            && a.members.map(\.name) == b.members.map(\.name)
            && a.members.map(\.address) == b.members.map(\.address)
    }
}

extension PitbossSettings {
    /// What can be watched knowing an etcd and the scopes found there, and nothing else: no credentials, no sites.
    /// Each address that members share becomes a node.
    public static func discovered(
        etcd endpoints: [Endpoint], scopes: [DiscoveredScope], rest: RESTSettings = RESTSettings()
    ) -> PitbossSettings {
        var settings = PitbossSettings(name: scopes.count == 1 ? scopes[0].scope : "discovered")
        for found in scopes.sorted(by: { ($0.scope, $0.namespace) < ($1.scope, $1.namespace) }) {
            let isTwin = scopes.filter { $0.scope == found.scope }.count > 1
            let bare = found.namespace.split(separator: "/").joined(separator: "-")
            let name = isTwin ? "\(found.scope)-\(bare)" : found.scope
            let patroni = PatroniSettings(
                scope: found.scope, namespace: found.namespace, etcd: endpoints, rest: rest)
            settings.groups.append(
                GroupSettings(GroupPlan(GroupID(name), tier: .critical, mode: .activePassive), .patroni(patroni)))
        }
        let taken = Set(settings.groups.map(\.id.name))
        settings.etcd = [EtcdSettings(taken.contains("etcd") ? "etcd-cluster" : "etcd", endpoints: endpoints)]
        settings.addNodes(of: scopes)
        return settings
    }

    /// A node for each address that no node has yet.
    public mutating func addNodes(of scopes: [DiscoveredScope]) {
        for member in scopes.flatMap(\.members) {
            guard let address = member.address, platform.node(at: address) == nil else { continue }
            let host = address.hasPrefix("[") ? address : String(address.prefix { $0 != ":" })
            nodes.append(NodeSettings(NodeID(host), addresses: [host]))
        }
    }
}
