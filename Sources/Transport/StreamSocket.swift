public import Estate
import NIOCore
import NIOPosix
import NIOSSL
public import Settings
import Synchronization

/// A connection that stays open and carries bytes both ways, in the clear or under TLS. Bytes are read from the
/// network only when somebody waits for them, so that a peer that floods us fills its own buffers, not ours.
public final class StreamSocket: Sendable {
    /// Bound on a connection attempt beneath every deadline, on the network library's own clock.
    static let connectSecondsMax: Int64 = 30
    private static let certificates = TLSLoader()

    private struct State {
        /// Bytes that came and were not taken: what one reading from the network brought.
        var held: [UInt8] = []
        var hasReceived = false
        var waiting: CheckedContinuation<[UInt8]?, any Error>?
        var end: (any Error)?
        /// A name may have several addresses, and each is tried on a connection of its own.
        var channels: [any Channel] = []
    }

    private let label: String
    private let state = Mutex(State())

    /// What to ask where the connection ends early, through a bastion.
    private let far: (endpoint: Endpoint, clock: any Timekeeper)?

    private init(label: String, far: (endpoint: Endpoint, clock: any Timekeeper)?) {
        self.label = label
        self.far = far
    }

    /// Connects; hands are shaken, where TLS is asked for, as the first bytes go. Whoever calls sets the deadline.
    /// Throws `TransportError`, or `CancellationError`; then nothing stays open.
    public static func open(_ endpoint: Endpoint, clock: any Timekeeper) async throws -> StreamSocket {
        let address = try StreamSocketAddress(endpoint)
        let isFar = endpoint.via != nil
        let near = isFar ? try await Tunnels.shared.way(to: endpoint, .socket, clock: clock) : nil
        let socket = StreamSocket(label: endpoint.label, far: isFar ? (endpoint, clock) : nil)
        do {
            try await socket.connect(address, endpoint.tls, near: near)
            return socket
        } catch {
            await socket.close()
            throw error
        }
    }

    private func connect(_ address: StreamSocketAddress, _ tls: TLSOptions?, near: NearPlace?) async throws {
        let make = address.isTLS ? try Self.tlsHandler(address, tls, isFar: near != nil) : nil
        let bootstrap = ClientBootstrap(group: NetworkThread.loop)
            .connectTimeout(.seconds(Self.connectSecondsMax))
            .channelOption(.autoRead, value: false)
            .channelInitializer { [self] channel in
                guard adopt(channel) else { return channel.eventLoop.makeFailedFuture(CancellationError()) }
                return channel.eventLoop.makeCompletedFuture {
                    if let make { try channel.pipeline.syncOperations.addHandler(try make()) }
                }
            }
        try await withTaskCancellationHandler {
            let connected =
                switch near.map({ LineSocketAddress($0) }) ?? address.place {
                case .path(let path): bootstrap.connect(unixDomainSocketPath: path)
                case .host(let host, let port): bootstrap.connect(host: host, port: port)
                }
            do {
                try await connected.flatMapThrowing { [self] channel in
                    try channel.pipeline.syncOperations.addHandler(StreamHandler(self))
                }.get()
            } catch {
                try Task.checkCancellation()
                throw unreachable(error)
            }
        } onCancel: {
            end(CancellationError())
        }
    }

    /// Makes what proves who the peer is: the host that was asked for, whatever is connected to in its place.
    private static func tlsHandler(
        _ address: StreamSocketAddress, _ tls: TLSOptions?, isFar: Bool
    ) throws -> @Sendable () throws -> NIOSSLClientHandler {
        var host: String?
        if case .host(let name, _) = address.place { host = name }
        let name = host.flatMap { NameResolver.isAddress($0) ? nil : $0 }
        guard isFar, name == nil, let address = host, tls?.insecureSkipVerify != true else {
            let context = try context(tls)
            return { try NIOSSLClientHandler(context: context, serverHostname: name) }
        }
        // The library would hold the certificate against our end: the chain is its part, the address ours.
        let context = try context(tls, holdsHost: false)
        return {
            try NIOSSLClientHandler._makeSSLClientHandler(context: context, serverHostname: nil) {
                certificate, channel in
                FarName.has(certificate, address: address)
                    ? channel.eventLoop.makeSucceededVoidFuture()
                    : channel.eventLoop.makeFailedFuture(NIOSSLExtraError.failedToValidateHostname)
            }
        }
    }

    private static func context(_ tls: TLSOptions?, holdsHost: Bool = true) throws -> NIOSSLContext {
        do {
            var configuration = try certificates.configuration(tls)
            if !holdsHost { configuration.certificateVerification = .noHostnameVerification }
            return try NIOSSLContext(configuration: configuration)
        } catch let error as TransportError {
            throw error
        } catch {
            throw TransportError.unusableTLS(file: tls?.certificateFile ?? tls?.caFile ?? "", reason: "\(error)")
        }
    }

    /// Sends all of it in the background: a failure is thrown by the next `receive`. Throws what ended the
    /// connection, where it has ended.
    public func send(_ bytes: [UInt8]) throws {
        let channel = try state.withLock { state throws -> (any Channel)? in
            if let end = state.end { throw end }
            return state.channels.last { $0.isActive }
        }
        guard let channel else { throw cutOff }
        channel.writeAndFlush(ByteBuffer(bytes: bytes)).whenFailure { [self] in broke($0) }
    }

    /// The next bytes, as many as have come. One caller at a time. A caller that is cancelled loses none: the next
    /// one gets them. Throws `TransportError`, or `CancellationError`.
    public func receive() async throws -> [UInt8] {
        guard let far else { return try await received() }
        do { return try await received() } catch {
            guard !state.withLock({ $0.hasReceived }) else { throw error }
            throw await Tunnels.shared.explained(error, far.endpoint, clock: far.clock)
        }
    }

    private func received() async throws -> [UInt8] {
        while true {
            let bytes = try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in wait(continuation) }
            } onCancel: {
                take { state in state.waiting }?.resume(returning: nil)
            }
            if let bytes { return bytes }
            try Task.checkCancellation()
        }
    }

    private func wait(_ continuation: CheckedContinuation<[UInt8]?, any Error>) {
        var channels: [any Channel] = []
        let now: Result<[UInt8]?, any Error>? = state.withLock { state in
            if !state.held.isEmpty {
                defer { state.held = [] }
                return .success(state.held)
            }
            if let end = state.end { return .failure(end) }
            // Cancelled before there was anything to be woken.
            if Task.isCancelled { return .success(nil) }
            state.waiting = continuation
            channels = state.channels
            return nil
        }
        if let now {
            continuation.resume(with: now)
        } else {
            for channel in channels where channel.isActive { channel.read() }
        }
    }

    /// Closes the connection; returns when it is closed.
    public func close() async {
        end(TransportError.closed)
        for channel in state.withLock({ $0.channels }) { try? await channel.closeFuture.get() }
    }

    fileprivate func came(_ bytes: [UInt8]) {
        take { state in
            state.hasReceived = true
            if state.waiting == nil { state.held += bytes }
            return state.waiting
        }?.resume(returning: bytes)
    }

    /// The peer has gone, or something broke. What came before it can still be taken.
    fileprivate func broke(_ error: (any Error)?) { end(error.map(translate) ?? cutOff) }

    private func end(_ error: any Error) {
        take { state in
            state.end = state.end ?? error
            return state.waiting
        }?.resume(throwing: error)
        for channel in state.withLock({ $0.channels }) { channel.close(promise: nil) }
    }

    /// Whoever waits is woken once: by bytes, by the end, or by being cancelled.
    private func take(
        _ body: (inout State) -> CheckedContinuation<[UInt8]?, any Error>?
    ) -> CheckedContinuation<[UInt8]?, any Error>? {
        state.withLock { state in
            let waiting = body(&state)
            state.waiting = nil
            return waiting
        }
    }

    private func adopt(_ channel: any Channel) -> Bool {
        state.withLock { state in
            state.channels.append(channel)
            return state.end == nil
        }
    }

    private var cutOff: TransportError { .cutOff(endpoint: label, reason: "the other side closed the connection") }
    private func translate(_ error: any Error) -> any Error { NetworkFault.translate(error, endpoint: label) }

    /// Before the connection stands, a system error means that it never came about.
    private func unreachable(_ error: any Error) -> any Error {
        if let error = error as? IOError {
            return TransportError.unreachable(endpoint: label, reason: NetworkFault.words(errno: error.errnoCode))
        }
        if let error = error as? ChannelError, case .connectTimeout = error {
            return TransportError.unreachable(endpoint: label, reason: "no connection in time")
        }
        return translate(error)
    }
}

private final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let socket: StreamSocket
    init(_ socket: StreamSocket) { self.socket = socket }

    func handlerAdded(context: ChannelHandlerContext) {
        if !context.channel.isActive { socket.broke(nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        socket.came(Array(unwrapInboundIn(data).readableBytesView))
    }

    func channelInactive(context: ChannelHandlerContext) { socket.broke(nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { socket.broke(error) }
}
