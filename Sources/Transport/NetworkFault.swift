import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

/// Turns what the network libraries throw into `TransportError`, in words for an operator.
public enum NetworkFault {
    /// `CancellationError` and `TransportError` pass as they are.
    public static func translate(_ error: any Error, endpoint: String) -> any Error {
        switch error {
        case is CancellationError, is TransportError:
            return error
        case let error as HTTPClientError:
            return translate(error, endpoint: endpoint)
        case let error as NIOConnectionError:
            return TransportError.unreachable(endpoint: endpoint, reason: reason(error))
        case let error as IOError:
            // An address that needs no look-up fails with the system's error itself.
            switch error.errnoCode {
            case ECONNRESET, EPIPE:
                return TransportError.cutOff(endpoint: endpoint, reason: words(errno: error.errnoCode))
            default:
                return TransportError.unreachable(endpoint: endpoint, reason: words(errno: error.errnoCode))
            }
        case let error as NIOSSLError:
            if case .handshakeFailed(let cause) = error {
                return TransportError.untrusted(endpoint: endpoint, reason: distrust(cause) ?? .other("\(cause)"))
            }
            if case .uncleanShutdown = error {
                return TransportError.cutOff(endpoint: endpoint, reason: "without closing TLS")
            }
            return TransportError.untrusted(endpoint: endpoint, reason: .other("\(error)"))
        case let error as NIOSSLExtraError:
            return TransportError.untrusted(
                endpoint: endpoint,
                reason: error == .failedToValidateHostname ? .otherName : .other(error.description))
        case let error as BoringSSLError:
            // Since TLS 1.3 a peer turns our certificate down after the handshake has ended for us. Anything else at
            // that time may have come after a request was read.
            guard let reason = distrust(error) else {
                return TransportError.cutOff(endpoint: endpoint, reason: "TLS broke off")
            }
            return TransportError.untrusted(endpoint: endpoint, reason: reason)
        case is ChannelError:
            return TransportError.cutOff(endpoint: endpoint, reason: "the connection is closed")
        default:
            return TransportError.cutOff(endpoint: endpoint, reason: "\(error)")
        }
    }

    private static func translate(_ error: HTTPClientError, endpoint: String) -> any Error {
        switch error {
        case .cancelled:
            return CancellationError()
        case .alreadyShutdown:
            return TransportError.closed
        case .connectTimeout, .tlsHandshakeTimeout, .socksHandshakeTimeout, .httpProxyHandshakeTimeout,
            .getConnectionFromPoolTimeout:
            return TransportError.unreachable(endpoint: endpoint, reason: "no connection in time")
        case .remoteConnectionClosed:
            return TransportError.cutOff(endpoint: endpoint, reason: "before the answer was complete")
        case .invalidURL, .emptyHost, .missingSocketPath, .emptyScheme:
            return TransportError.badAddress(endpoint: endpoint, reason: "it is not a URL")
        default:
            return TransportError.cutOff(endpoint: endpoint, reason: error.shortDescription)
        }
    }

    private static func reason(_ error: NIOConnectionError) -> String {
        for failure in error.connectionErrors {
            if let cause = failure.error as? IOError { return words(errno: cause.errnoCode) }
            if case .connectTimeout = failure.error as? ChannelError { return "no connection in time" }
        }
        if error.dnsAError != nil || error.dnsAAAAError != nil { return "the name \(error.host) is not known" }
        return "no address of \(error.host) answers"
    }

    static let refusedWords = "connection refused"

    /// What the operating system's error number means, and where to look.
    static func words(errno code: CInt) -> String {
        switch code {
        case ECONNREFUSED: return refusedWords + "; nothing listens there"
        case ECONNRESET, EPIPE: return "connection reset"
        case EHOSTUNREACH, ENETUNREACH: return "no route; check the network and firewalls"
        case ETIMEDOUT: return "no connection in time; check the network and firewalls"
        case ENOENT: return "no such socket; is the service up?"
        case EACCES, EPERM: return "permission denied; check the socket's owner and group"
        default: return "system error \(code)"
        }
    }

    /// The library tells by names of OpenSSL's, in the midst of where in its source they stand.
    private static func distrust(_ cause: BoringSSLError) -> Distrust? {
        let text = "\(cause)"
        func names(_ words: String...) -> Bool { words.contains { text.contains($0) } }
        if names("CERTIFICATE_VERIFY_FAILED") { return .unsigned }
        if names("WRONG_VERSION_NUMBER", "HTTP_REQUEST") { return .noTLS }
        if names(
            "ALERT_BAD_CERTIFICATE", "ALERT_CERTIFICATE_REQUIRED", "ALERT_UNKNOWN_CA", "ALERT_CERTIFICATE_UNKNOWN",
            "ALERT_CERTIFICATE_EXPIRED", "ALERT_UNSUPPORTED_CERTIFICATE", "ALERT_ACCESS_DENIED",
            // A server of TLS 1.2 that wanted a certificate.
            "ALERT_HANDSHAKE_FAILURE")
        {
            return .refusesOurs
        }
        return nil
    }
}
