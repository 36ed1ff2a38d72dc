public import Estate

/// Which events or audit entries to read. Empty: all of them.
public struct JournalFilter: Sendable, Equatable {
    public static let limitStandard = 200
    /// Most records one read gives.
    public static let limitMax = 10_000

    /// Records with an identity above this one, oldest first: how a reader follows.
    public var after: Int64?
    public var since: Timestamp?
    public var until: Timestamp?
    public var group: GroupID?
    public var kinds: [Event.Kind] = []
    public var action: String?
    /// Actions whose id begins so.
    public var actionPrefix: String?
    /// The newest so many, still oldest first; with `after`, the first so many.
    public var limit = JournalFilter.limitStandard

    public init(after: Int64? = nil, group: GroupID? = nil, limit: Int = JournalFilter.limitStandard) {
        self.after = after
        self.group = group
        self.limit = limit
    }
}

/// An event with its identity in the journal.
public struct EventEntry: Sendable, Equatable {
    public let id: Int64
    public let event: Event
}
