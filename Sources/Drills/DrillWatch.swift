public import Estate
public import Insight

/// Measures a drill: events and assessments in as they come, the result out. Pure.
public struct DrillWatch: Sendable {
    /// Most lines of the course that are kept.
    public static let courseLinesMax = 400

    private struct Course: Sendable {
        var result: DrillResult.GroupResult
        var before: Verdict
        var worst: Verdict
        var back: Timestamp?
    }

    private let faultAt: Timestamp
    private var groups: [GroupID: Course] = [:]
    private var course: [String] = []

    /// - Parameter before: how all stood just before the fault.
    public init(faultAt: Timestamp, before: Assessment) {
        self.faultAt = faultAt
        for group in before.groups {
            let result = DrillResult.GroupResult(
                group: group.id.name, worstVerdict: group.verdict.word, rtoSeconds: group.plan.rto?.seconds,
                rpoBytes: group.plan.rpoBytes)
            groups[group.id] = Course(result: result, before: group.verdict, worst: group.verdict)
        }
    }

    public mutating func saw(_ event: Event) {
        let seconds = (event.at - faultAt).seconds
        guard seconds >= 0, let id = event.group ?? event.member?.group, var group = groups[id] else { return }
        if course.count < Self.courseLinesMax { course.append("\(Tenths.text(seconds)) s  \(id): \(event.text)") }
        func first(_ path: WritableKeyPath<DrillResult.GroupResult, Double?>) {
            if group.result[keyPath: path] == nil { group.result[keyPath: path] = seconds }
        }
        if event.severity > .notice { first(\.detectedSeconds) }
        switch event.kind {
        case .leaderLost: first(\.leaderLostSeconds)
        case .leaderElected: first(\.electedSeconds)
        case .timelineChanged: first(\.promotedSeconds)
        case .writesBack:
            first(\.writesBackSeconds)
            if let outage = event.outage {
                group.result.outageSeconds = max(group.result.outageSeconds ?? 0, outage.seconds)
            }
        default: break
        }
        groups[id] = group
    }

    public mutating func saw(_ assessment: Assessment) {
        guard assessment.at >= faultAt else { return }
        let seconds = (assessment.at - faultAt).seconds
        for now in assessment.groups {
            guard var group = groups[now.id] else { continue }
            if now.verdict < group.before {
                if group.result.detectedSeconds == nil { group.result.detectedSeconds = seconds }
                group.back = nil
            } else if group.back == nil, group.result.detectedSeconds != nil {
                group.back = assessment.at
            }
            group.worst = min(group.worst, now.verdict)
            if let bytes = now.dataAtRiskBytes {
                group.result.atRiskBytesMost = max(group.result.atRiskBytesMost ?? 0, bytes)
            }
            groups[now.id] = group
        }
    }

    /// Something was seen, and all stands again as it stood before.
    public var isOver: Bool {
        groups.values.contains { $0.result.detectedSeconds != nil } && isPutBack
    }

    private var isPutBack: Bool {
        groups.values.allSatisfy { $0.result.detectedSeconds == nil || $0.back != nil }
    }

    /// Groups that nothing happened to are left out.
    public func result(
        _ scenario: String, on ground: String, fault: String, clients: DrillResult.Clients? = nil
    ) -> DrillResult {
        let touched = groups.sorted { $0.key < $1.key }.map(\.value).filter { $0.result.detectedSeconds != nil }
        return DrillResult(
            scenario: scenario, ground: ground, fault: fault, groups: touched.map(Self.finished(faultAt)),
            clients: clients, isPutBack: isPutBack, course: course)
    }

    private static func finished(_ faultAt: Timestamp) -> (Course) -> DrillResult.GroupResult {
        { course in
            var result = course.result
            result.worstVerdict = course.worst.word
            result.recoveredSeconds = course.back.map { ($0 - faultAt).seconds }
            if let rto = result.rtoSeconds, let outage = result.outageSeconds { result.isWithinRTO = outage <= rto }
            return result
        }
    }
}
