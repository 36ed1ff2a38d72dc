import GRDB

extension Journal {
    /// The entries of the newest actions of which an intent was kept, oldest first.
    public func actions(last: Int) async throws(JournalError) -> [AuditEntry] {
        try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM audit WHERE action IN (
                        SELECT action FROM audit WHERE phase = 'intent' ORDER BY sequence DESC LIMIT ?
                    ) ORDER BY sequence
                    """, arguments: [last])
            return rows.compactMap { Journal.entry($0)?.entry }
        }
    }
}
