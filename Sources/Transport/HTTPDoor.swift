import AsyncHTTPClient
public import Estate
import FoundationEssentials
public import NIOCore
import NIOHTTP1
public import Settings
import Synchronization

/// The door for HTTP. Each owner (a feed, the executor) has one and closes it when it is done: no socket outlives
/// its owner. All doors share one group of event loops; the client behind a door comes into being with its first
/// request, and TLS with the first address that needs it.
public final class HTTPDoor: Sendable {
    /// Connections to one host; a watch holds one for good.
    public static let connectionsPerHostMax = 64
    /// Bound on a connection attempt beneath every deadline, on the network library's own clock.
    public static let connectSecondsMax: Int64 = 30

    /// Clients by what they are for: one for all that is reached from here, and one for each host that is reached
    /// through a bastion under TLS.
    private enum State {
        case open([HTTPWay.Client: HTTPClient])
        case closed
    }

    private let clock: any Timekeeper
    private let tls = TLSLoader()
    private let state = Mutex<State>(.open([:]))

    public init(clock: any Timekeeper) { self.clock = clock }

    deinit {
        // An owner that forgot to close must not bring the process down: the client insists on being shut down.
        for client in takeClients() { client.shutdown { _ in } }
    }

    /// Ends every connection, those in use too; later requests throw `TransportError.closed`.
    public func close() async {
        for client in takeClients() {
            // All it can say is that a connection was busy, which is why it is called.
            try? await client.shutdown()
        }
    }

    /// Sends a request and waits for the whole answer. Throws `TransportError`, or `CancellationError`.
    public func send(
        _ request: HTTPRequest, to endpoint: Endpoint, within deadline: Span, bodyBytesMax: Int
    ) async throws -> HTTPReply {
        let prepared = try prepare(request, for: endpoint)
        let label = endpoint.label
        let start = clock.now()
        let clock = clock
        return try await withDeadline(
            deadline, clock: clock, orThrow: .late(endpoint: label, afterSeconds: deadline.seconds)
        ) { [self] in
            do {
                let response = try await execute(prepared, endpoint)
                var body: [UInt8] = []
                for try await chunk in response.body {
                    guard body.count + chunk.readableBytes <= bodyBytesMax else {
                        throw TransportError.tooLong(endpoint: label, limitBytes: bodyBytesMax)
                    }
                    body.append(contentsOf: chunk.readableBytesView)
                }
                return HTTPReply(
                    status: Int(response.status.code), body: body, took: clock.now() - start,
                    dateHeader: response.headers.first(name: "date"))
            } catch {
                throw await told(error, endpoint)
            }
        }
    }

    /// Sends a request and hands its answer on as it comes, so that a large one is never held whole. `consume` gets the
    /// status and one piece after the other. Throws `TransportError`, `CancellationError`, or what `consume` throws.
    public func receive(
        _ request: HTTPRequest, from endpoint: Endpoint, within deadline: Span, bodyBytesMax: Int,
        _ consume: @escaping @Sendable (_ status: Int, _ piece: ByteBufferView) throws -> Void
    ) async throws -> HTTPReply {
        let prepared = try prepare(request, for: endpoint)
        let label = endpoint.label
        let start = clock.now()
        let clock = clock
        return try await withDeadline(
            deadline, clock: clock, orThrow: .late(endpoint: label, afterSeconds: deadline.seconds)
        ) { [self] in
            let response: HTTPClientResponse
            do { response = try await execute(prepared, endpoint) } catch { throw await told(error, endpoint) }
            var left = bodyBytesMax
            var pieces = response.body.makeAsyncIterator()
            while true {
                let piece: ByteBuffer?
                do { piece = try await pieces.next() } catch { throw await told(error, endpoint) }
                guard let piece else { break }
                left -= piece.readableBytes
                guard left >= 0 else { throw TransportError.tooLong(endpoint: label, limitBytes: bodyBytesMax) }
                try consume(Int(response.status.code), piece.readableBytesView)
            }
            return HTTPReply(
                status: Int(response.status.code), body: [], took: clock.now() - start,
                dateHeader: response.headers.first(name: "date"))
        }
    }

    /// Opens a request whose answer goes on for ever, delivered as lines. The head must come `within` the deadline;
    /// from then on the caller decides how long silence may last. Ending the iteration, or cancelling the task,
    /// closes the connection. Throws `TransportError`, or `CancellationError`.
    public func open(
        _ request: HTTPRequest, to endpoint: Endpoint, within deadline: Span, lineBytesMax: Int
    ) async throws -> HTTPLines {
        let prepared = try prepare(request, for: endpoint)
        let label = endpoint.label
        let response = try await withDeadline(
            deadline, clock: clock, orThrow: .late(endpoint: label, afterSeconds: deadline.seconds)
        ) { [self] in
            do {
                return try await execute(prepared, endpoint)
            } catch {
                throw await told(error, endpoint)
            }
        }
        return HTTPLines(response, endpoint: label, lineBytesMax: lineBytesMax)
    }

    private func takeClients() -> [HTTPClient] {
        state.withLock { state in
            defer { state = .closed }
            if case .open(let clients) = state { return Array(clients.values) }
            return []
        }
    }

    private func told(_ error: any Error, _ endpoint: Endpoint) async -> any Error {
        let told = NetworkFault.translate(error, endpoint: endpoint.label)
        return endpoint.via == nil ? told : await Tunnels.shared.explained(told, endpoint, clock: clock)
    }

    private func execute(_ request: HTTPClientRequest, _ endpoint: Endpoint) async throws -> HTTPClientResponse {
        var request = request
        var kind = HTTPWay.Client.fromHere
        if endpoint.via != nil { kind = try await HTTPWay.lead(&request, to: endpoint, clock: clock) }
        // The library's own deadline is out of reach: ours is on the injected clock.
        return try await client(kind).execute(request, deadline: .distantFuture)
    }

    private func client(_ kind: HTTPWay.Client) throws(TransportError) -> HTTPClient {
        let client: HTTPClient? = state.withLock { state in
            guard case .open(var clients) = state else { return nil }
            if let client = clients[kind] { return client }
            var configuration = HTTPClient.Configuration()
            // A redirect would carry credentials to an address that nobody configured.
            configuration.redirectConfiguration = .disallow
            configuration.httpVersion = .http1Only
            configuration.timeout.connect = .seconds(HTTPDoor.connectSecondsMax)
            configuration.connectionPool.retryConnectionEstablishment = false
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = HTTPDoor.connectionsPerHostMax
            HTTPWay.configure(&configuration, for: kind)
            let made = HTTPClient(eventLoopGroupProvider: .shared(NetworkThread.group), configuration: configuration)
            clients[kind] = made
            state = .open(clients)
            return made
        }
        guard let client else { throw .closed }
        return client
    }

    private func prepare(_ request: HTTPRequest, for endpoint: Endpoint) throws(TransportError) -> HTTPClientRequest {
        var made = HTTPClientRequest(url: try endpoint.httpBase() + request.path)
        made.method = HTTPMethod(rawValue: request.method)
        for header in request.headers { made.headers.add(name: header.name, value: header.value) }
        if !request.body.isEmpty {
            made.body = .bytes(request.body)
            if !made.headers.contains(name: "content-type") {
                made.headers.add(name: "content-type", value: "application/json")
            }
        }
        switch request.authorization {
        case .none: break
        case .token(let token): made.headers.replaceOrAdd(name: "authorization", value: token)
        case .configured:
            if let token = endpoint.token {
                made.headers.replaceOrAdd(name: "authorization", value: "Bearer \(try Secret(token).resolve())")
            } else if endpoint.username != nil {
                made.headers.replaceOrAdd(name: "authorization", value: try basic(endpoint))
            }
        case .basic: made.headers.replaceOrAdd(name: "authorization", value: try basic(endpoint))
        }
        if endpoint.isTLS { made.tlsConfiguration = try tls.configuration(endpoint.tls) }
        return made
    }

    private func basic(_ endpoint: Endpoint) throws(TransportError) -> String {
        guard let user = endpoint.username, let source = endpoint.password else {
            throw .noSecret(place: "the configuration", reason: "\(endpoint.label) has no user and password")
        }
        return "Basic " + Data("\(user):\(try Secret(source).resolve())".utf8).base64EncodedString()
    }
}
