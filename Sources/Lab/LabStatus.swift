/// What a member does, seen from the operating system.
public enum LabCondition: String, Sendable, Equatable {
    case running
    /// Stopped in its tracks (SIGSTOP).
    case frozen
    /// No process.
    case dead
    /// Running, but the kernel drops all its packets.
    case partitioned
}

/// One member, as the lab finds it.
public struct LabMemberStatus: Sendable, Equatable {
    public let member: LabMember
    public let condition: LabCondition
    /// It answers, and says that it is well.
    public let isHealthy: Bool
    /// One line of what it said: role, timeline, servers up.
    public let detail: String
    public let processes: [Int32]
    /// Seconds by which replay is held back; 0 for none.
    public let delaySeconds: Double
    /// It holds the leader's place: of the scope (Patroni), or of the etcd cluster.
    public let isLeader: Bool
    /// The synchronous standby.
    public let isSynchronous: Bool
}

/// The whole lab, as it is found.
public struct LabStatus: Sendable, Equatable {
    public let directory: String
    public let plan: LabPlan
    /// False while it comes up, or after an `up` that broke off.
    public let isUp: Bool
    public let members: [LabMemberStatus]
    /// The `pitboss.yaml` that watches it.
    public let configuration: String
    public let patronictl: String

    /// The leader of the scope according to the nodes themselves, not to what etcd remembers.
    public var leader: String? {
        members.first { $0.member.kind == .patroni && $0.isLeader }?.member.name
    }

    public var synchronousStandby: String? {
        members.first { $0.member.kind == .patroni && $0.isSynchronous }?.member.name
    }

    /// Every member is well, and there is a leader with a synchronous standby.
    public var isHealthy: Bool {
        isUp && leader != nil && synchronousStandby != nil && members.allSatisfy(\.isHealthy)
    }

    public subscript(name: String) -> LabMemberStatus? { members.first { $0.member.name == name } }

    /// The names of those that are not well.
    public var unwell: [String] { members.filter { !$0.isHealthy }.map(\.member.name) }
}

/// How an `up` ended.
public struct LabUpReport: Sendable, Equatable {
    public let status: LabStatus
    /// True if the lab ran before and nothing was started.
    public let wasRunning: Bool
    public let seconds: Double
}

/// How a `down` ended.
public struct LabDownReport: Sendable, Equatable {
    /// False if there was nothing to end and nothing to remove.
    public let wasThere: Bool
    public let processesEnded: Int
}

/// One thing that `up` has done.
public struct LabProgress: Sendable, Equatable {
    public let text: String
    /// Since the command began.
    public let seconds: Double
}
