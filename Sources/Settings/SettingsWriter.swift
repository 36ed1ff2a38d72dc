import Estate

/// Renders settings as a commented `pitboss.yaml` that reads back as the same settings.
public enum SettingsWriter {
    public static func yaml(_ settings: PitbossSettings) -> String {
        var out: [String] = [
            "# pitboss.yaml: what pitboss watches. Secrets are never written here: each is named by",
            "# {file: PATH} (chmod 600), {env: NAME}, or {file: PATH, key: keys.in.that.yaml}.",
            "# Relative paths start from this file's folder. `pitboss doctor` checks all of it.",
            "",
            "platform: \(scalar(settings.name))",
            "",
        ]
        out += sites(settings) + tiers(settings) + nodes(settings) + groups(settings) + balancers(settings)
        out += envoys(settings) + etcd(settings) + observers(settings)
        out += guards(settings.guards) + rest(settings)
        return out.joined(separator: "\n") + "\n"
    }

    private static func sites(_ settings: PitbossSettings) -> [String] {
        let head = ["# Failure domains of their own: data centres, regions, zones."]
        if settings.sites.isEmpty { return head + ["# sites: [{name: ams}, {name: lon}]", ""] }
        return head + ["sites:"] + settings.sites.map { "  - {name: \(scalar($0.name))}" } + [""]
    }

    private static func nodes(_ settings: PitbossSettings) -> [String] {
        var out = ["# Hosts: the addresses under which members are seen on them, and their node_exporter."]
        if settings.nodes.isEmpty {
            return out + [
                "# nodes:", "#   - {name: db-1, site: ams, addresses: [10.0.0.1],",
                "#      node_exporter: \"http://10.0.0.1:9100/metrics\"}", "",
            ]
        }
        out.append("nodes:")
        for node in settings.nodes {
            out.append("  - name: \(scalar(node.id.name))")
            out.append(node.site.map { "    site: \(scalar($0.name))" } ?? "    # site: NAME, one of sites")
            if !node.addresses.isEmpty { out.append("    addresses: \(list(node.addresses))") }
            if let page = node.nodeExporter {
                out += endpoint(page, "node_exporter", indent: "    ")
            } else {
                out.append("    # node_exporter: \"http://HOST:9100/metrics\"")
            }
        }
        return out + [""]
    }

    private static func groups(_ settings: PitbossSettings) -> [String] {
        var out = [
            "# What is kept up: tier critical, standard or best-effort; rto: the longest outage, rpo: the most data",
            "# that may be lost.",
            "groups:",
        ]
        for group in settings.groups {
            out.append("  - name: \(scalar(group.id.name))")
            out.append("    tier: \(group.plan.tier.rawValue)")
            out.append("    mode: \(group.plan.mode.rawValue)")
            out.append(group.plan.rto.map { "    rto: \(Quantity.text($0))" } ?? "    # rto: 30s")
            out.append(group.plan.rpoBytes.map { "    rpo: \(Quantity.text(bytes: $0))" } ?? "    # rpo: 0B")
            out += protection(group, settings)
            switch group.manager {
            case .patroni(let patroni): out += self.patroni(patroni)
            case .haproxy(let pool):
                out += ["    haproxy:", "      backend: \(scalar(pool.backend))"]
                if !pool.balancers.isEmpty { out.append("      balancers: \(list(pool.balancers))") }
                if !pool.frontends.isEmpty { out.append("      frontends: \(list(pool.frontends))") }
                if let table = pool.table { out.append("      table: \(scalar(table))") }
                if let rate = pool.clientLimitRate { out.append("      client_limit: \(rate)") }
            case .paths(let paths): out += self.paths(paths)
            case .exec(let name): out.append("    exec: \(scalar(name))")
            case .health: break
            case .envoy(let cluster): out.append("    envoy: {cluster: \(scalar(cluster))}")
            case .sentinel(let sentinel): out += self.sentinel(sentinel)
            case .streaming(let streaming):
                out += ["    postgres:", "      hosts: \(list(streaming.hosts))"]
                if !streaming.fence.isEmpty { out.append("      fence: \(list(streaming.fence))") }
                out += login(streaming.postgres, indent: "      ")
            }
            out += health(group.health)
        }
        if settings.groups.isEmpty { out[out.count - 1] = "groups: []" }
        return out + [""]
    }

    private static func patroni(_ patroni: PatroniSettings) -> [String] {
        var out = [
            "    patroni:", "      scope: \(scalar(patroni.scope))", "      namespace: \(scalar(patroni.namespace))",
        ]
        if !patroni.etcd.isEmpty { out += ["      etcd:"] + cluster(patroni.etcd, indent: "        ") }
        let rest = patroni.rest
        if rest == RESTSettings() {
            out += [
                "      # Patroni's REST API, for what etcd does not know and for commands:",
                "      # rest: {username: NAME, password: {file: secrets/patroni-rest}}",
            ]
        } else {
            out.append("      rest:")
            if !rest.endpoints.isEmpty { out.append("        endpoints: \(list(rest.endpoints))") }
            out += credentials(rest.username, rest.password, rest.tls, via: rest.via, indent: "        ")
        }
        guard let postgres = patroni.postgres else {
            return out + [
                "      # A role with pg_monitor: CREATE ROLE pitboss LOGIN PASSWORD '…' IN ROLE pg_monitor;",
                "      # postgres: {username: pitboss, database: postgres, password: {file: secrets/pitboss-sql}}",
            ]
        }
        return out + ["      postgres:"] + login(postgres, indent: "        ")
    }

    private static func sentinel(_ sentinel: SentinelSettings) -> [String] {
        var out = [
            "    sentinel:", "      master: \(scalar(sentinel.master))",
            "      endpoints: \(list(sentinel.endpoints.map(\.url)))",
        ]
        if let first = sentinel.endpoints.first {
            out += credentials(first.username, first.password, first.tls, via: first.via, indent: "      ")
        }
        let redis = sentinel.redis
        let standard = sentinel.endpoints.first?.via
        if redis.username == nil, redis.password == nil, redis.tls == nil, redis.via == standard {
            return out + ["      # redis: {username: pitboss, password: {file: secrets/redis}}"]
        }
        out += ["      redis:"] + credentials(redis.username, redis.password, redis.tls, indent: "        ")
        if redis.via != standard {
            out += redis.via == nil ? ["        via: none"] : via(redis.via, indent: "        ")
        }
        // TLS by the system's own roots: written, or it would read back as none.
        return redis.tls == TLSOptions() ? out + ["        tls: {insecure_skip_verify: false}"] : out
    }

    private static func login(_ postgres: PostgresSettings, indent: String) -> [String] {
        var out = ["\(indent)username: \(scalar(postgres.username))"]
        out.append("\(indent)database: \(scalar(postgres.database))")
        if let password = postgres.password { out.append("\(indent)password: \(secret(password))") }
        out.append("\(indent)sslmode: \(postgres.sslMode.rawValue)")
        for (key, path) in [
            ("sslrootcert", postgres.sslRootCertificateFile), ("sslcert", postgres.sslCertificateFile),
            ("sslkey", postgres.sslKeyFile),
        ] {
            if let path { out.append("\(indent)\(key): \(scalar(path))") }
        }
        return out + via(postgres.via, indent: indent)
    }

    private static func balancers(_ settings: PitbossSettings) -> [String] {
        let head = ["# Balancer processes and their admin sockets (`stats socket … level admin`)."]
        if settings.balancers.isEmpty {
            let example = "{name: lb-1, node: db-1, socket: \"unix:///run/haproxy/admin.sock\"}"
            return head + ["# balancers:", "#   - \(example)", ""]
        }
        var out = head + ["balancers:"]
        for balancer in settings.balancers {
            out.append("  - name: \(scalar(balancer.name))")
            if let node = balancer.node { out.append("    node: \(scalar(node.name))") }
            out.append("    socket: \(scalar(balancer.socket.url))")
            out += via(balancer.socket.via, indent: "    ")
        }
        return out + [""]
    }

    private static func etcd(_ settings: PitbossSettings) -> [String] {
        guard !settings.etcd.isEmpty else { return [] }
        var out = ["# etcd clusters, watched for their own quorum.", "etcd:"]
        for cluster in settings.etcd {
            out.append("  - name: \(scalar(cluster.name))")
            out.append("    tier: \(cluster.tier.rawValue)")
            out += self.cluster(cluster.endpoints, indent: "    ")
        }
        return out + [""]
    }

    private static func rest(_ settings: PitbossSettings) -> [String] {
        var out = ["# Looking only is the default; `operate: true` or --operate allows commands."]
        out.append(settings.operate ? "operate: true" : "# operate: true")
        out.append(settings.theme.map { "theme: \(scalar($0))" } ?? "# theme: NAME, see `pitboss --help`")
        return out + [
            "", "# From where on a figure is worth saying.", "limits:",
            "  clock_offset: \(Quantity.text(settings.limits.clockOffset))",
        ]
    }

    // MARK: parts

    private static func cluster(_ endpoints: [Endpoint], indent: String) -> [String] {
        guard let first = endpoints.first else { return [indent + "endpoints: []"] }
        return [indent + "endpoints: \(list(endpoints.map(\.url)))"]
            + credentials(first.username, first.password, first.tls, via: first.via, indent: indent)
    }

    static func endpoint(_ endpoint: Endpoint, _ key: String, indent: String) -> [String] {
        if endpoint == Endpoint(url: endpoint.url) { return ["\(indent)\(key): \(scalar(endpoint.url))"] }
        return ["\(indent)\(key):", "\(indent)  url: \(scalar(endpoint.url))"]
            + credentials(
                endpoint.username, endpoint.password, endpoint.tls, via: endpoint.via, indent: indent + "  ")
    }

    static func credentials(
        _ username: String?, _ password: SecretSource?, _ tls: TLSOptions?, token: SecretSource? = nil,
        via bastion: Bastion? = nil, indent: String
    ) -> [String] {
        var out = via(bastion, indent: indent)
        if let username { out.append("\(indent)username: \(scalar(username))") }
        if let password { out.append("\(indent)password: \(secret(password))") }
        if let token { out.append("\(indent)token: \(secret(token))") }
        guard let tls, tls != TLSOptions() else { return out }
        out.append("\(indent)tls:")
        for (key, path) in [("ca", tls.caFile), ("cert", tls.certificateFile), ("key", tls.keyFile)] {
            if let path { out.append("\(indent)  \(key): \(scalar(path))") }
        }
        if tls.insecureSkipVerify { out.append("\(indent)  insecure_skip_verify: true") }
        return out
    }

    static func secret(_ source: SecretSource) -> String {
        switch source {
        case .file(let path): "{file: \(scalar(path))}"
        case .environment(let name): "{env: \(scalar(name))}"
        case .entry(let file, let keys): "{file: \(scalar(file)), key: \(scalar(keys.joined(separator: ".")))}"
        }
    }

    static func list(_ texts: [String]) -> String {
        "[\(texts.map(scalar).joined(separator: ", "))]"
    }

    /// Plain where YAML cannot take it for anything else, in double quotes otherwise.
    static func scalar(_ text: String) -> String {
        let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        let isPlain =
            text.first.map { $0.isASCII && ($0.isLetter || $0 == "/") } == true
            && text.utf8.allSatisfy(isPlain) && !words.contains(text.lowercased())
        if isPlain { return text }
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let hex = String(scalar.value, radix: 16)
                out += "\\x" + (hex.count == 1 ? "0" : "") + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
