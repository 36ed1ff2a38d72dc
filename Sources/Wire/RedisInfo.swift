/// What `INFO` answers: lines of `name:value` in sections.
public struct RedisInfo: Hashable, Sendable {
    static let format = "Redis INFO"
    /// Most lines that are kept.
    static let linesMax = 4_096

    private let values: [String: String]

    /// Throws `WireError` for an error of the server, or for anything that is no text.
    public init(_ value: RESPValue) throws(WireError) {
        if case .error(let words) = value {
            throw WireError.refused(format: Self.format, status: 0, message: Escaped.text(words))
        }
        guard case .bulk(let bytes) = value else {
            throw WireError.malformed(
                format: Self.format, reason: "text is expected", bytes: Escaped.text(value.text ?? "\(value)"))
        }
        values = Self.read(bytes)
        guard !values.isEmpty else {
            throw WireError.malformed(
                format: Self.format, reason: "no line of name and value", bytes: Escaped.text(bytes))
        }
    }

    private static func read(_ bytes: [UInt8]) -> [String: String] {
        var found: [String: String] = [:]
        for line in bytes.split(separator: 0x0A) where found.count < linesMax {
            var line = line
            if line.last == 0x0D { line.removeLast() }
            guard line.first != 0x23, let colon = line.firstIndex(of: 0x3A) else { continue }
            let name = String(decoding: line[..<colon], as: UTF8.self)
            found[name] = String(decoding: line[(colon + 1)...], as: UTF8.self)
        }
        return found
    }

    public subscript(name: String) -> String? { values[name] }
    public func number(_ name: String) -> Int64? { values[name].flatMap { Int64($0) } }

    /// Lines `PREFIX0`, `PREFIX1`, … as the fields they hold: `ip=…,port=…`.
    public func records(_ prefix: String) -> [[String: String]] {
        var all: [[String: String]] = []
        while let line = values["\(prefix)\(all.count)"] {
            var fields: [String: String] = [:]
            for part in line.split(separator: ",") {
                guard let equals = part.firstIndex(of: "=") else { continue }
                fields[String(part[..<equals])] = String(part[part.index(after: equals)...])
            }
            all.append(fields)
        }
        return all
    }
}

/// `host:port`, as this house writes addresses: IPv6 in brackets.
public enum RedisAddress {
    /// nil where host or port is not usable: Sentinel says `?` and 0 for what it does not know.
    public static func text(host: String?, port: String?) -> String? {
        guard let host, !host.isEmpty, host != "?", let port, let number = UInt16(port), number > 0 else { return nil }
        return host.contains(":") ? "[\(host)]:\(number)" : "\(host):\(number)"
    }
}
