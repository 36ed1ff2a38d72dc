/// What is wrong with a scenario. Each case says where, and what would be right.
public enum ScenarioError: Error, Sendable, Equatable {
    case notYAML(line: Int, reason: String)
    case tooLarge(bytesMax: Int)
    case tooMany(line: Int, what: String, max: Int)
    case missing(line: Int, what: String, example: String)
    case unknownWord(line: Int, what: String, word: String, nearest: String?, known: [String])
    case badValue(line: Int, what: String, value: String, expected: String)
    case unknownScenario(String, nearest: String?, known: [String])

    /// nil where it is no line's fault.
    public var line: Int? {
        switch self {
        case .notYAML(let line, _), .tooMany(let line, _, _), .missing(let line, _, _),
            .unknownWord(let line, _, _, _, _), .badValue(let line, _, _, _):
            line
        case .tooLarge, .unknownScenario: nil
        }
    }
}

extension ScenarioError: CustomStringConvertible {
    /// Most words that are listed.
    private static let wordsMax = 12

    public var description: String {
        switch self {
        case .notYAML(let line, let reason): return "line \(line): not YAML: \(reason)"
        case .tooLarge(let bytesMax): return "a scenario has at most \(bytesMax) bytes; leave something out"
        case .tooMany(let line, let what, let max): return "line \(line): more than \(max) \(what); leave some out"
        case .missing(let line, let what, let example): return "line \(line): \(what) is missing; write \(example)"
        case .unknownWord(let line, let what, let word, let nearest, let known):
            return "line \(line): \(what) \(word) is not known; " + Self.hint(nearest, known)
        case .badValue(let line, let what, let value, let expected):
            return "line \(line): \(what) is \(value); write \(expected)"
        case .unknownScenario(let name, let nearest, let known):
            return "no scenario is called \(name); " + Self.hint(nearest, known)
        }
    }

    private static func hint(_ nearest: String?, _ known: [String]) -> String {
        if let nearest { return "did you mean \(nearest)?" }
        let more = known.count > wordsMax ? " and \(known.count - wordsMax) more" : ""
        return "there are " + known.prefix(wordsMax).joined(separator: ", ") + more
    }
}

/// What a mistyped word was probably meant to be.
enum NearestWord {
    /// Longest word that is compared, characters.
    static let wordCharactersMax = 48

    /// nil when nothing is near: more than half of the longer word would have to change.
    static func to(_ typed: String, among words: [String]) -> String? {
        let typed = Array(typed.lowercased().prefix(wordCharactersMax))
        var best: (word: String, distance: Int)?
        for word in words {
            let distance = distance(typed, Array(word.lowercased().prefix(wordCharactersMax)))
            if distance < best?.distance ?? .max { best = (word, distance) }
        }
        guard let best, best.distance * 2 <= max(typed.count, best.word.count) else { return nil }
        return best.word
    }

    private static func distance(_ a: [Character], _ b: [Character]) -> Int {
        var row = Array(0...b.count)
        for i in a.indices {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (a[i] == b[j] ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[b.count]
    }
}
