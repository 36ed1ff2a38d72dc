public import Estate
public import Settings
import Transport
import Wire

/// The door for one SQL statement that answers with one value: connect, send it once, read the answer.
public struct PostgresDoor: Sendable {
    public enum Outcome: Sendable, Equatable {
        /// The value, as PostgreSQL writes it: `t`, `f`, `42`.
        case answered(String)
        /// The server turned the statement down; nothing was done.
        case refused(String)
        /// It never left.
        case notSent(String)
        /// It was sent, and no answer came.
        case lost(String)
    }

    private let clock: any Timekeeper
    public init(clock: any Timekeeper) { self.clock = clock }

    public func ask(_ statement: String, at endpoint: Endpoint, within deadline: Span) async -> Outcome {
        let connection = PostgresConnection()
        let outcome = await ask(statement, connection, endpoint, deadline)
        await connection.close()
        return outcome
    }

    private func ask(
        _ statement: String, _ connection: PostgresConnection, _ endpoint: Endpoint, _ deadline: Span
    ) async -> Outcome {
        let late = TransportError.late(endpoint: endpoint.label, afterSeconds: deadline.seconds)
        let end = clock.now() + deadline
        do {
            let address = try PostgresAddress(endpoint)
            let clock = clock
            try await withDeadline(deadline, clock: clock, orThrow: late) {
                try await address.open(connection, endpoint, within: deadline, clock: clock)
            }
        } catch {
            return .notSent(Self.words(error))
        }
        do {
            let bytes = try await withDeadline(end - clock.now(), clock: clock, orThrow: late) {
                try await connection.value(statement)
            }
            return .answered(String(decoding: bytes, as: UTF8.self))
        } catch let fault as PostgresFault where fault.sqlState != nil && !fault.isAboutConnection {
            return .refused(fault.message)
        } catch {
            return .lost(Self.words(error))
        }
    }

    private static func words(_ error: any Error) -> String {
        error is CancellationError ? "it was cancelled here" : Escaped.text("\(error)", charactersMax: 300)
    }
}

extension PostgresFault {
    /// The session was taken away, or the statement given up on the way: what became of it is not known.
    fileprivate var isAboutConnection: Bool {
        sqlState?.hasPrefix("57") == true || sqlState?.hasPrefix("08") == true
    }
}
