public import Estate
public import Insight

/// What a history is of.
public enum Metric: String, Sendable, Hashable, CaseIterable {
    case replayLagBytes, replayLagSeconds, sessions
    case cpuBusy, load1, memoryUsed
}

/// Names one history.
public struct HistoryKey: Sendable, Hashable {
    public enum Subject: Sendable, Hashable {
        case group(GroupID), member(MemberID), node(NodeID)
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

/// The last minutes of what is drawn as a curve, a value a second, in memory.
public struct Histories: HistoryReading, Equatable {
    /// The most values kept of one history: five minutes.
    public static let valuesMax = 300
    /// The most histories kept; further subjects have no curve.
    public static let historiesMax = 20_000
    public static let interval = Estate.Span.seconds(1)

    /// Not a number stands for what was not measured.
    private var runs: [HistoryKey: [Float]] = [:]
    private var sampledAt: Timestamp?

    public init() {}

    public mutating func append(_ value: Double?, to key: HistoryKey) {
        if runs[key] == nil {
            guard value != nil, runs.count < Self.historiesMax else { return }
            runs[key] = []
            runs[key]?.reserveCapacity(Self.valuesMax)
        }
        guard let at = runs.index(forKey: key) else { return }
        let count = runs.values[at].count
        if count >= Self.valuesMax { runs.values[at].removeFirst(count - Self.valuesMax + 1) }
        runs.values[at].append(value.map(Float.init) ?? .nan)
    }

    public func values(_ key: HistoryKey, newest count: Int) -> [Double?] {
        guard let run = runs[key], count > 0 else { return [] }
        return run.suffix(count).map { $0.isNaN ? nil : Double($0) }
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
