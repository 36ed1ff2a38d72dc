import Estate
import Settings
import Synchronization
import Transport
import Wire

/// Requests to etcd with whatever credentials an endpoint wants: certificates in its TLS options, or a user and a
/// password traded for a token, which is renewed when etcd no longer knows it.
final class EtcdLink: Sendable {
    /// Largest answer to a range, bytes.
    static let rangeBytesMax = 16 << 20
    /// Longest line of a watch, bytes; a line holds one transaction's changes.
    static let lineBytesMax = 16 << 20

    private let door: HTTPDoor
    private let tokens = Mutex<[String: String]>([:])

    init(clock: any Timekeeper) { door = HTTPDoor(clock: clock) }

    func close() async { await door.close() }

    /// Gets a token where the endpoint wants one and none is held, so that requests side by side do not each get one.
    func enter(_ endpoint: Endpoint, within deadline: Span) async throws {
        try await authorized(endpoint, within: deadline) { _ in }
    }

    /// The body of a good answer. Throws `TransportError`, `FeedError`, or `CancellationError`.
    func ask(_ request: EtcdRequest, at endpoint: Endpoint, within deadline: Span) async throws -> HTTPReply {
        try await authorized(endpoint, within: deadline) { [door] authorization in
            let reply = try await door.send(
                EtcdLink.http(request, authorization), to: endpoint, within: deadline,
                bodyBytesMax: EtcdLink.rangeBytesMax)
            if reply.status == 200 { return reply }
            throw EtcdLink.fault(status: reply.status, body: reply.body, endpoint: endpoint)
        }
    }

    /// Longest metrics page that is read, bytes.
    static let metricsBytesMax = 4 << 20

    /// What a member tells of its disk and limits on its metrics page, which wants no token. Throws `TransportError`,
    /// `FeedError` or `CancellationError`.
    func metrics(at endpoint: Endpoint, within deadline: Span) async throws -> PrometheusPage {
        let reply = try await door.send(
            HTTPRequest("GET", "/metrics"), to: endpoint, within: deadline, bodyBytesMax: Self.metricsBytesMax)
        guard reply.status == 200 else {
            throw FeedError.unreadable(endpoint: endpoint.label, reason: "status \(reply.status) for its metrics")
        }
        return PrometheusPage(reply.body, EtcdDisk.selection)
    }

    /// Opens a watch.
    func open(_ request: EtcdRequest, at endpoint: Endpoint, within deadline: Span) async throws -> HTTPLines {
        try await authorized(endpoint, within: deadline) { [door] authorization in
            let lines = try await door.open(
                EtcdLink.http(request, authorization), to: endpoint, within: deadline,
                lineBytesMax: EtcdLink.lineBytesMax)
            if lines.status == 200 { return lines }
            var iterator = lines.makeAsyncIterator()
            let body = try await iterator.next() ?? []
            throw EtcdLink.fault(status: lines.status, body: body, endpoint: endpoint)
        }
    }

    private func authorized<Value>(
        _ endpoint: Endpoint, within deadline: Span, _ body: (HTTPRequest.Authorization) async throws -> Value
    ) async throws -> Value {
        do {
            guard let user = endpoint.username, let source = endpoint.password else { return try await body(.none) }
            if let token = tokens.withLock({ $0[endpoint.url] }) {
                do {
                    return try await body(token.isEmpty ? .none : .token(token))
                } catch let fault as EtcdFault where fault.wantsToken {
                    tokens.withLock { $0[endpoint.url] = nil }
                }
            }
            let token = try await authenticate(user, source, at: endpoint, within: deadline)
            tokens.withLock { $0[endpoint.url] = token }
            return try await body(token.isEmpty ? .none : .token(token))
        } catch let fault as EtcdFault {
            throw EtcdLink.words(fault, endpoint: endpoint)
        }
    }

    /// A token; empty where the cluster has authentication switched off.
    private func authenticate(
        _ user: String, _ source: SecretSource, at endpoint: Endpoint, within deadline: Span
    ) async throws -> String {
        let request = EtcdRequest.authenticate(user: user, password: try Secret(source).resolve())
        let reply = try await door.send(
            EtcdLink.http(request, .none), to: endpoint, within: deadline, bodyBytesMax: EtcdLink.rangeBytesMax)
        if reply.status == 200 { return try EtcdRequest.token(parsing: reply.body) }
        if let fault = EtcdFault(parsing: reply.body), fault.isAuthenticationOff { return "" }
        throw EtcdLink.fault(status: reply.status, body: reply.body, endpoint: endpoint)
    }

    private static func http(_ request: EtcdRequest, _ authorization: HTTPRequest.Authorization) -> HTTPRequest {
        HTTPRequest("POST", request.path, body: request.body, authorization: authorization)
    }

    private static func fault(status: Int, body: [UInt8], endpoint: Endpoint) -> any Error {
        if let fault = EtcdFault(parsing: body) { return fault }
        if status == 401 || status == 403 {
            return FeedError.refused(endpoint: endpoint.label, reason: "status \(status)")
        }
        return FeedError.unreadable(
            endpoint: endpoint.label,
            reason: "status \(status) and “\(Escaped.text(body))”; is it etcd 3.4 or later?")
    }

    private static func words(_ fault: EtcdFault, endpoint: Endpoint) -> FeedError {
        if fault.wantsToken || fault.isRefusal {
            return FeedError.refused(
                endpoint: endpoint.label, reason: "\(fault.message); check user, password and the role's key range")
        }
        if fault.isElecting {
            return FeedError.unreachable(
                endpoint: endpoint.label, reason: "\(endpoint.label) has just seen an election: \(fault.message)")
        }
        if fault.isWithoutQuorum { return FeedError.withoutQuorum(endpoint: endpoint.label, reason: fault.message) }
        return FeedError.unreadable(endpoint: endpoint.label, reason: fault.message)
    }
}
