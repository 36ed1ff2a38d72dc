import Estate

/// Whether there is a connection to a bastion, and when the next is tried: somebody has to ask for it, so that none
/// is held for nobody. Events and times in, what to do out.
///
/// | state | asked | stands | ended |
/// | --- | --- | --- | --- |
/// | idle | connect | – | – |
/// | connecting | wait | up | down, wait doubled |
/// | up | use it | – | down, short wait |
/// | down | say why, or connect when the wait is over | – | – |
struct BastionMachine: Equatable, Sendable {
    /// Wait after the first failure, and the longest.
    static let delayFirst = Span.seconds(1)
    static let delayMax = Span.seconds(30)
    /// A connection that stood this long starts again from the first delay.
    static let stableAfter = Span.seconds(30)

    enum State: Equatable, Sendable {
        case idle, connecting
        case up(since: Timestamp)
        case down(SSHFault, until: Timestamp)
    }
    enum Step: Equatable, Sendable {
        case connect, wait, use
        case fail(SSHFault)
    }

    private(set) var state = State.idle
    private var failures = 0

    mutating func asked(at now: Timestamp) -> Step {
        switch state {
        case .connecting: return .wait
        case .up: return .use
        case .down(let fault, let until) where now < until: return .fail(fault)
        case .idle, .down:
            state = .connecting
            return .connect
        }
    }

    mutating func stands(at now: Timestamp) { state = .up(since: now) }

    mutating func ended(_ fault: SSHFault, at now: Timestamp) {
        if case .up(let since) = state, now - since >= Self.stableAfter { failures = 0 }
        // Beyond 2^10 the limit holds anyway.
        let delay = min(Self.delayFirst * Double(1 << min(failures, 10)), Self.delayMax)
        failures += 1
        state = .down(fault, until: now + delay)
    }

    mutating func closed() { state = .idle }
}
