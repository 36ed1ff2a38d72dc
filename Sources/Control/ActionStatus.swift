public import Estate
public import Plans

/// How an action ended.
public enum ActionOutcome: Sendable, Equatable {
    /// What was to be observed was.
    case done(String)
    /// Nothing was sent.
    case refused(String)
    case failed(String)
    /// Partly done; says how far, the way on and the way back.
    case incomplete(String)
    /// Sent, and observations never told what became of it.
    case inDoubt(String)

    public var word: String {
        switch self {
        case .done: "done"
        case .refused: "refused"
        case .failed: "failed"
        case .incomplete: "incomplete"
        case .inDoubt: "in doubt"
        }
    }
    public var text: String {
        switch self {
        case .done(let text), .refused(let text), .failed(let text), .incomplete(let text), .inDoubt(let text): text
        }
    }
    /// The exit status of a command.
    public var exitCode: Int32 {
        switch self {
        case .done: 0
        case .refused: 2
        case .failed: 18
        case .incomplete: 22
        case .inDoubt: 75
        }
    }
}

/// How far one step is.
public enum StepStatus: Sendable, Equatable {
    case waiting
    case sent
    /// Taken by the peer; the observation is awaited.
    case taken(String)
    /// No answer, or one that says nothing: observations decide.
    case inDoubt(String)
    case done(String)
    case failed(String)

    public var text: String {
        switch self {
        case .waiting: "waiting"
        case .sent: "sent"
        case .taken(let text), .inDoubt(let text), .done(let text), .failed(let text): text
        }
    }
}

/// An action under way, or ended.
public struct ActionStatus: Sendable, Equatable, Identifiable {
    /// Names the action in the audit.
    public let id: String
    public let plan: Plan
    public let who: String
    public let reason: String
    public let startedAt: Timestamp
    public internal(set) var steps: [StepStatus]
    /// Places of the steps, among all of them, that may have had an effect.
    public internal(set) var touched: Set<Int> = []
    /// Which of the plan's parts is under way, from 0; always 0 where it has none.
    public internal(set) var part = 0
    /// What is awaited now, with figures; one line.
    public internal(set) var text: String
    /// Something was sent whose fate nobody has observed yet.
    public internal(set) var isInDoubt = false
    /// It was in doubt at some time.
    public internal(set) var wasInDoubt = false
    public internal(set) var outcome: ActionOutcome?
    public internal(set) var endedAt: Timestamp?
    /// The offer by which it waits for a second operator.
    public internal(set) var awaitsApproval: OfferFacts?
    /// A record of this action that could not be kept.
    public internal(set) var journalProblem: String?

    public var isOver: Bool { outcome != nil }
    /// Steps that are done, of all.
    public var stepsDone: Int { steps.count { if case .done = $0 { true } else { false } } }

    /// What was taken away by now, or may have been.
    public var taken: [Taken] {
        plan.allSteps.enumerated().compactMap { touched.contains($0) ? $1.takes : nil }
    }

    init(id: String, plan: Plan, who: String, reason: String, startedAt: Timestamp) {
        self.id = id
        self.plan = plan
        self.who = who
        self.reason = reason
        self.startedAt = startedAt
        steps = plan.allSteps.map { _ in .waiting }
        text = "checking"
    }
}
