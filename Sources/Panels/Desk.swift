public import Estate
public import Plans

/// What the acting side of the house is at: whether commands are armed, what is under way, what was sent.
public struct Desk: Sendable, Equatable {
    /// Acting is allowed; otherwise plans can be looked at and not carried out.
    public var isArmed = false
    /// What is simulated, said in every header; nil: the platform is real.
    public var simulation: String?
    /// Newest last; those that ended stay until they are `keptFor` old.
    public var actions: [ActionView] = []
    /// Every request sent to the platform by a command, newest last.
    public var requests: [RequestView] = []
    /// When a pause set from here ends by itself.
    public var pausedUntil: [GroupID: Timestamp] = [:]
    /// What a change freeze forbids now, and the freeze in words.
    public var frozen: [FrozenCommand: String] = [:]
    /// Change freezes that hold for anything, in words.
    public var freezes: [String] = []
    /// Plans that wait for a second operator, oldest first.
    public var offers: [OfferView] = []
    /// Actions that were left open, oldest first.
    public var openActions: [OpenActionView] = []
    /// What is held back or taken away until it is given back: most urgent first.
    public var holds: [HoldView] = []
    /// The most requests shown.
    public static let requestsMax = 500

    public init() {}
}

/// One action as the operator follows it.
public struct ActionView: Sendable, Equatable, Identifiable {
    public enum Phase: Sendable, Equatable {
        /// Taking the group's lock and reading everything again.
        case checking
        /// Sending step `step` of `of`, counted from 1.
        case sending(step: Int, of: Int)
        /// All sent; the feeds have yet to show the outcome.
        case waiting(for: String)
        /// Sent, and whether it worked is not known.
        case inDoubt(why: String)
        case done(String)
        case refused(String)
        case failed(String)
        /// Part of it was done.
        case incomplete(String)

        public var isOver: Bool {
            switch self {
            case .done, .refused, .failed, .incomplete: true
            case .checking, .sending, .waiting, .inDoubt: false
            }
        }
    }
    public let id: String
    public var title: String
    public var group: GroupID?
    public var phase: Phase
    public var startedAt: Timestamp
    public var changedAt: Timestamp
    /// When waiting for the outcome ends and the action is called in doubt.
    public var deadline: Timestamp?

    public init(id: String, title: String, group: GroupID?, phase: Phase, startedAt: Timestamp, changedAt: Timestamp) {
        self.id = id
        self.title = title
        self.group = group
        self.phase = phase
        self.startedAt = startedAt
        self.changedAt = changedAt
    }
}

/// One request that a command sent, without credentials.
public struct RequestView: Sendable, Equatable {
    public var at: Timestamp
    /// What it was sent to: `host:port`, or a socket's path.
    public var endpoint: String
    /// What was sent, in one line.
    public var text: String
    /// What came back, in one line; nil: nothing yet.
    public var answer: String?
    public var seconds: Double?
    public var isBad: Bool

    public init(at: Timestamp, endpoint: String, text: String, answer: String?, seconds: Double?, isBad: Bool) {
        self.at = at
        self.endpoint = endpoint
        self.text = text
        self.answer = answer
        self.seconds = seconds
        self.isBad = isBad
    }
}

/// A command on a group, as a calendar forbids it.
public struct FrozenCommand: Hashable, Sendable {
    public let group: GroupID
    public let verb: String
    public init(_ group: GroupID, _ verb: String) {
        self.group = group
        self.verb = verb
    }
}

/// A plan that waits for a second operator.
public struct OfferView: Sendable, Equatable, Identifiable {
    public var facts: OfferFacts
    /// Exactly what will be carried out when it is approved.
    public var plan: Plan
    /// The operator here asked: somebody else has to answer.
    public var isMine: Bool
    public var id: String { facts.id }
    public init(facts: OfferFacts, plan: Plan, isMine: Bool) {
        self.facts = facts
        self.plan = plan
        self.isMine = isMine
    }
}

/// An action that nobody carries out any more and that is not settled.
public struct OpenActionView: Sendable, Equatable, Identifiable {
    public let id: String
    public var title: String
    /// `incomplete`, `in doubt`.
    public var word: String
    public var text: String
    public var wayOn: PlanCall?
    public var wayBack: PlanCall?
    public init(id: String, title: String, word: String, text: String, wayOn: PlanCall?, wayBack: PlanCall?) {
        self.id = id
        self.title = title
        self.word = word
        self.text = text
        self.wayOn = wayOn
        self.wayBack = wayBack
    }
}

/// Something that a command put in force and that stays so until it is undone.
public struct HoldView: Sendable, Equatable {
    /// `maintenance`, `drained`, `paused`.
    public var kind: String
    /// One line for the banner.
    public var text: String
    /// It runs out soon, or has run out.
    public var isUrgent: Bool
    /// The command that ends it, with what is to be given back.
    public var undo: PlanCall?
    public init(kind: String, text: String, isUrgent: Bool, undo: PlanCall?) {
        self.kind = kind
        self.text = text
        self.isUrgent = isUrgent
        self.undo = undo
    }
}
