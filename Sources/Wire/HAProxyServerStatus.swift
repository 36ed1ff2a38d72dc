/// What the status column of `show stat` says about a server, a backend or a frontend.
public enum HAProxyStatus: Hashable, Sendable {
    /// A frontend or listener that takes connections.
    case open
    /// A frontend that is stopped.
    case stopped
    /// A server or backend that gets traffic. Checks passed of those that count, while it is on its way down.
    case up(checks: HAProxyCheckCount?)
    /// No traffic. Checks passed of those needed, while it is on its way up.
    case down(checks: HAProxyCheckCount?)
    /// Checked well, but the check says that it wants no new traffic (404 and `disable-on-404`).
    case stopping(checks: HAProxyCheckCount?)
    /// Out of balancing, still checked.
    case drain(byAgent: Bool)
    /// Out of balancing, not checked.
    case maintenance(HAProxyMaintenanceCause)
    /// Not checked, hence taken for able.
    case unchecked
    /// Any other word, escaped: a version that says more than this one knows.
    case other(String)
}

/// How many checks in a row have had the same result, of how many a change needs.
public struct HAProxyCheckCount: Hashable, Sendable {
    public let passed: Int
    public let needed: Int

    public init(passed: Int, needed: Int) {
        self.passed = passed
        self.needed = needed
    }
}

/// Why the status column says maintenance.
public enum HAProxyMaintenanceCause: Hashable, Sendable {
    /// Set on this server, by command or in the configuration.
    case own
    /// A server that it tracks is in maintenance: `backend/server`.
    case tracked(String)
    /// Its name does not resolve.
    case resolution
}

extension HAProxyStatus {
    /// - Parameter text: the column as it is, such as `UP 1/2` or `MAINT (via bet_api/bet-1)`.
    public init(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 1)
        guard let first = words.first else {
            self = .other("")
            return
        }
        let rest = words.count > 1 ? String(words[1]) : ""
        switch first {
        case "UP": self = .up(checks: HAProxyCheckCount(rest))
        case "DOWN": self = .down(checks: HAProxyCheckCount(rest))
        case "NOLB": self = .stopping(checks: HAProxyCheckCount(rest))
        case "DRAIN": self = .drain(byAgent: rest == "(agent)")
        case "MAINT": self = .maintenance(HAProxyMaintenanceCause(rest))
        case "OPEN": self = .open
        case "STOP": self = .stopped
        case "no" where rest == "check": self = .unchecked
        default: self = .other(Escaped.text(text))
        }
    }

    /// Whether new connections come here.
    public var takesTraffic: Bool {
        switch self {
        case .open, .up, .unchecked: return true
        default: return false
        }
    }
}

extension HAProxyCheckCount {
    /// Nil unless written as `1/2`.
    init?(_ text: String) {
        let halves = text.split(separator: "/")
        guard halves.count == 2, let passed = Int(halves[0]), let needed = Int(halves[1]) else { return nil }
        self.init(passed: passed, needed: needed)
    }
}

extension HAProxyMaintenanceCause {
    init(_ text: String) {
        if text == "(resolution)" {
            self = .resolution
        } else if text.hasPrefix("(via "), text.hasSuffix(")") {
            self = .tracked(String(text.dropFirst(5).dropLast()))
        } else {
            self = .own
        }
    }
}
