/// What went wrong between us and a peer. Each says what, to whom, and what can be done. Never holds a credential.
public enum TransportError: Error, Equatable, Sendable {
    /// The address is not one that can be connected to.
    case badAddress(endpoint: String, reason: String)
    /// A certificate or key file cannot be used.
    case unusableTLS(file: String, reason: String)
    /// A secret cannot be read; holds where it should be, never what it is.
    case noSecret(place: String, reason: String)
    /// No connection came about.
    case unreachable(endpoint: String, reason: String)
    /// The peer's certificate was not accepted, or it refused ours.
    case untrusted(endpoint: String, reason: Distrust)
    /// No complete answer within the deadline.
    case late(endpoint: String, afterSeconds: Double)
    /// The connection ended before the answer did.
    case cutOff(endpoint: String, reason: String)
    /// The peer sent more than a named limit allows.
    case tooLong(endpoint: String, limitBytes: Int)
    /// A line that must not be sent as it is.
    case unsendable(endpoint: String, reason: String)
    /// A program on this machine could not be started.
    case notStarted(program: String, reason: String)
    /// The bastion through which it is reached is not, or makes no way. `isRefusal`: it answers and does not let us in.
    case noWay(bastion: String, reason: String, isRefusal: Bool)
    /// The door was closed: we are leaving.
    case closed

    /// The host answered that nothing listens at the address.
    public var isRefusedByHost: Bool {
        if case .unreachable(_, let reason) = self { reason.hasPrefix(NetworkFault.refusedWords) } else { false }
    }
}

extension TransportError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .badAddress(let endpoint, let reason):
            return "\(endpoint) is not a usable address: \(reason); correct it in the configuration"
        case .unusableTLS(let file, let reason):
            return "\(file) cannot be used for TLS: \(reason); check the path, its format (PEM) and its permissions"
        case .noSecret(let place, let reason):
            return "no secret in \(place): \(reason)"
        case .unreachable(let endpoint, let reason):
            return "cannot connect to \(endpoint): \(reason)"
        case .untrusted(let endpoint, let reason):
            return "\(endpoint) is not trusted: \(reason.words); \(reason.remedy)"
        case .late(let endpoint, let seconds):
            return "no answer from \(endpoint) within \(TransportError.short(seconds)) s"
        case .cutOff(let endpoint, let reason):
            return "\(endpoint) ended the connection: \(reason)"
        case .tooLong(let endpoint, let limitBytes):
            return "\(endpoint) sent more than \(limitBytes) bytes; is it the right kind of service?"
        case .unsendable(let endpoint, let reason):
            return "not sent to \(endpoint): \(reason); check the names in the configuration"
        case .notStarted(let program, let reason):
            return "cannot start \(program): \(reason); check the path and its permissions"
        case .noWay(let bastion, let reason, _):
            return "no way through \(bastion): \(reason)"
        case .closed:
            return "the connection was closed here"
        }
    }

    private static func short(_ seconds: Double) -> String {
        seconds == seconds.rounded() && abs(seconds) < 1e9 ? String(Int(seconds)) : String(seconds)
    }
}
