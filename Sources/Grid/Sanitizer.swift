/// Makes text from outside safe to show: what would steer a terminal, or reorder a line, becomes visible.
public enum Sanitizer {
    /// The most grapheme clusters of one piece of text that are kept; the rest is replaced by `…`.
    public static let clustersMax = 4_096
    /// The most marks on one character that are kept.
    static let scalarsPerClusterMax = 16

    /// `text` with control characters, escape sequences and bidirectional overrides as visible escapes
    /// (`\e`, `\n`, `\u{202e}`), and cut to `clustersMax`.
    public static func visible(_ text: String, clustersMax: Int = Sanitizer.clustersMax) -> String {
        let clean = !text.unicodeScalars.contains(where: isDangerous)
        if clean, text.utf8.count <= clustersMax { return text }
        var out = ""
        var count = 0
        for character in text {
            guard count < clustersMax else { return out + "…" }
            count += 1
            let scalars = character.unicodeScalars
            if scalars.count <= scalarsPerClusterMax, !scalars.contains(where: isDangerous) {
                out.append(character)
                continue
            }
            for scalar in scalars.prefix(scalarsPerClusterMax) {
                if isDangerous(scalar) { out += escape(scalar) } else { out.unicodeScalars.append(scalar) }
            }
        }
        return out
    }

    /// Bytes from outside as visible text: valid UTF-8 as itself, anything else as `\xNN`.
    public static func visible(bytes: some Sequence<UInt8>, bytesMax: Int = 256) -> String {
        var kept = Array(bytes.prefix(bytesMax + 1))
        let cut = kept.count > bytesMax
        if cut { kept.removeLast() }
        var out = ""
        var rest = kept[...]
        while let first = rest.first {
            let length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1
            let piece = rest.prefix(length)
            if let text = String(validating: piece, as: UTF8.self) {
                out += visible(text)
                rest = rest.dropFirst(piece.count)
            } else {
                out += "\\x" + hex(UInt32(first), digits: 2)
                rest = rest.dropFirst()
            }
        }
        return cut ? out + "…" : out
    }

    /// True for what must not reach a terminal as itself: C0, DEL, C1, line separators, bidirectional controls,
    /// tags, noncharacters and private use.
    static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20..<0x7f, 0xa0..<0x61c: false
        case 0..<0x20, 0x7f..<0xa0: true
        case 0x61c, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x206f, 0xfff9...0xfffb, 0xfeff: true
        case 0xe000...0xf8ff, 0xfdd0...0xfdef, 0xe0000...0xe007f, 0xf0000...0x10ffff: true
        case let value: value & 0xfffe == 0xfffe
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case "\u{1b}": "\\e"
        default: "\\u{" + String(scalar.value, radix: 16) + "}"
        }
    }

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(digits - text.count, 0)) + text
    }
}
