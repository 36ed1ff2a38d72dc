public import Estate
public import Plans

/// An action that carries on, or takes back, what another began.
public struct Followed: Sendable, Equatable {
    public enum Kind: String, Sendable {
        case resumes, undoes
    }
    public let action: String
    public let kind: Kind
    public init(_ kind: Kind, _ action: String) {
        self.kind = kind
        self.action = action
    }
}

/// An action of which an intent is kept and that is not settled: pitboss ended while it was under way, or it came to
/// an end half way.
public struct OpenAction: Sendable, Equatable, Identifiable {
    public enum State: Sendable, Equatable {
        /// Another process of this machine carries it out now.
        case underWay(String)
        /// Too early to tell: what was sent last may still come.
        case settling(String)
        /// All that it wanted is observed.
        case done(String)
        /// Nothing of it is left, or nothing was ever sent.
        case undone(String)
        /// Part of it is in effect.
        case incomplete(String)
        /// Nobody tells.
        case inDoubt(String)

        public var word: String {
            switch self {
            case .underWay: "under way"
            case .settling: "settling"
            case .done: "done"
            case .undone: "undone"
            case .incomplete: "incomplete"
            case .inDoubt: "in doubt"
            }
        }
        public var text: String {
            switch self {
            case .underWay(let text), .settling(let text), .done(let text), .undone(let text), .incomplete(let text),
                .inDoubt(let text):
                text
            }
        }
        /// Nothing is left to be done about it.
        public var isSettled: Bool {
            switch self {
            case .done, .undone: true
            default: false
            }
        }
    }

    /// Names the action in the audit.
    public let id: String
    public let plan: Plan
    public let who: String
    public let reason: String
    public let startedAt: Timestamp
    public let state: State
    /// The command that carries it on from what is observed now; nil where there is nothing to carry on.
    public let wayOn: PlanCall?
    /// The command that takes back what is in effect; nil where there is no way back.
    public let wayBack: PlanCall?

    /// Name of the detail of an intent that holds the whole plan.
    static let planDetail = "plan"
}
