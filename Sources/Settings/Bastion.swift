import Yams

/// A host through which others are reached, by the system's OpenSSH: `ssh://[user@]host[:port]`. The host may be an
/// alias of OpenSSH's own configuration.
public struct Bastion: Sendable, Hashable {
    public static let form = "ssh://[user@]host[:port]"

    public let host: String
    public let user: String?
    public let port: Int?
    /// In place of OpenSSH's own configuration; nil: that one.
    public var configFile: String?

    /// nil where it is not of the form, or has characters that no user or host has: nothing of it may ever be taken
    /// for an option or a command.
    public init?(_ url: String, configFile: String? = nil) {
        guard url.hasPrefix("ssh://") else { return nil }
        var rest = url.dropFirst("ssh://".count)
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        if let at = rest.lastIndex(of: "@") {
            let name = rest[..<at]
            guard Self.isWord(name, beyond: "_") else { return nil }
            user = String(name)
            rest = rest[rest.index(after: at)...]
        } else {
            user = nil
        }
        var portText: Substring?
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            let inside = rest[rest.index(after: rest.startIndex)..<end]
            guard !inside.isEmpty, inside.utf8.allSatisfy({ $0 == UInt8(ascii: ":") || Self.isHexDigit($0) }) else {
                return nil
            }
            host = String(inside)
            let after = rest[rest.index(after: end)...]
            guard after.isEmpty || after.hasPrefix(":") else { return nil }
            portText = after.isEmpty ? nil : after.dropFirst()
        } else {
            let name = rest.prefix { $0 != ":" }
            guard Self.isWord(name, beyond: "") else { return nil }
            host = String(name)
            portText = name.endIndex == rest.endIndex ? nil : rest[name.endIndex...].dropFirst()
        }
        if let portText {
            guard let number = UInt16(portText), number > 0, portText.first != "+" else { return nil }
            port = Int(number)
        } else {
            port = nil
        }
        self.configFile = configFile
    }

    /// Letters, digits, dots, dashes and underscores, and none but the first two to begin with.
    private static func isWord(_ text: Substring, beyond more: String) -> Bool {
        guard let first = text.utf8.first, isLetterOrDigit(first) || more.utf8.contains(first) else { return false }
        return text.utf8.allSatisfy { isLetterOrDigit($0) || "._-".utf8.contains($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
    }

    /// As it is written.
    public var url: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "ssh://" + (user.map { "\($0)@" } ?? "") + name + (port.map { ":\($0)" } ?? "")
    }
}

extension SettingsParser {
    static let viaExpected = "\(Bastion.form), {url: \(Bastion.form), config: FILE}, or none"

    /// The bastion of an endpoint: what its own `via` says, else what stands at the top.
    func via(_ scope: YAMLScope) -> Bastion? { via(scope, else: defaultVia) }

    func via(_ scope: YAMLScope, else standard: Bastion?) -> Bastion? {
        guard let node = scope["via"] else { return standard }
        guard node.mapping != nil else {
            guard let text = scope.text("via", expected: Self.viaExpected), text != "none" else { return nil }
            return bastion(text, node, scope.path("via"))
        }
        guard let inner = scope.scope("via", keys: ["url", "config"]),
            let text = inner.required("url", expected: "url: \(Bastion.form)"), let urlNode = inner["url"],
            var made = bastion(text, urlNode, inner.path("url"))
        else { return nil }
        made.configFile = file(inner, "config")
        return made
    }

    private func bastion(_ text: String, _ node: YAMLNode, _ subject: String) -> Bastion? {
        if let made = Bastion(text) { return made }
        mistakes.add(
            node, subject, "\(Escape.visible(text)) is not the address of a bastion", expected: Self.viaExpected,
            nearest: Bastion("ssh://" + text).map(\.url))
        return nil
    }
}

extension SettingsWriter {
    static func via(_ bastion: Bastion?, indent: String) -> [String] {
        guard let bastion else { return [] }
        guard let file = bastion.configFile else { return ["\(indent)via: \(scalar(bastion.url))"] }
        return ["\(indent)via: {url: \(scalar(bastion.url)), config: \(scalar(file))}"]
    }
}

extension PitbossSettings {
    /// Every bastion that something is reached through, once.
    public var bastions: [Bastion] {
        var all: [Bastion?] = nodes.map { $0.nodeExporter?.via } + balancers.map(\.socket.via)
        all += etcd.flatMap { $0.endpoints.map(\.via) } + prometheus.map(\.endpoint.via)
        all += alertmanager.map(\.endpoint.via) + envoys.map(\.endpoint.via)
        for group in groups {
            if let patroni = group.patroni {
                all += patroni.etcd.map(\.via) + [patroni.rest.via, patroni.postgres?.via]
            }
            if let sentinel = group.sentinel { all += sentinel.endpoints.map(\.via) + [sentinel.redis.via] }
            all.append(group.streaming?.postgres.via)
            all += (group.health?.instances ?? []).flatMap { [$0.endpoint.via, $0.metrics?.via] }
            for probe in group.paths?.probes ?? [] {
                if case .blackbox(let page) = probe.kind { all.append(page.via) }
            }
        }
        var seen = Set<Bastion>()
        return all.compactMap { $0 }.filter { seen.insert($0).inserted }
    }
}
