import Estate
import Yams

typealias YAMLNode = Yams.Node

/// One mapping of a scenario's file.
struct ScenarioScope {
    let line: Int
    let what: String
    private let map: YAMLNode.Mapping

    init(_ node: YAMLNode, _ what: String) throws(ScenarioError) {
        line = node.mark?.line ?? 1
        self.what = what
        guard let map = node.mapping else {
            throw .badValue(line: line, what: what, value: "no mapping", expected: "keys, each with its value")
        }
        self.map = map
    }

    var keys: [(name: String, line: Int)] {
        map.map { ($0.key.scalar?.string ?? "", $0.key.mark?.line ?? line) }
    }

    /// Refuses keys that are not among these.
    func allow(_ known: [String]) throws(ScenarioError) {
        for key in keys where !known.contains(key.name) {
            throw .unknownWord(
                line: key.line, what: "\(what) key", word: Printable.text(key.name),
                nearest: NearestWord.to(key.name, among: known), known: known)
        }
    }

    func node(_ key: String) -> YAMLNode? {
        guard let value = map[key], value.null == nil else { return nil }
        return value
    }

    func line(of key: String) -> Int { node(key)?.mark?.line ?? line }

    func text(_ key: String) throws(ScenarioError) -> String? {
        guard let node = node(key) else { return nil }
        guard let text = node.scalar?.string, !text.isEmpty else {
            throw .badValue(
                line: node.mark?.line ?? line, what: key, value: "no single value", expected: "a word or a number")
        }
        return text
    }

    func required(_ key: String, example: String) throws(ScenarioError) -> String {
        guard let text = try text(key) else { throw .missing(line: line, what: key, example: example) }
        return text
    }

    func number(_ key: String, from low: Double, to high: Double) throws(ScenarioError) -> Double? {
        guard let text = try text(key) else { return nil }
        guard let number = Double(text), number >= low, number <= high else {
            throw .badValue(
                line: line(of: key), what: key, value: Printable.text(text),
                expected: "a number from \(Self.short(low)) to \(Self.short(high))")
        }
        return number
    }

    func span(_ key: String) throws(ScenarioError) -> Span? {
        guard let text = try text(key) else { return nil }
        guard let span = ScenarioSpan.read(text) else {
            throw .badValue(
                line: line(of: key), what: key, value: Printable.text(text),
                expected: "a length of time such as +90s, 2m, 1h30m")
        }
        return span
    }

    func word(_ text: String, _ key: String, among known: [String]) throws(ScenarioError) -> Int {
        if let index = known.firstIndex(of: text) { return index }
        throw .unknownWord(
            line: line(of: key), what: key, word: Printable.text(text), nearest: NearestWord.to(text, among: known),
            known: known)
    }

    private static func short(_ number: Double) -> String {
        number == number.rounded() ? String(Int(number)) : String(number)
    }
}

/// `+90s`, `2m`, `1h30m`, `500ms`.
enum ScenarioSpan {
    /// A week.
    static let secondsMax = 604_800.0

    static func read(_ text: String) -> Span? {
        var rest = text[...]
        if rest.first == "+" { rest = rest.dropFirst() }
        guard !rest.isEmpty else { return nil }
        var seconds = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let number = Double(digits), let size = ["ms": 0.001, "s": 1, "m": 60, "h": 3_600][String(unit)]
            else { return nil }
            seconds += number * size
        }
        return seconds <= secondsMax ? .seconds(seconds) : nil
    }
}

/// Words from a file, safe to show.
enum Printable {
    static let charactersMax = 60

    static func text(_ text: String, _ charactersMax: Int = charactersMax) -> String {
        var out = ""
        for scalar in text.unicodeScalars.prefix(charactersMax) {
            let isPlain = scalar.properties.generalCategory != .control && scalar.properties.generalCategory != .format
            if isPlain { out.unicodeScalars.append(scalar) } else { out += "\\u{\(String(scalar.value, radix: 16))}" }
        }
        return out.isEmpty ? "empty" : out
    }
}
