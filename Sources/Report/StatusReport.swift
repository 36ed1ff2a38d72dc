public import Estate
public import Insight

/// `pitboss status`: how the platform stands at one moment. Times are RFC 3339; unknown figures are absent.
public struct StatusReport: Sendable, Encodable {
    public struct ReasonLine: Sendable, Encodable {
        public let verdict: String
        public let text: String
        public let member: String?
    }

    public struct MemberLine: Sendable, Encodable {
        public let name: String
        public let node: String?
        public let site: String?
        public let role: String?
        public let state: String?
        public let isUp: Bool?
        public let isLeader: Bool
        public let timeline: Int?
        public let syncState: String?
        public let receiveLagBytes: Int64?
        public let replayLagBytes: Int64?
        public let replayLagSeconds: Double?
        public let sessions: Int?
        public let drainedAt: [String]
        public let address: String?
        public let version: String?
        public let freshness: String
        public let observedAt: String?
    }

    public struct GroupLine: Sendable, Encodable {
        public let name: String
        public let tier: String
        public let mode: String
        public let verdict: String
        public let reasons: [ReasonLine]
        public let leader: String?
        public let timeline: Int?
        public let serving: String
        public let isServing: Bool?
        public let survivesNodes: Int?
        public let survivesSites: Int?
        public let survivalLimitedBy: String?
        public let dataAtRiskBytes: Int64?
        public let isPaused: Bool
        /// Who acts on it now, among all operators.
        public let lease: LeaseReport?
        /// Plans on it that wait for a second operator.
        public let offers: [OfferReport]
        public let disagreements: [String]
        public let members: [MemberLine]
    }

    public struct SourceLine: Sendable, Encodable {
        public let source: String
        public let state: String
        public let problem: String?
        public let endpoint: String?
        public let latencySeconds: Double?
        public let heardAt: String?
    }

    public let schema = "pitboss.status/1"
    public let at: String
    public let platform: String
    public let verdict: String
    public let headline: String
    public let sourcesLive: Int
    public let sourcesTotal: Int
    public let oldestFactAt: String?
    public let groups: [GroupLine]
    public let sources: [SourceLine]
    /// The platform's own figures, and the alerts that fire.
    public let whole: WholeReport

    public init(_ snapshot: Snapshot, _ assessment: Assessment) {
        at = RFC3339.text(assessment.at)
        platform = SafeText.line(snapshot.platform.name)
        verdict = assessment.worst.word
        headline = SafeText.line(assessment.headline)
        sourcesLive = assessment.sourcesLive
        sourcesTotal = assessment.sourcesTotal
        oldestFactAt = assessment.oldestAt.map(RFC3339.text)
        whole = WholeReport(assessment.whole)
        groups = assessment.groups.map { GroupLine($0, snapshot.group($0.id)) }
        sources = snapshot.sources.sorted { $0.id < $1.id }.map { source in
            SourceLine(
                source: SafeText.line(source.id.description), state: source.status.state.rawValue,
                problem: source.status.problem.map(SafeText.line), endpoint: source.status.endpoint,
                latencySeconds: source.status.latencySeconds, heardAt: source.heardAt.map(RFC3339.text))
        }
    }
}

extension StatusReport.GroupLine {
    init(_ group: GroupAssessment, _ facts: Group?) {
        name = SafeText.line(group.id.name)
        tier = group.plan.tier.rawValue
        mode = group.mode.rawValue
        verdict = group.verdict.word
        reasons = group.reasons.map {
            StatusReport.ReasonLine(
                verdict: $0.severity.word, text: SafeText.line($0.text), member: $0.member?.name)
        }
        leader = group.leader.map { SafeText.line($0.name) }
        timeline = group.timeline
        serving = group.serving.text
        isServing = group.serving.isServing
        survivesNodes = group.survives.nodes
        survivesSites = group.survives.sites
        survivalLimitedBy = group.survives.limitedBy.map(SafeText.line)
        dataAtRiskBytes = group.dataAtRiskBytes
        isPaused = group.isPaused
        lease = facts?.fact(\.lease, from: "register").map { LeaseReport(group.id, $0) }
        offers = (facts?.fact(\.offers, from: "register") ?? []).map { OfferReport($0) }
        disagreements = group.disagreements.map(SafeText.line)
        members = group.members.map { StatusReport.MemberLine($0) }
    }
}

extension StatusReport.MemberLine {
    init(_ member: MemberAssessment) {
        name = SafeText.line(member.id.name)
        node = member.node?.name
        site = member.site?.name
        role = member.role?.rawValue
        state = member.state?.rawValue
        isUp = member.isUp
        isLeader = member.isLeader
        timeline = member.timeline
        syncState = member.syncState?.rawValue
        receiveLagBytes = member.lag.receiveBytes
        replayLagBytes = member.lag.replayBytes
        replayLagSeconds = member.lag.replaySeconds
        sessions = member.sessions
        drainedAt = member.balancing.filter { $0.admin == .drain || $0.admin == .maintenance }.map(\.balancer.name)
        address = member.address.map(SafeText.line)
        version = member.version.map(SafeText.line)
        freshness = "\(member.freshness)"
        observedAt = member.observedAt.map(RFC3339.text)
    }
}
