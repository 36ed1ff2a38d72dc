public import Estate

/// Makes events out of updates: what changed, said once whoever saw it. A state machine: updates, ticks and times in,
/// events out. It keeps what it needs of the past, so that nobody has to hold on to earlier snapshots.
public struct Chronicle: Sendable {
    public struct Limits: Sendable, Equatable {
        /// A source has to be gone for so long before it is called lost.
        public var sourceLostAfter = Span.seconds(3)
        /// A source that never answered is called lost after so long.
        public var sourceNeverAfter = Span.seconds(5)
        /// What a source says in its first moments is the state of things, not news.
        public var baseline = Span.seconds(5)
        /// A verdict has to last for so long before it is an event.
        public var verdictAfter = Span.seconds(2)
        /// Two observers have to contradict each other for so long before it is an event.
        public var disagreementAfter = Span.seconds(3)
        /// Evidence that writes are gone is believed after so long without a contradiction, even if nobody
        /// confirms it.
        public var writesDoubtMax = Span.seconds(3)
        public init() {}
    }

    let limits: Limits
    var groups: [GroupID: GroupMemory] = [:]
    var members: [MemberID: MemberMemory] = [:]
    var sources: [SourceID: SourceMemory] = [:]
    var nodes: [NodeMemory.Key: NodeMemory] = [:]
    var hosts: [NodeID: HostMemory] = [:]
    var alerts: [SourceID: AlertsMemory] = [:]
    var sites: [SiteID: SiteMemory] = [:]

    public init(_ limits: Limits = Limits()) { self.limits = limits }

    /// What `update` is news of. `snapshot` has the update applied already.
    public mutating func observe(_ update: Update, in snapshot: Snapshot) -> [Event] {
        var events: [Event] = []
        switch update.body {
        case .group(let id, let facts): observe(id, facts, update, snapshot, &events)
        case .member(let id, let facts): observe(id, facts, update, snapshot, &events)
        case .memberGone(let id): gone(id, update, snapshot, &events)
        case .source(let status): observe(status, update, snapshot, &events)
        case .gap(let count):
            var event = Event(at: update.at, .gap, .warning, text: "\(count) updates were dropped at a limit")
            event.source = update.source
            events.append(event)
        case .event(var event):
            event.source = event.source ?? update.source
            events.append(event)
        case .sourceGone:
            sources[update.source] = nil
            for id in groups.keys { groups[id]?.votes[update.source] = nil }
            alerts[update.source] = nil
            nodes = nodes.filter { $0.key.source != update.source }
        case .node(let id, let facts): observe(id, facts, update, &events)
        case .platform(let facts): observe(facts, update, &events)
        }
        return events
    }

    /// What the passing of time is news of. To be called about once a second.
    public mutating func tick(_ assessment: Assessment) -> [Event] {
        var events: [Event] = []
        tickSources(assessment.at, &events)
        tickSites(assessment, &events)
        for group in assessment.groups { tick(group, assessment.at, &events) }
        for host in assessment.hosts { tick(host, assessment.at, &events) }
        return events
    }

    mutating func isBaseline(_ update: Update) -> Bool {
        let began = sources[update.source]?.heardFirstAt
        if began == nil { sources[update.source, default: SourceMemory()].heardFirstAt = update.at }
        return update.at - (began ?? update.at) < limits.baseline
    }
}

/// What is remembered of a group.
struct GroupMemory: Sendable {
    /// The observer whose word on the leader counts.
    var authority: SourceID?
    var authorityHasRevisions = false
    /// Of observers who vote: whom each takes for the leader.
    var votes: [SourceID: Known<String?>] = [:]
    var leader: Known<String?>?
    var leaderBefore: String?
    var leaderLostAt: Timestamp?
    var leaderChangedAt: Timestamp?
    /// Led before the present one, and has not come back yet.
    var former: String?
    var timeline: Int?
    var isPaused: Bool?
    var synchronous: Set<String>?
    /// Changes of leader that nobody asked for.
    var changes: [Timestamp] = []
    var isFlapping = false
    var writes = WritesMemory()
    var poolServing: [SourceID: Bool] = [:]
    var poolGoneSince: Timestamp?
    var verdict: Verdict?
    var verdictPending: (verdict: Verdict, since: Timestamp)?
    /// Since when each is there.
    var disagreements: [String: Timestamp] = [:]
    var disagreementsTold: Set<String> = []
    /// Changes of leader that are remembered for telling flapping.
    static let changesMax = 32
}

/// What is remembered of who takes writes.
struct WritesMemory: Sendable {
    var primary: String?
    var seenAt: Timestamp?
    /// First evidence that they are gone.
    var goneSince: Timestamp?
    var isDeclared = false
}

/// What is remembered of a member.
struct MemberMemory: Sendable {
    var state: RunState?
    var role: Role?
    var isWritable: Bool?
    /// When it was last seen not to take writes.
    var notWritableAt: Timestamp?
    var selfHeardAt: Timestamp?
    var downFor: Set<SourceID> = []
    /// When it started, as each of those says who tell.
    var startedAt: [SourceID: Timestamp] = [:]
    var drainedFor: Set<SourceID> = []
    var knownTo: Set<SourceID> = []
    var isGone = false
}

/// What is remembered of a source.
struct SourceMemory: Sendable {
    var heardFirstAt: Timestamp?
    var isLive = false
    var wasLive = false
    var pendingSince: Timestamp?
    var state = SourceStatus.State.connecting
    var problem: String?
    var lostAt: Timestamp?
}
