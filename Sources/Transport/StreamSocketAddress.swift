import Settings

/// Where a stream goes to: `tcp://host:port`, `tls://host:port` or `unix:///path`.
struct StreamSocketAddress: Equatable, Sendable {
    let place: LineSocketAddress
    let isTLS: Bool

    init(_ endpoint: Endpoint) throws(TransportError) {
        guard endpoint.url.hasPrefix("tls://") else {
            place = try LineSocketAddress(endpoint)
            isTLS = false
            return
        }
        var plain = endpoint
        plain.url = "tcp://" + endpoint.url.dropFirst("tls://".count)
        do {
            place = try LineSocketAddress(plain)
        } catch {
            throw .badAddress(endpoint: endpoint.label, reason: "expected tls://host:port")
        }
        isTLS = true
    }
}
