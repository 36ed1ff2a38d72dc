public import Control
import Estate
import Plans

/// An action that is not settled, as `pitboss actions` lists it.
public struct OpenActionReport: Sendable, Encodable {
    public let schema = "pitboss.open-action/1"
    public let action: String
    public let command: String
    public let target: String
    public let title: String
    public let who: String
    public let reason: String
    public let startedAt: String
    /// `under way`, `settling`, `done`, `undone`, `incomplete`, `in doubt`.
    public let state: String
    public let text: String
    public let wayOn: String?
    public let wayBack: String?

    public init(_ open: OpenAction) {
        action = open.id
        command = open.plan.verb
        target = SafeText.line(open.plan.target.description)
        title = SafeText.line(open.plan.title)
        who = SafeText.line(open.who)
        reason = SafeText.line(open.reason)
        startedAt = RFC3339.text(open.startedAt)
        state = open.state.word
        text = SafeText.line(open.state.text)
        let begin = String(open.id.prefix(8))
        wayOn = open.wayOn.map {
            "\($0.recipe) \(SafeText.line($0.target.description)): pitboss actions resume \(begin)"
        }
        wayBack = open.wayBack.map {
            "\($0.recipe) \(SafeText.line($0.target.description)): pitboss actions undo \(begin)"
        }
    }

    /// For people.
    public var lines: [String] {
        var out = ["\(action.prefix(8))  \(startedAt)  \(who)  \(title) (\(reason))", "  \(state): \(text)"]
        if let wayOn { out.append("  on:   \(wayOn)") }
        if let wayBack { out.append("  back: \(wayBack)") }
        return out
    }
}
