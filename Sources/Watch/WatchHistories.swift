public import Estate
import Insight
public import Series
import Synchronization

/// What a history is of.
public enum WatchFigure: String, Sendable, Hashable, CaseIterable {
    case replayLagBytes, receiveLagBytes, replayLagSeconds, sessions
    case cpuBusy, load1, memoryUsed
}

public enum WatchSubject: Sendable, Hashable {
    case group(GroupID), member(MemberID), node(NodeID)
}

/// The last minutes of what is drawn as a curve: a value a second, nil where it was not known. Shared: readers see
/// the newest at the time of reading.
public final class WatchHistories: Sendable {
    /// The most values kept of one history: ten minutes.
    public static let samplesMax = 600
    /// The most histories kept; further subjects have no curve.
    public static let historiesMax = 20_000

    private struct Key: Hashable {
        let subject: WatchSubject
        let figure: WatchFigure
    }
    private let rings = Mutex<[Key: Ring]>([:])

    public init() {}

    public func ring(_ subject: WatchSubject, _ figure: WatchFigure) -> Ring? {
        rings.withLock { $0[Key(subject: subject, figure: figure)] }
    }

    /// The newest values, oldest first, at most `count`; empty where nothing was measured.
    public func values(_ subject: WatchSubject, _ figure: WatchFigure, newest count: Int) -> [Double?] {
        guard count > 0, let ring = ring(subject, figure) else { return [] }
        return (max(0, ring.count - count)..<ring.count).map { ring[$0].value }
    }

    /// Takes one value of each subject.
    func sample(_ assessment: Assessment, _ snapshot: Snapshot) {
        let now = assessment.at
        rings.withLock { rings in
            func put(_ value: Double?, _ subject: WatchSubject, _ figure: WatchFigure) {
                let key = Key(subject: subject, figure: figure)
                if rings[key] == nil {
                    guard value != nil, rings.count < Self.historiesMax else { return }
                    rings[key] = Ring(samplesMax: Self.samplesMax)
                }
                rings[key]?.append(value, at: now.nanoseconds)
            }
            for group in assessment.groups {
                var worst: Int64?
                for member in group.members {
                    let isFresh = member.freshness == .fresh
                    let lag = isFresh && !member.lag.isStale ? member.lag : nil
                    if let bytes = lag?.replayBytes { worst = max(worst ?? 0, bytes) }
                    let subject = WatchSubject.member(member.id)
                    put(lag?.replayBytes.map(Double.init), subject, .replayLagBytes)
                    put(lag?.receiveBytes.map(Double.init), subject, .receiveLagBytes)
                    put(lag?.replaySeconds, subject, .replayLagSeconds)
                    put(isFresh ? member.sessions.map(Double.init) : nil, subject, .sessions)
                }
                put(worst.map(Double.init), .group(group.id), .replayLagBytes)
                put(group.sessions.map(Double.init), .group(group.id), .sessions)
            }
            for host in snapshot.hosts {
                let facts = host.sightings.last.flatMap { seen in
                    snapshot.freshness(of: seen.by, at: seen.at, now: now) == .fresh ? seen.facts : nil
                }
                put(facts?.cpuBusy, .node(host.id), .cpuBusy)
                put(facts?.load1, .node(host.id), .load1)
                put(facts.flatMap(Self.memoryUsed), .node(host.id), .memoryUsed)
            }
        }
    }

    /// 0…1; nil where the total is not known.
    private static func memoryUsed(_ facts: NodeFacts) -> Double? {
        guard let total = facts.memoryTotalBytes, total > 0, let free = facts.memoryAvailableBytes else { return nil }
        return 1 - Double(free) / Double(total)
    }
}
