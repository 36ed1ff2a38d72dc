/// All that one observer says of one member at one time. Whatever it cannot know is nil: unknown is never 0.
public struct MemberFacts: Equatable, Sendable, Codable {
    public var role: Role?
    public var state: RunState?
    /// The vendor's own words for the state, made safe for a terminal where drawn.
    public var stateDetail: String?
    /// The node it runs on, where the observer knows.
    public var node: NodeID?
    /// Where clients reach it: `host:port`.
    public var address: String?
    /// The URL through which it is commanded (Patroni's REST API), without credentials.
    public var door: String?
    public var version: String?
    public var replication: ReplicationFacts?
    public var traffic: TrafficFacts?
    public var quorum: QuorumFacts?
    public var path: PathFacts?
    public var service: ServiceFacts?
    public var tags: EligibilityTags?
    /// Waits for a restart to make a changed setting true.
    public var pendingRestart: Bool?
    public var startedAt: Timestamp?
    /// Named figures that no field above holds (key with unit last, e.g. `connections`, `databaseBytes`).
    public var figures: [String: Double] = [:]
    /// Named texts for the detail page.
    public var notes: [String: String] = [:]

    public init() {}
}

/// What decides whether a member may be promoted.
public struct EligibilityTags: Equatable, Sendable, Codable {
    public var noFailover: Bool?
    /// 0: never promoted. Of a database the higher rank goes first, of a cache the lower.
    public var failoverPriority: Int?
    public var noLoadBalance: Bool?
    public var noSync: Bool?
    public var clonesFrom: Bool?
    public var replicatesFrom: String?
    /// nil: no watchdog is asked for; false: asked for and not there.
    public var watchdogOK: Bool?
    public init() {}
}

/// Replication as one observer sees it of one member.
public struct ReplicationFacts: Equatable, Sendable, Codable {
    /// `pg_is_in_recovery()` or its like: a primary is false. Not the same as holding the lock.
    public var inRecovery: Bool?
    public var timeline: Int?
    /// Written by a primary.
    public var writtenLSN: LSN?
    public var receivedLSN: LSN?
    public var replayedLSN: LSN?
    public var receiveLagBytes: Int64?
    public var replayLagBytes: Int64?
    public var replayLagSeconds: Double?
    public var syncState: SyncState?
    /// Streaming from its upstream now.
    public var streaming: Bool?
    public var replayPaused: Bool?
    /// Name of the member or host it streams from.
    public var upstream: String?
    /// When the upstream last heard from it.
    public var lastReplyAt: Timestamp?
    public var slots: [ReplicationSlot] = []
    public var senders: [ReplicationSender] = []
    public var archive: ArchiveFacts?
    public var systemIdentifier: String?
    /// Transactions committed since the statistics were reset: a counter.
    public var commits: Int64?
    public init() {}
}

/// A slot that holds write-ahead log back.
public struct ReplicationSlot: Equatable, Sendable, Codable {
    public var name: String
    public var isLogical: Bool
    public var isActive: Bool
    public var retainedBytes: Int64?
    public init(name: String, isLogical: Bool, isActive: Bool, retainedBytes: Int64?) {
        self.name = name
        self.isLogical = isLogical
        self.isActive = isActive
        self.retainedBytes = retainedBytes
    }
}

/// A connection on which a server sends its write-ahead log.
public struct ReplicationSender: Equatable, Sendable, Codable {
    public var application: String
    public var clientAddress: String?
    public var state: String?
    public var isLogical: Bool
    public var syncState: SyncState?
    public var sentLSN: LSN?
    public var flushedLSN: LSN?
    public var replayedLSN: LSN?
    public var replayLagSeconds: Double?
    public var lastReplyAt: Timestamp?
    public init(application: String, isLogical: Bool) {
        self.application = application
        self.isLogical = isLogical
    }
}

/// How the archiving of write-ahead log goes.
public struct ArchiveFacts: Equatable, Sendable, Codable {
    public var archivedCount: Int64?
    public var failedCount: Int64?
    public var lastArchivedAt: Timestamp?
    public var lastFailedAt: Timestamp?
    public init() {}
}

/// A pool member as one balancer sees it.
public struct TrafficFacts: Equatable, Sendable, Codable {
    public var admin: AdminState?
    /// True where the admin state was set at run time (and may be undone by us), false where the balancer's
    /// configuration or another server forces it.
    public var adminForcedHere: Bool?
    public var check: CheckState?
    /// The last check's result in the vendor's words, e.g. `L7OK/200 in 2ms`.
    public var checkDetail: String?
    public var isBackup: Bool?
    public var weight: Int?
    public var sessions: Int?
    public var sessionsMax: Int?
    public var queue: Int?
    public var sessionRate: Double?
    public var bytesInRate: Double?
    public var bytesOutRate: Double?
    /// Responses 5xx and connection errors since the balancer started: counters.
    public var errorsTotal: Int64?
    public var requestsTotal: Int64?
    public var lastChangeSeconds: Int64?
    public var downSeconds: Int64?
    /// Names the server as its balancer does: `backend/server`, what a command must say.
    public var handle: String?
    /// Servers that take this one's admin state with it.
    public var trackedBy: [String] = []
    /// An agent check that may override what an operator sets.
    public var hasAgentCheck: Bool?
    /// Taken out by the balancer itself for errors in real traffic, whatever its checks say; nil: it does not look.
    public var ejected: Bool?
    public init() {}
}

/// An instance of a service by its own word.
public struct ServiceFacts: Equatable, Sendable, Codable {
    public var isWell: Bool
    /// In its own words, e.g. `UP`.
    public var status: String?
    /// The status of its answer.
    public var code: Int?
    public var latencySeconds: Double?
    public init(isWell: Bool, status: String? = nil, code: Int? = nil, latencySeconds: Double? = nil) {
        self.isWell = isWell
        self.status = status
        self.code = code
        self.latencySeconds = latencySeconds
    }
}

/// A voter as seen in its quorum.
public struct QuorumFacts: Equatable, Sendable, Codable {
    public var isVoter: Bool?
    /// What the register calls it in commands: a decimal number.
    public var memberID: String?
    public var term: Int64?
    public var databaseBytes: Int64?
    public var alarms: [String] = []
    public init() {}
}
