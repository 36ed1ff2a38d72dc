import Estate
import Yams

/// Groups of ways through the network.
extension SettingsParser {
    static let probeKinds = ["tcp", "tls", "dns", "icmp", "blackbox"]

    func paths(_ group: YAMLScope) -> PathSettings? {
        guard let scope = group.scope("paths", keys: ["every", "probes"]) else { return nil }
        var made = PathSettings()
        if let every = scope.parsed("every", expected: Quantity.durationExpected, Quantity.duration) {
            made.every = every
        }
        let expected = "a list of probes, each with name and one of \(Self.probeKinds.joined(separator: ", "))"
        if !scope.has("probes") { scope.missing("probes", expected: expected) }
        for item in scope.list("probes", expected: expected) {
            guard let probe = probe(item.node, item.subject) else { continue }
            if made.probes.contains(where: { $0.name == probe.name }) {
                mistakes.add(item.node, item.subject, "\(probe.name) is there twice", expected: "a name of its own")
                continue
            }
            made.probes.append(probe)
        }
        return made
    }

    private func probe(_ node: YAMLNode, _ subject: String) -> ProbeSettings? {
        let keys = ["name", "provider", "capacity"] + Self.probeKinds
        guard let scope = YAMLScope(node, subject, mistakes, keys: keys) else { return nil }
        let name = scope.required("name", expected: "name: what the way is called")
        let provider = scope.text("provider", expected: "who carries it")
        let capacity = scope.parsed("capacity", expected: "\(Quantity.bytesExpected), each second", Quantity.bytes)
        let kinds = Self.probeKinds.filter(scope.has)
        guard kinds.count == 1, let kind = kinds.first else {
            let problem = kinds.isEmpty ? "nothing says how it is probed" : "it is probed in more than one way"
            mistakes.add(node, subject, problem, expected: "one of \(Self.probeKinds.joined(separator: ", "))")
            return nil
        }
        guard let made = self.kind(scope, kind), let name else { return nil }
        return ProbeSettings(name, made, provider: provider, capacityBytesRate: capacity.map(Double.init))
    }

    private func kind(_ scope: YAMLScope, _ kind: String) -> ProbeSettings.Kind? {
        switch kind {
        case "tcp": return hostAndPort(scope, "tcp", port: nil).map { .tcp($0) }
        case "tls":
            guard let node = scope["tls"] else { return nil }
            if node.scalar != nil {
                return hostAndPort(scope, "tls", port: 443).map { .tls(Endpoint(url: "tls://\($0)")) }
            }
            guard let inner = scope.scope("tls", keys: ["host", "tls"]),
                let host = hostAndPort(inner, "host", port: 443)
            else { return nil }
            return .tls(Endpoint(url: "tls://\(host)", tls: tls(inner)))
        case "dns":
            guard let inner = scope.scope("dns", keys: ["name", "server"]),
                let name = inner.required("name", expected: "name: the name to look up")
            else { return nil }
            guard inner.has("server") else {
                inner.missing("server", expected: "server: the address of the name server")
                return nil
            }
            return hostAndPort(inner, "server", port: 53).map { .dns(name: name, server: $0) }
        case "icmp": return scope.text("icmp", expected: "an address or host name").map { .icmp($0) }
        default:
            let example = "http://host:9115/probe?target=…&module=…"
            return endpoint(scope, "blackbox", schemes: ["http", "https"], example: example).map { .blackbox($0) }
        }
    }

    /// `host:port`; the port may be left out where there is a usual one.
    private func hostAndPort(_ scope: YAMLScope, _ key: String, port: Int?) -> String? {
        let expected = port.map { "host or host:port (\($0) if unset)" } ?? "host:port"
        guard let node = scope[key], let text = scope.text(key, expected: expected) else { return nil }
        let full: String
        if text.hasSuffix("]") || !text.contains(":") {
            guard let port else {
                scope.bad(node, key, expected: expected)
                return nil
            }
            full = "\(text):\(port)"
        } else {
            full = text
        }
        return address("tcp://\(full)", node, scope.path(key), schemes: ["tcp"], example: expected).map {
            String($0.dropFirst("tcp://".count))
        }
    }
}
