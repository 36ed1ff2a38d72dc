import Yams

/// What may keep a group up: one line each.
extension SettingsParser {
    typealias ManagerParser = @Sendable (SettingsParser, YAMLScope) -> GroupSettings.Manager?

    static let managers: [(key: String, example: String, parse: ManagerParser)] = [
        ("patroni", "patroni: {scope, …}", { parser, scope in parser.patroni(scope).map { .patroni($0) } }),
        ("haproxy", "haproxy: {backend: NAME}", { parser, scope in parser.haproxy(scope).map { .haproxy($0) } }),
        ("sentinel", "sentinel: {endpoints: […]}", { parser, scope in parser.sentinel(scope).map { .sentinel($0) } }),
        ("postgres", "postgres: {hosts: […]}", { parser, scope in parser.streaming(scope).map { .streaming($0) } }),
        ("paths", "paths: {probes: […]}", { parser, scope in parser.paths(scope).map { .paths($0) } }),
        (
            "envoy", "envoy: {cluster: NAME}",
            { _, scope in
                scope.scope("envoy", keys: ["cluster"])?.required("cluster", expected: "cluster: its name in Envoy")
                    .map { .envoy($0) }
            }
        ),
        ("health", "health: {instances: […]}", { _, scope in scope.has("health") ? .health : nil }),
        (
            "exec", "exec: NAME",
            { parser, scope in
                parser.reference(scope, "exec", to: parser.execNames, of: "exec").map { .exec($0) }
            }
        ),
    ]

    func manager(_ scope: YAMLScope) -> GroupSettings.Manager? {
        var there = Self.managers.filter { scope.has($0.key) }
        // Instances may tell of themselves beside whatever keeps the group up.
        if there.count > 1 { there.removeAll { $0.key == "health" } }
        guard let first = there.first else {
            scope.missing(
                Self.managers.map(\.key).joined(separator: " or "),
                expected: Self.managers.map(\.example).joined(separator: " or "))
            return nil
        }
        if there.count > 1 {
            mistakes.add(
                scope[there[1].key], scope.subject, "\(first.key) and \(there[1].key) both keep this group",
                expected: "one of them; a pool over a cluster is a group of its own")
            return nil
        }
        return first.parse(self, scope)
    }

    private func sentinel(_ group: YAMLScope) -> SentinelSettings? {
        let keys = ["master", "endpoints", "username", "password", "tls", "via", "redis"]
        guard let scope = group.scope("sentinel", keys: keys) else { return nil }
        let name = scope.text("master", expected: "the name in `sentinel monitor NAME`, the group's own if unset")
        if !scope.has("endpoints") { scope.missing("endpoints", expected: "endpoints: [\"tcp://host:26379\", …]") }
        let username = scope.text("username", expected: "a user of the Sentinels")
        let password = secret(scope, "password")
        let tls = tls(scope)
        let via = via(scope)
        let texts = scope.texts("endpoints", expected: "a list of tcp://host:26379 or tls://host:26379")
        if let node = scope["endpoints"], node.sequence?.isEmpty == true {
            mistakes.add(node, scope.path("endpoints"), "the list is empty", expected: "at least one tcp://host:26379")
        }
        let endpoints = texts.compactMap { text, node in
            address(
                text, node, scope.path("endpoints"), schemes: ["tcp", "tls"], example: "tcp://host:26379"
            ).map { Endpoint(url: $0, tls: tls, username: username, password: password, via: via) }
        }
        var made = SentinelSettings(
            master: name ?? group.text("name", expected: "a name") ?? "", endpoints: endpoints)
        made.redis.via = via
        if let redis = scope.scope("redis", keys: ["username", "password", "tls", "via"]) {
            made.redis.via = self.via(redis, else: via)
            made.redis.username = redis.text("username", expected: "a user of Redis")
            made.redis.password = secret(redis, "password")
            made.redis.tls = self.tls(redis)
            if redis.has("username") && !redis.has("password") {
                redis.missing("password", expected: "password: {file: PATH} or {env: NAME} beside username")
            }
        }
        return made
    }

    private func streaming(_ group: YAMLScope) -> StreamingSettings? {
        guard let scope = group.scope("postgres", keys: ["hosts", "fence"] + Self.postgresKeys) else { return nil }
        if !scope.has("hosts") { scope.missing("hosts", expected: "hosts: [\"db-1:5432\", …]") }
        let hosts = scope.texts("hosts", expected: "a list of host:port").compactMap { text, node in
            address(
                "tcp://" + text, node, scope.path("hosts"), schemes: ["tcp"], example: "db-1:5432"
            ) == nil ? nil : text
        }
        guard let postgres = self.postgres(scope) else { return nil }
        var made = StreamingSettings(hosts: hosts, postgres: postgres)
        if scope.has("fence") {
            made.fence = command(scope, "fence", example: "[/usr/local/sbin/fence-db]") ?? []
        }
        return made
    }
}
