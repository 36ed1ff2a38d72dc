public import Estate

/// When changes come so often that they are a fault of their own.
public enum Flapping {
    /// So many changes of leader…
    public static let changesMin = 3
    /// …within so long.
    public static let window = Span.seconds(600)

    /// Whether the changes at these times, in any order, make it flapping at `now`.
    public static func isFlapping(_ changes: [Timestamp], now: Timestamp) -> Bool {
        changes.count { now - $0 <= window && $0 <= now } >= changesMin
    }
}
