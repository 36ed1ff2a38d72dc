public import Estate

/// A clock that stands still until a test moves it.
public final class SteppedClock: Timekeeper {
    private struct Sleeper: Sendable {
        let id: Int
        let deadline: Timestamp
    }

    private struct State: Sendable {
        var now: Timestamp
        var sleepers: [Sleeper] = []
        var nextID = 0
        var requested: [Span] = []
    }

    private let state: Observed<State>

    /// Begins at a moment in 2026 unless told otherwise: code that mistakes a moment for a length shows.
    public init(_ start: Timestamp = Timestamp(nanoseconds: 1_795_000_000_000_000_000)) {
        state = Observed(State(now: start))
    }

    public func now() -> Timestamp { state.value.now }

    public func sleep(until deadline: Timestamp) async throws {
        let id = state.update { state -> Int in
            state.nextID += 1
            state.sleepers.append(Sleeper(id: state.nextID, deadline: deadline))
            state.requested.append(deadline - state.now)
            return state.nextID
        }
        defer { state.update { state in state.sleepers.removeAll { $0.id == id } } }
        _ = try await state.wait { $0.now >= deadline ? true : nil }
    }

    /// Moves the clock; whoever is due wakes.
    public func advance(by span: Span) { state.update { $0.now = $0.now + span } }

    /// Waits until somebody sleeps towards a moment no further away than `span`, and moves the clock there.
    /// Returns how far that was.
    @discardableResult
    public func advanceToSleeper(within span: Span) async throws -> Span {
        let due = try await state.wait { state in
            state.sleepers.map(\.deadline).filter { $0 > state.now && $0 <= state.now + span }.min()
        }
        return state.update { state in
            let step = due - state.now
            if due > state.now { state.now = due }
            return step
        }
    }

    /// Waits until somebody sleeps towards a moment no further away than `span`.
    public func waitForSleeper(within span: Span) async throws {
        _ = try await state.wait { state in
            state.sleepers.contains { $0.deadline > state.now && $0.deadline <= state.now + span } ? true : nil
        }
    }

    /// Waits until somebody sleeps for exactly `span` from now.
    public func waitForSleeper(exactly span: Span) async throws {
        _ = try await state.wait { state in
            state.sleepers.contains { $0.deadline == state.now + span } ? true : nil
        }
    }

    /// All the spans anybody asked to sleep, in order.
    public var requestedSleeps: [Span] { state.value.requested }

    /// How many sleep now.
    public var sleepersCount: Int { state.value.sleepers.count }
}
