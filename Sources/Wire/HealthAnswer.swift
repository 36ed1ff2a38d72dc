/// What a service says at its health address: by the answer's status, and by a word in its JSON where it has one.
public struct HealthAnswer: Hashable, Sendable {
    /// Words that mean that all is well, in lower case, where nobody names others.
    public static let wordsUsual = ["up", "ok", "pass", "passing", "healthy", "serving", "alive", "true", "green"]
    /// Longest word that is kept, characters.
    public static let wordCharactersMax = 80

    public let isWell: Bool
    /// The word found; nil where the answer has none.
    public let word: String?

    /// - Parameters:
    ///   - field: the member that holds the word, with dots between names (`checks.database.status`); nil: `status`,
    ///     where there is one.
    ///   - words: those that mean that all is well; empty: the usual ones.
    /// - Throws: `WireError` where a field was named and the answer does not have it.
    public init(status: Int, _ body: [UInt8], field: String? = nil, words: [String] = []) throws {
        let isGood = (200..<300).contains(status)
        guard let json = try? JSONValue(parsing: body, format: "health"),
            let word = Self.word(json, (field ?? "status").split(separator: "."))
        else {
            if let field, isGood {
                throw WireError.missing(format: "health", field: field, bytes: Escaped.text(body))
            }
            isWell = isGood
            word = nil
            return
        }
        let wanted = words.isEmpty ? Self.wordsUsual : words.map { $0.lowercased() }
        isWell = isGood && wanted.contains(word.lowercased())
        self.word = Escaped.text(word, charactersMax: Self.wordCharactersMax)
    }

    private static func word(_ json: JSONValue, _ names: [Substring]) -> String? {
        var value: JSONValue? = json
        for name in names { value = value?[String(name)] }
        switch value {
        case .string(let text): return text
        case .bool(let flag): return flag ? "true" : "false"
        default: return nil
        }
    }
}
