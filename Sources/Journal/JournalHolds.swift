public import Estate
import GRDB

extension Journal {
    /// Keeps that something is in force.
    public func begin(_ hold: HoldRecord) async throws(JournalError) {
        try await write { db in try Self.apply(.begin(hold), db) }
    }

    /// Keeps that nothing of this kind is in force any more in the group.
    public func end(_ kind: String, of group: GroupID, at: Timestamp) async throws(JournalError) {
        try await write { db in try Self.apply(.end(kind: kind, of: group, at: at), db) }
    }

    /// Changes what is in force by what is: all of it or, where the process dies, nothing; and nobody else between.
    public func revise(
        _ changes: @escaping @Sendable ([HoldRecord]) -> [HoldChange]
    ) async throws(JournalError) {
        try await write { db in
            for change in changes(try Self.holds(db)) { try Self.apply(change, db) }
        }
    }

    /// What is in force, the one that runs out first at the front. It stays in force beyond its end until it is undone.
    public func holds() async throws(JournalError) -> [HoldRecord] {
        try readFew { db in try Self.holds(db) }
    }

    private static func apply(_ change: HoldChange, _ db: Database) throws {
        switch change {
        case .begin(let hold):
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO hold (action, groupName, kind, since, until, who, reason, undo, endedAt)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)
                    """,
                arguments: [
                    hold.action, hold.group.name, hold.kind, hold.since.nanoseconds, hold.until.nanoseconds, hold.who,
                    Journal.bounded(hold.reason), hold.undo,
                ])
        case .end(let kind, let group, let at):
            try db.execute(
                sql: "UPDATE hold SET endedAt = ? WHERE groupName = ? AND kind = ? AND endedAt IS NULL",
                arguments: [at.nanoseconds, group.name, kind])
        }
    }

    private static func holds(_ db: Database) throws -> [HoldRecord] {
        let columns = "action, groupName, kind, since, until, who, reason, undo"
        return try Row.fetchAll(
            db, sql: "SELECT \(columns) FROM hold WHERE endedAt IS NULL ORDER BY until"
        ).compactMap { row in
            guard let action: String = row["action"], let group: String = row["groupName"],
                let kind: String = row["kind"], let since: Int64 = row["since"], let until: Int64 = row["until"],
                let who: String = row["who"], let reason: String = row["reason"], let undo: String = row["undo"]
            else { return nil }
            return HoldRecord(
                action: action, group: GroupID(group), kind: kind, since: Timestamp(nanoseconds: since),
                until: Timestamp(nanoseconds: until), who: who, reason: reason, undo: undo)
        }
    }
}
