import Estate
import NIOCore
import NIOPosix
import Settings
import Synchronization

/// One connection to a bastion, kept up by the system's OpenSSH, and the ways through it. The connection is a
/// program of ours: it ends with us, however we end. Ways are asked of it through its control socket.
final class BastionLink: Sendable {
    /// How long OpenSSH may take to connect, and the bastion may be silent until it is given up, seconds.
    static let connectSecondsMax = 10
    static let silenceSecondsMax = 15
    /// How long asking for one more way may take.
    static let openDeadline = Span.seconds(5)
    /// How long it may take to try whether the bastion reaches a far end.
    static let tryDeadline = Span.seconds(2)
    static let lineBytesMax = 4_096
    private static let upWord = "pitboss-up"

    private struct Way: Hashable {
        let far: FarPlace
        let kind: NearPlace.Kind
    }
    private enum Progress {
        case opening(NearPlace?)
        case open(NearPlace)
        /// It was open on a connection that has ended.
        case lapsed(NearPlace)
        case failed(TransportError)
    }
    private struct State {
        var machine = BastionMachine()
        var ways: [Way: Progress] = [:]
        var talk: ProgramTalk?
        var task: Task<Void, Never>?
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
        var next = 0
        /// Connections that have ended.
        var ended = 0
        var isClosed = false
    }

    let bastion: Bastion
    private let folder: String
    private let number: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - folder: where sockets are made; nobody else may look into it.
    ///   - number: tells this one's sockets from those of others.
    init(_ bastion: Bastion, folder: String, number: Int) {
        self.bastion = bastion
        self.folder = folder
        self.number = number
    }

    private var control: String { "\(folder)/c\(number)" }

    /// Our end of a way to `far`, made where it is not there yet. Whoever calls sets the deadline. Throws
    /// `TransportError`, or `CancellationError`.
    func way(to far: FarPlace, _ kind: NearPlace.Kind, clock: any Timekeeper) async throws -> NearPlace {
        let way = Way(far: far, kind: kind)
        while true {
            guard try await step(clock) == .use else { continue }
            if let near = try await opened(way, clock) { return near }
        }
    }

    /// Returns when the connection stands. Throws `TransportError`, or `CancellationError`.
    func stand(clock: any Timekeeper) async throws {
        while try await step(clock) != .use {}
    }

    /// One step towards a connection.
    private func step(_ clock: any Timekeeper) async throws -> BastionMachine.Step {
        let step = state.withLock { state -> BastionMachine.Step? in
            state.isClosed ? nil : state.machine.asked(at: clock.now())
        }
        switch step {
        case nil: throw TransportError.closed
        case .fail(let fault): throw noWay(fault)
        case .connect:
            let task = Task { await self.connect(clock) }
            state.withLock { $0.task = task }
        case .wait: try await change { if case .connecting = $0.machine.state { true } else { false } }
        case .use: return .use
        }
        return .wait
    }

    /// nil: look again.
    private func opened(_ way: Way, _ clock: any Timekeeper) async throws -> NearPlace? {
        enum Next { case take(NearPlace), wait, open(NearPlace?), fail(TransportError) }
        let next = state.withLock { state -> Next in
            switch state.ways[way] {
            case .open(let near): return .take(near)
            case .opening: return .wait
            case .failed(let error):
                // Told once; the next one who asks tries again.
                state.ways[way] = nil
                return .fail(error)
            case .lapsed(let near):
                state.ways[way] = .opening(near)
                return .open(near)
            case nil:
                state.ways[way] = .opening(nil)
                return .open(nil)
            }
        }
        switch next {
        case .take(let near): return near
        case .fail(let error): throw error
        case .wait: try await change { if case .opening = $0.ways[way] { true } else { false } }
        case .open(let before): Task { await self.open(way, before, clock) }
        }
        return nil
    }

    private func noWay(_ fault: SSHFault) -> TransportError {
        .noWay(bastion: bastion.url, reason: fault.reason, isRefusal: fault.isRefusal)
    }

    // MARK: the connection

    private func connect(_ clock: any Timekeeper) async {
        var fault = SSHFault(reason: "it was closed here", isRefusal: false)
        do {
            let talk = try await Program(SSHWords.master(bastion, control: control)).talking(
                lineBytesMax: Self.lineBytesMax
            ) { talk in
                self.state.withLock { $0.talk = talk }
                try await talk.readLines { line in
                    if String(decoding: line, as: UTF8.self) == Self.upWord { self.stands(clock.now()) }
                }
                return talk
            }
            fault = SSHFault(said: String(decoding: talk.errors, as: UTF8.self), bastion: SSHWords.typed(bastion))
        } catch let error as TransportError {
            fault = SSHFault(reason: "\(error); is openssh-client installed?", isRefusal: false)
        } catch {
            fault = SSHFault(reason: "it was closed here", isRefusal: false)
        }
        let now = clock.now()
        wake { state in
            state.machine.ended(fault, at: now)
            state.ended += 1
            state.talk = nil
            for (way, progress) in state.ways {
                switch progress {
                case .open(let near), .lapsed(let near), .opening(let near?): state.ways[way] = .lapsed(near)
                case .opening(nil), .failed: state.ways[way] = nil
                }
            }
        }
    }

    static var masterWord: String { upWord }

    private func stands(_ now: Timestamp) { wake { $0.machine.stands(at: now) } }

    // MARK: ways

    private func open(_ way: Way, _ before: NearPlace?, _ clock: any Timekeeper) async {
        var outcome: Progress
        let ended = state.withLock { $0.ended }
        do {
            let near = try await before.asyncOr { try await self.make(way) }
            let output = try await Program(SSHWords.forward(near, to: way.far, control: control)).run(
                within: Self.openDeadline, clock: clock, outputBytesMax: Self.lineBytesMax)
            if output.status == 0 {
                outcome = .open(near)
            } else {
                let said = state.withLock { $0.talk?.errors } ?? output.errors
                let line = String(decoding: said, as: UTF8.self).split(whereSeparator: \.isNewline).last ?? "no reason"
                outcome = .failed(
                    .noWay(
                        bastion: bastion.url, reason: "no way to \(way.far.text) was made: \(line.prefix(160))",
                        isRefusal: false))
            }
        } catch let error as TransportError {
            outcome = .failed(error)
        } catch {
            outcome = .failed(.noWay(bastion: bastion.url, reason: "\(error)", isRefusal: false))
        }
        wake { state in
            guard state.ended == ended else {
                if case .open(let near) = outcome { state.ways[way] = .lapsed(near) } else { state.ways[way] = nil }
                return
            }
            state.ways[way] = outcome
        }
    }

    /// A place of its own on our side.
    private func make(_ way: Way) async throws -> NearPlace {
        switch way.kind {
        case .socket:
            return state.withLock { state in
                state.next += 1
                return .socket("\(folder)/w\(number).\(state.next)")
            }
        case .port:
            let channel = try await ServerBootstrap(group: NetworkThread.group).bind(host: "127.0.0.1", port: 0).get()
            let port = channel.localAddress?.port ?? 0
            try await channel.close()
            return .port(port)
        }
    }

    /// Why the far end of a way that broke at once did so: the bastion is asked to connect there by itself. The error
    /// as it is where it can.
    func explained(_ error: any Error, _ far: FarPlace, label: String, clock: any Timekeeper) async -> any Error {
        guard case .cutOff? = error as? TransportError, !Task.isCancelled else { return error }
        var said = state.withLock { $0.talk?.errors }
        guard said != nil else { return error }
        if case .host = far {
            let output = try? await Program(SSHWords.trial(of: far, control: control)).run(
                within: Self.tryDeadline, clock: clock, outputBytesMax: Self.lineBytesMax)
            guard let output, output.status != 0 else { return error }
            said = state.withLock { $0.talk?.errors }
        }
        guard let said, let why = SSHFault.refusedFarEnd(said: String(decoding: said, as: UTF8.self)) else {
            return error
        }
        // In the words of a connection from here, so that whoever asks for them finds them.
        let reason = why.isRefused ? NetworkFault.words(errno: ECONNREFUSED) : why.reason
        return TransportError.unreachable(endpoint: label, reason: "\(reason); as \(bastion.url) says")
    }

    /// Ends the connection and all ways; returns when the program is gone.
    func close() async {
        var task: Task<Void, Never>?
        wake { state in
            state.isClosed = true
            task = state.task
        }
        task?.cancel()
        await task?.value
    }

    // MARK: waiting

    /// Waits until something changes, where `isSo` holds still. Throws `CancellationError`.
    private func change(while isSo: @Sendable (State) -> Bool) async throws {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let now: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    guard isSo(state), !state.isClosed else { return .success(()) }
                    state.waiters[id] = continuation
                    return nil
                }
                if let now { continuation.resume(with: now) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(throwing: CancellationError())
        }
    }

    /// Changes the state, and wakes all who wait for that.
    private func wake(_ body: (inout State) -> Void) {
        let waiting = state.withLock { state in
            body(&state)
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiting { waiter.resume() }
    }
}

extension Optional {
    fileprivate func asyncOr(_ make: () async throws -> Wrapped) async throws -> Wrapped {
        if let self { return self }
        return try await make()
    }
}
