public import Estate
public import Insight

/// Everything watched so far, at one moment: a value to read at leisure.
public struct WatchState: Sendable {
    public let snapshot: Snapshot
    /// Newest last; the oldest make room at `Watcher.eventsMax`.
    public let events: [Event]
    /// Rises with every change.
    public let version: UInt64

    /// Worked out when asked for.
    public func assessment(now: Timestamp) -> Assessment { Assessment.of(snapshot, now: now) }
}
