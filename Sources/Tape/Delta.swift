/// What turns one packing of a subject into its next: runs of bytes that stayed, and bytes that did not.
enum Delta {
    /// Stretches that stayed alike and are shorter than this are cheaper written out.
    private static let alikeBytesMin = 3

    /// Empty where nothing changed; nil where the two differ in length, and the whole has to be kept.
    static func between(_ old: [UInt8], _ new: [UInt8]) -> [UInt8]? {
        guard old.count == new.count else { return nil }
        guard old != new else { return [] }
        var out: [UInt8] = []
        var at = 0
        var alikeFrom = 0
        while at < new.count {
            while at < new.count, old[at] == new[at] { at += 1 }
            guard at < new.count else { break }
            let from = at
            var alike = 0
            while at < new.count, alike < alikeBytesMin {
                alike = old[at] == new[at] ? alike + 1 : 0
                at += 1
            }
            let to = at - alike
            append(UInt64(from - alikeFrom), to: &out)
            append(UInt64(to - from), to: &out)
            out.append(contentsOf: new[from..<to])
            alikeFrom = to
            at = to
        }
        return out
    }

    static func apply(_ delta: ArraySlice<UInt8>, to bytes: inout [UInt8]) throws(TapeError) {
        var reader = Varints(delta)
        var at = 0
        while !reader.isAtEnd {
            let skip = try reader.next()
            let count = try reader.next()
            guard skip <= UInt64(bytes.count - at), count <= UInt64(bytes.count - at) - skip else { throw .torn }
            at += Int(skip)
            let changed = try reader.take(Int(count))
            bytes.replaceSubrange(at..<at + changed.count, with: changed)
            at += changed.count
        }
    }

    /// Seven bits a byte, lowest first.
    static func append(_ number: UInt64, to out: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            out.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        out.append(UInt8(rest))
    }
}

/// Reads numbers that `Delta.append` wrote, and the bytes between them.
struct Varints {
    private let bytes: ArraySlice<UInt8>
    private var at: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        at = bytes.startIndex
    }

    var isAtEnd: Bool { at >= bytes.endIndex }

    mutating func next() throws(TapeError) -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while at < bytes.endIndex, shift < 64 {
            let byte = bytes[at]
            at += 1
            number |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        throw .torn
    }

    mutating func take(_ count: Int) throws(TapeError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.endIndex - at else { throw .torn }
        defer { at += count }
        return bytes[at..<at + count]
    }
}
