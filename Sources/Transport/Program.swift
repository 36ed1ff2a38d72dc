public import Estate
import NIOCore
import NIOPosix
import Synchronization

/// What a program said from its start to its end.
public struct ProgramOutput: Sendable, Equatable {
    /// Its exit status; what a signal ended has 128 and the signal's number.
    public let status: Int
    public let bytes: [UInt8]
    /// The end of what it wrote to standard error.
    public let errors: [UInt8]
    public let took: Span
}

/// The door for programs on this machine. Nothing of a program outlives the call that runs it: it is asked to end,
/// and made to after `graceMilliseconds`, together with all that it started.
public struct Program: Sendable, Equatable {
    /// What is kept of standard error: its end, bytes.
    public static let errorBytesMax = 2_048
    /// How long a program that was asked to end may take before it is made to.
    public static let graceMilliseconds = ChildProcess.graceMilliseconds

    /// The first is the program: a path, or a name that is looked up in PATH. No shell is in between.
    public let arguments: [String]

    public init(_ arguments: [String]) { self.arguments = arguments }

    /// For messages: the program's name without its folder and arguments, which may hold secrets.
    public var label: String {
        guard let first = arguments.first, !first.isEmpty else { return "no program" }
        return first.split(separator: "/").last.map(String.init) ?? first
    }

    /// Runs it to its end, with `input` on its standard input.
    /// - Throws: `TransportError`, or `CancellationError`.
    public func run(
        input: [UInt8] = [], within deadline: Span, clock: any Timekeeper, outputBytesMax: Int
    ) async throws -> ProgramOutput {
        let start = clock.now()
        let label = label
        return try await withDeadline(
            deadline, clock: clock, orThrow: .late(endpoint: label, afterSeconds: deadline.seconds)
        ) {
            try await talk(lineBytesMax: outputBytesMax) { talk in
                if !input.isEmpty { try? await talk.send(input) }
                talk.endInput()
                let bytes = try await talk.rest(bytesMax: outputBytesMax)
                return (bytes, talk)
            }.finished { exit, bytes, errors in
                ProgramOutput(status: exit, bytes: bytes, errors: errors, took: clock.now() - start)
            }
        }
    }

    /// Starts it, and talks with it line by line for as long as `body` runs; then it ends.
    /// - Throws: `TransportError`, `CancellationError`, or what `body` throws.
    public func talking<Value: Sendable>(
        lineBytesMax: Int, _ body: @escaping @Sendable (ProgramTalk) async throws -> Value
    ) async throws -> Value {
        try await talk(lineBytesMax: lineBytesMax) { talk in (try await body(talk), talk) }.value
    }

    private struct Ended<Value: Sendable>: Sendable {
        let value: Value
        let talk: ProgramTalk
        let exit: ChildProcess.Exit

        func finished<Result>(_ make: (Int, Value, [UInt8]) -> Result) -> Result {
            let status =
                switch exit {
                case .status(let code): code
                case .signal(let number): 128 + number
                }
            return make(status, value, talk.errors)
        }
    }

    private func talk<Value: Sendable>(
        lineBytesMax: Int, _ body: @escaping @Sendable (ProgramTalk) async throws -> (Value, ProgramTalk)
    ) async throws -> Ended<Value> {
        guard !arguments.isEmpty else { throw TransportError.notStarted(program: label, reason: "no program is named") }
        try Task.checkCancellation()
        let child = try ChildProcess(arguments, label: label, loop: NetworkThread.loop)
        let tail = ErrorTail()
        do {
            let (channel, errors) = try await open(child, tail)
            return try await withTaskCancellationHandler {
                do {
                    let (value, talk) = try await channel.executeThenClose { inbound, outbound in
                        try await body(
                            ProgramTalk(
                                inbound, outbound, tail, label: label, lineBytesMax: lineBytesMax,
                                end: { await Self.end(child, errors) }))
                    }
                    // Whoever has said all ends by himself; others are asked to.
                    if !talk.isOver { child.end() }
                    let exit = try await child.exited.get()
                    await Self.settle(errors)
                    return Ended(value: value, talk: talk, exit: exit)
                } catch {
                    child.end()
                    _ = try await child.exited.get()
                    errors.close(promise: nil)
                    // What whoever talks with it has to say stays as it is.
                    let isOfPipe = error is IOError || error is ChannelError
                    throw isOfPipe ? NetworkFault.translate(error, endpoint: label) : error
                }
            } onCancel: {
                child.end()
            }
        } catch {
            child.end()
            _ = try? await child.exited.get()
            throw Task.isCancelled ? CancellationError() : error
        }
    }

    /// Ends it, and comes back when all that it said has been read.
    private static func end(_ child: ChildProcess, _ errors: any Channel) async {
        child.end()
        _ = try? await child.exited.get()
        await settle(errors)
    }

    /// What was written before the end is read. Something that got away may hold the other end for ever.
    private static func settle(_ errors: any Channel) async {
        let limit = errors.eventLoop.scheduleTask(in: .milliseconds(Program.graceMilliseconds)) {
            errors.close(promise: nil)
        }
        try? await errors.closeFuture.get()
        limit.cancel()
    }

    private typealias Pipe = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private func open(_ child: ChildProcess, _ tail: ErrorTail) async throws -> (Pipe, any Channel) {
        let errors = try await NIOPipeBootstrap(group: NetworkThread.loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(tail.handler()) }
            }.takingOwnershipOfDescriptor(input: child.errors).get()
        let pipe = try await NIOPipeBootstrap(group: NetworkThread.loop)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .takingOwnershipOfDescriptors(input: child.output, output: child.input) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Pipe(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return (pipe, errors)
    }
}

/// A conversation with a program that runs. For one task at a time.
public final class ProgramTalk: Sendable {
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private let tail: ErrorTail
    private let label: String
    private let inbound: NIOAsyncChannelInboundStream<ByteBuffer>
    private let lines: Mutex<(splitter: LineSplitter, isOver: Bool)>
    private let end: @Sendable () async -> Void

    fileprivate init(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        _ tail: ErrorTail, label: String, lineBytesMax: Int, end: @escaping @Sendable () async -> Void
    ) {
        self.end = end
        self.inbound = inbound
        self.outbound = outbound
        self.tail = tail
        self.label = label
        lines = Mutex((LineSplitter(lineBytesMax: lineBytesMax), false))
    }

    /// The end of what it wrote to standard error so far.
    public var errors: [UInt8] { tail.bytes }
    /// Ends it, and returns the end of all that it wrote to standard error.
    public func lastWords() async -> [UInt8] {
        await end()
        return tail.bytes
    }
    /// It has closed its output.
    public var isOver: Bool { lines.withLock { $0.isOver } }

    /// Sends bytes as they are.
    public func send(_ bytes: [UInt8]) async throws {
        do {
            try await outbound.write(ByteBuffer(bytes: bytes))
        } catch {
            throw NetworkFault.translate(error, endpoint: label)
        }
    }

    /// Nothing more will be sent.
    public func endInput() { outbound.finish() }

    /// Hands each line to `body` as it comes, until the program ends its output or `body` throws.
    public func readLines(_ body: @Sendable ([UInt8]) async throws -> Void) async throws {
        do {
            for try await chunk in inbound {
                let ready: [[UInt8]]
                do {
                    ready = try lines.withLock { lines in try lines.splitter.feed(chunk.readableBytesView) }
                } catch let error as LineSplitter.TooLong {
                    throw TransportError.tooLong(endpoint: label, limitBytes: error.limitBytes)
                }
                for line in ready { try await body(line) }
            }
            try Task.checkCancellation()
            let last = lines.withLock { lines in
                lines.isOver = true
                return lines.splitter.finish()
            }
            if let last { try await body(last) }
        } catch let error as IOError {
            throw NetworkFault.translate(error, endpoint: label)
        }
    }

    /// All the rest of its output.
    func rest(bytesMax: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in inbound {
            guard bytes.count + chunk.readableBytes <= bytesMax else {
                throw TransportError.tooLong(endpoint: label, limitBytes: bytesMax)
            }
            bytes.append(contentsOf: chunk.readableBytesView)
        }
        try Task.checkCancellation()
        lines.withLock { $0.isOver = true }
        return bytes
    }
}

/// Keeps the end of what comes.
private final class ErrorTail: Sendable {
    private let kept = Mutex<[UInt8]>([])
    var bytes: [UInt8] { kept.withLock { $0 } }

    func handler() -> Handler { Handler(self) }

    final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let tail: ErrorTail
        init(_ tail: ErrorTail) { self.tail = tail }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            tail.kept.withLock { kept in
                kept.append(contentsOf: unwrapInboundIn(data).readableBytesView)
                if kept.count > Program.errorBytesMax { kept.removeFirst(kept.count - Program.errorBytesMax) }
            }
        }
    }
}
