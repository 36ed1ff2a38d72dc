import FoundationEssentials
import GRDB

#if canImport(Glibc)
    import Glibc
#endif

/// Where the journal is kept.
public enum JournalFile {
    /// `$XDG_STATE_HOME/pitboss/journal.db`, or `~/.local/state/pitboss/journal.db`.
    public static func standard(environment: [String: String]) -> String {
        folder(environment: environment) + "/journal.db"
    }

    /// The folder for what outlives the process: the journal and the locks.
    public static func folder(environment: [String: String]) -> String {
        // A relative path is invalid by the XDG specification, and is ignored.
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/pitboss" }
        return (environment["HOME"] ?? "/root") + "/.local/state/pitboss"
    }

    /// Makes folder and file for the owner alone, and opens it for several processes.
    static func open(_ path: String) throws(JournalError) -> DatabasePool {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        do {
            try FileManager.default.createDirectory(
                atPath: folder.isEmpty ? "/" : folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw .cannotOpen(path: path, reason: "its folder \(folder) cannot be made")
        }
        // SQLite gives its companions the permissions of the file: so the file is made first.
        let descriptor = Glibc.open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        close(descriptor)
        var configuration = Configuration()
        configuration.busyMode = .timeout(Journal.busySecondsMax)
        configuration.label = "journal"
        configuration.prepareDatabase { db in
            // In WAL mode only FULL has each commit on the disk before it is acknowledged.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.execute(sql: "PRAGMA foreign_keys = ON")
        }
        do {
            return try DatabasePool(path: path, configuration: configuration)
        } catch {
            throw .cannotOpen(path: path, reason: "\(error)")
        }
    }

    static func migrator() -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: events, audit, holds") { db in
            try db.create(table: "event") { t in
                t.autoIncrementedPrimaryKey("id")
                t.column("at", .integer).notNull()
                t.column("kind", .text).notNull()
                t.column("severity", .integer).notNull()
                t.column("groupName", .text)
                t.column("member", .text)
                t.column("node", .text)
                t.column("text", .text).notNull()
                t.column("outage", .integer)
                t.column("revision", .integer)
                t.column("sourceSystem", .text)
                t.column("sourceName", .text)
            }
            try db.create(index: "eventAt", on: "event", columns: ["at"])
            try db.create(table: "audit") { t in
                t.primaryKey("sequence", .integer)
                t.column("at", .integer).notNull()
                t.column("action", .text).notNull().indexed()
                t.column("phase", .text).notNull()
                t.column("who", .text).notNull()
                t.column("groupName", .text)
                t.column("target", .text)
                t.column("verb", .text)
                t.column("text", .text).notNull()
                t.column("details", .text).notNull()
                t.column("previous", .text).notNull()
                t.column("hash", .text).notNull()
            }
            try db.create(table: "auditHead") { t in
                t.primaryKey("id", .integer)
                t.column("sequence", .integer).notNull()
                t.column("hash", .text).notNull()
            }
            try db.create(table: "hold") { t in
                t.primaryKey("action", .text)
                t.column("groupName", .text).notNull()
                t.column("kind", .text).notNull()
                t.column("since", .integer).notNull()
                t.column("until", .integer).notNull()
                t.column("who", .text).notNull()
                t.column("reason", .text).notNull()
                t.column("undo", .text).notNull()
                t.column("endedAt", .integer)
            }
        }
        return migrator
    }
}
