/// What the operator agreed to, and why.
public struct Consent: Sendable, Equatable {
    /// Kept in the audit; a blank one is none.
    public var reason: String
    /// What was typed; must be the target's name where the plan asks for it.
    public var typed: String?
    /// The checks that warn were seen and taken on.
    public var acceptsWarnings: Bool
    /// Why a change freeze is overridden; nil or blank: it is not.
    public var overridesFreeze: String?
    /// Why to go on where the register that keeps operators apart does not answer; nil or blank: not to.
    public var forgoesLease: String?
    public init(reason: String, typed: String? = nil, acceptsWarnings: Bool = false) {
        self.reason = reason
        self.typed = typed
        self.acceptsWarnings = acceptsWarnings
    }
}
