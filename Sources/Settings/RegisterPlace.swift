public import Estate

/// Where a group's leases and offers are kept. It is named by what the group is in its own etcd, not by what a
/// configuration calls it: two operators with two files meet at the same place.
public struct RegisterPlace: Sendable, Hashable {
    /// Begins each key of the group; no slash at the end.
    public var key: String
    /// Index into `PitbossSettings.registers`.
    public var register: Int
}

/// An etcd cluster in which operators see each other.
public struct RegisterCluster: Sendable, Equatable {
    /// The quorum group or the database group whose etcd it is.
    public var name: String
    public var endpoints: [Endpoint]
}

extension PitbossSettings {
    /// The clusters that hold the register, and where in them each group has its place. Groups without one are kept
    /// apart on this machine alone.
    public var registers: (clusters: [RegisterCluster], places: [GroupID: RegisterPlace]) {
        var clusters: [RegisterCluster] = []
        var places: [GroupID: RegisterPlace] = [:]
        guard guards.register.isUsed else { return ([], [:]) }
        func index(_ name: String, _ endpoints: [Endpoint]) -> Int {
            let urls = Set(endpoints.map(\.url))
            if let i = clusters.firstIndex(where: { !urls.isDisjoint(with: $0.endpoints.map(\.url)) }) { return i }
            let named = etcd.first { !urls.isDisjoint(with: $0.endpoints.map(\.url)) }?.name ?? name
            clusters.append(RegisterCluster(name: named, endpoints: endpoints))
            return clusters.count - 1
        }
        let prefix = guards.register.prefix
        for group in groups {
            guard let patroni = group.patroni, !patroni.etcd.isEmpty else { continue }
            let path = (patroni.namespace + "/" + patroni.scope).split(separator: "/").joined(separator: "/")
            places[group.id] = RegisterPlace(
                key: "\(prefix)scope/\(path)", register: index(group.id.name, patroni.etcd))
        }
        for cluster in etcd where !cluster.endpoints.isEmpty {
            places[GroupID(cluster.name)] = RegisterPlace(
                key: "\(prefix)quorum/\(Self.keyPart(cluster.name))", register: index(cluster.name, cluster.endpoints))
        }
        let common = guards.register.etcd.flatMap { name in etcd.first { $0.name == name } } ?? etcd.first
        let shared = common.map { index($0.name, $0.endpoints) } ?? (clusters.isEmpty ? nil : 0)
        if let shared {
            for plan in platform.groups where places[plan.id] == nil {
                let path = "\(Self.keyPart(name))/\(Self.keyPart(plan.id.name))"
                places[plan.id] = RegisterPlace(key: "\(prefix)platform/\(path)", register: shared)
            }
        }
        return (clusters, places)
    }

    /// A name as one part of a key.
    private static func keyPart(_ name: String) -> String {
        var out = ""
        for scalar in name.unicodeScalars {
            out += scalar == "/" ? "%2F" : scalar == "%" ? "%25" : String(scalar)
        }
        return out
    }
}
