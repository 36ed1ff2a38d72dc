import Estate
public import Insight

/// `pitboss check`: one line and an exit code after the conventions of Nagios plugins.
public struct CheckReport: Sendable, Equatable {
    public enum Level: Int32, Sendable {
        case ok = 0, warning, critical, unknown
        var word: String {
            switch self {
            case .ok: "OK"
            case .warning: "WARNING"
            case .critical: "CRITICAL"
            case .unknown: "UNKNOWN"
            }
        }
    }

    public let level: Level
    /// `PITBOSS WARNING - wallet-db AT RISK: … | …`, without a line break.
    public let line: String

    /// - Parameter group: only this group; nil for the whole platform.
    public init(_ assessment: Assessment, group name: String? = nil) {
        let groups = assessment.groups.filter { name == nil || $0.id.name == name }
        guard !groups.isEmpty else {
            self.init(.unknown, name.map { "no group is called \($0)" } ?? "nothing is watched", "")
            return
        }
        let levels = groups.map { Self.level($0.verdict) }
        // Worse than not knowing is to know that it is broken.
        let order: [Level] = [.critical, .warning, .unknown, .ok]
        let worst = order.first(where: levels.contains) ?? .unknown
        let told = groups.filter { Self.level($0.verdict) != .ok }
        let text =
            told.isEmpty
            ? "\(groups.count) \(groups.count == 1 ? "group" : "groups") protected"
            : told.map { "\($0.id.name) \($0.verdict.word)\($0.headline.isEmpty ? "" : ": " + $0.headline)" }
                .joined(separator: "; ")
        let figures =
            groups.flatMap(Self.figures)
            + ["sources_live=\(assessment.sourcesLive);;;0;\(assessment.sourcesTotal)"]
        self.init(worst, text, figures.joined(separator: " "))
    }

    /// For what could not even be looked at.
    public init(unknown reason: String) { self.init(.unknown, reason, "") }

    private init(_ level: Level, _ text: String, _ figures: String) {
        self.level = level
        // A bar would begin the performance data.
        let safe = SafeText.line(text.split(whereSeparator: \.isNewline).joined(separator: "; "))
            .replacing("|", with: "/")
        line = "PITBOSS \(level.word) - \(safe)" + (figures.isEmpty ? "" : " | \(figures)")
    }

    static func level(_ verdict: Verdict) -> Level {
        switch verdict {
        case .protected: .ok
        case .atRisk: .warning
        case .degraded, .down: .critical
        case .unknown: .unknown
        }
    }

    private static func figures(_ group: GroupAssessment) -> [String] {
        let name = group.id.name.replacing("'", with: "_").replacing("=", with: "_")
        var list = ["'\(name) up'=\(group.serving.up);;;0;\(group.serving.total)"]
        if let nodes = group.survives.nodes { list.append("'\(name) survives_nodes'=\(nodes);;;0") }
        if let bytes = group.dataAtRiskBytes { list.append("'\(name) data_at_risk'=\(bytes)B;;;0") }
        let lags = group.members.compactMap { $0.lag.replayBytes ?? $0.lag.receiveBytes }
        if let worst = lags.max() { list.append("'\(name) lag_max'=\(worst)B;;;0") }
        return list
    }
}
