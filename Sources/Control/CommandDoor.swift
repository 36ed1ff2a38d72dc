import Estate
import Settings
import Synchronization
import Transport
import Wire

/// The door for one command to a Redis server or a Sentinel: connect, log in, send it once, read its one answer.
struct CommandDoor: Sendable {
    private let endpoint: Endpoint
    private let clock: any Timekeeper

    init(_ endpoint: Endpoint, clock: any Timekeeper) {
        self.endpoint = endpoint
        self.clock = clock
    }

    /// A connection that breaks before the command is on its way is `notSent`; from then on it is in doubt.
    /// Throws `TransportError`, or `CancellationError`, for what happened before.
    func send(_ words: [String], within deadline: Span) async throws -> Delivery {
        let password = try endpoint.password.map { try Secret($0).resolve() }
        let isSent = Mutex(false)
        do {
            return try await withDeadline(
                deadline, clock: clock, orThrow: .late(endpoint: endpoint.label, afterSeconds: deadline.seconds)
            ) {
                let socket = try await StreamSocket.open(endpoint, clock: clock)
                do {
                    let delivery = try await exchange(socket, words, password, isSent)
                    await socket.close()
                    return delivery
                } catch {
                    await socket.close()
                    throw error
                }
            }
        } catch {
            if isSent.withLock({ $0 }) { throw error }
            let reason = (error as? TransportError)?.description ?? Escaped.text("\(error)")
            return .notSent(reason: error is CancellationError ? "it was cancelled here" : reason)
        }
    }

    private func exchange(
        _ socket: StreamSocket, _ words: [String], _ password: String?, _ isSent: borrowing Mutex<Bool>
    ) async throws -> Delivery {
        var decoder = RESPDecoder()
        if let password {
            // RESP2, which every version speaks; a user's name only where there is one, for ACLs are younger.
            let login = endpoint.username.map { ["AUTH", $0, password] } ?? ["AUTH", password]
            try socket.send(RESPValue.request(login))
            if case .error(let refusal) = try await Self.answer(socket, &decoder) {
                return .notSent(reason: "\(endpoint.label) did not let us in: \(Escaped.text(refusal))")
            }
        }
        isSent.withLock { $0 = true }
        try socket.send(RESPValue.request(words))
        do {
            return .answered(Answer(status: nil, text: Self.text(try await Self.answer(socket, &decoder))))
        } catch let error as WireError {
            return .lost(reason: error.description)
        }
    }

    private static func answer(_ socket: StreamSocket, _ decoder: inout RESPDecoder) async throws -> RESPValue {
        while true {
            if let value = try decoder.next() { return value }
            decoder.append(try await socket.receive())
        }
    }

    /// With the mark by which errors are told from what was taken.
    static func text(_ value: RESPValue) -> String {
        switch value {
        case .error(let words): "-" + words
        case .simple(let words): "+" + words
        case .null: "nothing"
        default: value.text ?? (value.elements ?? []).map(text).joined(separator: " ")
        }
    }
}
