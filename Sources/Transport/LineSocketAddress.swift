import Settings

/// Where a line socket listens: `unix:///path` or `tcp://host:port`.
enum LineSocketAddress: Equatable, Sendable {
    /// Longest path that the operating system takes for a socket, bytes.
    static let pathBytesMax = 107

    case path(String)
    case host(String, port: Int)

    init(_ near: NearPlace) {
        switch near {
        case .socket(let path): self = .path(path)
        case .port(let port): self = .host("127.0.0.1", port: port)
        }
    }

    init(_ endpoint: Endpoint) throws(TransportError) {
        let url = endpoint.url
        if url.hasPrefix("unix://") {
            let path = String(url.dropFirst("unix://".count))
            guard path.hasPrefix("/"), path.utf8.count > 1 else {
                throw .badAddress(endpoint: endpoint.label, reason: "expected unix:// and an absolute path")
            }
            guard path.utf8.count <= Self.pathBytesMax else {
                throw .badAddress(
                    endpoint: endpoint.label, reason: "a socket's path has at most \(Self.pathBytesMax) bytes")
            }
            self = .path(path)
            return
        }
        guard url.hasPrefix("tcp://") else {
            throw .badAddress(endpoint: endpoint.label, reason: "expected unix:///path or tcp://host:port")
        }
        let rest = url.dropFirst("tcp://".count)
        guard let colon = rest.lastIndex(of: ":"), let port = Int(rest[rest.index(after: colon)...]),
            (1...65_535).contains(port)
        else {
            throw .badAddress(endpoint: endpoint.label, reason: "expected tcp://host:port")
        }
        var host = rest[..<colon]
        if host.first == "[", host.last == "]" {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw .badAddress(endpoint: endpoint.label, reason: "an IPv6 address stands in brackets")
        }
        guard !host.isEmpty, !host.contains(where: { "/@?# ".contains($0) }) else {
            throw .badAddress(endpoint: endpoint.label, reason: "expected tcp://host:port and nothing else")
        }
        self = .host(String(host), port: port)
    }
}
