public import Estate

/// What `pgbackrest info --output=json` says of one stanza.
public struct PgBackRestStanza: Sendable, Equatable {
    /// More backups than anybody keeps; those beyond the newest so many are not looked at.
    public static let backupsMax = 10_000

    public struct Status: Sendable, Equatable {
        /// 0: all is well.
        public let code: Int
        public let message: String
        public var isOK: Bool { code == 0 }
    }

    public struct Repository: Sendable, Equatable {
        public let key: Int
        public let status: Status
    }

    public struct Entry: Sendable, Equatable {
        public let label: String
        /// `full`, `diff` or `incr`.
        public let type: String
        public let repository: Int
        public let startedAt: Timestamp
        public let endedAt: Timestamp
        public let databaseBytes: Int64?
        /// What it added to the repository, and what it and all it rests on take there.
        public let storedBytes: Int64?
        public let repositoryBytes: Int64?
        public let hasError: Bool
        /// The first segment of log that a restore of it needs.
        public let firstSegment: String?
        public let lastSegment: String?
    }

    public struct Archive: Sendable, Equatable {
        public let repository: Int
        /// Version and history of the database: `15-1`.
        public let id: String
        public let firstSegment: String?
        public let lastSegment: String?
    }

    public let name: String
    public let status: Status
    public let repositories: [Repository]
    /// Oldest first, as told.
    public let backups: [Entry]
    public let archives: [Archive]
    /// A backup holds the stanza's lock now.
    public let isRunning: Bool
    /// Bytes to copy and copied; told by 2.48 and later.
    public let runningBytes: (total: Int64, complete: Int64)?

    static let format = "pgBackRest info"

    /// All stanzas of an answer.
    public static func stanzas(_ bytes: [UInt8]) throws(WireError) -> [PgBackRestStanza] {
        let value = try JSONValue(parsing: bytes, format: format)
        guard let list = value.array else {
            throw .missing(format: format, field: "a list of stanzas", bytes: Escaped.text(bytes))
        }
        var made: [PgBackRestStanza] = []
        for item in list { made.append(try PgBackRestStanza(item, bytes)) }
        return made
    }

    private init(_ value: JSONValue, _ bytes: [UInt8]) throws(WireError) {
        guard let name = value["name"]?.string else {
            throw .missing(format: Self.format, field: "name", bytes: Escaped.text(bytes))
        }
        guard let status = Self.status(value["status"]) else {
            throw .missing(format: Self.format, field: "status.code", bytes: Escaped.text(bytes))
        }
        self.name = name
        self.status = status
        repositories = (value["repo"]?.array ?? []).compactMap { item in
            guard let key = item["key"]?.smallInt, let status = Self.status(item["status"]) else { return nil }
            return Repository(key: key, status: status)
        }
        backups = (value["backup"]?.array ?? []).suffix(Self.backupsMax).compactMap(Self.entry)
        archives = (value["archive"]?.array ?? []).compactMap { item in
            guard let id = item["id"]?.string else { return nil }
            return Archive(
                repository: item["database"]?["repo-key"]?.smallInt ?? 1, id: id, firstSegment: item["min"]?.string,
                lastSegment: item["max"]?.string)
        }
        let lock = value["status"]?["lock"]?["backup"]
        isRunning = lock?["held"]?.bool == true
        if let total = lock?["size"]?.int, let complete = lock?["size-cplt"]?.int, total > 0 {
            runningBytes = (total, complete)
        } else {
            runningBytes = nil
        }
    }

    private static func status(_ value: JSONValue?) -> Status? {
        guard let code = value?["code"]?.smallInt else { return nil }
        return Status(code: code, message: value?["message"]?.string ?? "")
    }

    private static func entry(_ item: JSONValue) -> Entry? {
        func moment(_ key: String) -> Timestamp? {
            guard let seconds = item["timestamp"]?[key]?.int, (1..<9_000_000_000).contains(seconds) else { return nil }
            return Timestamp(nanoseconds: seconds * 1_000_000_000)
        }
        guard let label = item["label"]?.string, let type = item["type"]?.string, let stop = moment("stop")
        else { return nil }
        let info = item["info"]
        return Entry(
            label: label, type: type, repository: item["database"]?["repo-key"]?.smallInt ?? 1,
            startedAt: moment("start") ?? stop, endedAt: stop, databaseBytes: info?["size"]?.int,
            storedBytes: info?["repository"]?["delta"]?.int, repositoryBytes: info?["repository"]?["size"]?.int,
            hasError: item["error"]?.bool == true, firstSegment: item["archive"]?["start"]?.string,
            lastSegment: item["archive"]?["stop"]?.string)
    }

    public static func == (a: Self, b: Self) -> Bool {
        a.name == b.name && a.status == b.status && a.repositories == b.repositories && a.backups == b.backups
            && a.archives == b.archives && a.isRunning == b.isRunning
            && a.runningBytes?.total == b.runningBytes?.total && a.runningBytes?.complete == b.runningBytes?.complete
    }
}

/// The segments of log that a repository has, as `pgbackrest repo-ls --recurse --output=json` lists them.
public struct PgBackRestArchiveListing: Sendable, Equatable {
    /// By timeline, each a number: log and place in it.
    private var segments: [UInt32: Set<UInt64>] = [:]
    public private(set) var count = 0
    static let format = "pgBackRest repo-ls"

    public init(_ bytes: [UInt8]) throws(WireError) {
        guard let members = try JSONValue(parsing: bytes, format: Self.format).object else {
            throw .missing(format: Self.format, field: "a list of files", bytes: Escaped.text(bytes))
        }
        for name in members.keys {
            let file = name.split(separator: "/").last ?? ""
            // A segment's name, then a dash and its checksum; history and backup files have a dot.
            guard file.utf8.count > 25, file.utf8.dropFirst(24).first == UInt8(ascii: "-"),
                let (timeline, log, place) = Self.parts(file.prefix(24))
            else { continue }
            segments[timeline, default: []].insert(UInt64(log) << 32 | UInt64(place))
            count += 1
        }
    }

    private static func parts(_ name: Substring) -> (UInt32, UInt32, UInt32)? {
        let bytes = Array(name.utf8)
        guard bytes.count == 24 else { return nil }
        func part(_ range: Range<Int>) -> UInt32? { UInt32(String(decoding: bytes[range], as: UTF8.self), radix: 16) }
        guard let timeline = part(0..<8), let log = part(8..<16), let place = part(16..<24) else { return nil }
        return (timeline, log, place)
    }

    /// Segments that are not there although later ones of their timeline are, from `first` (a segment's name) on; nil:
    /// from the oldest that is there.
    public func missing(since first: String?) -> Int {
        let start = first.flatMap { Self.parts($0.prefix(24)) }
        var missing: UInt64 = 0
        for (timeline, all) in segments {
            let perLog = Self.placesPerLog(all)
            func number(_ packed: UInt64) -> UInt64 { (packed >> 32) * perLog + (packed & 0xFFFF_FFFF) }
            var numbers = all.map(number)
            if let start {
                if timeline < start.0 { continue }
                let from = number(UInt64(start.1) << 32 | UInt64(start.2))
                if timeline == start.0 {
                    numbers = numbers.filter { $0 >= from }
                    // The first one itself has to be there.
                    if !numbers.isEmpty, !numbers.contains(from) { numbers.append(from == 0 ? 0 : from - 1) }
                }
            }
            numbers.sort()
            for (a, b) in zip(numbers, numbers.dropFirst()) where b > a { missing += b - a - 1 }
        }
        return Int(clamping: missing)
    }

    /// How many segments make a log of 4 GiB: 256 of the usual 16 MiB, fewer of larger ones.
    private static func placesPerLog(_ all: Set<UInt64>) -> UInt64 {
        let logs = all.map { $0 >> 32 }
        guard let first = logs.min(), let last = logs.max(), last > first else { return 256 }
        // In a log that others follow the highest place is the last there is, unless that one is missing.
        let highest = all.filter { $0 >> 32 < last }.map { $0 & 0xFFFF_FFFF }.max() ?? 255
        var perLog: UInt64 = 1
        while perLog <= highest, perLog < 4_096 { perLog *= 2 }
        return max(perLog, 4)
    }
}
