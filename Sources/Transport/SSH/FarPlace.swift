import Settings

/// What a bastion is asked to connect to.
enum FarPlace: Hashable, Sendable {
    case host(String, port: Int)
    case socket(String)

    /// Whatever OpenSSH could take for more than a host, a port or a path is turned down: names of hosts come from
    /// the platform itself, too.
    init(_ endpoint: Endpoint) throws(TransportError) {
        let url = endpoint.url
        if url.hasPrefix("unix://") {
            let path = String(url.dropFirst("unix://".count))
            guard path.hasPrefix("/"), path.utf8.allSatisfy(Self.isOfPath) else {
                throw .badAddress(
                    endpoint: endpoint.label,
                    reason: "through a bastion a socket's path may have letters, digits and / . _ - only")
            }
            self = .socket(path)
            return
        }
        guard let scheme = url.firstRange(of: "://") else {
            throw .badAddress(endpoint: endpoint.label, reason: "it has no scheme")
        }
        let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
        var host = authority
        var portText: Substring?
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            host = authority[authority.index(after: authority.startIndex)..<end]
            let after = authority[authority.index(after: end)...]
            portText = after.hasPrefix(":") ? after.dropFirst() : nil
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            portText = authority[authority.index(after: colon)...]
        }
        guard let port = portText.map({ UInt16($0) }) ?? Self.usualPort(url[..<scheme.lowerBound]), port > 0,
            !host.isEmpty, host.utf8.first != UInt8(ascii: "-"), host.utf8.allSatisfy(Self.isOfHost)
        else {
            throw .badAddress(endpoint: endpoint.label, reason: "it has no host and port that a bastion could be told")
        }
        self = .host(String(host), port: Int(port))
    }

    private static func usualPort(_ scheme: Substring) -> UInt16? {
        switch scheme {
        case "http": 80
        case "https": 443
        case "postgres", "postgresql": 5432
        default: nil
        }
    }

    private static func isOfPath(_ byte: UInt8) -> Bool { isWord(byte) || byte == UInt8(ascii: "/") }
    private static func isOfHost(_ byte: UInt8) -> Bool { isWord(byte) || byte == UInt8(ascii: ":") }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// As OpenSSH writes it.
    var text: String {
        switch self {
        case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .socket(let path): path
        }
    }
}

/// Our end of a way: what is connected to in place of the far one.
enum NearPlace: Hashable, Sendable {
    /// In a folder of our own: nobody else on this machine can use it.
    case socket(String)
    /// On 127.0.0.1, for those who speak TLS to the far end and need a host for it, or cannot use a socket.
    case port(Int)

    enum Kind: Hashable, Sendable { case socket, port }

    var text: String {
        switch self {
        case .socket(let path): path
        case .port(let port): "127.0.0.1:\(port)"
        }
    }
}
