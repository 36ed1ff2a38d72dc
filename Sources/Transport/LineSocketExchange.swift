import NIOCore
import NIOPosix
import Synchronization

/// One question and its answer. Its result comes only when every connection that it opened is closed.
final class LineExchange: Sendable {
    private struct State {
        var channels: [any Channel] = []
        var isOver = false
    }

    private let line: [UInt8]
    private let label: String
    private let replyBytesMax: Int
    private let end: LineSocket.AnswerEnd
    private let loop: any EventLoop
    private let answer: EventLoopPromise<[UInt8]>
    private let state = Mutex(State())

    init(_ line: [UInt8], label: String, replyBytesMax: Int, end: LineSocket.AnswerEnd, loop: any EventLoop) {
        self.line = line
        self.label = label
        self.replyBytesMax = replyBytesMax
        self.end = end
        self.loop = loop
        answer = loop.makePromise(of: [UInt8].self)
    }

    func run(_ address: LineSocketAddress) async throws -> [UInt8] {
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(.seconds(LineSocket.connectSecondsMax))
            .channelInitializer { [self] channel in adopt(channel) }
        return try await withTaskCancellationHandler {
            let connected =
                switch address {
                case .path(let path): bootstrap.connect(unixDomainSocketPath: path)
                case .host(let host, let port): bootstrap.connect(host: host, port: port)
                }
            connected.whenComplete { [self] result in
                switch result {
                case .success(let channel): ask(on: channel)
                case .failure(let error): finish(.failure(unreachable(error)))
                }
            }
            return try await answer.futureResult.get()
        } onCancel: {
            finish(.failure(CancellationError()))
        }
    }

    /// The first to call decides; the answer is given when the connections are gone.
    func finish(_ result: Result<[UInt8], any Error>) {
        let channels: [any Channel]? = state.withLock { state in
            if state.isOver { return nil }
            state.isOver = true
            return state.channels
        }
        guard let channels else { return }
        for channel in channels { channel.close(promise: nil) }
        let answer = answer
        EventLoopFuture.andAllComplete(channels.map(\.closeFuture), on: loop).whenComplete { _ in
            answer.completeWith(result)
        }
    }

    /// A name may have several addresses, and each is tried on a connection of its own.
    private func adopt(_ channel: any Channel) -> EventLoopFuture<Void> {
        let isOver = state.withLock { state in
            if !state.isOver { state.channels.append(channel) }
            return state.isOver
        }
        return isOver
            ? channel.eventLoop.makeFailedFuture(CancellationError()) : channel.eventLoop.makeSucceededVoidFuture()
    }

    /// Only the connection that won gets the line: a command must not be sent twice.
    private func ask(on channel: any Channel) {
        do {
            try channel.pipeline.syncOperations.addHandler(
                LineAnswerHandler(self, label: label, replyBytesMax: replyBytesMax, end: end))
        } catch {
            finish(.failure(NetworkFault.translate(error, endpoint: label)))
            return
        }
        channel.writeAndFlush(ByteBuffer(bytes: line)).whenFailure { [self] error in
            finish(.failure(NetworkFault.translate(error, endpoint: label)))
        }
    }

    /// Before the connection stands, a system error means that it never came about.
    private func unreachable(_ error: any Error) -> any Error {
        if let error = error as? IOError {
            return TransportError.unreachable(endpoint: label, reason: NetworkFault.words(errno: error.errnoCode))
        }
        if let error = error as? ChannelError, case .connectTimeout = error {
            return TransportError.unreachable(endpoint: label, reason: "no connection in time")
        }
        return NetworkFault.translate(error, endpoint: label)
    }
}

/// Gathers the answer's bytes up to its end.
private final class LineAnswerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let exchange: LineExchange
    private let label: String
    private let replyBytesMax: Int
    private let prompt: [UInt8]
    private var bytes: [UInt8] = []

    init(_ exchange: LineExchange, label: String, replyBytesMax: Int, end: LineSocket.AnswerEnd) {
        self.exchange = exchange
        self.label = label
        self.replyBytesMax = replyBytesMax
        if case .prompt(let text) = end { prompt = Array(text.utf8) } else { prompt = [] }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if !context.channel.isActive { channelInactive(context: context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let chunk = unwrapInboundIn(data)
        guard bytes.count + chunk.readableBytes <= replyBytesMax else {
            exchange.finish(.failure(TransportError.tooLong(endpoint: label, limitBytes: replyBytesMax)))
            return
        }
        bytes.append(contentsOf: chunk.readableBytesView)
        if !prompt.isEmpty, bytes.suffix(prompt.count).elementsEqual(prompt) {
            exchange.finish(.success(Array(bytes.dropLast(prompt.count))))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // Every answer has at least a newline in it: nothing at all means that nobody answered.
        if bytes.isEmpty || !prompt.isEmpty {
            exchange.finish(
                .failure(TransportError.cutOff(endpoint: label, reason: "before the answer was complete")))
        } else {
            exchange.finish(.success(bytes))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        exchange.finish(.failure(NetworkFault.translate(error, endpoint: label)))
    }
}
