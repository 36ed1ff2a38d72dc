import Estate
import Foundation
import GRDB
import Testing

@testable import Journal

/// A journal's file, changed byte by byte. Through the file and not by SQL: that reaches what SQL cannot, record
/// headers, page headers, pointers and indexes. What a change leaves as it was for every reader (padding, a free
/// byte) is no tampering: so each changed file is either found out, or says word for word what it said before.
@Suite(.timeLimit(.minutes(5))) struct TamperTests {
    let scratch = Scratch()

    /// A journal with a few entries, as one file with small pages, all of it checkpointed.
    func file() async throws -> String {
        let journal = try Journal(at: scratch.path)
        for i in 1...3 {
            try await journal.append(
                AuditRecord(
                    action: "action-\(i % 2)", i.isMultiple(of: 2) ? .outcome : .intent,
                    at: Timestamp(seconds: 1000 + Double(i)), who: "ana@desk",
                    group: i == 2 ? nil : GroupID("wallet-db"), target: i == 2 ? nil : "wallet-db/pg-2",
                    verb: i == 3 ? "" : "promote", text: "step \(i)",
                    details: [.init("request", "POST /switchover"), .init("reason", "kernel \(i)")]))
        }
        let copy = scratch.folder + "/copy.db"
        let path = scratch.path
        let queue = try DatabaseQueue(path: path)
        try await queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA page_size = 512")
            try db.execute(sql: "VACUUM INTO ?", arguments: [copy])
        }
        return copy
    }

    /// All that a reader gets to see of the audit, with how it is stored.
    static func content(_ path: String) throws -> String {
        var configuration = Configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: path, configuration: configuration).read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT sequence, at, action, phase, who, groupName, target, verb, text, details, previous, hash
                    FROM audit NOT INDEXED ORDER BY rowid
                    """)
            let head = try Row.fetchAll(db, sql: "SELECT id, sequence, hash FROM auditHead")
            return (rows + head).map { row in row.databaseValues.map { "\($0.storage)" }.joined(separator: "|") }
                .joined(separator: "\n")
        }
    }

    static func isFoundOut(_ path: String) -> Bool {
        guard case .whole? = try? JournalVerifier.verify(fileAt: path) else { return true }
        return false
    }

    @Test func everyByteOfTheFileIsFoundOutOrChangesNothing() async throws {
        let path = try await file()
        let whole = try Self.content(path)
        #expect(!Self.isFoundOut(path))
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        defer { try? handle.close() }
        func put(_ byte: UInt8, at offset: Int) throws {
            try handle.seek(toOffset: UInt64(offset))
            try handle.write(contentsOf: [byte])
        }
        var found = 0
        for offset in bytes.indices {
            // The flip changes with the place, so that every bit is turned somewhere.
            try put(bytes[offset] ^ (UInt8(1) << UInt8(offset % 8)), at: offset)
            if Self.isFoundOut(path) {
                found += 1
            } else if (try? Self.content(path)) != whole {
                let now = (try? Self.content(path)) ?? ""
                let differs = zip(whole.split(separator: "|"), now.split(separator: "|")).filter { $0 != $1 }
                Issue.record("byte \(offset) of \(bytes.count): reads differently and verifies: \(differs)")
            }
            try put(bytes[offset], at: offset)
        }
        #expect(!Self.isFoundOut(path), "put back, it verifies")
        // Three entries of some 400 bytes each.
        #expect(found > 1_200, "\(found) of \(bytes.count) bytes")
    }

    /// Every byte of what every entry says: none of these may pass.
    @Test func everyByteOfEveryValueOfEveryEntryIsFoundOut() async throws {
        let path = try await file()
        let queue = try DatabaseQueue(path: path)
        let names = [
            "at", "action", "phase", "who", "groupName", "target", "verb", "text", "details", "previous", "hash",
        ]
        var tried = 0
        for sequence in 1...3 {
            for name in names {
                let value = try await queue.read { db in
                    try DatabaseValue.fetchOne(db, sql: "SELECT \(name) FROM audit WHERE sequence = \(sequence)")
                }
                for other in Self.neighbours(value ?? .null) {
                    try await Self.set(queue, name, sequence, other)
                    tried += 1
                    #expect(Self.isFoundOut(path), "\(name) of \(sequence): \(other)")
                }
                try await Self.set(queue, name, sequence, value ?? .null)
            }
        }
        #expect(!Self.isFoundOut(path) && tried > 800, "\(tried)")
    }

    /// The value with each of its bytes changed, and as what it is not: nothing, or empty.
    private static func neighbours(_ value: DatabaseValue) -> [DatabaseValue] {
        switch value.storage {
        case .int64(let number):
            return (0..<8).map { (number ^ (Int64(1) << (8 * Int64($0)))).databaseValue }
                + [Double(number).advanced(by: 0.5).databaseValue, "x".databaseValue]
        case .string(let text):
            let bytes = Array(text.utf8)
            let changed = bytes.indices.map { i in
                var other = bytes
                other[i] ^= 1
                return String(decoding: other, as: UTF8.self).databaseValue
            }
            return changed + [(text + " ").databaseValue, Data(bytes).databaseValue, .null]
        default: return ["".databaseValue, "x".databaseValue]
        }
    }

    private static func set(
        _ queue: DatabaseQueue, _ name: String, _ sequence: Int, _ value: DatabaseValue
    ) async throws {
        try await queue.write { db in
            // A column that may not be empty is not what keeps a forger off.
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON")
            do {
                try db.execute(sql: "UPDATE audit SET \(name) = ? WHERE sequence = ?", arguments: [value, sequence])
            } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
                try db.execute(sql: "UPDATE audit SET \(name) = 'null' WHERE sequence = ?", arguments: [sequence])
            }
        }
    }

    @Test(arguments: [
        ("DELETE FROM audit WHERE sequence = 3", "cut at the end"),
        ("DELETE FROM audit", "emptied"), ("DELETE FROM auditHead", "its head gone"),
        ("UPDATE audit SET sequence = sequence + 1 WHERE sequence = 3", "moved"),
        (
            """
            UPDATE audit SET sequence = 9 WHERE sequence = 2; UPDATE audit SET sequence = 2 WHERE sequence = 3;
            UPDATE audit SET sequence = 3 WHERE sequence = 9
            """, "two changed over"
        ),
        (
            "INSERT INTO audit SELECT 4, at, action, phase, who, groupName, target, verb, text, details, previous, hash"
                + " FROM audit WHERE sequence = 3", "one put in"
        ),
    ])
    func whatIsCutMovedOrPutInIsFoundOut(_ sql: String, _ what: String) async throws {
        let path = try await file()
        try await DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
        #expect(Self.isFoundOut(path), "\(what)")
    }

    /// The one thing a chain cannot know of itself: cut at its end with the head put right. The anchor knows.
    @Test func aCutWithTheHeadPutRightShowsAgainstItsAnchor() async throws {
        let path = try await file()
        let journal = try Journal(at: path)
        let head = try #require(try await journal.head())
        try await DatabaseQueue(path: path).write { db in
            try db.execute(sql: "DELETE FROM audit WHERE sequence > 2")
            try db.execute(
                sql: "UPDATE auditHead SET sequence = 2, hash = (SELECT hash FROM audit WHERE sequence = 2)")
        }
        guard case .whole(2, _) = try await journal.verify() else {
            Issue.record("the chain alone cannot know")
            return
        }
        #expect(
            try await journal.contradicts(sequence: head.sequence, hash: head.hash)
                == "the journal was cut: its last entry is 2, and entry 3 was there before")
    }
}
