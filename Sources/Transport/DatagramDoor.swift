import FoundationEssentials
public import Settings

#if canImport(Glibc)
    import Glibc
#endif

/// Sends datagrams to one place, `unix:///path` or `udp://address:port`, and never waits: what cannot be taken at
/// once is lost, and the sender is told.
public struct DatagramDoor: Sendable {
    private let endpoint: Endpoint
    public init(_ endpoint: Endpoint) { self.endpoint = endpoint }

    /// Throws `TransportError`.
    public func send(_ bytes: [UInt8]) throws(TransportError) {
        if endpoint.url.hasPrefix("unix://") {
            try send(bytes, toPath: String(endpoint.url.dropFirst("unix://".count)))
        } else if endpoint.url.hasPrefix("udp://") {
            try send(bytes, toHost: String(endpoint.url.dropFirst("udp://".count)))
        } else {
            throw .badAddress(endpoint: endpoint.label, reason: "expected unix:///path or udp://address:port")
        }
    }

    private func send(_ bytes: [UInt8], toPath path: String) throws(TransportError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.utf8)
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw .badAddress(endpoint: endpoint.label, reason: "the path is too long for a socket")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Self.post(bytes, AF_UNIX, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if code != 0 { throw .unreachable(endpoint: endpoint.label, reason: NetworkFault.words(errno: code)) }
    }

    private func send(_ bytes: [UInt8], toHost text: String) throws(TransportError) {
        guard let colon = text.lastIndex(of: ":") else {
            throw .badAddress(endpoint: endpoint.label, reason: "it has no port")
        }
        let host = text[..<colon].trimmingPrefix("[")
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_DGRAM.rawValue)
        // A name would have to be asked for, and asking may take long: addresses only.
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let bare = host.hasSuffix("]") ? host.dropLast() : host
        guard getaddrinfo(String(bare), String(text[text.index(after: colon)...]), &hints, &list) == 0, let list else {
            throw .badAddress(endpoint: endpoint.label, reason: "an address in figures and a port are needed")
        }
        defer { freeaddrinfo(list) }
        let code = Self.post(bytes, list.pointee.ai_family, list.pointee.ai_addr, list.pointee.ai_addrlen)
        if code != 0 { throw .unreachable(endpoint: endpoint.label, reason: NetworkFault.words(errno: code)) }
    }

    /// 0, or the system's error number.
    private static func post(
        _ bytes: [UInt8], _ family: CInt, _ address: UnsafePointer<sockaddr>, _ length: socklen_t
    ) -> CInt {
        let descriptor = socket(family, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        let flags = CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)
        let sent = sendto(descriptor, bytes, bytes.count, flags, address, length)
        return sent == bytes.count ? 0 : errno
    }
}
