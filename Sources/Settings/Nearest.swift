/// What a mistyped word was probably meant to be.
enum Nearest {
    /// Longest word that is compared, in characters.
    static let wordCharactersMax = 40

    /// nil when nothing is near: more than half of the longer word would have to change.
    static func word(to typed: String, among words: [String]) -> String? {
        let typed = String(typed.prefix(wordCharactersMax)).lowercased()
        let ranked = words.map { ($0, distance(typed, $0.lowercased())) }
        guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 * 2 <= max(typed.count, best.0.count) else {
            return nil
        }
        return best.0
    }

    /// Insertions, deletions, exchanges and swaps of neighbours between two words.
    static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.unicodeScalars), Array(b.unicodeScalars))
        var rows = [Array(0...b.count)]
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var best = min(row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
