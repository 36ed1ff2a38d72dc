import Estate
import Settings
import Synchronization
import Transport
import Wire

/// Requests to one etcd cluster for keys of pitboss's own, with the credentials that the configuration names: asked of
/// each endpoint in turn until one answers. A request may arrive twice: all that is asked here bears it.
final class EtcdDoor: Sendable {
    /// How long one endpoint may take.
    static let replyDeadline = Span.seconds(2)
    /// Largest answer, bytes.
    static let replyBytesMax = 16 << 20

    let name: String
    private let endpoints: [Endpoint]
    private let door: HTTPDoor
    private struct State {
        var tokens: [String: String] = [:]
        /// The one that answered last.
        var first = 0
    }
    private let state = Mutex(State())

    init(_ cluster: RegisterCluster, clock: any Timekeeper) {
        name = cluster.name
        endpoints = cluster.endpoints
        door = HTTPDoor(clock: clock)
    }

    func close() async { await door.close() }

    /// The body of a good answer.
    func ask(_ request: EtcdRequest) async throws(RegisterError) -> [UInt8] {
        try await turn { [self] endpoint in
            let reply = try await entered(endpoint) { [door] authorization in
                let reply = try await door.send(
                    Self.http(request, authorization), to: endpoint, within: Self.replyDeadline,
                    bodyBytesMax: Self.replyBytesMax)
                if reply.status != 200 { throw Self.fault(reply.status, reply.body) }
                return reply
            }
            return reply.body
        }
    }

    /// Opens a watch.
    func open(_ request: EtcdRequest) async throws(RegisterError) -> HTTPLines {
        try await turn { [self] endpoint in
            try await entered(endpoint) { [door] authorization in
                let lines = try await door.open(
                    Self.http(request, authorization), to: endpoint, within: Self.replyDeadline,
                    lineBytesMax: Self.replyBytesMax)
                if lines.status == 200 { return lines }
                var iterator = lines.makeAsyncIterator()
                throw Self.fault(lines.status, try await iterator.next() ?? [])
            }
        }
    }

    private func turn<Value: Sendable>(
        _ body: (Endpoint) async throws -> Value
    ) async throws(RegisterError) -> Value {
        let first = state.withLock { $0.first }
        var last = RegisterError.unreachable(register: name, reason: "no endpoint is configured")
        for i in endpoints.indices {
            let at = (first + i) % endpoints.count
            do {
                let value = try await body(endpoints[at])
                state.withLock { $0.first = at }
                return value
            } catch {
                last = self.error(error)
                if case .refused = last { throw last }
                if Task.isCancelled { throw last }
            }
        }
        throw last
    }

    private func error(_ error: any Error) -> RegisterError {
        switch error {
        case let error as RegisterError: return error
        case let fault as EtcdFault:
            if fault.message.contains("requested lease not found") { return .gone("the lease") }
            if fault.wantsToken || fault.isRefusal { return .refused(register: name, reason: fault.message) }
            return .unreachable(register: name, reason: fault.message)
        case let error as WireError: return .unreachable(register: name, reason: error.description)
        case let error as TransportError:
            switch error {
            case .untrusted, .noSecret, .unusableTLS, .badAddress:
                return .refused(register: name, reason: error.description)
            default: return .unreachable(register: name, reason: error.description)
            }
        default: return .unreachable(register: name, reason: Escaped.text("\(error)"))
        }
    }

    // MARK: tokens

    private func entered<Value>(
        _ endpoint: Endpoint, _ body: (HTTPRequest.Authorization) async throws -> Value
    ) async throws -> Value {
        guard let user = endpoint.username, let source = endpoint.password else { return try await body(.none) }
        if let token = state.withLock({ $0.tokens[endpoint.url] }) {
            do {
                return try await body(token.isEmpty ? .none : .token(token))
            } catch let fault as EtcdFault where fault.wantsToken {
                state.withLock { $0.tokens[endpoint.url] = nil }
            }
        }
        let request = EtcdRequest.authenticate(user: user, password: try Secret(source).resolve())
        let reply = try await door.send(
            Self.http(request, .none), to: endpoint, within: Self.replyDeadline, bodyBytesMax: Self.replyBytesMax)
        var token = ""
        if reply.status == 200 {
            token = try EtcdRequest.token(parsing: reply.body)
        } else if EtcdFault(parsing: reply.body)?.isAuthenticationOff != true {
            throw Self.fault(reply.status, reply.body)
        }
        state.withLock { $0.tokens[endpoint.url] = token }
        return try await body(token.isEmpty ? .none : .token(token))
    }

    private static func http(_ request: EtcdRequest, _ authorization: HTTPRequest.Authorization) -> HTTPRequest {
        HTTPRequest("POST", request.path, body: request.body, authorization: authorization)
    }

    private static func fault(_ status: Int, _ body: [UInt8]) -> any Error {
        if let fault = EtcdFault(parsing: body) { return fault }
        return WireError.refused(format: "etcd", status: status, message: Escaped.text(body))
    }
}
