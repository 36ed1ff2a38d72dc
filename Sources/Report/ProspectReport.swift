import Insight
import Estate
public import Plans

/// What a plan leads to, as `--dry-run` shows it.
public struct ProspectReport: Sendable, Encodable {
    public struct Group: Sendable, Encodable {
        public let name: String
        public let before: String
        public let after: String
        public let survivesNodesBefore: Int?
        public let survivesNodesAfter: Int?
        public let serving: String
        public let reason: String
        public let text: String
    }
    public struct Move: Sendable, Encodable {
        public let pool: String
        public let sessions: Int
        public let serversBefore: Int
        public let serversAfter: Int
        public let filledAfter: Double?
        public let isCarried: Bool?
        public let text: String
    }
    public struct Answer: Sendable, Encodable {
        /// `yes`, `no`, `unknown`.
        public let answer: String
        public let reasons: [String]
    }

    public let groups: [Group]
    public let breaks: [String]
    public let moves: [Move]
    public let bytesAtRisk: Int64?
    public let secondsAtRisk: Double?
    public let outageSeconds: Double?
    public let okToStop: Answer?
    public let safeToLose: Answer?

    public init(_ prospect: Prospect) {
        groups = prospect.groups.map {
            Group(
                name: SafeText.line($0.group.name), before: $0.before.word, after: $0.after.word,
                survivesNodesBefore: $0.survivesBefore, survivesNodesAfter: $0.survivesAfter,
                serving: SafeText.line($0.serving), reason: SafeText.line($0.reason), text: SafeText.line($0.text))
        }
        breaks = prospect.breaks.map(SafeText.line)
        moves = prospect.moves.map {
            Move(
                pool: SafeText.line($0.pool.name), sessions: $0.sessions, serversBefore: $0.serversBefore,
                serversAfter: $0.serversAfter, filledAfter: $0.filledAfter, isCarried: $0.isCarried,
                text: SafeText.line($0.text))
        }
        bytesAtRisk = prospect.bytesAtRisk
        secondsAtRisk = prospect.secondsAtRisk
        outageSeconds = prospect.outage?.seconds
        okToStop = prospect.okToStop.map(Self.answer)
        safeToLose = prospect.safeToLose.map(Self.answer)
    }

    private static func answer(_ answer: Prospect.Answer) -> Answer {
        Answer(answer: answer.word, reasons: answer.reasons.map(SafeText.line))
    }

    /// For people.
    public var lines: [String] {
        var out = groups.map(\.text)
        out += breaks.map { "breaks: \($0)" }
        for move in moves {
            let carried = move.isCarried.map { $0 ? "the rest carries it" : "the rest does not carry it" }
            out.append("load: \(move.text)" + (carried.map { "; \($0)" } ?? ""))
        }
        if let okToStop { out.append("ok to stop: \(okToStop.answer): \(okToStop.reasons.joined(separator: "; "))") }
        if let safeToLose {
            out.append("safe to lose: \(safeToLose.answer): \(safeToLose.reasons.joined(separator: "; "))")
        }
        return out
    }
}
