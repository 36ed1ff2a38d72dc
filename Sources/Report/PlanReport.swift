import Estate
public import Plans

/// A plan as `--dry-run` shows it: what was looked at, what would be sent, what is at risk, the way back.
public struct PlanReport: Sendable, Encodable {
    public struct CheckLine: Sendable, Encodable {
        public let status: String
        public let what: String
        public let figure: String
        public let remedy: String?
    }

    public let schema = "pitboss.plan/1"
    public let madeAt: String
    public let command: String
    public let target: String
    public let title: String
    public let checks: [CheckLine]
    public let isBlocked: Bool
    public let requests: [String]
    public let risk: String?
    public let riskBytes: Int64?
    public let expectedOutageSeconds: Double?
    public let outlook: [String]
    public let undo: String

    public init(_ plan: Plan) {
        madeAt = RFC3339.text(plan.madeAt)
        command = plan.verb
        target = plan.target.description
        title = SafeText.line(plan.title)
        checks = plan.checks.map {
            CheckLine(
                status: $0.status.word, what: SafeText.line($0.what), figure: SafeText.line($0.figure),
                remedy: $0.remedy.map(SafeText.line))
        }
        isBlocked = plan.status == .block
        requests = plan.preview.map(SafeText.line)
        risk = plan.risk.map { SafeText.line($0.text) }
        riskBytes = plan.risk?.bytes
        expectedOutageSeconds = plan.outlook.outage?.seconds
        outlook = plan.outlook.sentences.map(SafeText.line)
        undo = SafeText.line(plan.undo.text)
    }

    /// For people.
    public var lines: [String] {
        var out = [title, "", "checks"]
        out += Columns.text(checks.map { [$0.status, $0.what, $0.figure] }, indent: "  ")
        for check in checks where check.status != Check.Status.pass.word {
            if let remedy = check.remedy { out.append("  \(check.what): \(remedy)") }
        }
        out += ["", "will be sent"] + requests.map { "  " + $0 }
        if let risk { out += ["", "at risk: \(risk)"] }
        if let seconds = expectedOutageSeconds { out.append("expected outage: \(Amount.seconds(seconds))") }
        out += outlook
        out.append("undo: \(undo)")
        return out
    }
}
