public import Estate
import Yams

/// Instances of a service that tell of themselves over HTTP.
public struct HealthSettings: Sendable, Equatable {
    public struct Instance: Sendable, Equatable {
        public var name: String
        /// With its path: `http://host:8080/health`.
        public var endpoint: Endpoint
        /// A page with `process_start_time_seconds`, by which restarts are seen; nil: there is none.
        public var metrics: Endpoint?
        public init(_ name: String, endpoint: Endpoint, metrics: Endpoint? = nil) {
            self.name = name
            self.endpoint = endpoint
            self.metrics = metrics
        }
    }
    public var instances: [Instance]
    public var every: Span
    /// The member of the answer's JSON that holds the word; nil: `status`, where there is one.
    public var field: String?
    /// Words that mean that all is well; empty: the usual ones.
    public var words: [String]
    public static let everyDefault = Span.seconds(2)

    public init(
        instances: [Instance], every: Span = HealthSettings.everyDefault, field: String? = nil, words: [String] = []
    ) {
        self.instances = instances
        self.every = every
        self.field = field
        self.words = words
    }
}

/// One Envoy and its admin interface.
public struct EnvoySettings: Sendable, Equatable {
    public var name: String
    public var node: NodeID?
    public var endpoint: Endpoint
    public var every: Span
    public static let everyDefault = Span.seconds(2)
    public init(_ name: String, node: NodeID? = nil, endpoint: Endpoint, every: Span = EnvoySettings.everyDefault) {
        self.name = name
        self.node = node
        self.endpoint = endpoint
        self.every = every
    }
}

extension SettingsParser {
    func health(_ group: YAMLScope) -> HealthSettings? {
        guard let scope = group.scope("health", keys: ["instances", "every", "field", "words"]) else { return nil }
        let expected = "a list of instances, each with name and url"
        if !scope.has("instances") { scope.missing("instances", expected: expected) }
        var made = HealthSettings(instances: [])
        if let every = scope.parsed("every", expected: Quantity.durationExpected, Quantity.duration) {
            made.every = every
        }
        made.field = scope.text("field", expected: "names with dots between them: checks.database.status")
        made.words = scope.texts("words", expected: "words that mean that all is well").map(\.text)
        for item in scope.list("instances", expected: expected) {
            let keys = ["name", "url", "metrics", "username", "password", "token", "tls", "via"]
            guard let inner = YAMLScope(item.node, item.subject, mistakes, keys: keys) else { continue }
            let name = inner.required("name", expected: "name: as its balancer calls it, where it has one")
            guard let endpoint = door(inner, example: "http://host:8080/health"), let name,
                isNew(name, in: made.instances.map(\.name), item.node, item.subject)
            else { continue }
            var instance = HealthSettings.Instance(name, endpoint: endpoint)
            instance.metrics = self.endpoint(
                inner, "metrics", schemes: ["http", "https"], example: "http://host:8080/metrics")
            made.instances.append(instance)
        }
        return made
    }

    func envoys(_ top: YAMLScope) -> [EnvoySettings] {
        var made: [EnvoySettings] = []
        for item in top.list("envoy", expected: "a list of Envoys, each with name and url") {
            let keys = ["name", "node", "url", "every", "username", "password", "token", "tls", "via"]
            guard let scope = YAMLScope(item.node, item.subject, mistakes, keys: keys) else { continue }
            let name = scope.required("name", expected: "name: what it is called here")
            guard let endpoint = door(scope, example: "http://127.0.0.1:9901"), let name,
                isNew(name, in: made.map(\.name) + balancerNames, item.node, item.subject)
            else { continue }
            var one = EnvoySettings(name, endpoint: endpoint)
            one.node = reference(scope, "node", to: nodeNames, of: "nodes").map { NodeID($0) }
            if let every = scope.parsed("every", expected: Quantity.durationExpected, Quantity.duration) {
                one.every = every
            }
            made.append(one)
        }
        return made
    }
}

extension SettingsWriter {
    static func health(_ health: HealthSettings?) -> [String] {
        guard let health else { return [] }
        var out = ["    health:", "      every: \(Quantity.text(health.every))"]
        if let field = health.field { out.append("      field: \(scalar(field))") }
        if !health.words.isEmpty { out.append("      words: \(list(health.words))") }
        out.append("      instances:\(health.instances.isEmpty ? " []" : "")")
        for one in health.instances {
            out.append("        - name: \(scalar(one.name))")
            out.append("          url: \(scalar(one.endpoint.url))")
            out += credentials(one.endpoint, indent: "          ")
            if let page = one.metrics { out += endpoint(page, "metrics", indent: "          ") }
        }
        return out
    }

    static func envoys(_ settings: PitbossSettings) -> [String] {
        guard !settings.envoys.isEmpty else { return [] }
        var out = ["# Envoys and their admin interfaces.", "envoy:"]
        for one in settings.envoys {
            out.append("  - name: \(scalar(one.name))")
            if let node = one.node { out.append("    node: \(scalar(node.name))") }
            out += ["    url: \(scalar(one.endpoint.url))", "    every: \(Quantity.text(one.every))"]
            out += credentials(one.endpoint, indent: "    ")
        }
        return out + [""]
    }

    private static func credentials(_ endpoint: Endpoint, indent: String) -> [String] {
        credentials(
            endpoint.username, endpoint.password, endpoint.tls, token: endpoint.token, via: endpoint.via, indent: indent
        )
    }
}
