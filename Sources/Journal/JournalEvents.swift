public import Estate
import GRDB

extension Journal {
    /// Keeps events. When it returns, they are on the disk.
    public func record(_ events: [Event]) async throws(JournalError) {
        guard !events.isEmpty else { return }
        try await write { db in
            for event in events {
                try db.execute(
                    sql: """
                        INSERT INTO event (at, kind, severity, groupName, member, node, text, outage, revision,
                            sourceSystem, sourceName) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        event.at.nanoseconds, event.kind.rawValue, event.severity.rawValue,
                        event.group?.name ?? event.member?.group.name, event.member?.name, event.node?.name,
                        Journal.bounded(event.text), event.outage?.nanoseconds, event.revision, event.source?.system,
                        event.source?.name,
                    ])
            }
            let oldest = db.lastInsertedRowID - Int64(Journal.eventsMax)
            try db.execute(sql: "DELETE FROM event WHERE id <= ?", arguments: [oldest])
        }
    }

    /// Events, oldest first. To follow, read again `after` the last identity.
    public func events(_ filter: JournalFilter = JournalFilter()) async throws(JournalError) -> [EventEntry] {
        var clauses = Clauses(filter, identity: "id")
        if !filter.kinds.isEmpty {
            // Kinds are names of ours: nothing from outside gets into the statement.
            clauses.add("kind IN (\(filter.kinds.map { "'\($0.rawValue)'" }.joined(separator: ", ")))")
        }
        let query = clauses.select("event", Journal.eventColumns)
        return try await read { db in
            let rows = try Row.fetchAll(db, sql: query.sql, arguments: StatementArguments(query.arguments))
            let entries = rows.compactMap(Journal.event)
            return query.isReversed ? entries.reversed() : entries
        }
    }

    private static let eventColumns =
        "id, at, kind, severity, groupName, member, node, text, outage, revision, sourceSystem, sourceName"

    private static func event(_ row: Row) -> EventEntry? {
        guard let id: Int64 = row["id"], let at: Int64 = row["at"], let kindName: String = row["kind"],
            let kind = Event.Kind(rawValue: kindName), let level: Int = row["severity"],
            let severity = Event.Severity(rawValue: level), let text: String = row["text"]
        else { return nil }
        let group = (row["groupName"] as String?).map { GroupID($0) }
        let member = (row["member"] as String?).flatMap { name in group.map { MemberID($0, name) } }
        var event = Event(
            at: Timestamp(nanoseconds: at), kind, severity, group: group, member: member, text: text)
        event.node = (row["node"] as String?).map { NodeID($0) }
        event.outage = (row["outage"] as Int64?).map { Span(nanoseconds: $0) }
        event.revision = row["revision"]
        if let system: String = row["sourceSystem"], let name: String = row["sourceName"] {
            event.source = SourceID(system, name)
        }
        return EventEntry(id: id, event: event)
    }
}
