/// Why nothing was done. Each says what is in the way and what the operator can do.
public enum ControlError: Error, Equatable, Sendable {
    case readOnly
    case notConfirmed(expected: String)
    case noReason
    case blocked([String])
    case warned([String])
    case changed([String])
    case busy(group: String, holder: String)
    case lockUnusable(path: String, reason: String)
    case notAudited(String)
    /// Another operator acts on the group.
    case held(String)
    /// Nobody can say whether another operator acts.
    case noRegister(String)
    case frozen(String)
    case notYourRole(who: String, role: String)
    /// A second operator is needed and has not approved.
    case noSecondOperator(String)
    case denied(by: String, reason: String)
    case samePerson(who: String)
    case noOffer(String, count: Int)
}

extension ControlError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .readOnly:
            return "acting is switched off here; start with --operate, or set operate: true"
        case .notConfirmed(let expected):
            return "not confirmed: type \(expected)"
        case .noReason:
            return "a reason is needed; it is kept in the audit"
        case .blocked(let checks):
            return "blocked: " + checks.joined(separator: "; ")
        case .warned(let checks):
            return "not without your consent: " + checks.joined(separator: "; ")
        case .changed(let differences):
            return "it changed since the plan was made: " + differences.joined(separator: "; ") + "; look again"
        case .busy(let group, let holder):
            return "another action is under way in \(group): \(holder); wait for its end"
        case .lockUnusable(let path, let reason):
            return "the lock \(path) cannot be used: \(reason); check the state folder"
        case .notAudited(let reason):
            return "nothing is done without an audit record: \(reason)"
        case .held(let lease):
            return "\(lease); wait for its end"
        case .noRegister(let reason):
            return "nobody can say whether another operator acts: \(reason); mend it, or go on all the same with a"
                + " reason of its own (--without-lease REASON)"
        case .frozen(let freeze):
            return "change freeze \(freeze); wait, or override it with a reason of its own (--override-freeze REASON)"
        case .notYourRole(let who, let role):
            return "\(who) is not among the \(role): roles.\(role) in the configuration says who is"
        case .noSecondOperator(let text):
            return text
        case .denied(let who, let reason):
            return "\(who) denied it: \(reason)"
        case .samePerson(let who):
            return "\(who) asked for it: nobody is their own second operator"
        case .noOffer(let id, let count):
            return count > 1
                ? "\(count) plans begin with \(id); give more of its id"
                : "no plan \(id) waits for approval; `pitboss approvals` lists those that do"
        }
    }
}
