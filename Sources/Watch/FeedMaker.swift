public import Estate
public import Feeds

/// Where a member can be reached, as its group's register says.
public struct MemberDoors: Sendable, Equatable {
    /// The URL through which it is commanded and asked.
    public var door: String?
    /// Where clients reach it: `host:port`.
    public var address: String?
    public init(door: String? = nil, address: String? = nil) {
        self.door = door
        self.address = address
    }
}

/// What feeds there are to run: those that the configuration names, and those of members found on the way.
public struct FeedMaker: Sendable {
    public var standing: @Sendable () -> [any Feed]
    public var ofMember: @Sendable (MemberID, MemberDoors) -> [any Feed]

    public init(
        standing: @escaping @Sendable () -> [any Feed],
        ofMember: @escaping @Sendable (MemberID, MemberDoors) -> [any Feed] = { _, _ in [] }
    ) {
        self.standing = standing
        self.ofMember = ofMember
    }
}
