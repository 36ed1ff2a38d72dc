import Estate
import Insight

/// What a drill found, group by group. Times are seconds from the moment of the fault; nil was not seen.
public struct DrillResult: Sendable, Equatable, Encodable {
    public struct GroupResult: Sendable, Equatable, Encodable {
        public let group: String
        /// The first event on the group that was more than a notice, or its verdict leaving PROTECTED.
        public var detectedSeconds: Double?
        public var leaderLostSeconds: Double?
        public var electedSeconds: Double?
        /// The new leader's timeline.
        public var promotedSeconds: Double?
        public var writesBackSeconds: Double?
        /// Without writes, as the chronicle measured it.
        public var outageSeconds: Double?
        public var worstVerdict: String
        /// Back at the verdict it began with, for good.
        public var recoveredSeconds: Double?
        public var rtoSeconds: Double?
        /// nil: there is no objective, or no outage was seen.
        public var isWithinRTO: Bool?
        public var rpoBytes: Int64?
        /// Most data that was at risk of the leader's loss while it lasted.
        public var atRiskBytesMost: Int64?
    }

    /// What clients of the platform counted, where there were any.
    public struct Clients: Sendable, Equatable, Encodable {
        public var commitsAcknowledged: Int
        /// Acknowledged and not there afterwards; nil: it could not be asked.
        public var commitsLost: Int?
        public var longestGapSeconds: Double
        public var requestsAnswered: Int
        public var requestsFailed: Int

        public init(
            commitsAcknowledged: Int, commitsLost: Int?, longestGapSeconds: Double, requestsAnswered: Int,
            requestsFailed: Int
        ) {
            self.commitsAcknowledged = commitsAcknowledged
            self.commitsLost = commitsLost
            self.longestGapSeconds = longestGapSeconds
            self.requestsAnswered = requestsAnswered
            self.requestsFailed = requestsFailed
        }
    }

    public let schema = "pitboss.drill/1"
    public let scenario: String
    /// `simulator`, or `lab`.
    public let ground: String
    public let fault: String
    public var groups: [GroupResult]
    public var clients: Clients?
    /// All groups stand as they stood before.
    public var isPutBack: Bool
    /// What happened, with its second.
    public var course: [String]

    /// Every group with an objective kept it, and no acknowledged commit is lost.
    public var isPassed: Bool {
        isPutBack && groups.allSatisfy { $0.isWithinRTO != false } && (clients?.commitsLost ?? 0) == 0
            && isClientGapWithinRTO
    }

    private var isClientGapWithinRTO: Bool {
        guard let clients, let rto = groups.compactMap(\.rtoSeconds).max() else { return true }
        return clients.longestGapSeconds <= rto
    }

    private enum CodingKeys: String, CodingKey {
        case schema, scenario, ground, fault, groups, clients, isPutBack, course
    }

    /// One line.
    public var headline: String {
        let word = isPassed ? "passed" : "NOT passed"
        let worst = groups.compactMap(\.outageSeconds).max().map { ", longest outage \(Tenths.text($0)) s" } ?? ""
        let lost = clients?.commitsLost.map { ", \($0) acknowledged commits lost" } ?? ""
        return "\(scenario) on the \(ground): \(word)\(worst)\(lost)\(isPutBack ? "" : ", not all is as it was")"
    }
}

enum Tenths {
    static func text(_ value: Double?) -> String {
        guard let value, value.isFinite, abs(value) < 1e12 else { return "–" }
        let tenths = Int64((value * 10).rounded())
        return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
    }
}
