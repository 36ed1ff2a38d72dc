import Estate
import Foundation
import Journal
import Plans
import Testing

@testable import Control

@Suite struct HoldBookTests {
    private let start = Timestamp(nanoseconds: 1_000_000_000_000)
    private let server = MemberID(GroupID("bet-api"), "bet-1")
    private let replica = MemberID(GroupID("cache"), "cache-2")

    private func hold(_ target: PlanTarget, _ kind: String) -> Hold {
        Hold(group: Hold.subject(target), kind: kind, lasts: .seconds(3600), undo: PlanCall("undrain", target))
    }

    private func atBalancer(_ name: String) -> Taken { Taken(server, .balancing(at: SourceID("haproxy", name))) }

    @Test func oneHoldTakesThePlaceOfTheOneBeforeAndRemembersBoth() {
        var book = HoldBook([], now: start)
        let subject = Hold.subject(.member(server))
        book.begin(
            hold(.member(server), Hold.drained), remembering: [atBalancer("lb-1")], action: "a", who: "ann", reason: "")
        book.begin(
            hold(.member(server), Hold.maintenance), remembering: [atBalancer("lb-1"), atBalancer("lb-2")],
            action: "b", who: "ben", reason: "")
        #expect(book.holds.map(\.kind) == [Hold.maintenance])
        #expect(book.taken(from: subject) == [atBalancer("lb-1"), atBalancer("lb-2")])
    }

    @Test func aRankIsRememberedAsItWasBeforeAllWhoChangedIt() {
        var book = HoldBook([], now: start)
        book.begin(
            hold(.member(replica), Hold.steered), remembering: [Taken(replica, .rank(100))], action: "a", who: "ann",
            reason: "")
        let node = PlanTarget.node(NodeID("node-ams"))
        book.begin(
            hold(node, Hold.drained), remembering: [Taken(replica, .rank(1))], action: "b", who: "ben", reason: "")
        #expect(book.taken(from: Hold.subject(node)) == [Taken(replica, .rank(100))])
        #expect(book.taken(from: Hold.subject(.member(replica))) == [], "it is remembered in one place only")
        #expect(book.holds.map(\.kind) == [Hold.drained])
    }

    @Test func whatWasNotGivenBackStaysRemembered() {
        var book = HoldBook([], now: start)
        let subject = Hold.subject(.member(server))
        book.begin(
            hold(.member(server), Hold.drained), remembering: [atBalancer("lb-1"), atBalancer("lb-2")], action: "a",
            who: "ann", reason: "")
        book.end(Hold.drained, of: subject, given: [atBalancer("lb-1")])
        #expect(book.taken(from: subject) == [atBalancer("lb-2")])
        book.end(Hold.drained, of: subject, given: [atBalancer("lb-2")])
        #expect(book.holds.isEmpty)
    }

    @Test func theEndOfWhatIsNotInForceWritesNothing() {
        var book = HoldBook([], now: start)
        book.end(Hold.paused, of: GroupID("wallet-db"), given: nil)
        book.end(Hold.drained, of: GroupID("wallet-db"), given: [atBalancer("lb-1")])
        #expect(book.changes.isEmpty)
    }

    /// The journal writes the changes in their order: what is in force afterwards is what the book says.
    @Test func theChangesMakeWhatTheBookSays() async throws {
        let folder = NSTemporaryDirectory() + "pitboss-holds-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let journal = try Journal(at: folder + "/journal.db")
        var book = HoldBook([], now: start)
        book.begin(
            hold(.member(server), Hold.drained), remembering: [atBalancer("lb-1")], action: "a", who: "ann", reason: "r"
        )
        book.begin(
            hold(.member(server), Hold.maintenance), remembering: [atBalancer("lb-2")], action: "b", who: "ben",
            reason: "r")
        let changes = book.changes
        try await journal.revise { _ in changes }
        #expect(try await journal.holds() == book.holds)
    }
}
