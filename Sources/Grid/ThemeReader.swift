import Yams

/// Reads one theme file. What is not understood is an error with its place: a mistyped token must not pass.
struct ThemeReader {
    let file: String
    /// The theme that another one extends.
    let base: (String) throws(ThemeError) -> Theme

    private static let keys = ["name", "summary", "extends", "colors", "terminal", "tokens"]

    func read(_ yaml: String) throws(ThemeError) -> Theme {
        let root = try compose(yaml)
        guard let top = root.mapping else {
            throw bad(root, "a theme", "name, summary and tokens, each with its value")
        }
        try check(top, keys: Self.keys)
        let parent: Theme? =
            if let node = top["extends"] { try base(try string(node, "extends")) } else { nil }
        let name = try top["name"].map { (node) throws(ThemeError) in try string(node, "name") } ?? file
        let summary = try top["summary"].map { (node) throws(ThemeError) in try string(node, "summary") } ?? ""
        var usesColor = parent?.usesColor ?? true
        if let node = top["colors"] {
            guard let value = node.bool else { throw bad(node, "colors", "true or false") }
            usesColor = value
        }
        var (text, back) = (parent?.terminalText ?? RGB(0xd0d0d0), parent?.terminalBack ?? RGB(0x000000))
        if let node = top["terminal"] { try readTerminal(node, text: &text, back: &back) }
        let looks = try readTokens(top["tokens"], parent: parent)
        return Theme(
            name: Sanitizer.visible(name), summary: Sanitizer.visible(summary), terminalText: text,
            terminalBack: back, usesColor: usesColor, looks: looks)
    }

    private func compose(_ yaml: String) throws(ThemeError) -> Node {
        do {
            guard let node = try Yams.compose(yaml: yaml, .basic) else {
                throw ThemeError.syntax(place(line: 1, column: 1), problem: "the file is empty")
            }
            return node
        } catch let error as ThemeError {
            throw error
        } catch let error as YamlError {
            throw syntax(error)
        } catch {
            throw .syntax(place(line: 1, column: 1), problem: Sanitizer.visible("\(error)"))
        }
    }

    private func syntax(_ error: YamlError) -> ThemeError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            .syntax(place(line: mark.line, column: mark.column), problem: problem)
        case .duplicatedKeysInMapping(let duplicates, _):
            .syntax(place(line: 1, column: 1), problem: "keys appear twice: \(duplicates)")
        default: .syntax(place(line: 1, column: 1), problem: Sanitizer.visible("\(error)"))
        }
    }

    private func readTerminal(_ node: Node, text: inout RGB, back: inout RGB) throws(ThemeError) {
        guard let map = node.mapping else { throw bad(node, "terminal", "text and background, each #rrggbb") }
        try check(map, keys: ["text", "background"])
        if let value = map["text"] { text = try rgb(value, "terminal text") }
        if let value = map["background"] { back = try rgb(value, "terminal background") }
    }

    private func readTokens(_ node: Node?, parent: Theme?) throws(ThemeError) -> [Theme.Look] {
        var looks = Token.allCases.map { parent?.look($0) }
        if let node {
            guard let map = node.mapping else { throw bad(node, "tokens", "token names, each with its colour") }
            for (key, value) in map {
                let name = try string(key, "a token name")
                guard let token = Token(named: name) else {
                    throw .unknownToken(
                        place(key), name: Sanitizer.visible(name), nearest: Spelling.nearestToken(to: name))
                }
                looks[Int(token.rawValue)] = try look(value, of: token, inherited: parent?.look(token))
            }
        }
        let missing = Token.allCases.filter { looks[Int($0.rawValue)] == nil }
        guard missing.isEmpty else { throw .missing(file: file, tokens: missing.map(\.name)) }
        return looks.compactMap { $0 }
    }

    private func look(_ node: Node, of token: Token, inherited: Theme.Look?) throws(ThemeError) -> Theme.Look {
        var look = inherited ?? .plain
        guard let map = node.mapping else {
            look.shade = try shade(node, token.name)
            return look
        }
        try check(map, keys: ["rgb", "256", "16", "attributes", "mono"])
        if let value = map["rgb"] { look.shade = try shade(value, token.name) }
        if let value = map["256"] { look.shade.index256 = try index256(value, token.name) }
        if let value = map["16"] { look.shade.index16 = try index16(value, token.name) }
        if let value = map["attributes"] { look.attributes = try attributes(value, token.name) }
        if let value = map["mono"] { look.mono = try attributes(value, token.name) }
        return look
    }

    /// A colour with its nearest ones of 256 and 16, which the file may better.
    private func shade(_ node: Node, _ subject: String) throws(ThemeError) -> Theme.Shade {
        if node.scalar?.string == "default" { return .terminal }
        let rgb = try rgb(node, subject)
        return Theme.Shade(rgb: rgb, index256: Palette.nearest256(rgb), index16: Palette.nearest16(rgb))
    }

    private func rgb(_ node: Node, _ subject: String) throws(ThemeError) -> RGB {
        guard let text = node.scalar?.string, let rgb = RGB(hex: text) else {
            throw bad(node, subject, "\"#rrggbb\" or default")
        }
        return rgb
    }

    private func index256(_ node: Node, _ subject: String) throws(ThemeError) -> UInt8? {
        if node.scalar?.string == "default" { return nil }
        guard let text = node.scalar?.string, let index = UInt8(text) else {
            throw bad(node, "\(subject) 256", "0 to 255 or default")
        }
        return index
    }

    private func index16(_ node: Node, _ subject: String) throws(ThemeError) -> UInt8? {
        if node.scalar?.string == "default" { return nil }
        guard let text = node.scalar?.string, let index = Palette.names.firstIndex(of: text) else {
            throw bad(node, "\(subject) 16", "default or \(Palette.names.joined(separator: ", "))")
        }
        return UInt8(index)
    }

    private func attributes(_ node: Node, _ subject: String) throws(ThemeError) -> Ink.Attributes {
        let known = Ink.Attributes.names
        guard let list = node.sequence else {
            throw bad(node, "\(subject) attributes", "a list of \(known.map(\.0).joined(separator: ", "))")
        }
        var all: Ink.Attributes = []
        for item in list {
            guard let text = item.scalar?.string, let found = known.first(where: { $0.0 == text }) else {
                throw bad(item, "\(subject) attributes", known.map(\.0).joined(separator: ", "))
            }
            all.insert(found.1)
        }
        return all
    }

    private func check(_ map: Node.Mapping, keys: [String]) throws(ThemeError) {
        for (key, _) in map {
            let text = key.scalar?.string ?? ""
            guard keys.contains(text) else {
                throw .unknownKey(place(key), key: Sanitizer.visible(text), known: keys)
            }
        }
    }

    private func string(_ node: Node, _ subject: String) throws(ThemeError) -> String {
        guard let text = node.scalar?.string else { throw bad(node, subject, "a word") }
        return text
    }

    private func bad(_ node: Node, _ subject: String, _ wanted: String) -> ThemeError {
        let value = node.scalar.map { Sanitizer.visible($0.string, clustersMax: 40) } ?? "not a single value"
        return .badValue(place(node), of: subject, value: value, wanted: wanted)
    }

    private func place(_ node: Node) -> ThemeError.Place {
        place(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    private func place(line: Int, column: Int) -> ThemeError.Place {
        ThemeError.Place(file: file, line: line, column: column)
    }
}
