import Estate
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Synchronization

/// One try. Its result comes only when everything that it opened is closed.
final class ProbeExchange: Sendable {
    private struct State {
        var channels: [any Channel] = []
        var isOver = false
    }

    private let label: String
    private let clock: any Timekeeper
    private let state = Mutex(State())
    private let promise = NetworkThread.loop.makePromise(of: (at: Timestamp, expires: Timestamp?).self)

    init(_ label: String, _ clock: any Timekeeper) {
        self.label = label
        self.clock = clock
    }

    /// When there was a way through, and when the certificate ends where there is one.
    var result: EventLoopFuture<(at: Timestamp, expires: Timestamp?)> { promise.futureResult }

    func adopt(_ channel: any Channel) -> EventLoopFuture<Void> {
        let isOver = state.withLock { state in
            if !state.isOver { state.channels.append(channel) }
            return state.isOver
        }
        return isOver
            ? channel.eventLoop.makeFailedFuture(CancellationError()) : channel.eventLoop.makeSucceededVoidFuture()
    }

    /// The first to call decides.
    func finish(_ result: Result<Timestamp?, any Error>) {
        let channels: [any Channel]? = state.withLock { state in
            if state.isOver { return nil }
            state.isOver = true
            return state.channels
        }
        guard let channels else { return }
        // Now is when there was a way through; closing takes its own time.
        let outcome = result.map { (at: clock.now(), expires: $0) }.mapError { unreachable($0) }
        for channel in channels { channel.close(promise: nil) }
        let promise = promise
        EventLoopFuture.andAllComplete(channels.map(\.closeFuture), on: NetworkThread.loop).whenComplete { _ in
            promise.completeWith(outcome)
        }
    }

    /// Sends one datagram on a channel that was just bound.
    func send(_ bytes: [UInt8], to address: SocketAddress, _ bound: Result<any Channel, any Error>) {
        switch bound {
        case .failure(let error): finish(.failure(error))
        case .success(let channel):
            channel.writeAndFlush(AddressedEnvelope(remoteAddress: address, data: ByteBuffer(bytes: bytes)))
                .whenFailure { self.finish(.failure($0)) }
        }
    }

    private func unreachable(_ error: any Error) -> any Error {
        switch error {
        case let error as IOError:
            return TransportError.unreachable(endpoint: label, reason: NetworkFault.words(errno: error.errnoCode))
        case let error as ChannelError:
            if case .connectTimeout = error {
                return TransportError.unreachable(endpoint: label, reason: "no connection in time")
            }
            return TransportError.cutOff(endpoint: label, reason: "\(error)")
        default: return NetworkFault.translate(error, endpoint: label)
        }
    }
}

/// Waits for the handshake's end.
final class HandshakeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let exchange: ProbeExchange
    init(_ exchange: ProbeExchange) { self.exchange = exchange }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? TLSUserEvent, case .handshakeCompleted = event else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
        let seconds = handler?.peerCertificate.map { Double($0.notValidAfter) }
        exchange.finish(.success(seconds.map { Timestamp(seconds: $0) }))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { exchange.finish(.failure(error)) }

    func channelInactive(context: ChannelHandlerContext) {
        exchange.finish(.failure(ChannelError.eof))
        context.fireChannelInactive()
    }
}

/// Waits for the datagram that answers; others are let by.
final class DatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    private let exchange: ProbeExchange
    private let judge: @Sendable ([UInt8]) -> Result<Timestamp?, any Error>?

    init(_ exchange: ProbeExchange, _ judge: @escaping @Sendable ([UInt8]) -> Result<Timestamp?, any Error>?) {
        self.exchange = exchange
        self.judge = judge
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Array(unwrapInboundIn(data).data.readableBytesView)
        if let verdict = judge(bytes) { exchange.finish(verdict) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { exchange.finish(.failure(error)) }
}

/// A question for a name's address (RFC 1035), and what its answer says.
enum DNSQuestion {
    static func bytes(_ name: String, id: UInt16) -> [UInt8]? {
        var out: [UInt8] = [UInt8(id >> 8), UInt8(id & 0xFF), 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0]
        for label in name.split(separator: ".") {
            guard !label.isEmpty, label.utf8.count < 64, label.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                return nil
            }
            out.append(UInt8(label.utf8.count))
            out += Array(label.utf8)
        }
        guard out.count > 12, out.count < 267 else { return nil }
        // The root, type A, class IN.
        return out + [0, 0, 1, 0, 1]
    }

    /// nil for a datagram that answers something else.
    static func verdict(
        _ bytes: [UInt8], id: UInt16, name: String, server: String
    ) -> Result<Timestamp?, any Error>? {
        guard bytes.count >= 12, UInt16(bytes[0]) << 8 | UInt16(bytes[1]) == id, bytes[2] & 0x80 != 0 else {
            return nil
        }
        let words = ["", "a malformed question", "a failure of its own", "no such name", "not implemented", "refused"]
        let code = Int(bytes[3] & 0x0F)
        guard code != 0 else { return .success(nil) }
        let said = words.indices.contains(code) ? words[code] : "code \(code)"
        return .failure(TransportError.unreachable(endpoint: server, reason: "it answers for \(name): \(said)"))
    }
}

/// An ICMP echo (RFC 792).
enum EchoRequest {
    private static let mark = Array("pitboss echo 0123456789".utf8)

    static func bytes(_ sequence: UInt16) -> [UInt8] {
        var out: [UInt8] = [8, 0, 0, 0, 0x70, 0x62, UInt8(sequence >> 8), UInt8(sequence & 0xFF)] + mark
        if out.count % 2 == 1 { out.append(0) }
        var sum: UInt32 = 0
        for i in stride(from: 0, to: out.count, by: 2) { sum += UInt32(out[i]) << 8 | UInt32(out[i + 1]) }
        while sum >> 16 != 0 { sum = (sum & 0xFFFF) + (sum >> 16) }
        let check = ~UInt16(truncatingIfNeeded: sum)
        out[2] = UInt8(check >> 8)
        out[3] = UInt8(check & 0xFF)
        return out
    }

    /// A raw socket hands the packet's head on as well, and the sequence tells ours from others'.
    static func isAnswer(_ bytes: [UInt8], _ sequence: UInt16) -> Bool {
        var from = 0
        if let first = bytes.first, first >> 4 == 4, bytes.count >= 28 { from = Int(first & 0x0F) * 4 }
        guard bytes.count >= from + 8, bytes[from] == 0 else { return false }
        return UInt16(bytes[from + 6]) << 8 | UInt16(bytes[from + 7]) == sequence
    }
}
