import Estate

/// When the log was seen to reach where. Tells how long a standby has been behind from positions alone: a frozen
/// standby goes on showing its last small lag, and its last replayed transaction is old on an idle system too.
struct LogHistory: Equatable, Sendable {
    /// Positions kept: fifteen minutes of one each second. An older lag shows as fifteen minutes.
    static let positionsMax = 900

    private struct Position: Equatable {
        let lsn: LSN
        let at: Timestamp
    }

    private var positions: [Position] = []

    /// Takes down how far the log has come.
    mutating func note(_ lsn: LSN, at: Timestamp) {
        if let last = positions.last {
            if lsn == last.lsn { return }
            // The log went back: another timeline, or another server behind the address.
            if lsn < last.lsn { positions.removeAll() }
        }
        if positions.count == Self.positionsMax { positions.removeFirst(positions.count / 10) }
        positions.append(Position(lsn: lsn, at: at))
    }

    /// For how long at least there has been log beyond `lsn`; nil when there is none. Zero when it was there before
    /// the first look, and that was only now.
    func behindSeconds(_ lsn: LSN, now: Timestamp) -> Double? {
        guard let first = positions.first(where: { $0.lsn > lsn }) else { return nil }
        return max(0, (now - first.at).seconds)
    }
}
