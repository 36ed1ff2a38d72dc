import Estate
import PitbossTestKit
import Settings
import Testing
import Wire

@testable import Feeds

@Suite(.timeLimit(.minutes(5))) struct ExecFeedTests {
    static let hostileName = "evil\u{1B}[31m\u{202E}"

    static let feedCase = FeedCase(
        "exec",
        makePeer: {
            ProgramPeer(endsAfterAnswer: false) { mood, line in
                let number = line.split(separator: ":").last.map { $0.dropLast() } ?? "0"
                let name = mood == .hostile ? #"evil\u001b[31m\u202e"# : "feed-a"
                if mood == .malformed { return "{\u{1B}[2J\u{7}\n{\"done\":\(number)}\n" }
                return """
                    {"group":"odds","serving":true}
                    {"member":"\(name)","group":"odds","up":true,"figures":{"age":0.2}}
                    {"figure":"odds age","value":0.2,"unit":"s","warn_above":2}
                    {"done":\(number)}

                    """
            }
        },
        makeFeed: { peer, pace in
            ExecFeed(ExecSettings("odds", command: (peer as? ProgramPeer)?.listeningCommand ?? []), pace: pace)
        },
        isValue: { update in
            guard case .member(let id, let facts) = update.body else { return false }
            return id.name == "feed-a" && facts.traffic?.check == .up
        },
        isHostileValue: { update in
            guard case .member(let id, _) = update.body else { return false }
            return id.name == hostileName
        })

    @Test func firstValue() async throws { try await FeedConformance(Self.feedCase).firstValue() }
    @Test func silence() async throws { try await FeedConformance(Self.feedCase).silence() }
    @Test func deadline() async throws { try await FeedConformance(Self.feedCase).deadline() }
    @Test func cancel() async throws { try await FeedConformance(Self.feedCase).cancel() }
    @Test func reconnect() async throws { try await FeedConformance(Self.feedCase).reconnect() }
    @Test func malformed() async throws { try await FeedConformance(Self.feedCase).malformed() }
    @Test func hostileNames() async throws { try await FeedConformance(Self.feedCase).hostileNames() }

    @Test func aProgramThatEndsIsSaidWithItsLastWords() async throws {
        let sink = RecordingSink()
        let feed = ExecFeed(ExecSettings("x", command: ["/bin/sh", "-c", "echo no licence >&2; exit 1"]))
        let task = Task { await feed.run(into: sink, clock: SteppedClock()) }
        let status = try await sink.waitForStatus { $0.state == .failed }
        #expect(status.problem?.contains("no licence") == true)
        task.cancel()
        await task.value
    }
}

@Suite struct ExecLineTests {
    private func line(_ text: String) throws -> ExecLine { try ExecLine(Array(text.utf8)) }

    @Test func everyKindIsRead() throws {
        guard
            case .node(let node, let facts) = try line(
                #"{"node":"db-1","disks":[{"device":"sda","smart":{"passed":false,"pending_sectors":8}}]}"#)
        else { throw FeedConformance.Violation.none }
        #expect(node == NodeID("db-1"))
        #expect(facts.disks.first?.health?.isPassed == false)
        #expect(facts.disks.first?.health?.pendingSectors == 8)
        #expect(try line(#"{"done":3}"#) == .done(3))
        #expect(try line(#"{"gone":"a","group":"g"}"#) == .gone(MemberID(GroupID("g"), "a")))
        guard case .offer(let offer) = try line(#"{"offer":"restart","group":"odds","title":"Restart"}"#) else {
            throw FeedConformance.Violation.none
        }
        #expect(offer.isRisky, "what is not said to be harmless is risky")
        #expect(offer.line == #"{"group":"odds","run":"restart"}"#)
        guard case .figure(let figure) = try line(#"{"figure":"f","value":"x"}"#) else {
            throw FeedConformance.Violation.none
        }
        #expect(figure.value == nil)
        #expect(throws: WireError.self) { _ = try line("[1]") }
        #expect(throws: WireError.self) { _ = try line(#"{"member":"a"}"#) }
        #expect(throws: WireError.self) { _ = try line("nonsense") }
    }
}

extension FeedConformance.Violation {
    fileprivate static var none: any Error { CancellationError() }
}
