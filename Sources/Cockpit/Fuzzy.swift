/// How well typed letters fit a name: all of them in order, the better the closer together and to word beginnings.
enum Fuzzy {
    /// A score, higher is better; nil when the letters are not all there in order. An empty pattern fits anything.
    static func score(_ pattern: String, in text: String) -> Int? {
        score(letters(pattern), in: text)
    }

    /// What is looked for: small letters, no blanks.
    private static func letters(_ pattern: String) -> [Unicode.Scalar] {
        pattern.lowercased().unicodeScalars.filter { $0 != " " }
    }

    private static func score(_ wanted: [Unicode.Scalar], in text: String) -> Int? {
        guard !wanted.isEmpty else { return 0 }
        var next = 0
        var score = 0
        var previous: Unicode.Scalar = " "
        var run = 0
        var place = 0
        for scalar in text.unicodeScalars {
            let c = small(scalar)
            if c == wanted[next] {
                run += 1
                let begins = previous == " " || previous == "." || previous == "-" || previous == "/"
                score += 1 + run * 2 + (begins ? 8 : 0) - min(place / 8, 4)
                next += 1
                if next == wanted.count { return score }
            } else {
                run = 0
            }
            previous = c
            place += 1
        }
        return nil
    }

    /// A letter in its small form; only where that is one letter too.
    private static func small(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        if scalar.isASCII {
            return (0x41...0x5a).contains(scalar.value) ? Unicode.Scalar(UInt8(scalar.value + 0x20)) : scalar
        }
        let mapped = scalar.properties.lowercaseMapping.unicodeScalars
        return mapped.count == 1 ? mapped.first ?? scalar : scalar
    }

    /// Those of `items` that fit, best first, otherwise in their own order.
    static func ranked<Item>(_ pattern: String, _ items: [Item], name: (Item) -> String) -> [Item] {
        let wanted = letters(pattern)
        guard !wanted.isEmpty else { return items }
        return items.enumerated()
            .compactMap { place, item in score(wanted, in: name(item)).map { (score: $0, place: place, item: item) } }
            .sorted { ($1.score, $0.place) < ($0.score, $1.place) }
            .map(\.item)
    }
}
