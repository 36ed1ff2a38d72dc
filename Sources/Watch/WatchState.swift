public import Estate
public import Insight

/// Everything watched so far, at one moment: a value to read at leisure.
public struct WatchState: Sendable {
    public let snapshot: Snapshot
    /// Newest last; the oldest make room at `Watcher.eventsMax`.
    public let events: [Event]
    /// Rises with every change.
    public let version: UInt64

    let assessed: Assessment?

    /// How long an assessment of the same facts is as good as a new one: nothing ages visibly in it.
    static let assessedFor = Span.milliseconds(200)

    /// Worked out when asked for, unless it just was.
    public func assessment(now: Timestamp) -> Assessment {
        if let assessed, now - assessed.at < Self.assessedFor, now >= assessed.at { return assessed }
        return Assessment.of(snapshot, now: now)
    }
}
