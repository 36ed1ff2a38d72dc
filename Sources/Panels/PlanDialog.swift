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
        /// A change freeze holds: why it is overridden is being typed.
        case override
        /// The last question: a name to type, or a yes.
        case confirm
        /// There is no plan, and this is why.
        case refused(String, instead: PlanCall?)
        /// What the plan was made for is no longer so.
        case void([String])
    }
    /// What the dialog is for.
    public enum Purpose: Sendable, Equatable {
        /// Carrying the plan out.
        case act
        /// Carrying on an action that was left open, or taking it back.
        case follow(OpenActionView, isBack: Bool)
        /// Another operator's plan, to be approved or denied.
        case answer(OfferView)
    }
    public let call: PlanCall
    public var purpose = Purpose.act
    /// In an answer: no.
    public var isDenied = false
    /// The change freeze that holds for it, in words.
    public var frozen: String?
    /// Why the freeze is overridden.
    public var overrides = ""
    /// nil where there is none, see `Stage.refused`.
    public let plan: Plan?
    /// How the platform would stand afterwards; nil: not thought through.
    public let prospect: Prospect?
    public var stage: Stage
    public var reason = ""
    public var typed = ""
    /// The key that proposed it, which never confirms it.
    public let trigger: String
    /// Lines scrolled off the preview.
    public var scroll = 0
    /// What the last key was told.
    public var hint: String?

    public init(call: PlanCall, plan: Plan, prospect: Prospect? = nil, trigger: String) {
        self.call = call
        self.plan = plan
        self.prospect = prospect
        self.trigger = trigger
        stage = Self.mayLose(plan) ? .loss : .preview
    }

    public init(call: PlanCall, refusal: PlanRefusal, trigger: String) {
        self.call = call
        plan = nil
        prospect = nil
        self.trigger = trigger
        stage = .refused(refusal.description, instead: refusal.instead)
    }

    /// Data is at risk, or nobody can say that it is not.
    public static func mayLose(_ plan: Plan) -> Bool { plan.risk.map { $0.bytes != 0 } ?? false }
}
