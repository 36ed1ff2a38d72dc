public import Estate

/// A stick table as the runtime API lists it.
public struct HAProxyTableHead: Hashable, Sendable {
    public let name: String
    /// `ip`, `ipv6`, `string`, `integer`, `binary`.
    public let type: String
    public let used: Int

    /// `# table: www, type: ipv6, size:10240, used:2`; nil for any other line.
    init?(_ line: Substring) {
        guard line.hasPrefix("# table: ") else { return nil }
        var fields: [Substring: Substring] = [:]
        for field in line.dropFirst(2).split(separator: ",") {
            guard let colon = field.firstIndex(of: ":") else { continue }
            fields[field[..<colon].trimmed] = field[field.index(after: colon)...].trimmed
        }
        guard let name = fields["table"], let used = fields["used"].flatMap({ Int($0) }) else { return nil }
        self.name = String(name)
        type = String(fields["type"] ?? "")
        self.used = used
    }

    /// The tables of `show table`; at most `tablesMax`.
    public static func list(_ bytes: some Sequence<UInt8>) -> [HAProxyTableHead] {
        String(decoding: Array(bytes), as: UTF8.self).split(separator: "\n").lazy.compactMap { HAProxyTableHead($0) }
            .prefix(tablesMax).map { $0 }
    }

    public static let tablesMax = 256
}

/// What `show table NAME` says of the clients in it.
public struct HAProxyTable: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public let key: String
        /// Requests, and those that failed by the client's doing, each second.
        public let requestRate: Double?
        public let errorRate: Double?
    }
    /// Entries that are read; there may be a million.
    public static let entriesMax = 20_000

    public let head: HAProxyTableHead
    public let entries: [Entry]

    /// nil where there is no such table, or the answer is none.
    public init?(_ bytes: some Sequence<UInt8>) {
        let lines = String(decoding: Array(bytes), as: UTF8.self).split(separator: "\n")
        guard let head = lines.lazy.compactMap({ HAProxyTableHead($0) }).first else { return nil }
        self.head = head
        entries = lines.lazy.compactMap(Self.entry).prefix(Self.entriesMax).map { $0 }
    }

    /// `0x55f6: key=10.0.0.1 use=0 exp=5652 gpc0=0 http_req_rate(10000)=53`.
    private static func entry(_ line: Substring) -> Entry? {
        guard line.hasPrefix("0x") else { return nil }
        var (key, requests, errors): (String?, Double?, Double?)
        for word in line.split(separator: " ").dropFirst() {
            guard let equal = word.firstIndex(of: "=") else { continue }
            let (name, value) = (word[..<equal], word[word.index(after: equal)...])
            if name == "key" { key = String(value) }
            if name.hasPrefix("http_req_rate(") { requests = rate(name, value) }
            if name.hasPrefix("http_err_rate(") { errors = rate(name, value) }
        }
        guard let key else { return nil }
        return Entry(key: plain(key), requestRate: requests, errorRate: errors)
    }

    /// The counter is over its period, in milliseconds.
    private static func rate(_ name: Substring, _ value: Substring) -> Double? {
        guard let open = name.firstIndex(of: "("), name.hasSuffix(")"),
            let period = Int(name[name.index(after: open)...].dropLast()), period > 0, let count = Int(value),
            count >= 0
        else { return nil }
        return Double(count) * 1000 / Double(period)
    }

    /// An address of four in the clothes of six.
    private static func plain(_ key: String) -> String {
        key.hasPrefix("::ffff:") && key.contains(".") ? String(key.dropFirst("::ffff:".count)) : key
    }
}

/// A certificate that the balancer has loaded, as `show ssl cert FILE` describes it.
public struct HAProxyCertificate: Hashable, Sendable {
    public let file: String
    /// Its first name.
    public let name: String
    public let expiresAt: Timestamp

    /// The files of `show ssl cert`; a star before one marks it as not yet committed.
    public static func files(_ bytes: some Sequence<UInt8>) -> [String] {
        let lines = String(decoding: Array(bytes), as: UTF8.self).split(separator: "\n")
        guard lines.first?.hasPrefix("# ") == true else { return [] }
        return lines.dropFirst().filter { $0.hasPrefix("/") || $0.hasPrefix("@") }.prefix(filesMax).map(String.init)
    }

    public static let filesMax = 64

    /// nil where the answer describes none.
    public init?(_ bytes: some Sequence<UInt8>) {
        var fields: [Substring: Substring] = [:]
        for line in String(decoding: Array(bytes), as: UTF8.self).split(separator: "\n") {
            guard let colon = line.firstRange(of: ": ") else { continue }
            fields[line[..<colon.lowerBound]] = line[colon.upperBound...]
        }
        guard let file = fields["Filename"], let after = fields["notAfter"].flatMap(Self.moment) else { return nil }
        self.file = String(file)
        expiresAt = after
        let alternative = fields["Subject Alternative Name"]?.split(separator: ",").first?.trimmed
        let subject = fields["Subject"]?.split(separator: "/").first { $0.hasPrefix("CN=") }?.dropFirst(3)
        let chosen = alternative.map { $0.hasPrefix("DNS:") ? $0.dropFirst(4) : $0 } ?? subject ?? file
        name = String(chosen)
    }

    /// `Dec  1 12:10:16 2026 GMT`.
    private static func moment(_ text: Substring) -> Timestamp? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let words = text.split(separator: " ")
        guard words.count >= 4, let month = months.firstIndex(of: String(words[0])), let day = Int(words[1]),
            let year = Int(words[3])
        else { return nil }
        func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
        return ISOTime.parse("\(year)-\(two(month + 1))-\(two(day))T\(words[2])Z")
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var rest = drop { $0 == " " }
        while rest.last == " " || rest.last == "\r" { rest.removeLast() }
        return rest
    }
}
