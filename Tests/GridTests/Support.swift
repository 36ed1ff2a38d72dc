@testable import Grid

/// A generator that gives the same numbers every time.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// Text of the kind that breaks terminals: wide, joined, combining, controlling.
    mutating func text(lengthMax: Int = 24) -> String {
        let pieces = [
            "a", "Z", " ", "é", "e\u{301}", "界", "한", "👨‍👩‍👧", "👍🏽", "🇩🇪", "⚠️", "\u{1b}[31m", "\u{7}", "\n", "\u{202e}",
            "\u{200b}",
            "का", "\u{9b}2J", "x̧̨̀́", "\u{0}", "─", "\u{301}", "ﾊ", "\u{e0041}", "\t",
        ]
        let count = Int.random(in: 0...lengthMax, using: &self)
        return (0..<count).map { _ in pieces.randomElement(using: &self) ?? "a" }.joined()
    }
}

extension Grid {
    /// What must hold of every grid: both halves of wide characters, and nothing that steers a terminal.
    var faults: [String] {
        var found: [String] = []
        for y in 0..<height {
            for x in 0..<width {
                let cell = self[x, y]
                if Sanitizer.isDangerous(cell.scalar) { found.append("dangerous at \(x),\(y)") }
                if cell.shape == .wide, x + 1 >= width || self[x + 1, y].shape != .continuation {
                    found.append("half a character at \(x),\(y)")
                }
                if cell.shape == .continuation, x == 0 || self[x - 1, y].shape != .wide {
                    found.append("a lost right half at \(x),\(y)")
                }
            }
        }
        return found
    }
}
