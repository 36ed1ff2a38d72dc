import Foundation

/// Bytes of real servers, spoilt in ways that follow from a seed alone.
struct Fuzz {
    /// What must bear anything: a name, whole answers of a real server, and what reads them. What it throws is fine.
    struct Codec: Sendable, CustomStringConvertible {
        let name: String
        let fixtures: [String]
        let read: @Sendable ([UInt8], inout Fuzz) -> Void
        var description: String { name }
    }

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

    mutating func below(_ limit: Int) -> Int { limit <= 0 ? 0 : Int(next() % UInt64(limit)) }

    /// Pieces that hurt parsers.
    private static let words = [
        "-1", "0", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "1e999", "NaN", "\r\n", "\n",
        "\u{0}", "\u{FEFF}", "\"", "\\", "{", "[", "*", "%", "$", ">", "|", "=", "~", ",", ":", "#", "_", "(", "!",
    ].map { Array($0.utf8) }

    mutating func spoil(_ bytes: [UInt8], _ others: [[UInt8]]) -> [UInt8] {
        var made = bytes
        for _ in 0...below(4) {
            guard !made.isEmpty else { return made }
            let at = below(made.count)
            switch below(8) {
            case 0: made[at] = UInt8(truncatingIfNeeded: next())
            case 1: made[at] ^= 1 << UInt8(below(8))
            case 2: made.removeSubrange(at..<min(made.count, at + 1 + below(16)))
            case 3: made.removeSubrange(at...)
            case 4: made.insert(contentsOf: Self.words[below(Self.words.count)], at: at)
            case 5:
                let piece = Array(made[at..<min(made.count, at + 1 + below(64))])
                made.insert(contentsOf: piece, at: below(made.count))
            case 6:
                // A number in place of another.
                guard let digit = made[at...].firstIndex(where: { (0x30...0x39).contains($0) }) else { continue }
                made.replaceSubrange(digit...digit, with: Self.words[below(6)])
            default:
                let other = others[below(others.count)]
                guard !other.isEmpty else { continue }
                let from = below(other.count)
                made.insert(contentsOf: other[from..<min(other.count, from + 1 + below(256))], at: at)
            }
        }
        return made
    }

    /// How long to go on, seconds; 0 for the usual number of rounds. `scripts/fuzz` sets it.
    static var secondsWanted: Double {
        ProcessInfo.processInfo.environment["PITBOSS_FUZZ_SECONDS"].flatMap { Double($0) } ?? 0
    }

    /// Resident memory now, bytes.
    static var residentBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }
}
