/// Tells a watch that delivers from one that only looks alive: each sign of life asks etcd for the newest change and
/// the count of keys, and a watch that has not told of them by the next one is dead. Pure.
struct EtcdWatchdog {
    private var owed: (newest: Int64, count: Int64, seen: Int64)?

    /// What a sign of life found (`newest`, `count`), and what the watch has told so far (`seenNewest`, `seenCount`).
    /// Returns true when the watch is dead.
    mutating func checked(newest: Int64, count: Int64, seenNewest: Int64, seenCount: Int64) -> Bool {
        if let owed {
            // A deletion has no newest change to show; it shows in the count.
            let isStillOwed = seenNewest < owed.newest || (seenCount != owed.count && seenNewest == owed.seen)
            if isStillOwed && seenNewest == owed.seen { return true }
        }
        let isBehind = newest > seenNewest || count != seenCount
        owed = isBehind ? (newest, count, seenNewest) : nil
        return false
    }
}
