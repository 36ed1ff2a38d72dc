import Estate

/// The newest word of every observer on every subject, packed.
struct Known: Sendable {
    private struct Entry: Sendable {
        let track: Track
        var packed: [UInt8]
        var at: Timestamp
        var isGone: Bool
    }

    /// Tracks keep their place for a reel, so that records can name it.
    private var entries: [Entry] = []
    private var slots: [Track: Int] = [:]
    private(set) var bytes = 0

    var count: Int { entries.count }

    /// A subscription that pushes changes only says each thing once: none of it may be left out.
    private var pushing: Set<SourceID> = []

    /// Forgets what is gone, and with it the places of everything: at the start of a reel only.
    mutating func compact() {
        entries.removeAll(where: \.isGone)
        slots = Dictionary(
            entries.enumerated().map { ($1.track, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func isTooSoon(_ track: Track, _ at: Timestamp, apart: Span) -> Bool {
        // What a source is at is always news.
        guard apart > .zero, track.subject != .source, let slot = slots[track], !pushing.contains(track.source) else {
            return false
        }
        return !entries[slot].isGone && at - entries[slot].at < apart
    }

    /// A source says with every answer that it is well, and how long it took: only a change of that is kept. One that
    /// stands by what it said is kept each time: it makes old words young.
    private func isSameState(_ body: Update.Body, _ slot: Int) -> Bool {
        guard case .source(let status) = body, !status.standsByAll, !entries[slot].isGone else { return false }
        guard case .source(let before)? = Self.unpack(entries[slot].track, entries[slot].packed) else { return false }
        return before.state == status.state && before.problem == status.problem
    }

    /// What there is to keep of an update; nil where it says nothing of anything known.
    mutating func take(_ track: Track, _ update: Update, at: Timestamp) -> Record? {
        if case .source(let status) = update.body, status.standsByAll { pushing.insert(update.source) }
        if let slot = slots[track], isSameState(update.body, slot) { return nil }
        guard let packed = Self.pack(update.body) else {
            guard let slot = slots[track] else { return nil }
            forget(slot)
            return Record(slot: slot, kind: .gone, at: at, bytes: [])
        }
        guard let slot = slots[track] else {
            let slot = add(track, at: at)
            replace(slot, packed, at: at)
            return Record(slot: slot, kind: .whole, at: at, bytes: (TrackName.pack(track) + packed)[...])
        }
        let wasGone = entries[slot].isGone
        let delta = wasGone ? nil : Delta.between(entries[slot].packed, packed)
        replace(slot, packed, at: at)
        guard let delta else {
            return Record(slot: slot, kind: .whole, at: at, bytes: (TrackName.pack(track) + packed)[...])
        }
        return Record(slot: slot, kind: .change, at: at, bytes: delta[...])
    }

    /// The same from a record that was kept.
    mutating func apply(_ record: Record) throws(TapeError) {
        switch record.kind {
        case .whole:
            let (track, packed) = try TrackName.unpack(record.bytes)
            let slot = slots[track] ?? add(track, at: record.at)
            guard slot == record.slot else { throw .torn }
            replace(slot, Array(packed), at: record.at)
        case .change:
            guard entries.indices.contains(record.slot) else { throw .torn }
            var packed = entries[record.slot].packed
            try Delta.apply(record.bytes, to: &packed)
            replace(record.slot, packed, at: record.at)
        case .gone:
            guard entries.indices.contains(record.slot) else { throw .torn }
            forget(record.slot)
        }
    }

    private mutating func add(_ track: Track, at: Timestamp) -> Int {
        entries.append(Entry(track: track, packed: [], at: at, isGone: false))
        slots[track] = entries.count - 1
        return entries.count - 1
    }

    private mutating func replace(_ slot: Int, _ packed: [UInt8], at: Timestamp) {
        bytes += packed.count - entries[slot].packed.count
        entries[slot].packed = packed
        entries[slot].at = at
        entries[slot].isGone = false
    }

    /// A source that is gone takes everything it said with it.
    private mutating func forget(_ slot: Int) {
        let track = entries[slot].track
        let gone =
            track.subject == .source ? entries.indices.filter { entries[$0].track.source == track.source } : [slot]
        for slot in gone {
            bytes -= entries[slot].packed.count
            entries[slot].packed = []
            entries[slot].isGone = true
        }
    }

    /// All of it as updates, sources first. What was told less than `apart` before `moment` stands as told then: its
    /// observer went on saying so, and the tape left it out.
    func updates(asOf moment: Timestamp, apart: Span) -> [Update] {
        var sources: [Update] = []
        var subjects: [Update] = []
        for entry in entries where !entry.isGone {
            let at = min(moment, entry.at + apart)
            guard let body = Self.unpack(entry.track, entry.packed) else { continue }
            let update = Update(entry.track.source, at: at, body)
            if entry.track.subject == .source { sources.append(update) } else { subjects.append(update) }
        }
        return sources + subjects
    }

    private static func pack(_ body: Update.Body) -> [UInt8]? {
        switch body {
        case .member(_, let facts): return try? PackedEncoder.pack(facts)
        case .node(_, let facts): return try? PackedEncoder.pack(facts)
        case .group(_, let facts): return try? PackedEncoder.pack(facts)
        case .platform(let facts): return try? PackedEncoder.pack(facts)
        case .source(let status): return try? PackedEncoder.pack(status)
        case .memberGone, .sourceGone, .event, .gap: return nil
        }
    }

    private static func unpack(_ track: Track, _ packed: [UInt8]) -> Update.Body? {
        switch track.subject {
        case .member(let id): return (try? PackedDecoder.unpack(MemberFacts.self, packed)).map { .member(id, $0) }
        case .node(let id): return (try? PackedDecoder.unpack(NodeFacts.self, packed)).map { .node(id, $0) }
        case .group(let id): return (try? PackedDecoder.unpack(GroupFacts.self, packed)).map { .group(id, $0) }
        case .platform: return (try? PackedDecoder.unpack(PlatformFacts.self, packed)).map { .platform($0) }
        case .source: return (try? PackedDecoder.unpack(SourceStatus.self, packed)).map { .source($0) }
        }
    }
}

/// A track's name before its first record.
enum TrackName {
    private struct Name: Codable {
        var source: SourceID
        var kind: UInt8
        var group: String?
        var name: String?
    }

    static func pack(_ track: Track) -> [UInt8] {
        let name: Name
        switch track.subject {
        case .member(let id): name = Name(source: track.source, kind: 0, group: id.group.name, name: id.name)
        case .node(let id): name = Name(source: track.source, kind: 1, name: id.name)
        case .group(let id): name = Name(source: track.source, kind: 2, name: id.name)
        case .source: name = Name(source: track.source, kind: 3)
        case .platform: name = Name(source: track.source, kind: 4)
        }
        let packed = (try? PackedEncoder.pack(name)) ?? []
        var out: [UInt8] = []
        Delta.append(UInt64(packed.count), to: &out)
        return out + packed
    }

    static func unpack(_ bytes: ArraySlice<UInt8>) throws(TapeError) -> (Track, ArraySlice<UInt8>) {
        var reader = Varints(bytes)
        let count = try reader.next()
        let packed = try reader.take(Int(clamping: count))
        guard let name = try? PackedDecoder.unpack(Name.self, Array(packed)) else { throw .torn }
        let subject: Track.Subject
        switch (name.kind, name.group, name.name) {
        case (0, let group?, let member?): subject = .member(MemberID(GroupID(group), member))
        case (1, _, let node?): subject = .node(NodeID(node))
        case (2, _, let group?): subject = .group(GroupID(group))
        case (3, _, _): subject = .source
        case (4, _, _): subject = .platform
        default: throw .torn
        }
        return (Track(name.source, subject), bytes[packed.endIndex...])
    }
}
