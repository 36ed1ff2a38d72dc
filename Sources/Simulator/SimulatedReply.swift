public import Estate

/// What became of a request to the simulated platform, and when that is known.
public struct SimulatedReply: Sendable, Equatable {
    public enum Outcome: Sendable, Equatable {
        /// The peer answered, in its own words; the status is nil on a balancer's socket.
        case answered(status: Int?, text: String)
        /// It never left: nothing happened.
        case notSent(reason: String)
        /// It may have arrived, and nobody answers.
        case lost(reason: String)
    }
    public var outcome: Outcome
    /// From the sending to the answer. Longer than the sender's patience: the sender gives up and does not know.
    public var after: Span

    public init(_ outcome: Outcome, after: Span) {
        self.outcome = outcome
        self.after = after
    }
}
