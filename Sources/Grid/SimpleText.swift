/// Text whose every scalar is a character of its own and one column wide: nearly all that is drawn. It needs no
/// search for grapheme clusters and no look into the width tables.
enum SimpleText {
    /// The columns of simple text; nil if it is not simple.
    static func columns(of text: String) -> Int? {
        var text = text
        return text.withUTF8 { bytes in
            var count = 0
            var at = 0
            while at < bytes.count {
                if bytes[at] < 0x80 {
                    guard bytes[at] >= 0x20, bytes[at] != 0x7f else { return nil }
                    at += 1
                } else {
                    let (scalar, length) = decode(bytes, at)
                    guard isSimple(scalar) else { return nil }
                    at += length
                }
                count += 1
            }
            return count
        }
    }

    /// Calls `body` with scalars of simple text.
    static func withScalars(of text: String, dropping: Int, taking: Int, _ body: (Scalars) -> Void) {
        var text = text
        text.withUTF8 { bytes in
            var at = 0
            for _ in 0..<dropping where at < bytes.count { at += decode(bytes, at).length }
            body(Scalars(bytes: bytes, at: at, left: taking))
        }
    }

    struct Scalars: Sequence, IteratorProtocol {
        let bytes: UnsafeBufferPointer<UInt8>
        var at: Int
        var left: Int

        mutating func next() -> UInt32? {
            guard left > 0, at < bytes.count else { return nil }
            left -= 1
            let (scalar, length) = SimpleText.decode(bytes, at)
            at += length
            return scalar
        }
    }

    /// The scalar at an offset of valid UTF-8; strings hold nothing else.
    @inline(__always)
    private static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> (scalar: UInt32, length: Int) {
        let first = UInt32(bytes[at])
        if first < 0x80 { return (first, 1) }
        func tail(_ offset: Int) -> UInt32 { UInt32(bytes[at + offset]) & 0x3f }
        if first < 0xe0 { return ((first & 0x1f) << 6 | tail(1), 2) }
        if first < 0xf0 { return ((first & 0x0f) << 12 | tail(1) << 6 | tail(2), 3) }
        return ((first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4)
    }

    /// Letters of Latin, Greek and Cyrillic, punctuation, arrows, lines, blocks, signs and Braille: what never
    /// joins its neighbour, is one column wide, and does not steer a terminal.
    @inline(__always)
    private static func isSimple(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0xa0..<0x300: scalar != 0xad
        case 0x370..<0x483, 0x48a..<0x530: true
        case 0x2010..<0x2028, 0x2030..<0x205f, 0x20a0..<0x20c0, 0x2190..<0x231a, 0x2500..<0x25fd: true
        case 0x2800..<0x2900: true
        case 0x231a..<0x2c00: !WidthTable.contains(scalar, WidthTable.wide)
        default: false
        }
    }
}
