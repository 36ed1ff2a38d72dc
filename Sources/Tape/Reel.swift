import Estate

/// A stretch of tape that can be played without the ones before it.
struct Reel: Sendable {
    let from: Timestamp
    let beginsWith: Known
    private var tape: [UInt8] = []
    /// The tape of a reel that is full.
    private var closed: Compressed?
    private var last: Timestamp

    init(from: Timestamp, beginsWith: Known) {
        self.from = from
        self.beginsWith = beginsWith
        last = from
    }

    var bytes: Int { tape.count + (closed?.size ?? 0) + beginsWith.bytes }

    /// Nothing is appended any more: it is made small until it is played.
    mutating func close() {
        closed = Compressed(tape)
        if closed != nil { tape = [] }
    }

    /// Microseconds since the record before, then the record.
    mutating func append(_ record: Record, at: Timestamp) {
        Delta.append(UInt64(max(0, (at - last).nanoseconds / 1_000)), to: &tape)
        Delta.append(UInt64(record.slot), to: &tape)
        tape.append(record.kind.rawValue)
        Delta.append(UInt64(record.bytes.count), to: &tape)
        tape.append(contentsOf: record.bytes)
        last = last + Span(nanoseconds: max(0, (at - last).nanoseconds / 1_000) * 1_000)
    }

    /// Hands over each record up to `moment`.
    func play(until moment: Timestamp, _ take: (Record) throws(TapeError) -> Void) throws(TapeError) {
        var reader = Varints(try closed?.bytes()[...] ?? tape[...])
        var at = from
        while !reader.isAtEnd {
            let gap = try reader.next()
            at = at + Span(nanoseconds: Int64(clamping: gap) &* 1_000)
            guard at <= moment else { return }
            let slot = try reader.next()
            guard let byte = try reader.take(1).first, let kind = Record.Kind(rawValue: byte) else { throw .torn }
            let count = try reader.next()
            try take(
                Record(slot: Int(clamping: slot), kind: kind, at: at, bytes: try reader.take(Int(clamping: count))))
        }
    }
}

/// One word of one observer on one subject, as it is kept.
struct Record: Sendable {
    enum Kind: UInt8, Sendable {
        /// All of it: the subject was never told before, or has another size.
        case whole
        /// What changed since it was last told.
        case change
        /// The observer no longer knows it.
        case gone
    }
    /// Place of the track.
    var slot: Int
    var kind: Kind
    var at: Timestamp
    var bytes: ArraySlice<UInt8>
}
