/// Bytes of a real server, broken in a way that is the same each time.
struct Fuzz {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ n: Int) -> Int { n > 0 ? Int(next() % UInt64(n)) : 0 }

    /// What hurts parsers: numbers at the ends of their types, half an escape, nesting, bytes that are no text.
    private static let tokens: [[UInt8]] = [
        "9223372036854775807", "-9223372036854775808", "18446744073709551616", "1e999", "-0", "NaN", "+Inf", "null",
        "\"", "\\", "\\u", "\\ud800", "{", "}", "[", "]", ",", ":", "true", "\"\"", "[[[[[[[[[[[[[[[[", "{\"a\":",
        "\u{202E}", "\n", "\r\n", "#", "=", "/",
    ].map { Array($0.utf8) } + [[0xFF, 0xFE], [0xC3], [0], [0xF0, 0x9F]]

    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var out = bytes
        for _ in 0...below(4) {
            guard !out.isEmpty else { return out }
            let at = below(out.count)
            switch below(7) {
            case 0: out[at] = UInt8(truncatingIfNeeded: next())
            case 1: out.removeSubrange(at..<min(out.count, at + 1 + below(40)))
            case 2: out.insert(contentsOf: Array(out[at..<min(out.count, at + below(200))]), at: below(out.count))
            case 3: out.insert(contentsOf: Self.tokens[below(Self.tokens.count)], at: at)
            case 4: out.removeSubrange(at...)
            case 5: out[at] ^= 1 << UInt8(below(8))
            default:
                let token = Self.tokens[below(Self.tokens.count)]
                out.replaceSubrange(at..<min(out.count, at + token.count), with: token)
            }
        }
        return out
    }
}
