public import Estate

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
