/// What a mistyped name was probably meant to be.
enum Spelling {
    static func nearestToken(to name: String) -> String {
        nearest(to: name, among: Token.allCases.map(\.name))
    }

    static func nearest(to name: String, among names: [String]) -> String {
        let name = String(name.prefix(40)).lowercased()
        return names.min { distance(name, $0.lowercased()) < distance(name, $1.lowercased()) } ?? ""
    }

    /// Insertions, deletions and exchanges between two words.
    static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.unicodeScalars), Array(b.unicodeScalars))
        var row = Array(0...b.count)
        for (i, left) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, right) in b.enumerated() {
                let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (left == right ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[b.count]
    }
}
