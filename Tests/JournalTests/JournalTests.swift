import Estate
import Foundation
import GRDB
import Journal
import Testing

/// A folder of its own for each test, gone afterwards.
final class Scratch: Sendable {
    let folder: String
    var path: String { folder + "/state/journal.db" }
    init() { folder = NSTemporaryDirectory() + "pitboss-journal-\(UUID().uuidString)" }
    deinit { try? FileManager.default.removeItem(atPath: folder) }
}

@Suite struct AuditTests {
    let scratch = Scratch()

    func record(_ text: String, _ phase: AuditRecord.Phase = .intent, action: String = "a1") -> AuditRecord {
        AuditRecord(
            action: action, phase, at: Timestamp(seconds: 1000), who: "ana@desk", group: GroupID("wallet-db"),
            target: "wallet-db/pg-2", verb: "promote", text: text,
            details: [.init("request", "POST /switchover"), .init("reason", "“why”; 'quotes' \n and lines")])
    }

    func filled(_ count: Int) async throws -> Journal {
        let journal = try Journal(at: scratch.path)
        for i in 1...count { try await journal.append(record("step \(i)")) }
        return journal
    }

    @Test func whatIsKeptComesBackAsItWasAfterReopening() async throws {
        let first = try await filled(1).audit()
        let again = try Journal(at: scratch.path)
        #expect(try await again.audit() == first)
        #expect(first.map(\.sequence) == [1])
        #expect(first[0].record == record("step 1"))
        #expect(try await again.append(record("step 2", .outcome)).previous == first[0].hash)
    }

    @Test func theFileIsForTheOwnerAlone() async throws {
        let journal = try await filled(1)
        for name in ["", "-wal"] {
            let mode = try FileManager.default.attributesOfItem(atPath: scratch.path + name)[.posixPermissions] as? Int
            #expect(mode == 0o600, "journal.db\(name)")
        }
        #expect(journal.path == scratch.path)
    }

    @Test func aWholeChainVerifies() async throws {
        let journal = try await filled(5)
        let head = try await journal.audit().last?.hash
        #expect(try await journal.verify() == .whole(entries: 5, head: try #require(head)))
    }

    @Test(arguments: [
        ("UPDATE audit SET text = 'nothing happened' WHERE sequence = 3", 3, "changed"),
        ("UPDATE audit SET details = '[]' WHERE sequence = 2", 2, "changed"),
        ("UPDATE audit SET at = at + 1 WHERE sequence = 5", 5, "changed"),
        ("DELETE FROM audit WHERE sequence = 3", 3, "missing"),
        ("DELETE FROM audit WHERE sequence = 1", 1, "missing"),
        ("DELETE FROM audit WHERE sequence = 5", 5, "missing"),
        ("DELETE FROM auditHead", 5, "does not know"),
    ])
    func tamperingIsFound(statement: String, sequence: Int64, word: String) async throws {
        let journal = try await filled(5)
        let queue = try DatabaseQueue(path: scratch.path)
        try await queue.write { try $0.execute(sql: statement) }
        guard case .broken(let at, let reason) = try await journal.verify() else {
            Issue.record("the chain passes for whole")
            return
        }
        #expect(at == sequence)
        #expect(reason.contains(word))
    }

    @Test func twoEntriesChangedOverAreFound() async throws {
        let journal = try await filled(4)
        let queue = try DatabaseQueue(path: scratch.path)
        try await queue.write { db in
            try db.execute(sql: "UPDATE audit SET sequence = 99 WHERE sequence = 2")
            try db.execute(sql: "UPDATE audit SET sequence = 2 WHERE sequence = 3")
            try db.execute(sql: "UPDATE audit SET sequence = 3 WHERE sequence = 99")
        }
        #expect(try await journal.verify() == .broken(sequence: 2, reason: "it does not follow the one before"))
    }

    @Test func twoWritersMakeOneChain() async throws {
        let a = try Journal(at: scratch.path)
        let b = try Journal(at: scratch.path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (name, journal) in [("a", a), ("b", b)] {
                group.addTask {
                    for i in 0..<25 { try await journal.append(record("\(name) \(i)", action: name)) }
                }
            }
            try await group.waitForAll()
        }
        guard case .whole(let entries, _) = try await a.verify() else {
            Issue.record("the chain is broken")
            return
        }
        #expect(entries == 50)
        var filter = JournalFilter()
        filter.action = "b"
        #expect(try await a.audit(filter).map(\.record.text) == (0..<25).map { "b \($0)" })
    }

    @Test func tooMuchIsRefusedAndNothingKept() async throws {
        let journal = try Journal(at: scratch.path)
        var big = record("big")
        big.details = [.init("body", String(repeating: "x", count: Journal.detailsBytesMax))]
        await #expect(throws: JournalError.self) { try await journal.append(big) }
        #expect(try await journal.audit().isEmpty)
    }

    @Test func aFolderThatCannotBeMadeSaysSo() async throws {
        #expect {
            try Journal(at: "/dev/null/pitboss/journal.db")
        } throws: { error in
            guard case JournalError.cannotOpen(let path, _) = error else { return false }
            return path == "/dev/null/pitboss/journal.db"
        }
    }

    @Test func aJournalOfALaterVersionIsLeftAlone() async throws {
        _ = try await filled(1)
        let queue = try DatabaseQueue(path: scratch.path)
        try await queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99: of the future')") }
        #expect(throws: JournalError.tooNew(path: scratch.path)) { try Journal(at: scratch.path) }
    }

    @Test func theStandardPlaceIsXDGs() {
        #expect(JournalFile.standard(environment: ["HOME": "/home/ana"]) == "/home/ana/.local/state/pitboss/journal.db")
        #expect(
            JournalFile.standard(environment: ["HOME": "/home/ana", "XDG_STATE_HOME": "/var/s"])
                == "/var/s/pitboss/journal.db")
        #expect(
            JournalFile.standard(environment: ["HOME": "/h", "XDG_STATE_HOME": "relative"])
                == "/h/.local/state/pitboss/journal.db")
    }
}

@Suite struct EventTests {
    let scratch = Scratch()

    func event(_ i: Int, _ kind: Event.Kind = .leaderElected, group: String = "wallet-db") -> Event {
        var event = Event(
            at: Timestamp(seconds: Double(i)), kind, .warning, group: GroupID(group),
            member: MemberID(GroupID(group), "pg-\(i)"), text: "event \(i)")
        event.outage = .seconds(1.5)
        event.revision = Int64(i) << 40
        event.source = SourceID("etcd", group)
        event.node = NodeID("node-a")
        return event
    }

    @Test func theyComeBackWholeAndInOrder() async throws {
        let events = (1...3).map { event($0) }
        try await Journal(at: scratch.path).record(events)
        #expect(try await Journal(at: scratch.path).events().map(\.event) == events)
    }

    @Test func theNewestComeFirstToTheLimitAndFollowingGoesOn() async throws {
        let journal = try Journal(at: scratch.path)
        try await journal.record((1...10).map { event($0) })
        let last = try await journal.events(JournalFilter(limit: 3))
        #expect(last.map(\.event.text) == ["event 8", "event 9", "event 10"])
        try await journal.record([event(11), event(12)])
        let next = try await journal.events(JournalFilter(after: last.last?.id, limit: 10))
        #expect(next.map(\.event.text) == ["event 11", "event 12"])
    }

    @Test func filtersHold() async throws {
        let journal = try Journal(at: scratch.path)
        try await journal.record([event(1), event(2, .drained, group: "bet-api"), event(3, .leaderLost), event(4)])
        var filter = JournalFilter(group: GroupID("wallet-db"))
        #expect(try await journal.events(filter).map(\.event.text) == ["event 1", "event 3", "event 4"])
        filter.kinds = [.leaderLost]
        #expect(try await journal.events(filter).map(\.event.text) == ["event 3"])
        filter = JournalFilter()
        filter.since = Timestamp(seconds: 2)
        filter.until = Timestamp(seconds: 4)
        #expect(try await journal.events(filter).map(\.event.text) == ["event 2", "event 3"])
    }
}

@Suite struct HoldTests {
    @Test func aHoldStaysUntilItIsEndedEvenWhenItHasRunOut() async throws {
        let scratch = Scratch()
        let group = GroupID("wallet-db")
        let hold = HoldRecord(
            action: "a1", group: group, kind: "paused", since: Timestamp(seconds: 100), until: Timestamp(seconds: 200),
            who: "ana@desk", reason: "switch of the network", undo: "resume")
        try await Journal(at: scratch.path).begin(hold)
        let journal = try Journal(at: scratch.path)
        #expect(try await journal.holds() == [hold])
        #expect(!hold.hasRunOut(at: Timestamp(seconds: 199)))
        #expect(hold.hasRunOut(at: Timestamp(seconds: 200)))
        try await journal.end("paused", of: group, at: Timestamp(seconds: 300))
        #expect(try await journal.holds().isEmpty)
    }

    /// Two processes that revise what is in force do not undo each other's.
    @Test func nobodyComesBetweenWhatIsReadAndWhatIsWritten() async throws {
        let scratch = Scratch()
        let hold = HoldRecord(
            action: "a1", group: GroupID("wallet-db"), kind: "drained", since: Timestamp(seconds: 100),
            until: Timestamp(seconds: 200), who: "ana@desk", reason: "kernel", undo: "0")
        try await Journal(at: scratch.path).begin(hold)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let journal = try Journal(at: scratch.path)
                    for _ in 0..<10 {
                        try await journal.revise { holds in
                            holds.flatMap { held -> [HoldChange] in
                                var next = held
                                next.undo = "\((Int(held.undo) ?? 0) + 1)"
                                return [
                                    .end(kind: held.kind, of: held.group, at: Timestamp(seconds: 150)), .begin(next),
                                ]
                            }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await Journal(at: scratch.path).holds().map(\.undo) == ["40"])
    }
}
