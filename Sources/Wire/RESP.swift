/// One value of Redis's protocol, RESP2 and RESP3.
public indirect enum RESPValue: Hashable, Sendable {
    /// A status line, such as `OK`.
    case simple(String)
    /// What the server refuses, in its words: `ERR unknown command`, `NOAUTH …`.
    case error(String)
    case integer(Int64)
    case double(Double)
    case boolean(Bool)
    case bulk([UInt8])
    case null
    /// Arrays and sets.
    case array([RESPValue])
    /// Keys and values in turn, as many of each.
    case map([RESPValue])
    /// Sent without having been asked for, on the connection that also answers (RESP3).
    case push([RESPValue])

    /// Text of any kind; bytes that are not UTF-8 are repaired.
    public var text: String? {
        switch self {
        case .simple(let text), .error(let text): text
        case .bulk(let bytes): String(decoding: bytes, as: UTF8.self)
        case .integer(let number): String(number)
        case .double(let number): String(number)
        case .boolean, .null, .array, .map, .push: nil
        }
    }

    public var integer: Int64? {
        switch self {
        case .integer(let number): number
        case .bulk, .simple: text.flatMap { Int64($0) }
        default: nil
        }
    }

    /// The elements of an array, a map (keys and values in turn) or a push.
    public var elements: [RESPValue]? {
        switch self {
        case .array(let all), .map(let all), .push(let all): all
        default: nil
        }
    }

    /// Names and texts in turn, as Redis tells its records in RESP2 (an array) and RESP3 (a map). nil for anything
    /// else; of a name that comes twice, the last.
    public var fields: [String: String]? {
        guard let all = elements, all.count % 2 == 0 else { return nil }
        var found: [String: String] = [:]
        for i in stride(from: 0, to: all.count, by: 2) {
            guard let name = all[i].text else { return nil }
            found[name] = all[i + 1].text
        }
        return found
    }

    /// A request: an array of bulk strings, which may hold any byte.
    public static func request(_ words: [String]) -> [UInt8] {
        var bytes = Array("*\(words.count)\r\n".utf8)
        for word in words {
            bytes += Array("$\(word.utf8.count)\r\n".utf8)
            bytes += word.utf8
            bytes += [0x0D, 0x0A]
        }
        return bytes
    }
}
