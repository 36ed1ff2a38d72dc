import Estate
import Yams

/// Turns the composed file into values. Goes on after each mistake.
struct SettingsParser {
    let mistakes: MistakeList
    let folder: String
    /// Names that later parts refer to.
    var siteNames: [String] = []
    var nodeNames: [String] = []
    var balancerNames: [String] = []
    var execNames: [String] = []
    /// The bastion of every endpoint that names none itself.
    var defaultVia: Bastion?
    var tierSettings: [Tier: TierSettings] = [:]
    var groupNames: Set<String> = []
    /// Names of the commands; nil: not checked.
    var commands: [String]?
    /// Time zones; nil: not checked.
    var zones: KnownZones?
    /// Keys and commands of the dashboard; nil: not checked.
    var known: KnownKeys?

    static let keys =
        [
            "platform", "sites", "tiers", "nodes", "groups", "balancers", "etcd", "prometheus", "alertmanager", "exec",
            "envoy",
            "operate", "theme", "keys", "limits", "via",
        ] + guardKeys

    mutating func parse(_ root: YAMLNode) -> PitbossSettings? {
        guard let top = YAMLScope(root, "", mistakes, keys: Self.keys) else { return nil }
        let name = top.required("platform", expected: "platform: NAME, the name shown in the header")
        var settings = PitbossSettings(name: name ?? "")
        defaultVia = via(top, else: nil)
        settings.sites = sites(top)
        settings.nodes = nodes(top)
        settings.tiers = tiers(top)
        tierSettings = settings.tiers
        settings.exec = execs(top)
        execNames = settings.exec.map(\.name)
        settings.balancers = balancers(top)
        settings.envoys = envoys(top)
        settings.groups = groups(top)
        settings.etcd = etcds(top)
        let groups = settings.groups.map(\.id.name) + settings.etcd.map(\.name)
        settings.prometheus = prometheuses(top, groups: groups)
        settings.alertmanager = alertmanagers(top, groups: groups)
        settings.operate = top.flag("operate") ?? false
        settings.theme = top.text("theme", expected: "the name of a theme")
        settings.keys = keys(top)
        settings.limits = limits(top)
        settings.guards = guards(top, settings)
        if !top.has("groups") && !top.has("etcd") {
            top.missing("groups", expected: "groups: a list with at least one group, or etcd: a list of clusters")
        }
        if !settings.groups.allSatisfy({ $0.haproxy == nil }) && !top.has("balancers") {
            top.missing("balancers", expected: "balancers: a list, since a group is kept by haproxy")
        }
        return settings
    }

    private mutating func sites(_ top: YAMLScope) -> [SiteID] {
        for item in top.list("sites", expected: "a list of sites, each {name: NAME}") {
            let name: String?
            if item.node.scalar != nil {
                name = top.text(item.node, item.subject, expected: "the site's name")
            } else {
                name = YAMLScope(item.node, item.subject, mistakes, keys: ["name"])?
                    .required("name", expected: "name: the site's name")
            }
            if let name, isNew(name, in: siteNames, item.node, item.subject) { siteNames.append(name) }
        }
        return siteNames.map { SiteID($0) }
    }

    private mutating func nodes(_ top: YAMLScope) -> [NodeSettings] {
        var made: [NodeSettings] = []
        for item in top.list("nodes", expected: "a list of nodes, each with name, site and addresses") {
            let keys = ["name", "site", "addresses", "node_exporter"]
            guard let scope = YAMLScope(item.node, item.subject, mistakes, keys: keys) else { continue }
            guard let name = scope.required("name", expected: "name: the node's name"),
                isNew(name, in: nodeNames, item.node, item.subject)
            else { continue }
            nodeNames.append(name)
            var node = NodeSettings(NodeID(name))
            node.site = reference(scope, "site", to: siteNames, of: "sites").map { SiteID($0) }
            node.addresses = scope.texts("addresses", expected: "a list of addresses or host names").map(\.text)
            node.nodeExporter = endpoint(
                scope, "node_exporter", schemes: ["http", "https"], example: "http://host:9100/metrics")
            made.append(node)
        }
        return made
    }

    private mutating func balancers(_ top: YAMLScope) -> [BalancerSettings] {
        var made: [BalancerSettings] = []
        for item in top.list("balancers", expected: "a list of balancers, each with name and socket") {
            let keys = ["name", "node", "socket", "via"]
            guard let scope = YAMLScope(item.node, item.subject, mistakes, keys: keys),
                let name = scope.required("name", expected: "name: the balancer's name"),
                isNew(name, in: balancerNames, item.node, item.subject)
            else { continue }
            balancerNames.append(name)
            let node = reference(scope, "node", to: nodeNames, of: "nodes").map { NodeID($0) }
            if !scope.has("socket") {
                scope.missing("socket", expected: "socket: unix:///path or tcp://host:port of its admin socket")
            }
            let example = "unix:///run/haproxy/admin.sock or tcp://host:9999"
            if var socket = endpoint(scope, "socket", schemes: ["unix", "tcp"], example: example) {
                socket.via = via(scope)
                made.append(BalancerSettings(name, node: node, socket: socket))
            }
        }
        return made
    }

    private mutating func etcds(_ top: YAMLScope) -> [EtcdSettings] {
        var made: [EtcdSettings] = []
        for item in top.list("etcd", expected: "a list of etcd clusters, each with name and endpoints") {
            let keys = ["name", "tier"] + Self.etcdKeys
            guard let scope = YAMLScope(item.node, item.subject, mistakes, keys: keys) else { continue }
            let name = scope.required("name", expected: "name: the cluster's name")
            let tier: Tier = scope.word("tier") ?? .standard
            let endpoints = etcdEndpoints(scope)
            guard let name, isNewGroup(name, item.node, item.subject) else { continue }
            made.append(EtcdSettings(name, tier: tier, endpoints: endpoints))
        }
        return made
    }

    private func limits(_ top: YAMLScope) -> Limits {
        var limits = Limits()
        guard let scope = top.scope("limits", keys: ["clock_offset"]) else { return limits }
        if let value = scope.parsed("clock_offset", expected: Quantity.durationExpected, Quantity.duration) {
            limits.clockOffset = value
        }
        return limits
    }

    // MARK: names

    func isNew(_ name: String, in names: [String], _ node: YAMLNode, _ subject: String) -> Bool {
        guard names.contains(name) else { return true }
        mistakes.add(node, subject, "\(name) is there twice", expected: "a name of its own")
        return false
    }

    mutating func isNewGroup(_ name: String, _ node: YAMLNode, _ subject: String) -> Bool {
        guard groupNames.insert(name).inserted else {
            mistakes.add(
                node, subject, "\(name) is there twice", expected: "a name of its own among groups and etcd clusters")
            return false
        }
        return true
    }

    /// A name that must be in another list of the file.
    func reference(_ scope: YAMLScope, _ key: String, to names: [String], of list: String) -> String? {
        guard let node = scope[key], let name = scope.text(key, expected: "a name from \(list)") else { return nil }
        guard names.contains(name) else {
            let known = names.isEmpty ? "a name that \(list) lists; it lists none" : names.joined(separator: ", ")
            mistakes.add(
                node, scope.path(key), "\(list) has no \(Escape.visible(name))", expected: known,
                nearest: Nearest.word(to: name, among: names))
            return nil
        }
        return name
    }
}
