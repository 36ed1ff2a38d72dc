import Estate

/// Matchers as Alertmanager writes them: `service="odds",severity!="page",instance=~"10.*"`.
enum Matchers {
    static let matchersMax = 16

    static func parse(_ text: String) throws(PlanRefusal) -> [Silence.Matcher] {
        func wrong() -> PlanRefusal {
            .badArgument(name: "match", value: text, expected: "matchers such as service=\"odds\",severity!=\"page\"")
        }
        var list: [Silence.Matcher] = []
        var rest = Substring(text)
        repeat {
            rest = rest.drop { $0 == " " || $0 == "," }
            let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ":") }
            rest = rest.dropFirst(name.count).drop { $0 == " " }
            guard !name.isEmpty, list.count < matchersMax, let sign = sign(&rest), let value = value(&rest)
            else { throw wrong() }
            let (isEqual, isPattern) = sign
            if isPattern, (try? Regex(value)) == nil { throw wrong() }
            list.append(Silence.Matcher(name: String(name), value: value, isPattern: isPattern, isEqual: isEqual))
            rest = rest.drop { $0 == " " }
            guard rest.isEmpty || rest.first == "," else { throw wrong() }
        } while !rest.isEmpty
        return list
    }

    private static func sign(_ rest: inout Substring) -> (isEqual: Bool, isPattern: Bool)? {
        for (text, isEqual, isPattern) in [
            ("=~", true, true), ("!~", false, true), ("!=", false, false), ("=", true, false),
        ]
        where rest.hasPrefix(text) {
            rest = rest.dropFirst(text.count).drop { $0 == " " }
            return (isEqual, isPattern)
        }
        return nil
    }

    /// In quotes, or up to the next comma.
    private static func value(_ rest: inout Substring) -> String? {
        guard rest.first == "\"" else {
            let word = rest.prefix { $0 != "," }
            rest = rest.dropFirst(word.count)
            return word.isEmpty ? nil : String(word)
        }
        rest = rest.dropFirst()
        var value = ""
        while let next = rest.popFirst() {
            switch next {
            case "\"": return value
            case "\\":
                guard let escaped = rest.popFirst() else { return nil }
                value.append(escaped == "n" ? "\n" : escaped)
            default: value.append(next)
            }
        }
        return nil
    }

    /// A label that is not there counts as empty, as Alertmanager has it.
    static func match(_ matchers: [Silence.Matcher], _ labels: [String: String]) -> Bool {
        matchers.allSatisfy { matcher in
            let value = labels[matcher.name] ?? ""
            let fits =
                matcher.isPattern
                ? ((try? Regex(matcher.value))?.anchored(value) ?? false) : value == matcher.value
            return fits == matcher.isEqual
        }
    }
}

extension Regex where Output == AnyRegexOutput {
    fileprivate func anchored(_ text: String) -> Bool { (try? wholeMatch(in: text)) != nil }
}
