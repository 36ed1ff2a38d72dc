import Estate
public import Insight

/// The platform's own figures and what fires, for `pitboss status`.
public struct WholeReport: Sendable, Encodable {
    public struct FigureLine: Sendable, Encodable {
        public let name: String
        public let value: Double?
        public let unit: String?
        public let text: String
        public let standing: String
        public let group: String?
        public let problem: String?
    }

    public struct AlertLine: Sendable, Encodable {
        public let name: String
        public let severity: String
        public let summary: String?
        public let startedAt: String?
        public let group: String?
        public let node: String?
        public let isGuessed: Bool
        public let isSilenced: Bool
        public let isInhibited: Bool
        public let acknowledgedBy: String?
    }

    public let figures: [FigureLine]
    public let alerts: [AlertLine]

    public init(_ whole: PlatformAssessment) {
        figures = whole.figures.map { one in
            FigureLine(
                name: SafeText.line(one.figure.name), value: one.figure.value, unit: one.figure.unit.map(SafeText.line),
                text: SafeText.line(one.text), standing: one.standing.rawValue,
                group: one.figure.group.map { SafeText.line($0.name) }, problem: one.figure.problem.map(SafeText.line))
        }
        alerts = whole.alerts.map { one in
            let alert = one.alert
            return AlertLine(
                name: SafeText.line(alert.name), severity: "\(alert.severity)",
                summary: alert.summary.map(SafeText.line),
                startedAt: alert.startedAt.map(RFC3339.text), group: alert.group.map { SafeText.line($0.name) },
                node: alert.node.map { SafeText.line($0.name) }, isGuessed: alert.isGuessed,
                isSilenced: !alert.silencedBy.isEmpty, isInhibited: alert.isInhibited,
                acknowledgedBy: alert.acknowledgedBy.map(SafeText.line))
        }
    }
}
