import Estate

/// Why there is no plan. Each says what is in the way and what the operator can do.
public enum PlanRefusal: Error, Sendable, Equatable {
    case unknownCommand(String)
    case unknownTarget(PlanTarget)
    /// The command is for another kind of thing.
    case wrongTarget(PlanTarget, reason: String)
    /// It is so already.
    case alreadySo(String)
    /// It would do harm; `instead` is what to do first.
    case not(String, instead: PlanCall?)
    /// What the plan must rest on is not known.
    case notKnown(String, remedy: String)
    case badArgument(name: String, value: String, expected: String)
    /// A name that cannot be sent safely.
    case unsafeName(String)

    /// A command that would be the way on.
    public var instead: PlanCall? {
        if case .not(_, let call) = self { call } else { nil }
    }
}

extension PlanRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownCommand(let id): return "there is no command \(id)"
        case .unknownTarget(let target): return "\(target) is not known here; check its name"
        case .wrongTarget(let target, let reason): return "not for \(target): \(reason)"
        case .alreadySo(let text): return text
        case .not(let text, let call):
            guard let call else { return text }
            return "\(text); first: \(call.recipe) \(call.target)"
        case .notKnown(let text, let remedy): return "\(text); \(remedy)"
        case .badArgument(let name, let value, let expected):
            return "\(name) is “\(value)”, expected \(expected)"
        case .unsafeName(let name):
            return "the name “\(name)” has characters that a command must not carry; rename it there"
        }
    }
}
