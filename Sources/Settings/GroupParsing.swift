import Estate
import Yams

/// The groups of the file.
extension SettingsParser {
    mutating func groups(_ top: YAMLScope) -> [GroupSettings] {
        var made: [GroupSettings] = []
        for item in top.list("groups", expected: "a list of groups, each with name and what keeps it up") {
            if let group = group(item.node, item.subject) { made.append(group) }
        }
        return made
    }

    private mutating func group(_ node: YAMLNode, _ subject: String) -> GroupSettings? {
        let keys = ["name", "tier", "mode", "rto", "rpo", "survives_site", "backups"] + Self.managers.map(\.key)
        guard let scope = YAMLScope(node, subject, mistakes, keys: keys) else { return nil }
        let name = scope.required("name", expected: "name: the group's name")
        let manager = manager(scope)
        let tier: Tier? = scope.word("tier")
        let mode: Mode? = scope.word("mode")
        let rto = scope.parsed("rto", expected: Quantity.durationExpected, Quantity.duration)
        let rpo = scope.parsed("rpo", expected: Quantity.bytesExpected, Quantity.bytes)
        guard let name, isNewGroup(name, node, subject), let manager else { return nil }
        var plan = GroupPlan(GroupID(name), tier: tier ?? .standard)
        if manager.hasOneWriter { plan.mode = .activePassive }
        if let mode {
            if manager.hasOneWriter, mode != .activePassive, let node = scope["mode"] {
                mistakes.add(
                    node, scope.path("mode"), "\(manager.noun) cannot be \(mode.rawValue)",
                    expected: Mode.activePassive.rawValue)
            }
            plan.mode = mode
        }
        plan.rto = rto
        plan.rpoBytes = rpo
        var group = GroupSettings(plan, manager)
        var asked = tierSettings[plan.tier]
        if !group.keepsData { asked?.backups = nil }
        let tool = backups(scope, &plan, tier: asked)
        group.plan = plan
        group.pgbackrest = tool
        group.health = health(scope)
        return group
    }

    func haproxy(_ group: YAMLScope) -> HAProxySettings? {
        let keys = ["backend", "balancers", "frontends", "table", "client_limit"]
        guard let scope = group.scope("haproxy", keys: keys) else { return nil }
        let expected = "names from balancers"
        let named = scope.texts("balancers", expected: expected)
        for (name, node) in named where !balancerNames.contains(name) {
            mistakes.add(
                node, scope.path("balancers"), "balancers has no \(Escape.visible(name))",
                expected: balancerNames.isEmpty ? expected : balancerNames.joined(separator: ", "),
                nearest: Nearest.word(to: name, among: balancerNames))
        }
        guard let backend = scope.required("backend", expected: "backend: its name in haproxy.cfg") else { return nil }
        var made = HAProxySettings(backend: backend, balancers: named.map(\.text))
        made.frontends = scope.texts("frontends", expected: "names of frontends in haproxy.cfg").map(\.text)
        made.table = scope.text("table", expected: "the name of a stick table")
        made.clientLimitRate = scope.parsed("client_limit", expected: "requests a second") { text in
            Double(text).flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
        }
        return made
    }

    func patroni(_ group: YAMLScope) -> PatroniSettings? {
        guard let scope = group.scope("patroni", keys: ["scope", "namespace", "etcd", "rest", "postgres"]) else {
            return nil
        }
        let name = scope.required("scope", expected: "scope: as in patroni.yml")
        let namespace = scope.text("namespace", expected: "the namespace of patroni.yml, /service/ if unset")
        var made = PatroniSettings(
            scope: name ?? "", namespace: Self.normal(namespace ?? PatroniSettings.namespaceDefault))
        if let etcd = scope.scope("etcd", keys: Self.etcdKeys) { made.etcd = etcdEndpoints(etcd) }
        made.rest.via = defaultVia
        if let rest = scope.scope("rest", keys: ["endpoints", "username", "password", "tls", "via"]) {
            made.rest = self.rest(rest)
        }
        if let postgres = scope.scope("postgres", keys: Self.postgresKeys) { made.postgres = self.postgres(postgres) }
        if !scope.has("etcd") && made.rest.endpoints.isEmpty {
            scope.missing(
                "etcd", expected: "etcd: {endpoints: […]}, or rest: {endpoints: […]} to go by the REST API alone")
        }
        return name == nil ? nil : made
    }

    /// Patroni's own rule: a slash at both ends.
    static func normal(_ namespace: String) -> String {
        let parts = namespace.split(separator: "/")
        return parts.isEmpty ? "/" : "/" + parts.joined(separator: "/") + "/"
    }

    private func rest(_ scope: YAMLScope) -> RESTSettings {
        var made = RESTSettings()
        made.endpoints = scope.texts("endpoints", expected: "a list of http://host:8008").compactMap { text, node in
            address(text, node, scope.path("endpoints"), schemes: ["http", "https"], example: "http://host:8008")
        }
        made.username = scope.text("username", expected: "restapi.authentication.username of patroni.yml")
        made.password = secret(scope, "password")
        made.tls = tls(scope)
        made.via = via(scope)
        pair(scope)
        return made
    }

    static let postgresKeys = [
        "username", "database", "password", "sslmode", "sslrootcert", "sslcert", "sslkey", "via",
    ]

    func postgres(_ scope: YAMLScope) -> PostgresSettings? {
        let name = scope.required("username", expected: "username: a role that has pg_monitor")
        var made = PostgresSettings(username: name ?? "")
        made.database = scope.text("database", expected: "a database's name") ?? "postgres"
        made.password = secret(scope, "password")
        made.via = via(scope)
        made.sslMode = scope.word("sslmode") ?? .prefer
        made.sslRootCertificateFile = file(scope, "sslrootcert")
        made.sslCertificateFile = file(scope, "sslcert")
        made.sslKeyFile = file(scope, "sslkey")
        if made.sslCertificateFile != nil && made.sslKeyFile == nil {
            scope.missing("sslkey", expected: "sslkey: the key of sslcert")
        }
        return name == nil ? nil : made
    }
}
