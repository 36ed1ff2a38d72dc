import NIOCore
import NIOEmbedded
import NIOSSL

/// TLS over bytes that a blocking socket carries: NIO's handler in a channel without a network, so that deadlines and
/// failures stay the socket's. The peer's certificate must be for the address. Lives on the thread that made it.
final class TLSSession {
    private let channel: EmbeddedChannel

    init(_ trust: LabTrust, address: String, port: Int) throws(SocketFailure) {
        do {
            channel = EmbeddedChannel(
                handler: try NIOSSLClientHandler(context: trust.context, serverHostname: nil))
            try channel.connect(to: SocketAddress(ipAddress: address, port: port)).wait()
        } catch {
            throw SocketFailure.unproved
        }
    }

    /// Lets go of the channel, which holds itself. Not `finish`, which waits for ever when a handshake was broken off.
    deinit {
        channel.close(promise: nil)
        channel.embeddedEventLoop.advanceTime(by: .minutes(1))
    }

    /// The peer has said that it sends no more.
    var isOver: Bool { !channel.isActive }

    /// What is to be sent for these bytes. They are kept back until the peer is proved.
    func seal(_ bytes: [UInt8]) throws(SocketFailure) -> [UInt8] {
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        return try drain { try channel.readOutbound(as: ByteBuffer.self) }
    }

    /// What the peer's bytes mean, and what is to be sent back for them.
    func open(_ bytes: ArraySlice<UInt8>) throws(SocketFailure) -> (told: [UInt8], reply: [UInt8]) {
        do { try channel.writeInbound(ByteBuffer(bytes: bytes)) } catch { throw SocketFailure.unproved }
        return (
            try drain { try channel.readInbound(as: ByteBuffer.self) },
            try drain { try channel.readOutbound(as: ByteBuffer.self) }
        )
    }

    private func drain(_ next: () throws -> ByteBuffer?) throws(SocketFailure) -> [UInt8] {
        var all: [UInt8] = []
        do {
            while let piece = try next() { all += piece.readableBytesView }
        } catch {
            throw SocketFailure.unproved
        }
        return all
    }
}
