/// Who acts on a group now, as the operators' register has it: one at a time among all of them.
public struct LeaseFacts: Equatable, Sendable, Codable {
    /// The action's id, as the audit has it.
    public var action: String
    /// `user@host`.
    public var who: String
    public var verb: String
    public var target: String
    public var reason: String
    public var since: Timestamp
    /// When it is over at the latest, by the deadlines of its own steps.
    public var until: Timestamp

    public init(
        action: String, who: String, verb: String, target: String, reason: String, since: Timestamp, until: Timestamp
    ) {
        self.action = action
        self.who = who
        self.verb = verb
        self.target = target
        self.reason = reason
        self.since = since
        self.until = until
    }
}

/// A plan that waits for a second operator's approval.
public struct OfferFacts: Equatable, Sendable, Codable {
    /// Id of the offer, and of the action that waits for it.
    public var id: String
    /// `user@host` of the one who asks.
    public var who: String
    public var verb: String
    public var target: String
    public var title: String
    public var reason: String
    /// Why a second operator is asked.
    public var because: String
    public var offeredAt: Timestamp
    public var expiresAt: Timestamp
    /// Hash of the plan as it would be carried out, in hexadecimal.
    public var hash: String

    public init(
        id: String, who: String, verb: String, target: String, title: String, reason: String, because: String,
        offeredAt: Timestamp, expiresAt: Timestamp, hash: String
    ) {
        self.id = id
        self.who = who
        self.verb = verb
        self.target = target
        self.title = title
        self.reason = reason
        self.because = because
        self.offeredAt = offeredAt
        self.expiresAt = expiresAt
        self.hash = hash
    }
}
