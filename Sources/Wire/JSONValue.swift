/// Any JSON value, read leniently: vendors write numbers as strings, booleans as words and leave fields out, and one
/// odd field must not cost the rest of a document.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A number without fraction or exponent that fits in 64 bits.
    case int(Int64)
    /// A whole number above `Int64.max` (etcd's ids, a system identifier).
    case unsigned(UInt64)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// The member of an object; `nil` for anything else, and for `null`.
    public subscript(_ key: String) -> JSONValue? {
        guard case .object(let members) = self, let value = members[key], value != .null else { return nil }
        return value
    }

    /// The text of a string; numbers and booleans are not turned into text.
    public var string: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    /// A whole number, also written as a string or as `1.0`.
    public var int: Int64? {
        switch self {
        case .int(let value): return value
        case .double(let value): return Int64(exactly: value)
        case .string(let text): return Int64(text)
        default: return nil
        }
    }

    /// A whole number that fits `Int`.
    public var smallInt: Int? { int.flatMap { Int(exactly: $0) } }

    /// A whole number of 64 bits without sign, also written as a string.
    public var unsigned: UInt64? {
        switch self {
        case .int(let value): return UInt64(exactly: value)
        case .unsigned(let value): return value
        case .string(let text): return UInt64(text)
        default: return nil
        }
    }

    /// A number, also written as a string. Never NaN or infinite.
    public var double: Double? {
        switch self {
        case .int(let value): return Double(value)
        case .unsigned(let value): return Double(value)
        case .double(let value): return value
        case .string(let text): return Double(text).flatMap { $0.isFinite ? $0 : nil }
        default: return nil
        }
    }

    /// A truth value, also in the words that YAML-born configurations use: on, off, true, false, yes, no, 1, 0.
    public var bool: Bool? {
        switch self {
        case .bool(let value): return value
        case .int(1): return true
        case .int(0): return false
        case .string(let text):
            switch text.lowercased() {
            case "on", "true", "yes", "1": return true
            case "off", "false", "no", "0": return false
            default: return nil
            }
        default: return nil
        }
    }

    /// The elements of an array.
    public var array: [JSONValue]? {
        if case .array(let elements) = self { return elements }
        return nil
    }

    /// The members of an object.
    public var object: [String: JSONValue]? {
        if case .object(let members) = self { return members }
        return nil
    }
}

extension JSONValue {
    /// The value as JSON text, keys sorted, so that the same value is always the same bytes.
    public var text: String {
        switch self {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .int(let value): return String(value)
        case .unsigned(let value): return String(value)
        case .double(let value): return value.isFinite ? String(value) : "null"
        case .string(let text): return JSONValue.quoted(text)
        case .array(let elements): return "[" + elements.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            let pairs = members.sorted { $0.key < $1.key }
            return "{" + pairs.map { JSONValue.quoted($0.key) + ":" + $0.value.text }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case let control where control.value < 0x20:
                let digits = String(control.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
