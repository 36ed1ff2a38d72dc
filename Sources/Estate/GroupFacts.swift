/// All that one observer says of one group at one time.
public struct GroupFacts: Equatable, Sendable, Codable {
    /// Name of the member that holds the lock. `known(nil)`: the observer knows that nobody does.
    public var leader: Known<String?>?
    /// Where the observer learned of the leader: the store's revision, for latency and order.
    public var revision: Int64?
    public var timeline: Int?
    public var synchronous: SynchronousFacts?
    public var limits: FailoverLimits?
    /// Automation is off.
    public var paused: Bool?
    public var scheduledSwitchover: ScheduledSwitchover?
    /// Promotions so far, oldest first.
    public var history: [TimelineChange] = []
    public var quorum: GroupQuorum?
    public var backups: BackupFacts?
    public var edge: EdgeFacts?
    /// Name of the pool's balancing algorithm, for the detail page.
    public var balancing: String?
    /// The pool takes connections as this observer sees it.
    public var poolServing: Bool?
    public var poolSessions: Int?
    public var poolQueue: Int?
    public var poolSessionRate: Double?
    /// Sessions that the pool may hold at most, and its servers together.
    public var poolSessionsMax: Int?
    /// Limits of the pool at which the observer turns requests away now, in plain words; nil: it has none.
    public var breakersOpen: [String]?
    /// Members that the group's own register names; nil where the observer keeps none.
    public var roster: [String]?
    /// What runs the group: `patroni`, `haproxy`, `etcd`; decides which doors commands use.
    public var manager: String?
    /// Who acts on the group now.
    public var lease: LeaseFacts?
    /// Plans on it that wait for approval, oldest first.
    public var offers: [OfferFacts]?
    public var notes: [String: String] = [:]
    public init() {}

    /// Key of a note of one of those who watch over a cache group: the `host:port` at which it takes commands.
    public static let noteDoor = "door"
    /// Key of a note: the name by which those who watch over the group call it in commands.
    public static let noteRegisteredAs = "registeredAs"

    /// The register holds a request to change the leader, which is due at `at`.
    func asksForLeaderChange(at: Timestamp) -> Bool {
        if notes["failoverRequest"] != nil { return true }
        guard let scheduled = scheduledSwitchover else { return false }
        return scheduled.at.map { $0 <= at } ?? true
    }
}

/// Tells "known to be nothing" from "not known".
public struct Known<Value: Equatable & Sendable>: Equatable, Sendable {
    public var value: Value
    public init(_ value: Value) { self.value = value }
}

/// Synchronous replication as the register has it.
public struct SynchronousFacts: Equatable, Sendable, Codable {
    public var isOn: Bool
    /// Writes stop rather than go on without a synchronous standby.
    public var isStrict: Bool
    public var standbys: [String]
    public var quorum: Int?
    public init(isOn: Bool, isStrict: Bool = false, standbys: [String] = [], quorum: Int? = nil) {
        self.isOn = isOn
        self.isStrict = isStrict
        self.standbys = standbys
        self.quorum = quorum
    }
}

/// What the group's automation goes by.
public struct FailoverLimits: Equatable, Sendable, Codable {
    public var ttlSeconds: Double?
    public var loopWaitSeconds: Double?
    public var retryTimeoutSeconds: Double?
    public var maximumLagOnFailoverBytes: Int64?
    public var checksTimeline: Bool?
    public init() {}
}

public struct ScheduledSwitchover: Equatable, Sendable, Codable {
    public var leader: String?
    public var candidate: String?
    public var at: Timestamp?
    public init(leader: String?, candidate: String?, at: Timestamp?) {
        self.leader = leader
        self.candidate = candidate
        self.at = at
    }
}

/// One promotion in a group's history.
public struct TimelineChange: Equatable, Sendable, Codable {
    public var timeline: Int
    public var lsn: LSN?
    public var reason: String?
    public var at: Timestamp?
    public var leader: String?
    public init(timeline: Int, lsn: LSN?, reason: String?, at: Timestamp?, leader: String?) {
        self.timeline = timeline
        self.lsn = lsn
        self.reason = reason
        self.at = at
        self.leader = leader
    }
}

/// Votes held of n, as seen by one observer.
public struct GroupQuorum: Equatable, Sendable, Codable {
    public var votersTotal: Int
    public var votersHealthy: Int
    public var hasLeader: Bool
    public var needed: Int { max(votersTotal, 0) / 2 + 1 }
    public var margin: Int { max(votersHealthy, 0) - needed }
    public init(votersTotal: Int, votersHealthy: Int, hasLeader: Bool) {
        self.votersTotal = votersTotal
        self.votersHealthy = votersHealthy
        self.hasLeader = hasLeader
    }
}

extension Known: Codable where Value == String? {
    private enum Key: CodingKey { case value }

    /// By hand: what is made by itself leaves out what is known to be nothing.
    public init(from decoder: any Decoder) throws {
        value = try decoder.container(keyedBy: Key.self).decodeIfPresent(String.self, forKey: .value)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encodeIfPresent(value, forKey: .value)
    }
}
