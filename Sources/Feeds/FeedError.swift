public import Estate
import Transport
import Wire

/// Why a subscription is not live. Each case says what happened, to what, and what can be done.
public enum FeedError: Error, Equatable, Sendable {
    /// No connection came about, or it broke.
    case unreachable(endpoint: String, reason: String)
    /// The peer is connected and says nothing within the deadline.
    case silent(endpoint: String, reason: String)
    /// The peer answers and does not let us in.
    case refused(endpoint: String, reason: String)
    /// TLS: we do not believe the peer, or it does not believe us.
    case untrusted(endpoint: String, reason: String, remedy: String)
    /// The peer's bytes make no sense; the excerpt in `reason` is escaped.
    case unreadable(endpoint: String, reason: String)
    /// The peer answers and cannot vouch for what it says.
    case withoutQuorum(endpoint: String, reason: String)
    /// The configuration does not allow for this subscription.
    case unusable(reason: String)

    /// What the source's state becomes.
    public var state: SourceStatus.State {
        switch self {
        case .unreachable, .unreadable, .withoutQuorum, .unusable: return .failed
        case .silent: return .silent
        case .refused: return .refused
        case .untrusted: return .untrusted
        }
    }

    /// How much it tells an operator: of several endpoints' failures the most telling one is shown.
    var weight: Int {
        switch self {
        case .withoutQuorum: return 3
        case .refused, .untrusted, .unreadable, .unusable: return 2
        case .silent: return 1
        case .unreachable: return 0
        }
    }

    /// The error an attempt threw, in this room's words.
    public init(_ error: any Error, endpoint: String) {
        switch error {
        case let error as FeedError:
            self = error
        case let error as TransportError:
            switch error {
            case .late: self = .silent(endpoint: endpoint, reason: error.description)
            case .untrusted(let peer, let reason):
                self = .untrusted(endpoint: peer, reason: reason.words, remedy: reason.remedy)
            case .noSecret: self = .refused(endpoint: endpoint, reason: error.description)
            case .badAddress, .unusableTLS, .unsendable, .notStarted: self = .unusable(reason: error.description)
            case .noWay(let bastion, let reason, let isRefusal):
                self =
                    isRefusal
                    ? .refused(endpoint: bastion, reason: reason)
                    : .unreachable(endpoint: endpoint, reason: error.description)
            case .tooLong: self = .unreadable(endpoint: endpoint, reason: error.description)
            case .unreachable, .cutOff, .closed: self = .unreachable(endpoint: endpoint, reason: error.description)
            }
        case let error as WireError:
            if case .refused = error {
                self = .refused(endpoint: endpoint, reason: error.description)
            } else {
                self = .unreadable(endpoint: endpoint, reason: error.description)
            }
        default:
            self = .unreachable(endpoint: endpoint, reason: Escaped.text("\(error)"))
        }
    }
}

extension FeedError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreachable(_, let reason), .silent(_, let reason), .unusable(let reason):
            return reason
        case .untrusted(let endpoint, let reason, let remedy):
            return "\(reason) (\(endpoint)); \(remedy)"
        case .refused(let endpoint, let reason):
            return "\(endpoint) refuses: \(reason)"
        case .unreadable(let endpoint, let reason):
            return "\(endpoint) is not understood: \(reason)"
        case .withoutQuorum(let endpoint, let reason):
            return "\(endpoint) has no quorum: \(reason); what it last said is old"
        }
    }
}
