/// JSON (RFC 8259) from bytes, without recursion beyond a named depth and without a trap on any input.
struct JSONParser {
    /// Deepest nesting that is followed; deeper documents are refused.
    static let nestingLevelsMax = 64

    struct Failure: Error {
        let offset: Int
        let reason: String
    }

    private let bytes: [UInt8]
    private var at = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The value of a whole document; bytes after it other than blanks are an error.
    static func parse(_ bytes: [UInt8]) throws(Failure) -> JSONValue {
        var parser = JSONParser(bytes)
        let value = try parser.value(level: 0)
        parser.skipBlanks()
        guard parser.at == bytes.count else { throw parser.failure("text after the end of the value") }
        return value
    }

    private func failure(_ reason: String) -> Failure { Failure(offset: at, reason: reason) }

    private var current: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    private mutating func value(level: Int) throws(Failure) -> JSONValue {
        guard level < Self.nestingLevelsMax else { throw failure("nested deeper than \(Self.nestingLevelsMax)") }
        skipBlanks()
        switch current {
        case UInt8(ascii: "{"): return try object(level: level)
        case UInt8(ascii: "["): return try array(level: level)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
        case nil: throw failure("the text ends where a value was expected")
        default: throw failure("no JSON value begins like this")
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Failure) -> JSONValue {
        let count = word.utf8CodeUnitCount
        guard at + count <= bytes.count else { throw failure("a word is cut short") }
        for index in 0..<count where bytes[at + index] != word.utf8Start[index] {
            throw failure("expected “\(word)”")
        }
        at += count
        return value
    }

    private mutating func object(level: Int) throws(Failure) -> JSONValue {
        var members: [String: JSONValue] = [:]
        at += 1
        skipBlanks()
        if current == UInt8(ascii: "}") {
            at += 1
            return .object(members)
        }
        while true {
            skipBlanks()
            guard current == UInt8(ascii: "\"") else { throw failure("expected a key in quotes") }
            let key = try string()
            skipBlanks()
            guard current == UInt8(ascii: ":") else { throw failure("expected “:” after a key") }
            at += 1
            members[key] = try value(level: level + 1)
            skipBlanks()
            switch current {
            case UInt8(ascii: ","): at += 1
            case UInt8(ascii: "}"):
                at += 1
                return .object(members)
            default: throw failure("expected “,” or “}”")
            }
        }
    }

    private mutating func array(level: Int) throws(Failure) -> JSONValue {
        var elements: [JSONValue] = []
        at += 1
        skipBlanks()
        if current == UInt8(ascii: "]") {
            at += 1
            return .array(elements)
        }
        while true {
            elements.append(try value(level: level + 1))
            skipBlanks()
            switch current {
            case UInt8(ascii: ","): at += 1
            case UInt8(ascii: "]"):
                at += 1
                return .array(elements)
            default: throw failure("expected “,” or “]”")
            }
        }
    }

    private mutating func string() throws(Failure) -> String {
        at += 1
        let start = at
        // The common case has no escape: the text is a slice of the input.
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { at += 1 }
        if current == UInt8(ascii: "\"") {
            defer { at += 1 }
            return String(decoding: bytes[start..<at], as: UTF8.self)
        }
        var text = Array(bytes[start..<at])
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                at += 1
                try escape(into: &text)
            case 0x20...:
                text.append(byte)
                at += 1
            default: throw failure("a control character inside a string")
            }
        }
        throw failure("a string without its closing quote")
    }

    private mutating func escape(into text: inout [UInt8]) throws(Failure) {
        guard let byte = current else { throw failure("a string without its closing quote") }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var unit = try hexUnit()
            if (0xD800..<0xDC00).contains(unit), current == UInt8(ascii: "\\"), at + 1 < bytes.count,
                bytes[at + 1] == UInt8(ascii: "u")
            {
                let back = at
                at += 2
                let low = try hexUnit()
                if (0xDC00..<0xE000).contains(low) {
                    unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)
                } else {
                    at = back
                }
            }
            // A lone surrogate has no character: it shows as the replacement character.
            let scalar = Unicode.Scalar(unit) ?? "\u{FFFD}"
            text.append(contentsOf: Array(String(Character(scalar)).utf8))
        default: throw failure("an unknown escape in a string")
        }
    }

    private mutating func hexUnit() throws(Failure) -> UInt32 {
        guard at + 4 <= bytes.count else { throw failure("a \\u escape is cut short") }
        var unit: UInt32 = 0
        for _ in 0..<4 {
            let byte = bytes[at]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw failure("a \\u escape needs four hexadecimal digits")
            }
            unit = unit << 4 | UInt32(digit)
            at += 1
        }
        return unit
    }

    private mutating func number() throws(Failure) -> JSONValue {
        let start = at
        if current == UInt8(ascii: "-") { at += 1 }
        let whole = try digits()
        if whole > 1, bytes[at - whole] == UInt8(ascii: "0") { throw failure("a number with a leading zero") }
        var isWhole = true
        if current == UInt8(ascii: ".") {
            isWhole = false
            at += 1
            _ = try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isWhole = false
            at += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { at += 1 }
            _ = try digits()
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        if isWhole, let value = Int64(text) { return .int(value) }
        if isWhole, let value = UInt64(text) { return .unsigned(value) }
        guard let value = Double(text), value.isFinite else { throw failure("a number out of range") }
        return .double(value)
    }

    private mutating func digits() throws(Failure) -> Int {
        let start = at
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { at += 1 }
        guard at > start else { throw failure("expected a digit") }
        return at - start
    }
}

extension JSONValue {
    /// Parses a whole document. `format` names what is read, for the error.
    /// Throws `WireError.malformed` with the offset and an excerpt from there.
    public init(parsing bytes: [UInt8], format: String) throws(WireError) {
        do {
            self = try JSONParser.parse(bytes)
        } catch {
            let from = max(0, min(error.offset, bytes.count) - 20)
            throw WireError.malformed(
                format: format, reason: "not JSON at byte \(error.offset): \(error.reason)",
                bytes: Escaped.text(bytes[from...]))
        }
    }
}
