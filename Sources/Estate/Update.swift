/// One message from a feed. Levels (all an observer knows of one subject) replace what it said before and may be
/// coalesced to the newest; edges and events never are.
public struct Update: Sendable, Equatable {
    public var source: SourceID
    /// When it was observed.
    public var at: Timestamp
    public var body: Body
    /// Must reach the reducer even when a newer level of the same subject waits behind it.
    public var isEdge: Bool

    public init(_ source: SourceID, at: Timestamp, isEdge: Bool = false, _ body: Body) {
        self.source = source
        self.at = at
        self.isEdge = isEdge
        self.body = body
    }

    /// Boxed: facts are large, and updates are handed on several times.
    public indirect enum Body: Sendable, Equatable {
        case member(MemberID, MemberFacts)
        case node(NodeID, NodeFacts)
        case group(GroupID, GroupFacts)
        /// Of the platform as a whole.
        case platform(PlatformFacts)
        /// This observer no longer lists the member.
        case memberGone(MemberID)
        /// The subscription was given up on purpose: everything it said is to be forgotten, and it with it.
        case sourceGone
        /// How the subscription itself does.
        case source(SourceStatus)
        /// Something that happened, named by the feed itself.
        case event(Event)
        /// So many updates were dropped at a limit.
        case gap(Int)
    }
}

/// How one subscription does.
public struct SourceStatus: Sendable, Equatable, Codable {
    public enum State: String, Sendable, Codable {
        case connecting, live, silent, failed, refused
        /// TLS: one side does not believe the other.
        case untrusted
    }
    public var state: State
    /// What went wrong and what to do about it; nil while live.
    public var problem: String?
    /// How old a value of this source may get before it is stale.
    public var freshFor: Span
    /// Round trip or handshake time of the last answer, seconds.
    public var latencySeconds: Double?
    public var endpoint: String?
    /// This sign of life confirms everything the source has said so far: true of a subscription that pushes changes
    /// only, false of one that asks again and again.
    public var standsByAll = false

    public init(_ state: State, problem: String? = nil, freshFor: Span = .seconds(5), endpoint: String? = nil) {
        self.state = state
        self.problem = problem
        self.freshFor = freshFor
        self.endpoint = endpoint
    }
}

/// Where feeds put their updates. Bounded: it coalesces levels, and shows a gap when edges overflow. Never waits.
public protocol UpdateSink: Sendable {
    func send(_ update: Update)
}
