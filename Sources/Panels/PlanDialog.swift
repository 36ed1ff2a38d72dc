public import Plans

/// A plan being looked at and confirmed. It belongs to the identity that the plan names, whatever the list behind
/// it does meanwhile.
public struct PlanDialog: Sendable, Equatable {
    public enum Stage: Sendable, Equatable {
        /// What may be lost, before anything else is said.
        case loss
        case preview
        /// Why it is done is being typed.
        case reason
        /// The last question: a name to type, or a yes.
        case confirm
        /// There is no plan, and this is why.
        case refused(String, instead: PlanCall?)
        /// What the plan was made for is no longer so.
        case void([String])
    }
    public let call: PlanCall
    /// nil where there is none, see `Stage.refused`.
    public let plan: Plan?
    public var stage: Stage
    public var reason = ""
    public var typed = ""
    /// The key that proposed it, which never confirms it.
    public let trigger: String
    /// Lines scrolled off the preview.
    public var scroll = 0
    /// What the last key was told.
    public var hint: String?

    public init(call: PlanCall, plan: Plan, trigger: String) {
        self.call = call
        self.plan = plan
        self.trigger = trigger
        stage = Self.mayLose(plan) ? .loss : .preview
    }

    public init(call: PlanCall, refusal: PlanRefusal, trigger: String) {
        self.call = call
        plan = nil
        self.trigger = trigger
        stage = .refused(refusal.description, instead: refusal.instead)
    }

    /// Data is at risk, or nobody can say that it is not.
    public static func mayLose(_ plan: Plan) -> Bool { plan.risk.map { $0.bytes != 0 } ?? false }
}
