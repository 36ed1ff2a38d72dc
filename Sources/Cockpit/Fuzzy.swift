/// How well typed letters fit a name: all of them in order, the better the closer together and to word beginnings.
enum Fuzzy {
    /// A score, higher is better; nil when the letters are not all there in order. An empty pattern fits anything.
    static func score(_ pattern: String, in text: String) -> Int? {
        var wanted = Array(pattern.lowercased().filter { $0 != " " })[...]
        guard !wanted.isEmpty else { return 0 }
        var score = 0
        var previous: Character = " "
        var run = 0
        for (place, c) in text.lowercased().enumerated() {
            guard let next = wanted.first else { break }
            if c == next {
                run += 1
                let begins = previous == " " || previous == "." || previous == "-" || previous == "/"
                score += 1 + run * 2 + (begins ? 8 : 0) - min(place / 8, 4)
                wanted = wanted.dropFirst()
            } else {
                run = 0
            }
            previous = c
        }
        return wanted.isEmpty ? score : nil
    }

    /// Those of `items` that fit, best first, otherwise in their own order.
    static func ranked<Item>(_ pattern: String, _ items: [Item], name: (Item) -> String) -> [Item] {
        items.enumerated()
            .compactMap { place, item in score(pattern, in: name(item)).map { (score: $0, place: place, item: item) } }
            .sorted { ($1.score, $0.place) < ($0.score, $1.place) }
            .map(\.item)
    }
}
