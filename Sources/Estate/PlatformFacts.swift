/// All that one observer says of the platform as a whole at one time: figures that its owners defined, the alerts that
/// fire, what is silenced, and commands that the observer offers.
public struct PlatformFacts: Equatable, Sendable, Codable {
    /// As configured, in that order.
    public var figures: [KeyFigure] = []
    /// Worst first, then oldest first.
    public var alerts: [Alert] = []
    /// In force or yet to begin; soonest end first.
    public var silences: [Silence] = []
    /// The URL through which alerts are silenced, without credentials.
    public var door: String?
    public var offers: [Offer] = []
    /// Beyond the observer's limits.
    public var leftOut = 0
    public init() {}
}

/// A figure that the platform's owners watch: bets a second, age of the odds, unsettled bets.
public struct KeyFigure: Equatable, Sendable, Codable {
    public var name: String
    /// As written behind the figure: `/s`, `s`, `%`, `bets`; nil: a bare number.
    public var unit: String?
    /// nil: there is no value now; never 0 in its place.
    public var value: Double?
    /// The group whose verdict it adds to; nil: none.
    public var group: GroupID?
    public var limits: FigureLimits
    /// Why there is no value.
    public var problem: String?

    public init(
        _ name: String, unit: String? = nil, value: Double? = nil, group: GroupID? = nil,
        limits: FigureLimits = FigureLimits()
    ) {
        self.name = name
        self.unit = unit
        self.value = value
        self.group = group
        self.limits = limits
    }

    /// Where the value stands by its limits.
    public var standing: Standing {
        guard let value, value.isFinite else { return .unknown }
        if let low = limits.alarmBelow, value < low { return .alarm }
        if let high = limits.alarmAbove, value > high { return .alarm }
        if let low = limits.warnBelow, value < low { return .warning }
        if let high = limits.warnAbove, value > high { return .warning }
        return .fine
    }

    public enum Standing: String, Sendable, Codable, CaseIterable, Comparable {
        case alarm, warning, unknown, fine
        public static func < (a: Self, b: Self) -> Bool {
            (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
        }
    }
}

/// From where on a figure is worth saying; nil: no such limit.
public struct FigureLimits: Equatable, Sendable, Codable {
    public var warnAbove: Double?
    public var alarmAbove: Double?
    public var warnBelow: Double?
    public var alarmBelow: Double?
    public init(
        warnAbove: Double? = nil, alarmAbove: Double? = nil, warnBelow: Double? = nil, alarmBelow: Double? = nil
    ) {
        self.warnAbove = warnAbove
        self.alarmAbove = alarmAbove
        self.warnBelow = warnBelow
        self.alarmBelow = alarmBelow
    }
}

/// A rule that fires.
public struct Alert: Equatable, Sendable, Codable {
    public enum Severity: Int, Sendable, Codable, Comparable, CaseIterable {
        case critical, warning, notice
        public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }
    /// Unique among the observer's alerts, the same for as long as it fires.
    public var id: String
    public var name: String
    public var severity: Severity
    /// One line for people, where the rule has one.
    public var summary: String?
    public var startedAt: Timestamp?
    /// What it is about; nil: nobody said, and nothing fits.
    public var group: GroupID?
    public var member: MemberID?
    public var node: NodeID?
    /// Group or node were told by likeness of names, not by a rule of the configuration.
    public var isGuessed = false
    /// Silences that keep it quiet.
    public var silencedBy: [String] = []
    /// Quiet because of another alert.
    public var isInhibited = false
    /// Somebody has taken it up: who.
    public var acknowledgedBy: String?
    /// As the rule set them.
    public var labels: [String: String] = [:]
    public init(id: String, name: String, severity: Severity) {
        self.id = id
        self.name = name
        self.severity = severity
    }
    public var isQuiet: Bool { !silencedBy.isEmpty || isInhibited }
}

/// Alerts that match it are kept quiet for a time.
public struct Silence: Equatable, Sendable, Codable {
    public struct Matcher: Equatable, Sendable, Codable {
        public var name: String
        public var value: String
        public var isPattern: Bool
        public var isEqual: Bool
        public init(name: String, value: String, isPattern: Bool = false, isEqual: Bool = true) {
            self.name = name
            self.value = value
            self.isPattern = isPattern
            self.isEqual = isEqual
        }
        /// `severity!="page"`, as its owners write it.
        public var text: String { "\(name)\(isEqual ? "=" : "!")\(isPattern ? "~" : isEqual ? "" : "=")\"\(value)\"" }
    }
    public var id: String
    public var matchers: [Matcher]
    public var startsAt: Timestamp?
    public var endsAt: Timestamp?
    public var createdBy: String?
    public var comment: String?
    public var isActive: Bool
    public init(id: String, matchers: [Matcher], isActive: Bool) {
        self.id = id
        self.matchers = matchers
        self.isActive = isActive
    }
}

/// A command that an observer offers to carry out.
public struct Offer: Equatable, Sendable, Codable {
    public var id: String
    public var title: String
    /// What it does, in a sentence.
    public var summary: String
    public var group: GroupID
    /// Whoever confirms has to type the group's name.
    public var isRisky: Bool
    /// What is sent to the observer's program, whole.
    public var line: String
    public init(id: String, title: String, summary: String, group: GroupID, isRisky: Bool, line: String) {
        self.id = id
        self.title = title
        self.summary = summary
        self.group = group
        self.isRisky = isRisky
        self.line = line
    }
}
