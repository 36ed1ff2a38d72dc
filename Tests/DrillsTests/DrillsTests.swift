import Drills
import Estate
import Insight
import Settings
import Simulator
import Testing

@Suite struct DrillsTests {
    @Test(.timeLimit(.minutes(2))) func aKilledLeaderIsMeasuredAndHeldAgainstItsObjective() throws {
        let result = try #require(SimulatedDrill.run(try Scenario.named("leader-killed")))
        let wallet = try #require(result.groups.first { $0.group == "wallet-db" })
        // As the scenario itself expects: lost by 67 s, elected by 69, writes back by 72; killed at 45.
        let lost = try #require(wallet.leaderLostSeconds)
        let elected = try #require(wallet.electedSeconds)
        let back = try #require(wallet.writesBackSeconds)
        #expect(lost <= 22 && elected <= 24 && back <= 27)
        #expect(lost <= elected && elected <= back)
        #expect(try #require(wallet.detectedSeconds) <= 10)
        #expect(wallet.worstVerdict == "DOWN")
        let outage = try #require(wallet.outageSeconds)
        #expect(outage > 1 && outage <= back + 1)
        #expect(wallet.isWithinRTO == wallet.rtoSeconds.map { outage <= $0 })
        #expect(result.isPutBack)
        #expect(DrillDocument.markdown(result, at: "2026-11-21T14:58:00.000Z").contains("| wallet-db |"))
    }

    @Test func whereNothingHappensThereIsNothingToMeasure() {
        #expect(SimulatedDrill.run(.calm) == nil)
    }

    @Test func whatIsDueIsSaidAndAFailedDrillStaysDue() {
        let now = Timestamp(seconds: 100 * 86_400)
        func ago(_ days: Double) -> Timestamp { now - .seconds(days * 86_400) }
        let asked = ["a", "b", "c", "d"].map { DrillSettings($0, every: .seconds(30 * 86_400)) }
        let runs = [
            DrillCalendar.Run(scenario: "a", at: ago(10), isPassed: true),
            DrillCalendar.Run(scenario: "b", at: ago(31), isPassed: true),
            DrillCalendar.Run(scenario: "c", at: ago(1), isPassed: false),
            DrillCalendar.Run(scenario: "e", at: ago(2), isPassed: true),
        ]
        let lines = DrillCalendar.lines(asked, runs, now: now)
        #expect(lines.filter(\.isOverdue).map(\.scenario).sorted() == ["b", "c", "d"])
        #expect(lines.map(\.isOverdue) == [true, true, true, false, false])
        #expect(lines.last?.text == "         e: last 2 days ago")
        #expect(lines.first { $0.scenario == "c" }?.text == "OVERDUE  c: last 24 h ago, NOT passed, every 30 days")
    }
}
