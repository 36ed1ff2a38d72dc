/// How a group stands. Sorts worst first: `min()` of several verdicts is the worst.
public enum Verdict: String, Sendable, Codable, CaseIterable, Comparable {
    /// Not serving.
    case down
    /// Part of the service fails or is over its limits.
    case degraded
    /// Not enough fresh facts to say.
    case unknown
    /// Serving, but the next failure would be an outage or a loss beyond RPO.
    case atRisk
    /// Serving, and survives the loss that its objectives demand.
    case protected

    /// The word on the glass.
    public var word: String {
        switch self {
        case .down: return "DOWN"
        case .degraded: return "DEGRADED"
        case .unknown: return "UNKNOWN"
        case .atRisk: return "AT RISK"
        case .protected: return "PROTECTED"
        }
    }

    private var rank: Int {
        switch self {
        case .down: return 0
        case .degraded: return 1
        case .unknown: return 2
        case .atRisk: return 3
        case .protected: return 4
        }
    }
    /// `a < b`: a is worse than b.
    public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
}
