public import Estate

/// From where on a host's hardware is said to be about to fail.
public enum NodeLimits {
    /// Part of the writes that a disk was built for.
    public static let wearMax = 0.9
    public static let reallocatedSectorsMax: Int64 = 50
    /// Degrees below a sensor's own limit.
    public static let heatMarginCelsius = 5.0
    /// Where a disk states no limit.
    public static let diskCelsiusMax = 60.0
    public static let fileSystemNearFull = 0.9
    public static let fileSystemFull = 0.98
    /// A file system that fills so fast is full within so long.
    public static let fullSoonSeconds = 86_400.0
    public static let fullNowSeconds = 3_600.0
    public static let clockOffsetMaxSeconds = 1.0
    public static let memoryUsedMax = 0.97
}

/// How one host stands, by its own hardware and what is on it.
public struct NodeAssessment: Sendable, Equatable {
    public let id: NodeID
    public let site: SiteID?
    /// `.unknown` also where nobody watches the host.
    public internal(set) var verdict = Verdict.unknown
    /// Worst first; those with severity `.protected` are only worth knowing.
    public internal(set) var reasons: [Reason] = []
    public internal(set) var freshness = Freshness.unknown
    public internal(set) var observedAt: Timestamp?
    /// Somebody has said something of it.
    public var isWatched: Bool { observedAt != nil }
    /// It may be lost before long: the first reason why; nil where none is known.
    public var threat: Reason? { reasons.first { $0.severity == .atRisk || $0.severity == .degraded } }
    public var headline: String { reasons.first?.text ?? "" }

    init(id: NodeID, site: SiteID?) {
        self.id = id
        self.site = site
    }

    static func worstFirst(_ nodes: [NodeAssessment]) -> [NodeAssessment] {
        nodes.sorted {
            if $0.isWatched != $1.isWatched { return $0.isWatched }
            if $0.verdict != $1.verdict { return $0.verdict < $1.verdict }
            let (a, b) = ($0.site?.name ?? "~", $1.site?.name ?? "~")
            return a == b ? $0.id < $1.id : a < b
        }
    }
}
