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
        }
    }
}
