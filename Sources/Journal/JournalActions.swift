import GRDB

extension Journal {
    /// The entries of the newest actions of which an intent was kept, oldest first; with the newest entry of all.
    /// Nil: nothing was kept since the entry `sequence`.
    public func actions(
        last: Int, since sequence: Int64? = nil
    ) async throws(JournalError) -> (entries: [AuditEntry], newest: Int64)? {
        if let sequence, try readFew({ try Self.head($0)?.sequence ?? 0 }) == sequence { return nil }
        return try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM audit WHERE action IN (
                        SELECT action FROM audit WHERE phase = 'intent' ORDER BY sequence DESC LIMIT ?
                    ) ORDER BY sequence
                    """, arguments: [last])
            return (rows.compactMap { Journal.entry($0)?.entry }, try Self.head(db)?.sequence ?? 0)
        }
    }
}
