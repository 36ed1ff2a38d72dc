import Estate
import Journal
import Plans
import Testing

@testable import Control

@Suite struct PauseKeeperTests {
    let group = GroupID("wallet-db")

    func hold(until: Double) -> HoldRecord {
        HoldRecord(
            action: "a", group: group, kind: "paused", since: Timestamp(seconds: 0), until: Timestamp(seconds: until),
            who: "ana@desk", reason: "switch work", undo: HoldUndo.encode(PlanCall("resume", .group(group))))
    }

    func snapshot(_ paused: Bool?) -> Snapshot {
        var facts = GroupFacts()
        facts.paused = paused
        return Snapshot(platform: Platform(name: "p"))
            .applying(Update(SourceID("etcd", "wallet-db"), at: .zero, .group(group, facts)))
    }

    @Test func itNagsAsTheEndComesAndAfterIt() {
        let seen = snapshot(true)
        let cases: [(Double, HoldNotice.Urgency, String)] = [
            (60, .inForce, "wallet-db paused by ana@desk (switch work), 29 min left"),
            (1700, .endsSoon, "wallet-db paused by ana@desk (switch work), 1 min left"),
            (1860, .ranOut, "wallet-db paused by ana@desk (switch work), ran out 1 min ago: end it"),
        ]
        for (now, urgency, text) in cases {
            let notices = PauseKeeper.notices([hold(until: 1800)], seen, now: Timestamp(seconds: now))
            #expect(notices.map(\.urgency) == [urgency])
            #expect(notices.first?.text == text)
            #expect(notices.first?.undo == PlanCall("resume", .group(group)))
        }
    }

    @Test func aHoldIsOverOnlyWhenAnObserverSaysSo() {
        let holds = [hold(until: 1800)]
        #expect(PauseKeeper.ended(holds, snapshot(nil)).isEmpty)
        #expect(PauseKeeper.ended(holds, snapshot(true)).isEmpty)
        #expect(PauseKeeper.ended(holds, snapshot(false)) == holds)
        #expect(PauseKeeper.notices(holds, snapshot(false), now: .zero).isEmpty)
    }

    @Test func aPauseFromElsewhereHasNoEndAndSaysSo() {
        let notices = PauseKeeper.notices([], snapshot(true), now: .zero)
        #expect(notices.map(\.urgency) == [.ranOut])
        #expect(notices.first?.until == nil)
        #expect(notices.first?.undo == PlanCall("resume", .group(group)))
    }
}
