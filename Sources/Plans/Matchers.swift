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

/// Moments as requests carry them: RFC 3339 in UTC, whole seconds.
enum Moment {
    static func text(_ at: Timestamp) -> String {
        let seconds = at.nanoseconds / 1_000_000_000
        let days = seconds / 86_400
        let ofDay = seconds % 86_400
        // Years begin in March here, so that the odd day comes last.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
        let date = "\(year)-\(two(month < 10 ? month + 3 : month - 9))-\(two(day))"
        return "\(date)T\(two(ofDay / 3_600)):\(two(ofDay / 60 % 60)):\(two(ofDay % 60))Z"
    }

    private static func two(_ n: Int64) -> String { n < 10 ? "0\(n)" : "\(n)" }
}
