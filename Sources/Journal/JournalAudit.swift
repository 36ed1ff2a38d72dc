import Estate
import FoundationEssentials
import GRDB

extension Journal {
    /// Keeps a record at the end of the chain. When it returns, the record is on the disk.
    @discardableResult
    public func append(_ record: AuditRecord) async throws(JournalError) -> AuditEntry {
        var record = record
        record.text = Journal.bounded(record.text)
        let details = Details.encode(record.details)
        guard details.utf8.count <= Journal.detailsBytesMax else {
            throw .tooLong(field: "the particulars of \(record.action)", limitBytes: Journal.detailsBytesMax)
        }
        let kept = record
        return try await write { db in
            // The write transaction is exclusive among all processes: reading the head in it is safe.
            let head = try Journal.head(db)
            let sequence = (head?.sequence ?? 0) + 1
            let previous = head?.hash ?? Chain.start
            let hash = Chain.hash(kept, details: details, sequence: sequence, previous: previous)
            try db.execute(
                sql: """
                    INSERT INTO audit (sequence, at, action, phase, who, groupName, target, verb, text, details,
                        previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    sequence, kept.at.nanoseconds, kept.action, kept.phase.rawValue, kept.who, kept.group?.name,
                    kept.target, kept.verb, kept.text, details, previous, hash,
                ])
            try db.execute(
                sql: "INSERT OR REPLACE INTO auditHead (id, sequence, hash) VALUES (1, ?, ?)",
                arguments: [sequence, hash])
            return AuditEntry(sequence: sequence, record: kept, previous: previous, hash: hash)
        }
    }

    /// Audit entries, oldest first.
    public func audit(_ filter: JournalFilter = JournalFilter()) async throws(JournalError) -> [AuditEntry] {
        var clauses = Clauses(filter, identity: "sequence")
        if let action = filter.action { clauses.add("action = ?", action) }
        if let prefix = filter.actionPrefix { clauses.add("substr(action, 1, ?) = ?", prefix.count, prefix) }
        let query = clauses.select("audit")
        return try await read { db in
            let rows = try Row.fetchAll(db, sql: query.sql, arguments: StatementArguments(query.arguments))
            let entries = rows.compactMap { Journal.entry($0)?.entry }
            return query.isReversed ? entries.reversed() : entries
        }
    }

    /// Goes over the whole chain and finds the first entry that was changed, taken out or moved.
    public func verify() async throws(JournalError) -> ChainVerdict {
        try await read { try JournalVerifier.verdict($0) }
    }

    /// The newest entry's place and hash; nil where there is none.
    public func head() async throws(JournalError) -> (sequence: Int64, hash: String)? {
        try await read { try Journal.head($0) }
    }

    static func head(_ db: Database) throws -> (sequence: Int64, hash: String)? {
        guard let row = try Row.fetchOne(db, sql: "SELECT sequence, hash FROM auditHead WHERE id = 1"),
            let sequence: Int64 = row["sequence"], let hash: String = row["hash"]
        else { return nil }
        return (sequence, hash)
    }

    static func entry(_ row: Row) -> (entry: AuditEntry, details: String)? {
        guard let sequence: Int64 = row["sequence"], let at: Int64 = row["at"], let action: String = row["action"],
            let phaseName: String = row["phase"], let phase = AuditRecord.Phase(rawValue: phaseName),
            let who: String = row["who"], let text: String = row["text"], let details: String = row["details"],
            let previous: String = row["previous"], let hash: String = row["hash"]
        else { return nil }
        let group: String? = row["groupName"]
        let record = AuditRecord(
            action: action, phase, at: Timestamp(nanoseconds: at), who: who, group: group.map { GroupID($0) },
            target: row["target"], verb: row["verb"], text: text, details: Details.decode(details))
        return (AuditEntry(sequence: sequence, record: record, previous: previous, hash: hash), details)
    }
}

/// Particulars as they are kept and hashed.
enum Details {
    static func encode(_ details: [AuditRecord.Detail]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings alone: there is nothing in it that could fail to encode.
        guard let data = try? encoder.encode(details) else { return "[]" }
        return String(decoding: data, as: UTF8.self)
    }

    static func decode(_ text: String) -> [AuditRecord.Detail] {
        (try? JSONDecoder().decode([AuditRecord.Detail].self, from: Data(text.utf8))) ?? []
    }
}

/// The conditions of a query, and their values in order.
struct Clauses {
    private var conditions: [String] = []
    private var arguments: [(any DatabaseValueConvertible)?] = []
    private let filter: JournalFilter
    private let identity: String

    struct Query: Sendable {
        let sql: String
        let arguments: [DatabaseValue]
        let isReversed: Bool
    }

    init(_ filter: JournalFilter, identity: String) {
        self.filter = filter
        self.identity = identity
        if let after = filter.after { add("\(identity) > ?", after) }
        if let since = filter.since { add("at >= ?", since.nanoseconds) }
        if let until = filter.until { add("at < ?", until.nanoseconds) }
        if let group = filter.group { add("groupName = ?", group.name) }
    }

    mutating func add(_ condition: String, _ values: (any DatabaseValueConvertible)...) {
        conditions.append(condition)
        arguments += values
    }

    func select(_ table: String) -> Query {
        let isReversed = filter.after == nil
        let limit = min(max(filter.limit, 0), JournalFilter.limitMax)
        let condition = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
        let order = isReversed ? "DESC" : "ASC"
        return Query(
            sql: "SELECT * FROM \(table)\(condition) ORDER BY \(identity) \(order) LIMIT \(limit)",
            arguments: arguments.map { $0?.databaseValue ?? .null }, isReversed: isReversed)
    }
}
