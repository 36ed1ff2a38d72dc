/// Why TLS came to nothing: who does not believe whom, and what mends it.
public enum Distrust: Equatable, Sendable {
    /// The peer's certificate leads to no authority that we know, or is out of date: the TLS library reports both alike.
    case unsigned
    /// The peer's certificate is one for other names and addresses.
    case otherName
    /// The peer wants a certificate of ours and got none, or one that it does not believe.
    case refusesOurs
    case noTLS
    case other(String)

    /// Why, of an endpoint that is named beside it. Short: a narrow screen shows the beginning.
    public var words: String {
        switch self {
        case .unsigned: "its certificate is not of our CA, or out of date"
        case .otherName: "its certificate is for another name or address"
        case .refusesOurs: "it wants a client certificate, or another one than ours"
        case .noTLS: "it does not speak TLS"
        case .other(let reason): reason
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
