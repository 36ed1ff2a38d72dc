public import Estate

/// Everything that stands between an operator and an action.
public struct GuardSettings: Sendable, Equatable {
    public var register = RegisterSettings()
    public var freezes: [FreezeSettings] = []
    /// nil: everybody who may act at all is an operator and an approver.
    public var roles: RoleSettings?
    /// People with more than one user name.
    public var people: [PersonSettings] = []
    /// nil: nothing waits for a second operator.
    public var fourEyes: FourEyesSettings?
    /// Where a copy of the audit goes: `unix:///dev/log`, `udp://host:514`.
    public var syslog: Endpoint?
    /// Which drills are to be held how often.
    public var drills: [DrillSettings] = []
    /// Groups of the real platform on which a drill may be held.
    public var platformDrills: [GroupID] = []

    public init() {}
}

/// Where operators see each other.
public struct RegisterSettings: Sendable, Equatable {
    /// Before every key of pitboss's own, with a slash at both ends.
    public static let prefixDefault = "/pitboss/"

    public var isUsed = true
    /// The etcd cluster for groups that have none of their own; nil: the first one that the configuration names.
    public var etcd: String?
    public var prefix = RegisterSettings.prefixDefault

    public init() {}
}

/// A time in which nothing is to be changed.
public struct FreezeSettings: Sendable, Equatable {
    public var name: String
    /// Name of the time zone in which its windows are meant, e.g. `Europe/London`.
    public var zone: String
    public var reason: String?
    public var weekly: [WeeklyWindow] = []
    public var dates: [DateWindow] = []
    /// Empty, with `tiers` empty as well: all groups.
    public var groups: [GroupID] = []
    public var tiers: [Tier] = []
    /// Commands that may be given all the same, e.g. `undrain`.
    public var allows: [String] = []

    public init(_ name: String, zone: String = "UTC") {
        self.name = name
        self.zone = zone
    }
}

/// From a minute of the week to another, by the wall clock of a zone; Monday 00:00 is 0.
public struct WeeklyWindow: Sendable, Equatable {
    public static let minutesInWeek = 7 * 24 * 60

    /// 0 ..< minutesInWeek.
    public var fromMinute: Int
    /// Where it ends, exclusive; less than `fromMinute` where it goes over Sunday midnight.
    public var untilMinute: Int

    public init(fromMinute: Int, untilMinute: Int) {
        self.fromMinute = fromMinute
        self.untilMinute = untilMinute
    }
}

/// From one wall-clock time to another, in seconds since 1970-01-01T00:00 of the zone's own clock.
public struct DateWindow: Sendable, Equatable {
    public var fromLocalSeconds: Int64
    public var untilLocalSeconds: Int64

    public init(fromLocalSeconds: Int64, untilLocalSeconds: Int64) {
        self.fromLocalSeconds = fromLocalSeconds
        self.untilLocalSeconds = untilLocalSeconds
    }
}

/// Users and Unix groups.
public struct SubjectSettings: Sendable, Equatable {
    public var users: [String]
    public var groups: [String]
    public init(users: [String] = [], groups: [String] = []) {
        self.users = users
        self.groups = groups
    }
}

/// Who may do what; whoever is not named looks only.
public struct RoleSettings: Sendable, Equatable {
    public var operators: SubjectSettings
    /// nil: operators approve each other.
    public var approvers: SubjectSettings?
    public init(operators: SubjectSettings = SubjectSettings(), approvers: SubjectSettings? = nil) {
        self.operators = operators
        self.approvers = approvers
    }
}

/// One person under several user names: never a second pair of eyes to themselves.
public struct PersonSettings: Sendable, Equatable {
    public var name: String
    public var users: [String]
    public init(_ name: String, users: [String]) {
        self.name = name
        self.users = users
    }
}

/// Which plans wait for a second operator: one of these is enough.
public struct FourEyesSettings: Sendable, Equatable {
    public static let waitDefault = Span.seconds(900)

    public var verbs: [String]
    public var groups: [GroupID]
    public var tiers: [Tier]
    /// Plans that put more than this at risk, or an unknown amount.
    public var bytesAtRisk: Int64?
    /// How long an offer waits.
    public var wait: Span

    public init(
        verbs: [String] = [], groups: [GroupID] = [], tiers: [Tier] = [], bytesAtRisk: Int64? = nil,
        wait: Span = FourEyesSettings.waitDefault
    ) {
        self.verbs = verbs
        self.groups = groups
        self.tiers = tiers
        self.bytesAtRisk = bytesAtRisk
        self.wait = wait
    }
}

/// A drill that is to be held from time to time.
public struct DrillSettings: Sendable, Equatable {
    public var scenario: String
    public var every: Span
    public init(_ scenario: String, every: Span) {
        self.scenario = scenario
        self.every = every
    }
}
