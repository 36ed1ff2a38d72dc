import Yams

/// Addresses, credentials and TLS.
extension SettingsParser {
    static let etcdKeys = ["endpoints", "username", "password", "tls", "via"]

    /// The endpoints of a cluster, each with the credentials to use there.
    func etcdEndpoints(_ scope: YAMLScope) -> [Endpoint] {
        if !scope.has("endpoints") { scope.missing("endpoints", expected: "endpoints: [\"https://host:2379\", …]") }
        let username = scope.text("username", expected: "a user of etcd")
        let password = secret(scope, "password")
        let tls = tls(scope)
        let via = via(scope)
        pair(scope)
        let texts = scope.texts("endpoints", expected: "a list of https://host:2379")
        if let node = scope["endpoints"], node.sequence?.isEmpty == true {
            mistakes.add(node, scope.path("endpoints"), "the list is empty", expected: "at least one https://host:2379")
        }
        return texts.compactMap { text, node in
            address(
                text, node, scope.path("endpoints"), schemes: ["http", "https"], example: "https://host:2379"
            ).map { Endpoint(url: $0, tls: tls, username: username, password: password, via: via) }
        }
    }

    /// A single URL without credentials of its own.
    func endpoint(_ scope: YAMLScope, _ key: String, schemes: [String], example: String) -> Endpoint? {
        guard let node = scope[key] else { return nil }
        guard let map = node.mapping else {
            return scope.text(key, expected: example).flatMap {
                address($0, node, scope.path(key), schemes: schemes, example: example)
            }.map { Endpoint(url: $0, via: defaultVia) }
        }
        guard schemes.contains("https"), !map.isEmpty else {
            scope.bad(node, key, expected: example)
            return nil
        }
        let keys = ["url", "username", "password", "tls", "via"]
        guard let inner = scope.scope(key, keys: keys), let text = inner.required("url", expected: "url: \(example)"),
            let urlNode = inner["url"],
            let url = address(text, urlNode, inner.path("url"), schemes: schemes, example: example)
        else { return nil }
        pair(inner)
        return Endpoint(
            url: url, tls: tls(inner), username: inner.text("username", expected: "a user's name"),
            password: secret(inner, "password"), via: via(inner))
    }

    /// A URL that has one of the schemes, a host or path, and no credentials in it.
    func address(_ text: String, _ node: YAMLNode, _ subject: String, schemes: [String], example: String) -> String? {
        guard let mark = text.firstRange(of: "://") else {
            mistakes.add(
                node, subject, "\(Escape.visible(text)) has no scheme", expected: example,
                nearest: schemes.contains("http") ? "http://\(Escape.visible(text))" : nil)
            return nil
        }
        let scheme = String(text[..<mark.lowerBound])
        let rest = text[mark.upperBound...]
        guard schemes.contains(scheme) else {
            mistakes.add(
                node, subject, "\(Escape.visible(scheme)):// does not fit here",
                expected: schemes.map { "\($0)://" }.joined(separator: " or "),
                nearest: Nearest.word(to: scheme, among: schemes).map { "\($0)://" })
            return nil
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        if authority.contains("@") {
            mistakes.add(
                node, subject, "user and password in the address",
                expected: "username: NAME and password: {file: PATH} as keys of their own")
            return nil
        }
        guard scheme == "unix" ? rest.hasPrefix("/") && rest.count > 1 : isAuthority(authority, scheme) else {
            mistakes.add(node, subject, "\(Escape.visible(text)) has no usable host and port", expected: example)
            return nil
        }
        return text
    }

    private func isAuthority(_ text: Substring, _ scheme: String) -> Bool {
        let portText: Substring?
        let host: Substring
        if text.hasPrefix("["), let end = text.lastIndex(of: "]") {
            host = text[...end]
            let after = text[text.index(after: end)...]
            if !after.isEmpty && !after.hasPrefix(":") { return false }
            portText = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            portText = text[text.index(after: colon)...]
            if host.contains(":") { return false }
        } else {
            host = text
            portText = nil
        }
        guard !host.isEmpty, !host.contains(" ") else { return false }
        guard let portText else { return scheme != "tcp" && scheme != "tls" }
        guard let port = UInt16(portText) else { return false }
        return port > 0
    }

    /// A secret by reference. A plaintext one is refused without being repeated.
    func secret(_ scope: YAMLScope, _ key: String) -> SecretSource? {
        let remedy = "{file: PATH} (chmod 600) or {env: NAME}"
        guard let node = scope[key] else { return nil }
        guard node.mapping != nil else {
            mistakes.add(
                node, scope.path(key), "a secret in plain text does not belong into this file",
                expected: "\(remedy): put it into a file of its own and name that here, and change it if others may "
                    + "have read it")
            return nil
        }
        guard let inner = scope.scope(key, keys: ["file", "env", "key"]) else { return nil }
        let file = inner.text("file", expected: "a path")
        let name = inner.text("env", expected: "the name of an environment variable")
        let entry = inner.text("key", expected: "keys with dots between them, e.g. ctl.authentication.password")
        switch (file, name, entry) {
        case (let file?, nil, nil): return .file(absolute(file))
        case (let file?, nil, let entry?):
            return .entry(file: absolute(file), keys: entry.split(separator: ".").map(String.init))
        case (nil, let name?, nil): return .environment(name)
        default:
            mistakes.add(node, scope.path(key), "it is not clear where the secret is kept", expected: remedy)
            return nil
        }
    }

    /// A password without a user, or a user without a password, is a mistake in the making.
    func pair(_ scope: YAMLScope) {
        if scope.has("password") && !scope.has("username") {
            scope.missing("username", expected: "username: NAME beside password")
        }
        if scope.has("username") && !scope.has("password") {
            scope.missing("password", expected: "password: {file: PATH} or {env: NAME} beside username")
        }
    }

    func tls(_ scope: YAMLScope) -> TLSOptions? {
        let keys = ["ca", "cert", "key", "insecure_skip_verify"]
        guard let inner = scope.scope("tls", keys: keys) else { return nil }
        var made = TLSOptions()
        made.caFile = file(inner, "ca")
        made.certificateFile = file(inner, "cert")
        made.keyFile = file(inner, "key")
        made.insecureSkipVerify = inner.flag("insecure_skip_verify") ?? false
        if made.keyFile != nil && made.certificateFile == nil {
            inner.missing("cert", expected: "cert: PATH, the certificate of key")
        }
        return made
    }

    func file(_ scope: YAMLScope, _ key: String) -> String? {
        scope.text(key, expected: "a path").map(absolute)
    }

    /// Relative to the folder of the configuration.
    private func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        return (folder == "/" ? "" : folder) + "/" + path
    }
}
