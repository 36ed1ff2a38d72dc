public import Estate

/// What a plan is aimed at: an identity, never a row on a screen.
public enum PlanTarget: Sendable, Hashable, Codable, CustomStringConvertible {
    case group(GroupID)
    case member(MemberID)
    /// All that lives on a host.
    case node(NodeID)

    /// nil: several, see `Plan.groups`.
    public var group: GroupID? {
        switch self {
        case .group(let id): id
        case .member(let id): id.group
        case .node: nil
        }
    }
    /// The name that a typed confirmation asks for.
    public var name: String {
        switch self {
        case .group(let id): id.name
        case .member(let id): id.name
        case .node(let id): id.name
        }
    }
    public var description: String {
        switch self {
        case .group(let id): id.description
        case .member(let id): id.description
        case .node(let id): id.description
        }
    }
}

/// A call of a command: which one, on what, with what.
public struct PlanCall: Sendable, Equatable, Codable {
    public var recipe: String
    public var target: PlanTarget
    public var arguments: [String: String]
    /// What is to be given back, as the journal remembers it; nil where nothing is remembered, and then it is what can
    /// be seen to have been taken at run time.
    public var taken: [Taken]?
    public init(
        _ recipe: String, _ target: PlanTarget, arguments: [String: String] = [:], taken: [Taken]? = nil
    ) {
        self.recipe = recipe
        self.target = target
        self.arguments = arguments
        self.taken = taken
    }
}

/// What may be lost. nil figures are unknown, never 0.
public struct Risk: Sendable, Equatable, Codable {
    public var bytes: Int64?
    public var transactions: Int64?
    public var text: String
    public init(bytes: Int64?, transactions: Int64? = nil, text: String) {
        self.bytes = bytes
        self.transactions = transactions
        self.text = text
    }
}

/// What is going to happen.
public struct Outlook: Sendable, Equatable, Codable {
    /// How long writes or connections fail; nil where it cannot be said.
    public var outage: Span?
    /// What will be so afterwards and on the way there, one sentence each.
    public var sentences: [String]
    public init(outage: Span?, sentences: [String]) {
        self.outage = outage
        self.sentences = sentences
    }
}

/// The way back.
public struct Undo: Sendable, Equatable, Codable {
    public var text: String
    /// The command to call; nil where there is no way back.
    public var call: PlanCall?
    /// What it would send if it were called on the state that this plan leads to; may be empty.
    public var requests: [Request]
    public init(_ text: String, call: PlanCall? = nil, requests: [Request] = []) {
        self.text = text
        self.call = call
        self.requests = requests
    }
}

/// What the operator has to do for the plan to be carried out.
public enum Confirmation: Sendable, Equatable, Codable {
    /// Type this name.
    case typed(String)
    /// Choose yes with a key other than the one that proposed the plan.
    case yes
}

/// Something that stays in force until it is undone or expires, and stands in a banner until then.
public struct Hold: Sendable, Equatable, Codable {
    /// The group; for a member or a node that is held, its name as a target has it.
    public var group: GroupID
    /// What is in force, e.g. `paused`.
    public var kind: String
    public var lasts: Span
    public var undo: PlanCall
    /// What a hold of a member or a node goes by.
    public static func subject(_ target: PlanTarget) -> GroupID { GroupID(target.description) }

    /// Kinds of hold: an automation paused,
    public static let paused = "paused"
    /// what was taken by a drain, or by a maintenance, remembered until it is given back,
    public static let drained = "drained"
    public static let maintenance = "maintenance"
    /// and the rank of a cache replica that was raised to be chosen.
    public static let steered = "steered"

    public init(group: GroupID, kind: String, lasts: Span, undo: PlanCall) {
        self.group = group
        self.kind = kind
        self.lasts = lasts
        self.undo = undo
    }
}

/// An action as a value: made from a snapshot, shown, confirmed, then given to the executor. It holds no credential
/// and does nothing.
public struct Plan: Sendable, Equatable, Codable {
    public var call: PlanCall
    public var title: String
    public var fingerprint: Fingerprint
    public var checks: [Check]
    /// Sent in this order; empty where there are parts.
    public var steps: [Step]
    /// Whole plans of which this one is made, carried out one after the other: each has its own fingerprint, as the
    /// parts before it should have left things, its checks, its steps, its outcome and its way back. The checks of the
    /// whole name those of all parts.
    public var parts: [Plan] = []
    /// Goes on with the next step when one fails, and then tells how many were applied.
    public var goesOnAfterFailure: Bool
    /// What shows that the whole is done, awaited after the last step.
    public var outcome: Expectation
    /// How long the outcome may take after the last step.
    public var outcomeDeadline: Span
    public var risk: Risk?
    public var outlook: Outlook
    public var undo: Undo
    public var confirmation: Confirmation
    /// What begins when the plan is done.
    public var begins: Hold?
    /// What ends when the plan is done: kinds of hold, of the group or of the target.
    public var ends: [String] = []
    /// Takes things away that are to be remembered and given back: kind of the hold that remembers them.
    public var remembers: String?
    /// Where the outcome is not there in time, it goes on all the same and says what is left.
    public var goesOnWithoutOutcome = false
    public var madeAt: Timestamp

    public init(
        _ call: PlanCall, title: String, fingerprint: Fingerprint, checks: [Check], steps: [Step],
        outcome: Expectation, outcomeDeadline: Span, outlook: Outlook, undo: Undo, confirmation: Confirmation,
        madeAt: Timestamp
    ) {
        self.call = call
        self.title = title
        self.fingerprint = fingerprint
        self.checks = checks
        self.steps = steps
        self.goesOnAfterFailure = false
        self.outcome = outcome
        self.outcomeDeadline = outcomeDeadline
        self.outlook = outlook
        self.undo = undo
        self.confirmation = confirmation
        self.madeAt = madeAt
    }

    public var verb: String { call.recipe }
    public var target: PlanTarget { call.target }
    public var group: GroupID { fingerprint.group }
    /// What is carried out in this order: the parts, or itself where there are none.
    public var sequence: [Plan] { parts.isEmpty ? [self] : parts }
    /// Every step in the order in which it is sent.
    public var allSteps: [Step] { sequence.flatMap(\.steps) }
    /// All groups in which something is done, sorted.
    public var groups: [GroupID] { Set(sequence.map(\.group)).sorted() }

    /// The worst of the checks.
    public var status: Check.Status { checks.map(\.status).max() ?? .pass }
    public var blocks: [Check] { checks.filter { $0.status == .block } }
    public var warnings: [Check] { checks.filter { $0.status == .warn } }

    /// Exactly what will be sent, minus credentials.
    public var preview: [String] { allSteps.flatMap(\.request.lines) }
}
