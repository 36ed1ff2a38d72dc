/// Something that happened, worth a line on the glass and in the journal.
public struct Event: Sendable, Equatable, Codable {
    public enum Severity: Int, Sendable, Codable, Comparable {
        case notice, warning, alarm
        public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case leaderLost, leaderElected, roleChanged, timelineChanged, writesLost, writesBack
        case memberJoined, memberLost, memberState, syncChanged, paused, resumed
        case drained, undrained, serverDown, serverUp, balancerReloaded, restarted, sourceLost, sourceBack
        case siteLost, siteBack
        case gap, disagreement, flapping, verdict, action, note
    }
    public var at: Timestamp
    public var kind: Kind
    public var severity: Severity
    public var group: GroupID?
    public var member: MemberID?
    public var node: NodeID?
    /// One line in plain words without the group's name.
    public var text: String
    /// Measured outage that this event ends.
    public var outage: Span?
    /// Revision in the consensus store that told it.
    public var revision: Int64?
    public var source: SourceID?

    public init(
        at: Timestamp, _ kind: Kind, _ severity: Severity, group: GroupID? = nil, member: MemberID? = nil,
        text: String
    ) {
        self.at = at
        self.kind = kind
        self.severity = severity
        self.group = group
        self.member = member
        self.text = text
    }
}
