import Estate
import Yams

/// Starts from a `patronictl.yaml` (or a `patroni.yml`) that is there already. Passwords stay where they are: they
/// are named by file and key.
public enum PatronictlReader {
    public static func read(path: String) throws(SettingsError) -> PitbossSettings {
        let text = try SettingsReader.text(of: path)
        let folder = SettingsReader.folder(of: path)
        let absolute = path.hasPrefix("/") ? path : folder + "/" + (path.split(separator: "/").last ?? "")
        return try read(text, file: absolute, folder: folder)
    }

    /// `file` is absolute; relative paths in it start from `folder`.
    public static func read(_ yaml: String, file: String, folder: String) throws(SettingsError) -> PitbossSettings {
        let mistakes = MistakeList(file: file)
        guard let root = SettingsReader.compose(yaml, mistakes) else { throw .mistakes(mistakes.sorted()) }
        guard let map = root.mapping else {
            mistakes.add(root, "", "no keys", expected: "scope, namespace and etcd3, as patronictl reads them")
            throw .mistakes(mistakes.sorted())
        }
        let parser = PatronictlParser(map: map, file: file, folder: folder, mistakes: mistakes)
        let settings = parser.parse(root)
        guard mistakes.isEmpty, let settings else { throw .mistakes(mistakes.sorted()) }
        return settings
    }
}

/// Reads what pitboss needs and leaves the many keys of Patroni's own alone.
private struct PatronictlParser {
    let map: YAMLNode.Mapping
    let file: String
    let folder: String
    let mistakes: MistakeList

    func parse(_ root: YAMLNode) -> PitbossSettings? {
        let scope = text(["scope"])
        if scope == nil { mistakes.add(root, "", "scope is missing", expected: "scope: the cluster's name") }
        guard let section = ["etcd3", "etcd"].first(where: { value([$0])?.mapping != nil }) else {
            let others = ["consul", "zookeeper", "kubernetes", "exhibitor", "raft"]
            let other = others.first { value([$0]) != nil }
            mistakes.add(
                other.flatMap { value([$0]) } ?? root, other ?? "",
                other.map { "\($0) is not a store that pitboss watches" } ?? "etcd3 is missing",
                expected: "etcd3: {hosts: host:2379}")
            return nil
        }
        let etcd = etcd(section)
        guard let scope else { return nil }
        let namespace = text(["namespace"]).map(SettingsParser.normal) ?? PatroniSettings.namespaceDefault
        var patroni = PatroniSettings(scope: scope, namespace: namespace, etcd: etcd)
        patroni.rest = rest()
        patroni.postgres = postgres()
        var plan = GroupPlan(GroupID(scope), tier: .critical, mode: .activePassive)
        plan.rto = nil
        return PitbossSettings(
            name: scope, groups: [GroupSettings(plan, .patroni(patroni))],
            etcd: [EtcdSettings(scope == "etcd" ? "etcd-cluster" : "etcd", endpoints: etcd)])
    }

    private func etcd(_ section: String) -> [Endpoint] {
        var hosts: [String] = []
        if let list = value([section, "hosts"])?.sequence {
            hosts = list.compactMap { $0.scalar?.string }
        } else if let line = text([section, "hosts"]) ?? text([section, "host"]) {
            hosts = line.split(separator: ",").map { String($0.drop { $0 == " " }.prefix { $0 != " " }) }
        } else if let url = text([section, "url"]) {
            hosts = [url]
        }
        if hosts.isEmpty {
            mistakes.add(
                value([section]), section, "no hosts", expected: "hosts: host:2379, or a list of them")
        }
        var tls = TLSOptions()
        tls.caFile = path([section, "cacert"])
        tls.certificateFile = path([section, "cert"])
        tls.keyFile = path([section, "key"])
        let isTLS = text([section, "protocol"]) == "https"
        let username = text([section, "username"])
        let password = username == nil ? nil : secret([section, "password"])
        return hosts.map { host in
            let url = host.contains("://") ? host : "\(isTLS ? "https" : "http")://\(withPort(host, 2379))"
            return Endpoint(
                url: url, tls: url.hasPrefix("https") && tls != TLSOptions() ? tls : nil, username: username,
                password: password)
        }
    }

    private func withPort(_ host: String, _ port: Int) -> String {
        let tail = host.hasSuffix("]") ? "" : host.split(separator: ":", omittingEmptySubsequences: false).last ?? ""
        return host.contains(":") && Int(tail) != nil ? host : "\(host):\(port)"
    }

    /// `ctl` wins over `restapi`, as in patronictl.
    private func rest() -> RESTSettings {
        var made = RESTSettings()
        for section in ["ctl", "restapi"] where made.username == nil {
            guard let name = text([section, "authentication", "username"]) else { continue }
            made.username = name
            made.password = secret([section, "authentication", "password"])
        }
        var tls = TLSOptions()
        tls.caFile = path(["ctl", "cacert"]) ?? path(["restapi", "cafile"])
        tls.certificateFile = path(["ctl", "certfile"])
        tls.keyFile = path(["ctl", "keyfile"])
        tls.insecureSkipVerify = value(["ctl", "insecure"])?.scalar.flatMap { Bool.construct(from: $0) } ?? false
        made.tls = tls == TLSOptions() ? nil : tls
        return made
    }

    /// A `patroni.yml` holds roles too: the least of them that can read statistics.
    private func postgres() -> PostgresSettings? {
        let section = ["postgresql", "authentication", "superuser"]
        guard let name = text(section + ["username"]) else { return nil }
        var made = PostgresSettings(username: name, password: secret(section + ["password"]))
        made.sslMode = text(section + ["sslmode"]).flatMap { PostgresSettings.SSLMode(rawValue: $0) } ?? .prefer
        made.sslRootCertificateFile = path(section + ["sslrootcert"])
        made.sslCertificateFile = path(section + ["sslcert"])
        made.sslKeyFile = path(section + ["sslkey"])
        return made
    }

    private func value(_ keys: [String]) -> YAMLNode? {
        var here: YAMLNode = .mapping(map)
        for key in keys {
            guard let next = here.mapping?[key] else { return nil }
            here = next
        }
        return here
    }

    private func text(_ keys: [String]) -> String? {
        guard let text = value(keys)?.scalar?.string, !text.isEmpty else { return nil }
        return text
    }

    private func secret(_ keys: [String]) -> SecretSource? {
        text(keys).map { _ in .entry(file: file, keys: keys) }
    }

    private func path(_ keys: [String]) -> String? {
        text(keys).map { $0.hasPrefix("/") ? $0 : folder + "/" + $0 }
    }
}
