public import Estate
import NIOCore
public import Settings

/// What came back on a line socket.
public struct LineReply: Sendable, Equatable {
    public let bytes: [UInt8]
    /// From connecting to the last byte.
    public let took: Span

    public init(bytes: [UInt8], took: Span) {
        self.bytes = bytes
        self.took = took
    }
}

/// The door for services that take one line and answer with text on a unix or TCP socket, as HAProxy's runtime API
/// does. Every question is a connection of its own: a service that was reloaded leaves an old process behind, and a
/// connection that stays open would go on asking that one.
public struct LineSocket: Sendable {
    /// How the end of an answer is told.
    public enum AnswerEnd: Sendable, Equatable {
        /// The peer closes the connection.
        case close
        /// The peer sends this and waits for the next line; it is not part of the answer.
        case prompt(String)
    }

    /// Bound on a connection attempt beneath every deadline, on the network library's own clock.
    public static let connectSecondsMax: Int64 = 30

    private let endpoint: Endpoint
    private let clock: any Timekeeper

    public init(_ endpoint: Endpoint, clock: any Timekeeper) {
        self.endpoint = endpoint
        self.clock = clock
    }

    /// Sends one line and waits for the whole answer. When it returns or throws, the connection is closed.
    ///
    /// - Parameter line: what to send, without its newline.
    /// - Throws: `TransportError`, or `CancellationError`.
    public func ask(
        _ line: String, within deadline: Span, replyBytesMax: Int, until end: AnswerEnd = .close
    ) async throws -> LineReply {
        let configured = try LineSocketAddress(endpoint)
        let label = endpoint.label
        // A name with a newline in it would be a second command.
        guard !line.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }) else {
            throw TransportError.unsendable(endpoint: label, reason: "it has a line break or a zero byte in it")
        }
        let start = clock.now()
        let bytes = try await withDeadline(
            deadline, clock: clock, orThrow: .late(endpoint: label, afterSeconds: deadline.seconds)
        ) {
            let address = endpoint.via == nil ? configured : try await wayThrough()
            let loop = NetworkThread.loop
            let exchange = LineExchange(
                Array((line + "\n").utf8), label: label, replyBytesMax: replyBytesMax, end: end, loop: loop)
            do { return try await exchange.run(address) } catch {
                throw endpoint.via == nil ? error : await Tunnels.shared.explained(error, endpoint, clock: clock)
            }
        }
        return LineReply(bytes: bytes, took: clock.now() - start)
    }

    private func wayThrough() async throws -> LineSocketAddress {
        LineSocketAddress(try await Tunnels.shared.way(to: endpoint, .socket, clock: clock))
    }
}
