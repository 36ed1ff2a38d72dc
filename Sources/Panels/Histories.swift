public import Estate
public import Insight
import Series

/// What a history is of.
public enum Metric: String, Sendable, Hashable, CaseIterable {
    case replayLagBytes, replayLagSeconds, sessions
    case cpuBusy, load1, memoryUsed
    /// As its unit says.
    case keyFigure
}

/// Names one history.
public struct HistoryKey: Sendable, Hashable {
    public enum Subject: Sendable, Hashable {
        case group(GroupID), member(MemberID), node(NodeID)
        /// A key figure of the platform, by its name.
        case figure(String)
    }
    public let subject: Subject
    public let metric: Metric
    public init(_ subject: Subject, _ metric: Metric) {
        self.subject = subject
        self.metric = metric
    }
}

/// Where panels read what was measured before.
public protocol HistoryReading: Sendable {
    /// The newest values, oldest first, at most `count` of them; nil where nothing was measured.
    func values(_ key: HistoryKey, newest count: Int) -> [Double?]
}

/// What is drawn as a curve, in memory: a value a second for the last minutes, and the largest of each dozen for the
/// last hour.
public struct Histories: HistoryReading {
    /// The most values kept of one history: five minutes.
    public static let valuesMax = 300
    /// The most of the coarse ones kept: an hour.
    public static let coarseValuesMax = 300
    /// Seconds that a coarse value stands for.
    public static let coarseSeconds = 12
    /// The most histories kept; further subjects have no curve.
    public static let historiesMax = 20_000
    public static let interval = Span.seconds(1)

    private var curves: [HistoryKey: Curve] = [:]
    private var sampledAt: Timestamp?

    public init() {}

    public mutating func append(_ value: Double?, to key: HistoryKey) {
        if let at = curves.index(forKey: key) {
            curves.values[at].append(value)
        } else if value != nil, curves.count < Self.historiesMax {
            var curve = Curve(
                fineMax: Self.valuesMax, coarseMax: Self.coarseValuesMax, coarseEvery: Self.coarseSeconds)
            curve.append(value)
            curves[key] = curve
        }
    }

    public func values(_ key: HistoryKey, newest count: Int) -> [Double?] { curves[key]?.newest(count) ?? [] }

    /// As they were at a moment.
    public func upTo(_ at: Timestamp) -> any HistoryReading {
        let seconds = ((sampledAt ?? at) - at).seconds
        return Then(histories: self, before: Int(min(max(seconds, 0), 1e6)))
    }

    private struct Then: HistoryReading {
        let histories: Histories
        let before: Int
        func values(_ key: HistoryKey, newest count: Int) -> [Double?] {
            histories.curves[key]?.newest(count, before: before) ?? []
        }
    }

    /// Takes one value of each subject, at most once an interval.
    public mutating func sample(_ assessment: Assessment, _ snapshot: Snapshot, at now: Timestamp) {
        if let last = sampledAt, now - last < Self.interval, now >= last { return }
        sampledAt = now
        for group in assessment.groups {
            append(group.sessions.map(Double.init), to: HistoryKey(.group(group.id), .sessions))
            var worst: Int64?
            for member in group.members {
                let isFresh = member.freshness == .fresh
                let lag = isFresh && !member.lag.isStale ? member.lag.replayBytes ?? member.lag.receiveBytes : nil
                if let lag { worst = max(worst ?? 0, lag) }
                append(lag.map(Double.init), to: HistoryKey(.member(member.id), .replayLagBytes))
                append(
                    isFresh ? member.lag.replaySeconds : nil, to: HistoryKey(.member(member.id), .replayLagSeconds))
                append(
                    isFresh ? member.sessions.map(Double.init) : nil, to: HistoryKey(.member(member.id), .sessions))
            }
            append(worst.map(Double.init), to: HistoryKey(.group(group.id), .replayLagBytes))
        }
        for one in assessment.whole.figures {
            append(
                one.freshness == .fresh ? one.figure.value : nil, to: HistoryKey(.figure(one.figure.name), .keyFigure))
        }
        for host in snapshot.hosts {
            let facts = host.sightings.last.flatMap { seen in
                snapshot.freshness(of: seen.by, at: seen.at, now: now) == .fresh ? seen.facts : nil
            }
            append(facts?.cpuBusy, to: HistoryKey(.node(host.id), .cpuBusy))
            append(facts?.load1, to: HistoryKey(.node(host.id), .load1))
            append(facts?.memoryUsed, to: HistoryKey(.node(host.id), .memoryUsed))
        }
    }
}

extension NodeFacts {
    /// 0…1; nil where the total is not known.
    var memoryUsed: Double? {
        guard let total = memoryTotalBytes, total > 0, let free = memoryAvailableBytes else { return nil }
        return 1 - Double(free) / Double(total)
    }

    /// The file system that is fullest.
    var fullest: FileSystemFacts? { fileSystems.max { ($0.used ?? 0) < ($1.used ?? 0) } }
}
