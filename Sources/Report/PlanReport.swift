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
    /// Of a plan made of several: in order.
    public let parts: [Part]?
    /// The platform as it would stand afterwards; absent where nobody asked.
    public let after: ProspectReport?

    public struct Part: Sendable, Encodable {
        public let title: String
        public let requests: [String]
        public let undo: String
    }

    public init(_ plan: Plan, after prospect: Prospect? = nil) {
        after = prospect.map(ProspectReport.init)
        parts =
            plan.parts.isEmpty
            ? nil
            : plan.parts.map {
                Part(
                    title: SafeText.line($0.title), requests: $0.preview.map(SafeText.line),
                    undo: SafeText.line($0.undo.text))
            }
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
        out += ["", "will be sent"]
        if let parts {
            for (n, part) in parts.enumerated() {
                out.append("  \(n + 1). \(part.title)")
                out += part.requests.isEmpty ? ["     nothing; waits"] : part.requests.map { "     " + $0 }
            }
        } else {
            out += requests.map { "  " + $0 }
        }
        if let after { out += ["", "afterwards"] + after.lines.map { "  " + $0 } + [""] }
        if let risk { out += ["", "at risk: \(risk)"] }
        if let seconds = expectedOutageSeconds { out.append("expected outage: \(Amount.seconds(seconds))") }
        // Titles stand above already.
        out += parts == nil ? outlook : Array(outlook.dropFirst(parts?.count ?? 0))
        out.append("undo: \(undo)")
        return out
    }
}
