public import Estate
public import Settings
import Synchronization
import Transport
import Wire

/// What a program of the operator's own observes, in JSON Lines: it is asked each interval and answers, and may say
/// more at any time. docs/exec.md has the words.
public struct ExecFeed: Feed {
    public let source: SourceID

    /// From a question to the end of its answer.
    public static let replyDeadline = Span.seconds(10)
    public static let lineBytesMax = 64 << 10
    /// Lines between two questions.
    public static let linesMax = 20_000
    /// Figures, alerts and offers of one answer, each.
    public static let listMax = 256

    private let program: Program
    private let pace: FeedPace

    public init(_ settings: ExecSettings, pace: FeedPace? = nil) {
        source = SourceID("exec", settings.name)
        program = Program(settings.command)
        self.pace = pace ?? FeedPace(interval: settings.every, replyDeadline: Self.replyDeadline)
    }

    public func run(into sink: any UpdateSink, clock: any Timekeeper) async {
        await FeedLoop(source, into: sink, clock: clock, pace: pace, endpoints: [program.label]).run { session in
            try await program.talking(lineBytesMax: Self.lineBytesMax) { talk in
                try await converse(talk, session, clock)
            }
        }
    }

    private func converse(_ talk: ProgramTalk, _ session: FeedSession, _ clock: any Timekeeper) async throws {
        let answer = ExecAnswer()
        let (answered, tell) = AsyncStream<Int64>.makeStream(bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                try await talk.readLines { line in
                    if let number = try answer.take(line, session, label: program.label) { tell.yield(number) }
                }
                let said = Escaped.text(await talk.lastWords())
                throw FeedError.unreachable(
                    endpoint: program.label,
                    reason: "\(program.label) ended" + (said.isEmpty ? " without a word" : ", saying: \(said)"))
            }
            tasks.addTask {
                var number: Int64 = 0
                while true {
                    number += 1
                    let wanted = number
                    let start = clock.now()
                    // One that cannot be asked has ended, which its output tells with its last words, or has closed
                    // its ears, and then no answer comes in time.
                    do { try await talk.send(Array("{\"ask\":\"state\",\"n\":\(number)}\n".utf8)) } catch {
                        try Task.checkCancellation()
                    }
                    try await withDeadline(
                        pace.replyDeadline, clock: clock,
                        orThrow: .late(endpoint: program.label, afterSeconds: pace.replyDeadline.seconds)
                    ) {
                        for await done in answered where done >= wanted { return }
                        try Task.checkCancellation()
                    }
                    let now = clock.now()
                    let (whole, problem) = answer.finish()
                    session.heard(latency: now - start, problem: problem)
                    session.send(.platform(whole), at: now)
                    try await clock.sleep(until: pace.nextAsk(after: clock.now()))
                }
            }
            defer { tasks.cancelAll() }
            try await tasks.next()
        }
    }
}

/// What a program has said since it was last asked.
private final class ExecAnswer: Sendable {
    private struct State {
        var whole = PlatformFacts()
        var lines = 0
        var problem: String?
        var faults = 0
        var firstFault: String?
    }
    private let state = Mutex(State())

    /// Takes a line and tells what it says; the number of the question that it ends, where it ends one.
    func take(_ bytes: [UInt8], _ session: FeedSession, label: String) throws -> Int64? {
        if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return nil }
        let isTooMuch = state.withLock { state in
            state.lines += 1
            return state.lines > ExecFeed.linesMax
        }
        guard !isTooMuch else {
            throw FeedError.unreadable(
                endpoint: label, reason: "more than \(ExecFeed.linesMax) lines to one question")
        }
        let line: ExecLine
        do { line = try ExecLine(bytes) } catch {
            state.withLock { state in
                state.faults += 1
                state.firstFault = state.firstFault ?? Self.words(error)
            }
            return nil
        }
        switch line {
        case .member(let id, let facts): session.send(.member(id, facts))
        case .node(let id, let facts): session.send(.node(id, facts))
        case .group(let id, let facts): session.send(.group(id, facts))
        case .gone(let id): session.send(.memberGone(id), isEdge: true)
        case .event(let severity, let text, let group):
            session.send(
                .event(Event(at: session.clock.now(), .note, severity, group: group, text: text)), isEdge: true)
        case .figure, .alert, .offer, .problem: keep(line)
        case .done(let number): return number
        }
        return nil
    }

    /// Without the advice that goes with a service at an address.
    private static func words(_ error: WireError) -> String {
        guard case .malformed(_, let reason, let bytes) = error else { return error.description }
        return "\(reason); got “\(bytes)”"
    }

    private func keep(_ line: ExecLine) {
        state.withLock { state in
            func add<Item>(_ list: WritableKeyPath<PlatformFacts, [Item]>, _ item: Item) {
                if state.whole[keyPath: list].count < ExecFeed.listMax {
                    state.whole[keyPath: list].append(item)
                } else {
                    state.whole.leftOut += 1
                }
            }
            switch line {
            case .figure(let figure): add(\.figures, figure)
            case .alert(let alert): add(\.alerts, alert)
            case .offer(let offer): add(\.offers, offer)
            case .problem(let text): state.problem = text.isEmpty ? nil : Escaped.text(text)
            default: break
            }
        }
    }

    /// The answer, which is whole now; the next begins.
    func finish() -> (PlatformFacts, problem: String?) {
        state.withLock { state in
            var problem = state.problem
            if let first = state.firstFault {
                problem = "\(state.faults == 1 ? "1 line is" : "\(state.faults) lines are") not understood: \(first)"
            }
            if state.whole.leftOut > 0 { problem = "\(state.whole.leftOut) figures, alerts or offers are left out" }
            defer { state = State() }
            return (state.whole, problem)
        }
    }
}
