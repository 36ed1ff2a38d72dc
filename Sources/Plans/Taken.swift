public import Estate

/// Something that a plan took away from the platform, and that its way back gives back.
public struct Taken: Sendable, Hashable, Codable {
    public enum What: Sendable, Hashable, Codable {
        /// A server's place in balancing at one balancer.
        case balancing(at: SourceID)
        /// The rank by which a cache replica may be promoted, as it was; 0 means never.
        case rank(Int)
        /// The lead of its group, which went to another.
        case lead(to: MemberID)
    }

    public var member: MemberID
    public var what: What

    /// Leads stay where they went: they are nothing that has to be given back.
    public var isLead: Bool { if case .lead = what { true } else { false } }

    /// The rank of a member.
    public func isRank(of member: MemberID) -> Bool {
        if case .rank = what { self.member == member } else { false }
    }

    public init(_ member: MemberID, _ what: What) {
        self.member = member
        self.what = what
    }
}
