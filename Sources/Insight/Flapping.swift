public import Estate

/// When changes come so often that they are a fault of their own.
///
/// Only changes that nobody asked for count: an operator who moves a leader about three times in ten minutes has a
/// reason to. A change is taken for asked for when the leader let go of its lock while the register held a request
/// to change it (`Snapshot.handovers(of:)`): a crash leaves no such request behind, and a request made after the
/// leader was lost excuses nothing. One request excuses one change.
public enum Flapping {
    /// So many changes of leader…
    public static let changesMin = 3
    /// …within so long.
    public static let window = Span.seconds(600)
    /// A promotion comes so long after the old leader let go, at most.
    public static let promotionMax = Span.seconds(60)
    /// The register's history is told by the members' clocks, which may be off by so much.
    public static let clockSkewMax = Span.seconds(10)

    /// Whether the changes at these times, in any order, make it flapping at `now`.
    public static func isFlapping(_ changes: [Timestamp], now: Timestamp) -> Bool {
        recent(changes, now: now) >= changesMin
    }

    /// How many of the changes are not longer ago than the window.
    public static func recent(_ changes: [Timestamp], now: Timestamp) -> Int {
        changes.count { $0 >= now - window && $0 <= now }
    }

    /// The changes that none of the handovers explains, oldest first.
    public static func unplanned(_ changes: [Timestamp], handovers: [Timestamp]) -> [Timestamp] {
        var left = changes.sorted()
        for handover in handovers {
            let (from, to) = (handover - clockSkewMax, handover + promotionMax)
            if let i = left.firstIndex(where: { $0 >= from && $0 <= to }) { left.remove(at: i) }
        }
        return left
    }
}
