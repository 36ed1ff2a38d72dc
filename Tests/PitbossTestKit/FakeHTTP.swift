/// An HTTP service on a `FakeServer`. The handler answers each request; a stream stays open for `push`.
public final class FakeHTTP: Sendable {
    public struct Request: Sendable {
        public let method: String
        public let path: String
        /// Names in lower case.
        public let headers: [String: String]
        public let body: [UInt8]
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    public enum Answer: Sendable {
        /// A whole answer. HTTP/1.0 closes the connection after it, as Patroni does.
        case reply(status: Int, body: [UInt8], isHTTP10: Bool = false)
        /// A head, and chunks that begin with `first` and go on with `push`.
        case stream(first: [UInt8])
        /// Raw bytes in place of HTTP.
        case raw([UInt8])
        /// Nothing at all; the connection stays open.
        case silence
    }

    public typealias Handler = @Sendable (Request) -> Answer

    private struct State: Sendable {
        var requests: [Request] = []
        var streams: [FakeServer.Connection] = []
        var handler: Handler
    }

    private let state: Observed<State>
    public let server: FakeServer

    public init(_ handler: @escaping Handler) {
        let state = Observed(State(handler: handler))
        self.state = state
        server = FakeServer { input, connection in
            while let request = FakeHTTP.take(&input) {
                let handler = state.update { state in
                    state.requests.append(request)
                    return state.handler
                }
                switch handler(request) {
                case .reply(let status, let body, let isHTTP10):
                    let version = isHTTP10 ? "1.0" : "1.1"
                    let head =
                        "HTTP/\(version) \(status) X\r\nContent-Type: application/json\r\n"
                        + "Content-Length: \(body.count)\r\n\r\n"
                    connection.send(Array(head.utf8) + body)
                    if isHTTP10 { connection.close() }
                case .stream(let first):
                    connection.send(
                        Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8) + FakeHTTP.chunk(first))
                    state.update { $0.streams.append(connection) }
                case .raw(let bytes): connection.send(bytes)
                case .silence: break
                }
            }
        }
    }

    public var url: String { "http://127.0.0.1:\(server.port)" }
    public var requests: [Request] { state.value.requests }

    /// Answers differently from now on.
    public func answer(_ handler: @escaping Handler) { state.update { $0.handler = handler } }

    /// Sends more on every stream opened so far.
    public func push(_ bytes: [UInt8]) {
        let open = Set(server.connectionsOpen.map(\.id))
        for stream in state.value.streams where open.contains(stream.id) { stream.send(FakeHTTP.chunk(bytes)) }
    }

    /// Ends every stream in the orderly way.
    public func endStreams() {
        let open = Set(server.connectionsOpen.map(\.id))
        for stream in state.value.streams where open.contains(stream.id) {
            stream.send("0\r\n\r\n")
            stream.close()
        }
    }

    /// Waits for a request, of those from `mark` on, that `test` accepts.
    @discardableResult
    public func waitForRequest(
        from mark: Int = 0, _ test: @escaping @Sendable (Request) -> Bool
    ) async throws -> Request {
        try await state.wait { mark < $0.requests.count ? $0.requests[mark...].first(where: test) : nil }
    }

    /// Waits until so many streams have been opened since the start.
    public func waitForStreams(_ count: Int) async throws {
        _ = try await state.wait { $0.streams.count >= count ? true : nil }
    }

    private static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        bytes.isEmpty ? [] : Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8)
    }

    /// Takes one whole request off the input.
    private static func take(_ input: inout [UInt8]) -> Request? {
        let end = Array("\r\n\r\n".utf8)
        guard let headEnd = input.firstRange(of: end) else { return nil }
        let lines = String(decoding: input[..<headEnd.lowerBound], as: UTF8.self)
            .split(separator: "\r\n", omittingEmptySubsequences: false)
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].drop { $0 == " " }.description
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        guard input.count >= headEnd.upperBound + length else { return nil }
        let words = (lines.first ?? "").split(separator: " ")
        let body = Array(input[headEnd.upperBound..<headEnd.upperBound + length])
        input.removeFirst(headEnd.upperBound + length)
        return Request(
            method: words.first.map(String.init) ?? "", path: words.count > 1 ? String(words[1]) : "",
            headers: headers, body: body)
    }
}
