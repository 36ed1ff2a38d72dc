import Estate

/// Figures in sentences.
enum Figures {
    static func count(_ n: Int, _ thing: String, _ things: String? = nil) -> String {
        n == 1 ? "1 \(thing)" : "\(n) \(things ?? thing + "s")"
    }
    /// `1.5 times`.
    static func times(_ factor: Double) -> String { "\(tenths(factor)) times" }
    static func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }

    /// One decimal, none where it would be 0. No locale, no rounding surprises beyond 2^53.
    private static func tenths(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        let n = Int64((value * 10).rounded())
        let sign = n < 0 ? "-" : ""
        let (whole, part) = (n.magnitude / 10, n.magnitude % 10)
        return part == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(part)"
    }
}

/// A length of time as a command's argument has it.
enum TimeArgument {
    /// Reads `90`, `30s`, `10m`, `2h`.
    static func span(_ text: String) -> Span? {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
        guard let last = text.last else { return nil }
        let factor = units[last]
        let digits = factor == nil ? Substring(text) : text.dropLast()
        guard let n = Int(digits), n > 0, n <= 1_000_000 else { return nil }
        return .seconds(Double(n) * (factor ?? 1))
    }
}

/// What a request carries, written so that no name can say more than a name.
enum Quoted {
    static func json(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F {
                    let hex = String(scalar.value, radix: 16)
                    out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                } else {
                    out.unicodeScalars.append(scalar)
                }
            }
        }
        return out + "\""
    }

    static func object(_ pairs: [(String, String)]) -> String {
        "{" + pairs.map { "\(json($0)):\(json($1))" }.joined(separator: ",") + "}"
    }

    /// A word as it would be typed: in quotes where it would not be one word, or not be seen.
    static func word(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
        return isPlain ? text : json(text)
    }

    /// A balancer's `backend/server`; refuses what would end the command or begin another.
    static func handle(_ text: String) throws(PlanRefusal) -> String {
        let ok = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "\\") }
        guard ok, text.split(separator: "/", omittingEmptySubsequences: false).count == 2 else {
            throw .unsafeName(text)
        }
        return text
    }
}
