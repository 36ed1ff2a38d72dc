public import Estate
public import Settings

/// Which drills are due. Pure.
public struct DrillCalendar: Sendable {
    public struct Line: Sendable, Equatable, Encodable {
        public let scenario: String
        public let everySeconds: Double?
        public let lastSecondsAgo: Double?
        public let isPassed: Bool?
        public let isOverdue: Bool

        public var text: String {
            let last = lastSecondsAgo.map { "last \(Self.age($0)) ago" + (isPassed == false ? ", NOT passed" : "") }
            let every = everySeconds.map { ", every \(Self.age($0))" } ?? ""
            return "\(isOverdue ? "OVERDUE  " : "         ")\(scenario): \(last ?? "never")\(every)"
        }

        private static func age(_ seconds: Double) -> String {
            let whole = Int(max(0, min(seconds, 1e12)))
            if whole < 7_200 { return "\(whole / 60) min" }
            return whole < 172_800 ? "\(whole / 3_600) h" : "\(whole / 86_400) days"
        }
    }

    public struct Run: Sendable {
        public let scenario: String
        public let at: Timestamp
        public let isPassed: Bool
        public init(scenario: String, at: Timestamp, isPassed: Bool) {
            self.scenario = scenario
            self.at = at
            self.isPassed = isPassed
        }
    }

    /// What the configuration asks for first, overdue at the top; then what was run besides. A drill that did not
    /// pass stays due.
    public static func lines(_ asked: [DrillSettings], _ runs: [Run], now: Timestamp) -> [Line] {
        func line(_ scenario: String, every: Span?) -> Line {
            let last = runs.filter { $0.scenario == scenario }.max { $0.at < $1.at }
            let isOverdue = every.map { every in last.map { !$0.isPassed || now - $0.at > every } ?? true } ?? false
            return Line(
                scenario: scenario, everySeconds: every?.seconds, lastSecondsAgo: last.map { (now - $0.at).seconds },
                isPassed: last?.isPassed, isOverdue: isOverdue)
        }
        let wanted = asked.map { line($0.scenario, every: $0.every) }.sorted { $0.isOverdue && !$1.isOverdue }
        let others = Set(runs.map(\.scenario)).subtracting(asked.map(\.scenario)).sorted()
        return wanted + others.map { line($0, every: nil) }
    }
}
