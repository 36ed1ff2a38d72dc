import Estate
import Settings
import Synchronization
import Transport
import Wire

/// A conversation with a Redis server or a Sentinel on one connection: questions and answers in turn, and what is
/// pushed between them. Logs in, in RESP3 where the server knows it.
final class RedisLink: Sendable {
    /// Most messages that are kept between two questions; beyond it the oldest make room and the count is told.
    static let pushesMax = 1_024
    /// What the server is told of who asks, for `CLIENT LIST`.
    static let clientName = "pitboss"

    private struct State {
        var decoder = RESPDecoder()
        var pushes: [RESPValue] = []
        var pushesLost = 0
        /// Messages come as arrays on a connection that listens in RESP2.
        var listens = false
    }

    let label: String
    private let socket: StreamSocket
    private let state = Mutex(State())
    /// Pushes may come beside answers.
    let isRESP3: Bool

    private init(_ socket: StreamSocket, label: String, isRESP3: Bool) {
        self.socket = socket
        self.label = label
        self.isRESP3 = isRESP3
    }

    /// Connects and logs in with the endpoint's user and secret. Throws `TransportError`, `WireError`, `FeedError` or
    /// `CancellationError`; then nothing stays open.
    static func open(
        _ endpoint: Endpoint, within deadline: Span, clock: any Timekeeper
    ) async throws -> RedisLink {
        let password = try endpoint.password.map { try Secret($0).resolve() }
        return try await withDeadline(
            deadline, clock: clock, orThrow: .late(endpoint: endpoint.label, afterSeconds: deadline.seconds)
        ) {
            let socket = try await StreamSocket.open(endpoint, clock: clock)
            do {
                return try await enter(socket, endpoint, password)
            } catch {
                await socket.close()
                throw error
            }
        }
    }

    private static func enter(
        _ socket: StreamSocket, _ endpoint: Endpoint, _ password: String?
    ) async throws -> RedisLink {
        let user = endpoint.username ?? "default"
        let login = password.map { ["AUTH", user, $0] } ?? []
        let link = RedisLink(socket, label: endpoint.label, isRESP3: true)
        let hello = try await link.talk([["HELLO", "3"] + login + ["SETNAME", clientName]])[0]
        guard case .error(let words) = hello else {
            guard hello.fields?["proto"] == "3" else {
                throw WireError.missing(
                    format: "Redis greeting", field: "proto", bytes: Escaped.text(hello.text ?? "\(hello)"))
            }
            return link
        }
        let refusal = RedisRefusal(words)
        guard refusal.isAboutProtocol else { throw link.refused(words) }
        // A server from before RESP3: the user's name only where there is one, for ACLs are as young.
        let older = RedisLink(socket, label: endpoint.label, isRESP3: false)
        guard let password else { return older }
        let auth = endpoint.username.map { ["AUTH", $0, password] } ?? ["AUTH", password]
        if case .error(let words) = try await older.talk([auth])[0] { throw older.refused(words) }
        return older
    }

    /// Sends the questions together and waits for all the answers. One caller at a time. Throws `TransportError`,
    /// `WireError` or `CancellationError`, and the link is then of no more use.
    func ask(
        _ questions: [[String]], within deadline: Span, clock: any Timekeeper
    ) async throws -> [RESPValue] {
        try await withDeadline(
            deadline, clock: clock, orThrow: .late(endpoint: label, afterSeconds: deadline.seconds)
        ) {
            try await self.talk(questions)
        }
    }

    private func talk(_ questions: [[String]]) async throws -> [RESPValue] {
        try socket.send(questions.flatMap { RESPValue.request($0) })
        var answers: [RESPValue] = []
        while answers.count < questions.count {
            if let value = try next() { answers.append(value) } else { try await read() }
        }
        return answers
    }

    /// Listens to everything that is said on any channel.
    func listen(within deadline: Span, clock: any Timekeeper) async throws {
        state.withLock { $0.listens = true }
        try await withDeadline(
            deadline, clock: clock, orThrow: .late(endpoint: label, afterSeconds: deadline.seconds)
        ) { [self] in
            try socket.send(RESPValue.request(["PSUBSCRIBE", "*"]))
            while true {
                if let refusal = try next() {
                    guard case .error(let words) = refusal else { continue }
                    throw refused(words)
                }
                let isConfirmed = state.withLock { state in
                    state.pushes.contains { $0.elements?.first?.text == "psubscribe" }
                }
                if isConfirmed { break }
                try await read()
            }
        }
        _ = takePushes()
    }

    /// Waits until something is pushed. To be cancelled at will: nothing is lost.
    func waitForPush() async throws {
        while true {
            // What answers nobody's question has no place here, and is let go.
            while try next() != nil {}
            if state.withLock({ !$0.pushes.isEmpty }) { return }
            try await read()
        }
    }

    /// What was pushed since the last time, and how many were let go at the limit.
    func takePushes() -> (pushes: [RESPValue], lost: Int) {
        state.withLock { state in
            defer { (state.pushes, state.pushesLost) = ([], 0) }
            return (state.pushes, state.pushesLost)
        }
    }

    func close() async { await socket.close() }

    private func read() async throws {
        let bytes = try await socket.receive()
        state.withLock { $0.decoder.append(bytes) }
    }

    /// The next value that is no push.
    private func next() throws -> RESPValue? {
        try state.withLock { state throws -> RESPValue? in
            while let value = try state.decoder.next() {
                guard Self.isPush(value, listens: state.listens && !isRESP3) else { return value }
                if state.pushes.count >= Self.pushesMax {
                    state.pushes.removeFirst()
                    state.pushesLost += 1
                }
                state.pushes.append(value)
            }
            return nil
        }
    }

    private static func isPush(_ value: RESPValue, listens: Bool) -> Bool {
        if case .push = value { return true }
        guard listens, case .array(let parts) = value, let word = parts.first?.text else { return false }
        return ["pmessage", "message", "psubscribe", "subscribe"].contains(word)
    }

    func refused(_ words: String) -> FeedError {
        let refusal = RedisRefusal(words)
        if refusal.isLoading {
            return .unreachable(endpoint: label, reason: "\(label) is not ready: \(Escaped.text(words))")
        }
        return .refused(
            endpoint: label,
            reason: refusal.isAboutLogin
                ? "\(Escaped.text(words)); check user, password and what the user may do" : Escaped.text(words))
    }
}
