public import Estate
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
public import Settings
import Synchronization

/// Tries ways through the network, and leaves nothing behind: each probe is one connection or one datagram. Every
/// probe throws `TransportError` where there was no way through, or `CancellationError`.
public struct NetworkProbe: Sendable {
    private let clock: any Timekeeper
    private let tls = TLSLoader()

    public init(clock: any Timekeeper) { self.clock = clock }

    /// What a handshake showed.
    public struct Handshake: Sendable, Equatable {
        public let took: Span
        /// When the peer's certificate ends; nil where it showed none.
        public let expiresAt: Timestamp?
    }

    /// Opens a connection to `host:port` and closes it. Returns how long it took until it stood.
    public func connect(_ place: String, within deadline: Span) async throws -> Span {
        let (host, port) = try Self.split(place)
        return try await timed(place, deadline) { exchange in
            ClientBootstrap(group: NetworkThread.loop).connectTimeout(.seconds(LineSocket.connectSecondsMax))
                .channelInitializer { exchange.adopt($0) }
                .connect(host: host, port: port).whenComplete { result in
                    exchange.finish(result.map { _ in nil })
                }
        }.took
    }

    /// Shakes hands with `tls://host:port`; the certificate has to be valid, as the endpoint's options have it.
    public func handshake(_ endpoint: Endpoint, within deadline: Span) async throws -> Handshake {
        let place = String(endpoint.url.dropFirst("tls://".count))
        let (host, port) = try Self.split(place)
        let context: NIOSSLContext
        do { context = try NIOSSLContext(configuration: try tls.configuration(endpoint.tls)) } catch {
            throw error is TransportError ? error : TransportError.unusableTLS(file: place, reason: "\(error)")
        }
        let isName = (try? SocketAddress(ipAddress: host, port: 0)) == nil
        let (took, expires) = try await timed(place, deadline) { exchange in
            ClientBootstrap(group: NetworkThread.loop).connectTimeout(.seconds(LineSocket.connectSecondsMax))
                .channelInitializer { channel in
                    exchange.adopt(channel).flatMapThrowing {
                        try channel.pipeline.syncOperations.addHandlers([
                            try NIOSSLClientHandler(context: context, serverHostname: isName ? host : nil),
                            HandshakeHandler(exchange),
                        ])
                    }
                }
                .connect(host: host, port: port).whenFailure { exchange.finish(.failure($0)) }
        }
        return Handshake(took: took, expiresAt: expires)
    }

    /// Asks the name server at `server` (`address:port`) for the address of `name`.
    public func lookUp(_ name: String, at server: String, within deadline: Span) async throws -> Span {
        let (host, port) = try Self.split(server)
        let id = UInt16.random(in: .min ... .max)
        guard let question = DNSQuestion.bytes(name, id: id) else {
            throw TransportError.badAddress(endpoint: name, reason: "it is no name that can be asked for")
        }
        let address = try Self.address(host, port)
        return try await timed(server, deadline) { exchange in
            DatagramBootstrap(group: NetworkThread.loop)
                .channelInitializer { channel in
                    exchange.adopt(channel).flatMapThrowing {
                        try channel.pipeline.syncOperations.addHandler(
                            DatagramHandler(exchange) { bytes in
                                DNSQuestion.verdict(bytes, id: id, name: name, server: server)
                            })
                    }
                }
                .bind(host: Self.anyAddress(like: address), port: 0).whenComplete { result in
                    exchange.send(question, to: address, result)
                }
        }.took
    }

    /// Sends an echo request. Needs a system that lets this account do so.
    public func echo(_ host: String, within deadline: Span) async throws -> Span {
        let address = try Self.address(host, 0)
        let sequence = UInt16.random(in: .min ... .max)
        let question = EchoRequest.bytes(sequence)
        return try await timed(host, deadline) { exchange in
            let initializer: @Sendable (any Channel) -> EventLoopFuture<Void> = { channel in
                exchange.adopt(channel).flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(
                        DatagramHandler(exchange) { EchoRequest.isAnswer($0, sequence) ? .success(nil) : nil })
                }
            }
            // A socket for echoes alone where the system grants it, a raw one otherwise.
            DatagramBootstrap(group: NetworkThread.loop).protocolSubtype(.init(NIOIPProtocol.icmp))
                .channelInitializer(initializer).bind(host: "0.0.0.0", port: 0)
                .flatMapError { _ in
                    NIORawSocketBootstrap(group: NetworkThread.loop).channelInitializer(initializer)
                        .bind(host: "0.0.0.0", ipProtocol: .icmp)
                }.whenComplete { exchange.send(question, to: address, $0) }
        }.took
    }

    private func timed(
        _ label: String, _ deadline: Span, _ begin: @escaping @Sendable (ProbeExchange) -> Void
    ) async throws -> (took: Span, expires: Timestamp?) {
        let start = clock.now()
        let clock = clock
        return try await withDeadline(
            deadline, clock: clock, orThrow: .late(endpoint: label, afterSeconds: deadline.seconds)
        ) {
            let exchange = ProbeExchange(label, clock)
            return try await withTaskCancellationHandler {
                begin(exchange)
                let (at, expires) = try await exchange.result.get()
                return (took: at - start, expires: expires)
            } onCancel: {
                exchange.finish(.failure(CancellationError()))
            }
        }
    }

    /// Host and port; the host of six without its brackets.
    static func split(_ place: String) throws(TransportError) -> (String, Int) {
        guard let colon = place.lastIndex(of: ":"), let port = Int(place[place.index(after: colon)...]),
            (1...65_535).contains(port)
        else { throw .badAddress(endpoint: place, reason: "expected host:port") }
        var host = place[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { throw .badAddress(endpoint: place, reason: "it has no host") }
        return (String(host), port)
    }

    /// A datagram goes to an address: a name would have to be looked up first, which is what is being tried.
    private static func address(_ host: String, _ port: Int) throws(TransportError) -> SocketAddress {
        do { return try SocketAddress(ipAddress: host, port: port) } catch {
            throw .badAddress(endpoint: host, reason: "expected an address, not a name")
        }
    }

    private static func anyAddress(like address: SocketAddress) -> String {
        if case .v6 = address { "::" } else { "0.0.0.0" }
    }
}
