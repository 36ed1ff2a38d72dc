public import Estate

/// One request; address, TLS and credentials come from the endpoint it is sent to.
public struct HTTPRequest: Sendable, Equatable {
    public enum Authorization: Sendable, Equatable {
        case none
        /// The endpoint's user and password, resolved when it is sent.
        case basic
        /// Whatever the endpoint has: a token, user and password, or nothing.
        case configured
        /// The header's whole value, as etcd wants its tokens.
        case token(String)
    }

    public var method: String
    /// Path and query, beginning with `/`, already percent-encoded.
    public var path: String
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    public var authorization: Authorization

    public init(
        _ method: String = "GET", _ path: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        authorization: Authorization = .none
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.authorization = authorization
    }

    public static func == (a: HTTPRequest, b: HTTPRequest) -> Bool {
        a.method == b.method && a.path == b.path && a.body == b.body && a.authorization == b.authorization
            && a.headers.elementsEqual(b.headers) { $0.name == $1.name && $0.value == $1.value }
    }
}

/// A complete answer.
public struct HTTPReply: Sendable, Equatable {
    public let status: Int
    public let body: [UInt8]
    /// From the request's first byte to the answer's last, connecting included.
    public let took: Span
    /// The `Date` header as sent: the peer's clock in whole seconds.
    public let dateHeader: String?

    public init(status: Int, body: [UInt8], took: Span = .zero, dateHeader: String? = nil) {
        self.status = status
        self.body = body
        self.took = took
        self.dateHeader = dateHeader
    }
}
