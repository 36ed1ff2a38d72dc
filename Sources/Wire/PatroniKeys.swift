/// A key that Patroni keeps under `/NAMESPACE/SCOPE/`.
public enum PatroniKey: Hashable, Sendable {
    /// The lock: its value is the name of who holds it.
    case leader
    /// What one member says of itself.
    case member(String)
    /// Last position of the primary and of its permanent slots.
    case status
    /// The same in the form of versions before 2.0: a bare number.
    case optimeLeader
    /// Who was synchronous when.
    case sync
    /// Timelines that ended.
    case history
    /// The dynamic configuration.
    case config
    /// A switchover or failover that someone asked for.
    case failover
    /// The system identifier, once the cluster is initialized.
    case initialize
    /// Members that failsafe mode counts on.
    case failsafe
    /// A key this version does not know.
    case other(String)

    /// Patroni's default namespace.
    public static let defaultNamespace = "/service/"

    /// The kind of key `path` names under `prefix` (as `PatroniKey.prefix` makes it); `nil` when it is not below it.
    public init?(path: String, prefix: String) {
        guard path.hasPrefix(prefix) else { return nil }
        let rest = String(path.dropFirst(prefix.count))
        switch rest {
        case "leader": self = .leader
        case "status": self = .status
        case "optime/leader": self = .optimeLeader
        case "sync": self = .sync
        case "history": self = .history
        case "config": self = .config
        case "failover": self = .failover
        case "initialize": self = .initialize
        case "failsafe": self = .failsafe
        default:
            if rest.hasPrefix("members/"), rest.count > "members/".count {
                self = .member(String(rest.dropFirst("members/".count)))
            } else {
                self = .other(rest)
            }
        }
    }

    /// The prefix of all keys of a scope, ending with a slash, whatever slashes the namespace came with.
    public static func prefix(namespace: String = defaultNamespace, scope: String) -> String {
        namespacePrefix(namespace) + scope + "/"
    }

    /// The prefix of all scopes.
    public static func namespacePrefix(_ namespace: String) -> String {
        let core = namespace.split(separator: "/").joined(separator: "/")
        return core.isEmpty ? "/" : "/" + core + "/"
    }

    /// The scopes that keys of a namespace belong to, sorted: those that have been initialized, configured or led.
    /// A Citus cluster's groups show as `scope/0`, `scope/1`.
    public static func scopes(ofPaths paths: some Sequence<String>, namespace: String) -> [String] {
        let prefix = namespacePrefix(namespace)
        var scopes: Set<String> = []
        for path in paths where path.hasPrefix(prefix) {
            let rest = path.dropFirst(prefix.count)
            guard let slash = rest.lastIndex(of: "/") else { continue }
            let scope = rest[..<slash]
            let name = rest[rest.index(after: slash)...]
            guard !scope.isEmpty, ["initialize", "config", "leader"].contains(name),
                !scope.hasSuffix("/optime"), !scope.hasSuffix("/members")
            else { continue }
            scopes.insert(String(scope))
        }
        return scopes.sorted()
    }
}
