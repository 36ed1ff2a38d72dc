import Yams

/// The platform has nodes too.
typealias YAMLNode = Node

/// Gathers what is wrong, so that a reader can go on after each mistake.
final class MistakeList {
    /// Most mistakes that are kept; what lies beyond is counted.
    static let mistakesMax = 200

    let file: String
    private(set) var all: [SettingsError.Mistake] = []
    private var beyond = 0

    init(file: String) { self.file = file }

    var isEmpty: Bool { all.isEmpty }

    func add(_ node: Node?, _ subject: String, _ problem: String, expected: String, nearest: String? = nil) {
        add(
            line: node?.mark?.line ?? 1, column: node?.mark?.column ?? 1, subject, problem, expected: expected,
            nearest: nearest)
    }

    func add(
        line: Int, column: Int, _ subject: String, _ problem: String, expected: String, nearest: String? = nil
    ) {
        guard all.count < Self.mistakesMax else {
            beyond += 1
            return
        }
        all.append(
            .init(
                file: file, line: line, column: column, subject: subject, problem: problem, expected: expected,
                nearest: nearest))
    }

    /// In the order of the lines.
    func sorted() -> [SettingsError.Mistake] {
        var list = all.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        if beyond > 0, let last = list.last {
            list.append(
                .init(
                    file: file, line: last.line, column: last.column, subject: "",
                    problem: "\(beyond) more mistakes are not listed", expected: "a file with fewer"))
        }
        return list
    }
}

/// One mapping of the file with the name it has there. Each reading notes what is wrong and goes on with nil.
struct YAMLScope {
    let node: Node
    let subject: String
    let mistakes: MistakeList
    private let map: Node.Mapping

    /// nil, and a mistake noted, when the node is not a mapping. Keys that are not in `keys` are mistakes.
    init?(_ node: Node, _ subject: String, _ mistakes: MistakeList, keys: [String]) {
        guard let map = node.mapping else {
            mistakes.add(
                node, subject, "\(YAMLScope.kind(node)) stands where keys are needed",
                expected: "keys \(keys.joined(separator: ", "))")
            return nil
        }
        self.node = node
        self.subject = subject
        self.mistakes = mistakes
        self.map = map
        for (key, _) in map {
            let name = key.scalar?.string ?? ""
            guard !keys.contains(name) else { continue }
            mistakes.add(
                key, subject, "unknown key \(Escape.visible(name))",
                expected: keys.joined(separator: ", "), nearest: Nearest.word(to: name, among: keys))
        }
    }

    static func kind(_ node: Node) -> String {
        switch node {
        case .mapping: "a map"
        case .sequence: "a list"
        default: node.null != nil ? "nothing" : "a single value"
        }
    }

    func path(_ key: String) -> String { subject.isEmpty ? key : "\(subject).\(key)" }

    /// The node of a key; nil when it is absent or empty.
    subscript(key: String) -> Node? {
        guard let value = map[key], value.null == nil else { return nil }
        return value
    }

    func has(_ key: String) -> Bool { self[key] != nil }

    func missing(_ key: String, expected: String) {
        mistakes.add(node, subject, "\(key) is missing", expected: expected)
    }

    /// A single value; a mistake if something else stands there.
    func text(_ key: String, expected: String) -> String? {
        guard let node = self[key] else { return nil }
        return text(node, path(key), expected: expected)
    }

    func text(_ node: Node, _ subject: String, expected: String) -> String? {
        guard let text = node.scalar?.string, !text.isEmpty else {
            mistakes.add(node, subject, "\(Self.kind(node)) stands here", expected: expected)
            return nil
        }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
            mistakes.add(node, subject, "control characters in \(Escape.visible(text))", expected: expected)
            return nil
        }
        return text
    }

    func required(_ key: String, expected: String) -> String? {
        guard has(key) else {
            missing(key, expected: expected)
            return nil
        }
        return text(key, expected: expected)
    }

    func flag(_ key: String) -> Bool? {
        guard let node = self[key] else { return nil }
        guard let value = node.scalar.flatMap({ Bool.construct(from: $0) }) else {
            bad(node, key, expected: "true or false")
            return nil
        }
        return value
    }

    /// One of a closed set of words.
    func word<Word: RawRepresentable & CaseIterable>(_ key: String, _: Word.Type = Word.self) -> Word?
    where Word.RawValue == String {
        let words = Word.allCases.map(\.rawValue)
        guard let node = self[key], let text = text(key, expected: words.joined(separator: ", ")) else { return nil }
        guard let value = Word(rawValue: text) else {
            mistakes.add(
                node, path(key), "\(Escape.visible(text)) is not known", expected: words.joined(separator: ", "),
                nearest: Nearest.word(to: text, among: words))
            return nil
        }
        return value
    }

    func parsed<Value>(_ key: String, expected: String, _ parse: (String) -> Value?) -> Value? {
        guard let node = self[key], let text = text(key, expected: expected) else { return nil }
        guard let value = parse(text) else {
            bad(node, key, expected: expected)
            return nil
        }
        return value
    }

    func bad(_ node: Node, _ key: String, expected: String) {
        let shown = node.scalar.map { Escape.visible($0.string) } ?? Self.kind(node)
        mistakes.add(node, path(key), "\(shown) is not understood", expected: expected)
    }

    /// The elements of a list, each with its name; a mistake if no list stands there.
    func list(_ key: String, expected: String) -> [(node: Node, subject: String)] {
        guard let node = self[key] else { return [] }
        guard let sequence = node.sequence else {
            mistakes.add(node, path(key), "\(Self.kind(node)) stands where a list is needed", expected: expected)
            return []
        }
        return sequence.enumerated().map { ($1, "\(path(key))[\($0)]") }
    }

    /// A list of single values.
    func texts(_ key: String, expected: String) -> [(text: String, node: Node)] {
        list(key, expected: expected).compactMap { item in
            text(item.node, item.subject, expected: expected).map { ($0, item.node) }
        }
    }

    func scope(_ key: String, keys: [String]) -> YAMLScope? {
        self[key].flatMap { YAMLScope($0, path(key), mistakes, keys: keys) }
    }
}

/// Text from a file, safe for a terminal.
enum Escape {
    /// Longest excerpt, characters.
    static let excerptCharactersMax = 60

    static func visible(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars.prefix(excerptCharactersMax) {
            let category = scalar.properties.generalCategory
            if category == .control || category == .format || category == .lineSeparator
                || category == .paragraphSeparator
            {
                out += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
        if text.unicodeScalars.count > excerptCharactersMax { out += "…" }
        return out.isEmpty ? "an empty key" : out
    }
}
