public import Control
import Estate
import Plans

/// How an action ended, as `--json` tells it.
public struct ActionReport: Sendable, Encodable {
    public struct StepLine: Sendable, Encodable {
        public let summary: String
        public let requests: [String]
        public let status: String
    }

    public let schema = "pitboss.action/1"
    /// Names the action in the audit; absent where it was never begun.
    public let action: String?
    public let command: String
    public let target: String
    /// `done`, `refused`, `failed`, `incomplete`, `in doubt`.
    public let outcome: String
    public let exitCode: Int32
    public let text: String
    public let who: String?
    public let reason: String?
    public let wasInDoubt: Bool
    public let startedAt: String?
    public let endedAt: String?
    public let tookSeconds: Double?
    public let steps: [StepLine]
    public let journalProblem: String?

    public init(_ status: ActionStatus) {
        action = status.id
        command = status.plan.verb
        target = status.plan.target.description
        outcome = status.outcome?.word ?? "under way"
        // What has not ended when we leave is in doubt.
        exitCode = status.outcome?.exitCode ?? ActionReport.inDoubtExitCode
        text = SafeText.line(status.outcome?.text ?? status.text)
        who = status.who
        reason = SafeText.line(status.reason)
        wasInDoubt = status.wasInDoubt
        startedAt = RFC3339.text(status.startedAt)
        endedAt = status.endedAt.map(RFC3339.text)
        tookSeconds = status.endedAt.map { ($0 - status.startedAt).seconds }
        steps = zip(status.plan.steps, status.steps).map { step, state in
            StepLine(
                summary: SafeText.line(step.summary), requests: step.request.lines.map(SafeText.line),
                status: SafeText.line(state.text))
        }
        journalProblem = status.journalProblem
    }

    /// Refused before anything began.
    public init(command: String, target: String, refused text: String) {
        action = nil
        self.command = command
        self.target = SafeText.line(target)
        outcome = "refused"
        exitCode = ActionReport.refusedExitCode
        self.text = SafeText.line(text)
        who = nil
        reason = nil
        wasInDoubt = false
        startedAt = nil
        endedAt = nil
        tookSeconds = nil
        steps = []
        journalProblem = nil
    }

    public static let refusedExitCode: Int32 = 2
    public static let inDoubtExitCode: Int32 = 75

    /// One line for people.
    public var line: String {
        let took = tookSeconds.map { " after \(Amount.seconds($0))" } ?? ""
        return "\(outcome)\(took): \(text)"
    }
}
