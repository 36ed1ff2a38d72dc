import FoundationEssentials
import GRDB

/// What outlives the process: events, the audit chain, holds. One file, read and written by several processes.
public final class Journal: Sendable {
    /// Longest wait for another process's write, seconds.
    public static let busySecondsMax = 5.0
    /// Longest text field of a record, bytes of UTF-8.
    public static let textBytesMax = 4_096
    /// Longest particulars of one audit record together, bytes of JSON.
    public static let detailsBytesMax = 262_144
    /// Events kept; the oldest beyond are dropped when newer ones are written.
    public static let eventsMax = 200_000

    public let path: String
    let pool: DatabasePool

    /// Opens the journal, making it where it is not there. Blocks for a few milliseconds.
    public init(at path: String) throws(JournalError) {
        self.path = path
        let pool = try JournalFile.open(path)
        let migrator = JournalFile.migrator()
        let isSuperseded: Bool
        do {
            isSuperseded = try pool.read { try migrator.hasBeenSuperseded($0) }
            if !isSuperseded { try migrator.migrate(pool) }
        } catch {
            throw .cannotOpen(path: path, reason: "\(error)")
        }
        if isSuperseded { throw .tooNew(path: path) }
        self.pool = pool
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(JournalError) -> T {
        do {
            return try await pool.write(body)
        } catch {
            throw .notWritten(path: path, reason: "\(error)")
        }
    }

    func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(JournalError) -> T {
        do {
            return try await pool.read(body)
        } catch {
            throw .notRead(path: path, reason: "\(error)")
        }
    }

    /// A read of a few rows, on the caller's own thread: nobody waits for a writer here, and to wake a thread of the
    /// database's for it costs more than the read.
    func readFew<T: Sendable>(_ body: @Sendable (Database) throws -> T) throws(JournalError) -> T {
        do {
            return try pool.read(body)
        } catch {
            throw .notRead(path: path, reason: "\(error)")
        }
    }

    /// A text cut to what a record holds, saying so.
    static func bounded(_ text: String) -> String {
        guard text.utf8.count > textBytesMax else { return text }
        return String(decoding: text.utf8.prefix(textBytesMax - 4), as: UTF8.self) + "…"
    }
}
