public import Settings

extension Endpoint {
    /// The address for messages: without user, password and query.
    public var label: String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...].prefix { $0 != "?" && $0 != "#" }
        let authority = rest.prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else { return String(url[..<scheme.upperBound]) + String(rest) }
        return String(url[..<scheme.upperBound]) + String(rest[rest.index(after: at)...])
    }

    /// Scheme, host and port without a slash at the end, for an HTTP endpoint.
    func httpBase() throws(TransportError) -> String {
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw .badAddress(endpoint: label, reason: "expected http:// or https://")
        }
        guard label == url else {
            throw .badAddress(endpoint: label, reason: "user, password or query in the address are not supported")
        }
        var base = Substring(url)
        while base.last == "/" { base.removeLast() }
        guard base.count > "https://".count || (base.hasPrefix("http://") && base.count > "http://".count) else {
            throw .badAddress(endpoint: label, reason: "it has no host")
        }
        return String(base)
    }

    var isTLS: Bool { url.hasPrefix("https://") }
}
