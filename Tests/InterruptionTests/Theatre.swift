import Control
import Estate
import PitbossTestKit
import Plans
import Simulator
import Synchronization

/// A simulated platform that outlives those who act on it.
final class Theatre: Sendable {
    struct Sent: Sendable {
        let lines: String
        /// What was wrong with sending it, by what had been observed until then.
        let breach: String?
    }

    private struct State: Sendable {
        var platform: SimulatedPlatform
        var snapshot: Snapshot
        var sent: [Sent] = []
        var problems: [String] = []
    }

    let clock: SteppedClock
    private let state: Mutex<State>

    init(_ scenario: Scenario, seed: UInt64) {
        var platform = SimulatedPlatform(seed: seed, scenario: scenario)
        var snapshot = Snapshot(platform: platform.platform)
        for update in platform.advance(to: platform.start + .seconds(10)) { snapshot.apply(update) }
        clock = SteppedClock(platform.now)
        state = Mutex(State(platform: platform, snapshot: snapshot))
    }

    var snapshot: Snapshot { look { $0.snapshot } }
    var truth: SimulatedTruth { look { $0.platform.truth } }
    var sent: [Sent] { state.withLock { $0.sent } }
    var problems: [String] { state.withLock { $0.problems } }

    private func look<Value>(_ body: (inout State) -> Value) -> Value {
        let now = clock.now()
        return state.withLock { state in
            Self.run(&state, to: now)
            return body(&state)
        }
    }

    private static func run(_ state: inout State, to now: Timestamp) {
        guard state.platform.now + .milliseconds(100) <= now else { return }
        for update in state.platform.advance(to: now) { state.snapshot.apply(update) }
        for (group, primaries) in state.platform.truth.primaries where primaries.count > 1 {
            state.problems.append("\(group): \(primaries) take writes at once")
        }
    }

    func obey(_ request: Request) -> SimulatedReply {
        let now = clock.now()
        return look { state in
            state.sent.append(
                Sent(
                    lines: request.lines.joined(separator: "\n"),
                    breach: Self.breach(request, state.snapshot, state.platform.truth)))
            return state.platform.obey(request, at: now)
        }
    }

    /// By what had been observed: no pool without a server, no cache without an heir, no lead moved without a quorum.
    private static func breach(_ request: Request, _ snapshot: Snapshot, _ truth: SimulatedTruth) -> String? {
        switch request {
        case .line(let balancer, let text):
            let words = text.split(separator: " ")
            guard words.count == 5, words[4] == "drain" || words[4] == "maint" else { return nil }
            let here = snapshot.members.compactMap { member -> (MemberID, TrafficFacts)? in
                member.sighting(by: balancer)?.facts.traffic.map { (member.id, $0) }
            }
            guard let mine = here.first(where: { $0.1.handle == String(words[2]) }) else { return "nobody knows it" }
            func takes(_ facts: TrafficFacts) -> Bool {
                facts.admin == .ready && (facts.check == .up || facts.check == .goingDown || facts.check == .unchecked)
            }
            guard takes(mine.1) else { return nil }
            let others = here.filter { $0.0.group == mine.0.group && $0.0 != mine.0 && takes($0.1) }
            return others.isEmpty ? "\(text) takes the last server at \(balancer)" : nil
        case .command(_, let door, let words):
            guard words.prefix(3) == ["CONFIG", "SET", "replica-priority"], words.last == "0" else { return nil }
            let left = heirsSeen(snapshot, besides: door)
            let really = truth.cacheHeirs.filter { name in left.contains { $0 == name } }
            return left.isEmpty && really.isEmpty
                ? "rank 0 at \(door) takes the last heir; heirs \(truth.cacheHeirs), masters \(truth.cacheMasters)"
                : nil
        case .sql: return nil
        case .http(_, _, _, let path, _, _):
            guard path.hasPrefix("/v3/") else { return nil }
            let quorum = snapshot.group(GroupID("consensus"))?.newest(\.quorum)?.value
            return quorum.map { $0.margin < 0 } ?? true ? "no quorum to move a lead in" : nil
        }
    }

    /// Only what could have been known counts.
    private static func heirsSeen(_ snapshot: Snapshot, besides door: String) -> [String] {
        snapshot.members(of: GroupID("session-cache")).filter { member in
            member.newest(\.door)?.value != door && member.newest(\.role)?.value == .replica
                && member.newest(\.state)?.value == .running
                && member.newest(\.tags?.failoverPriority)?.value != 0
        }.map(\.id.name)
    }
}

/// All that one process has of the world. At a given count of awaits it dies: whatever it awaits never comes back, as
/// far as its process is concerned.
final class Lifeline: Courier, Observations, Timekeeper {
    private struct State: Sendable {
        var awaits = 0
        var isDead = false
        var isReleased = false
        var parked: [CheckedContinuation<Void, Never>] = []
        var jump = Span.zero
    }

    private let theatre: Theatre
    private let diesAt: Int
    private let state = Mutex(State())

    init(_ theatre: Theatre, diesAt: Int) {
        self.theatre = theatre
        self.diesAt = diesAt
    }

    var isDead: Bool { state.withLock { $0.isDead } }

    /// Lets what was left behind run out, when nobody looks at the journal any more.
    func release() {
        let parked = state.withLock { state in
            state.isReleased = true
            defer { state.parked = [] }
            return state.parked
        }
        for one in parked { one.resume() }
    }

    /// False: the process is gone.
    private func gate() async -> Bool { await alive { true } ?? false }

    /// What a living process does. All at once with the look whether it lives: nothing of a dead one comes later,
    /// however slow its thread is.
    private func alive<Value: Sendable>(_ body: () -> Value) async -> Value? {
        let value: Value? = state.withLock { state in
            state.awaits += 1
            if state.awaits >= diesAt { state.isDead = true }
            return state.isDead ? nil : body()
        }
        if let value { return value }
        await withCheckedContinuation { continuation in
            let isReleased = state.withLock { state in
                if !state.isReleased { state.parked.append(continuation) }
                return state.isReleased
            }
            if isReleased { continuation.resume() }
        }
        return nil
    }

    func snapshot() async -> Snapshot {
        _ = await gate()
        return theatre.snapshot
    }

    func send(_ request: Request, within deadline: Span) async -> Delivery {
        guard let reply = await alive({ theatre.obey(request) }) else { return .notSent(reason: "gone") }
        guard await gate() else { return .lost(reason: "gone") }
        do {
            try await sleep(for: min(reply.after, deadline))
        } catch {
            return .lost(reason: "cancelled")
        }
        guard reply.after <= deadline else { return .lost(reason: "no answer within \(deadline.seconds) s") }
        switch reply.outcome {
        case .answered(let status, let text): return .answered(Answer(status: status, text: text))
        case .notSent(let reason): return .notSent(reason: reason)
        case .lost(let reason): return .lost(reason: reason)
        }
    }

    func now() -> Timestamp { theatre.clock.now() + state.withLock { $0.jump } }

    func sleep(until deadline: Timestamp) async throws {
        guard await gate() else {
            // Everything it still waits for has run out.
            state.withLock { $0.jump = $0.jump + .seconds(600) }
            return
        }
        try await theatre.clock.sleep(until: deadline)
    }
}
