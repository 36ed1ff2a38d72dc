public import Estate

/// Something in force until it is undone or runs out: an automation paused, a maintenance, a silence.
public struct HoldRecord: Sendable, Equatable {
    /// The action that began it.
    public var action: String
    public var group: GroupID
    /// What is in force, e.g. `paused`.
    public var kind: String
    public var since: Timestamp
    public var until: Timestamp
    public var who: String
    public var reason: String
    /// The command that ends it, as the caller encodes it.
    public var undo: String

    public init(
        action: String, group: GroupID, kind: String, since: Timestamp, until: Timestamp, who: String,
        reason: String, undo: String
    ) {
        self.action = action
        self.group = group
        self.kind = kind
        self.since = since
        self.until = until
        self.who = who
        self.reason = reason
        self.undo = undo
    }

    public func hasRunOut(at now: Timestamp) -> Bool { now >= until }
}

/// One change of what is in force.
public enum HoldChange: Sendable, Equatable {
    case begin(HoldRecord)
    /// Nothing of this kind is in force any more in the group.
    case end(kind: String, of: GroupID, at: Timestamp)
}
