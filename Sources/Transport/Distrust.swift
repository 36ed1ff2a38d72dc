/// Why TLS came to nothing: who does not believe whom, and what mends it.
public enum Distrust: Equatable, Sendable {
    /// The peer's certificate leads to no authority that we know, or is out of date: libssl tells them apart to nobody.
    case unsigned
    /// The peer's certificate is one for other names and addresses.
    case otherName
    /// The peer wants a certificate of ours and got none, or one that it does not believe.
    case refusesOurs
    case noTLS
    case other(String)

    /// What was found at the endpoint.
    public func words(_ endpoint: String) -> String {
        switch self {
        case .unsigned:
            "the certificate of \(endpoint) is not trusted: our CA has not signed it, or it is out of date"
        case .otherName: "the certificate of \(endpoint) is not trusted: it is for another name or address"
        case .refusesOurs: "\(endpoint) does not trust us: it wants a client certificate, or another one"
        case .noTLS: "\(endpoint) does not speak TLS"
        case .other(let reason): "no trust between us and \(endpoint): \(reason)"
        }
    }

    public var remedy: String {
        switch self {
        case .unsigned: "name its CA: `tls: {ca: FILE}`"
        case .otherName: "use an address that the certificate has, or add this one to it"
        case .refusesOurs: "name one that its CA has signed: `tls: {cert: FILE, key: FILE}`"
        case .noTLS: "take the address without it: http:// or tcp://"
        case .other: "check `tls:` here and the certificate there"
        }
    }
}
