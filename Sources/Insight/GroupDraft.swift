import Estate

/// A group assessment while it is being worked out; see there for what each field means.
struct GroupDraft: Sendable, Equatable {
    let id: GroupID
    let plan: GroupPlan
    let isConfigured: Bool
    var kind: GroupKind = GroupKind.pool
    var verdict: Verdict = Verdict.unknown
    var reasons: [Reason] = []
    var leader: MemberID?
    var isLeaderless: Bool = false
    var isLeaderStale: Bool = false
    var primary: MemberID?
    var primaries: [MemberID] = []
    var timeline: Int?
    var serving: Serving = Serving(up: 0, total: 0, isServing: nil)
    var survives: Survival = Survival()
    var dataAtRiskBytes: Int64?
    var isPaused: Bool = false
    var isFlapping: Bool = false
    var changesUnplanned: Int = 0
    /// Changes of leader before anybody here looked: who asked for them is not known.
    var changesUnseen: Int = 0
    var synchronous: SynchronousFacts?
    var limits: FailoverLimits?
    var quorum: GroupQuorum?
    var scheduledSwitchover: ScheduledSwitchover?
    var history: [TimelineChange] = []
    var manager: String?
    var disagreements: [String] = []
    var oldestAt: Timestamp?
    var staleSources: [SourceID] = []
    var members: [MemberAssessment] = []
    var sessions: Int?
    var backing: GroupID?
    var following: Following?
    var backups: BackupAssessment?
    var edge: EdgeAssessment?
    var balancers: [BalancerSeat] = []
    var notes: [String] = []

    var mode: Mode { plan.mode }

    init(plan: GroupPlan, isConfigured: Bool) {
        id = plan.id
        self.plan = plan
        self.isConfigured = isConfigured
    }
}
