import GRDB

/// Goes over a chain as it stands in a file.
public enum JournalVerifier {
    /// How each column of an entry is stored. Another kind, even of the same meaning, is a change.
    private static let texts = ["action", "phase", "who", "text", "details", "previous", "hash"]
    private static let optionalTexts = ["groupName", "target", "verb"]
    private static let integers = ["sequence", "at"]

    /// Of a journal's file that nobody writes to, a copy for one. It is opened to be read only.
    public static func verify(fileAt path: String) throws(JournalError) -> ChainVerdict {
        var configuration = Configuration()
        configuration.readonly = true
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            return try queue.read { try verdict($0) }
        } catch {
            throw .notRead(path: path, reason: "\(error)")
        }
    }

    static func verdict(_ db: Database) throws -> ChainVerdict {
        var walk = Chain.Walk()
        // By the table itself and never by an index: an index could be changed to hide a row.
        let rows = try Row.fetchCursor(db, sql: "SELECT * FROM audit NOT INDEXED ORDER BY rowid")
        while let row = try rows.next() {
            guard isStoredRight(row), let (entry, details) = Journal.entry(row) else {
                return .broken(sequence: row["sequence"] ?? 0, reason: "it cannot be read as it was written")
            }
            if let broken = walk.step(entry, details: details) { return broken }
        }
        return walk.end(kept: try Journal.head(db))
    }

    private static func isStoredRight(_ row: Row) -> Bool {
        func isText(_ name: String) -> Bool {
            if case .string = (row[name] as DatabaseValue).storage { true } else { false }
        }
        func isInteger(_ name: String) -> Bool {
            if case .int64 = (row[name] as DatabaseValue).storage { true } else { false }
        }
        return texts.allSatisfy(isText) && integers.allSatisfy(isInteger)
            && optionalTexts.allSatisfy { (row[$0] as DatabaseValue).isNull || isText($0) }
    }
}

extension Journal {
    /// What tells this journal from others of the same user on the same host.
    public var anchorName: String { String(HashText.sha256(Array(path.utf8)).prefix(16)) }

    /// Holds the chain against what was kept of it elsewhere: what is wrong, or nil where it bears it out.
    public func contradicts(sequence: Int64, hash: String) async throws(JournalError) -> String? {
        let found = try await read { db in
            try String.fetchOne(db, sql: "SELECT hash FROM audit WHERE sequence = ?", arguments: [sequence])
        }
        guard let found else {
            let last = try await head()?.sequence ?? 0
            return "the journal was cut: its last entry is \(last), and entry \(sequence) was there before"
        }
        return found == hash
            ? nil : "the journal was written anew: its entry \(sequence) is not the one that was there before"
    }
}
