public import Estate

/// Everything that was observed in the last while, kept small, to be looked at again: who said what of whom, as it was
/// said. A value; whoever feeds it decides what a moment is.
///
/// A tape is made of reels. Each begins with everything known by then, so that older ones can be let go and any moment
/// is a few steps from the start of its reel; within one, a subject is kept as what changed since it was last told.
public struct Tape: Sendable {
    public struct Limits: Sendable {
        /// How far back it reaches.
        public var reach = Span.seconds(3_600)
        /// The length of one reel.
        public var reel = Span.seconds(120)
        /// All reels together; the oldest make room.
        public var bytesMax = 64 << 20
        /// Figures are kept so far apart at least: every other of those that are told each second. What is news is kept
        /// at once.
        public var fineApart = Span.milliseconds(1_500)
        /// Beyond so many subjects, as each observer sees them, figures are kept further apart.
        public var fineSubjectsMax = 500
        public var coarseApart = Span.seconds(5)
        public init() {}
    }

    public let platform: Platform
    public let limits: Limits
    private var reels: [Reel] = []
    /// The newest of everything, by which the next reel begins and the next change is told from the last.
    private var known = Known()
    /// Of the reels that are full.
    private var closedBytes = 0
    public var bytes: Int { closedBytes + (reels.last?.bytes ?? 0) }

    public init(platform: Platform, limits: Limits = Limits()) {
        self.platform = platform
        self.limits = limits
    }

    /// The oldest moment that can be looked at; nil while nothing is kept.
    public var oldest: Timestamp? { reels.first?.from }
    public private(set) var newest: Timestamp?

    /// Keeps an update. What cannot be packed is left out.
    public mutating func append(_ update: Update) {
        guard let track = Track(update) else { return }
        // Feeds stamp what they send a moment before it comes in: the tape runs forward only.
        let at = max(update.at, newest ?? update.at)
        if let reel = reels.last, at - reel.from < limits.reel {
            guard update.isEdge || !known.isTooSoon(track, at, apart: apart) else { return }
        } else {
            turnReel(at)
        }
        guard let record = known.take(track, update, at: at) else { return }
        reels[reels.count - 1].append(record, at: at)
        newest = at
    }

    private var apart: Span { known.count > limits.fineSubjectsMax ? limits.coarseApart : limits.fineApart }

    private mutating func turnReel(_ at: Timestamp) {
        if let full = reels.indices.last {
            reels[full].close()
            closedBytes += reels[full].bytes
        }
        known.compact()
        reels.append(Reel(from: at, beginsWith: known))
        while let first = reels.first, reels.count > 1, bytes > limits.bytesMax || at - first.from > limits.reach {
            closedBytes -= first.bytes
            reels.removeFirst()
        }
    }

    /// Everything as it was known at `moment`; nil where the tape does not reach back so far.
    public func snapshot(at moment: Timestamp) -> Snapshot? {
        guard let reel = reels.last(where: { $0.from <= moment }) else { return nil }
        var known = reel.beginsWith
        // A damaged record ends the reel: all before it stands.
        try? reel.play(until: moment) { record throws(TapeError) in try known.apply(record) }
        var snapshot = Snapshot(platform: platform)
        for update in known.updates(asOf: moment, apart: apart) { snapshot.apply(update) }
        return snapshot
    }
}
