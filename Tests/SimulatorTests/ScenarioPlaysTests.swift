import Estate
import Grid
import Insight
import Panels
import PitbossTestKit
import Testing

@testable import Simulator

/// Each scenario that the program has in itself is played, and what its file expects must be seen.
@Suite struct ScenarioPlaysTests {
    @Test(arguments: Scenario.names)
    func showsWhatItExpects(name: String) throws {
        let scenario = try Scenario.named(name)
        var stage = Stage(scenario)
        for expectation in scenario.expectations.sorted(by: { $0.at < $1.at }) {
            stage.run(to: expectation.at)
            try check(expectation, stage, name)
        }
    }

    private func check(_ expectation: ScenarioExpectation, _ stage: Stage, _ name: String) throws {
        let place = "\(name).yaml:\(expectation.line)"
        let limit = stage.simulated.start + expectation.at
        let mine = stage.events.filter { $0.at <= limit && (expectation.group == nil || $0.group == expectation.group) }
        func says(_ text: String) -> Bool { expectation.says.map { text.contains($0) } ?? true }
        switch expectation.kind {
        case .verdict(let word):
            let group = stage.group(expectation.group?.name ?? "")
            let reasons = group?.reasons.map(\.text) ?? []
            #expect(group?.verdict.word == word, "\(place): \(reasons)")
            if expectation.says != nil { #expect(reasons.contains(where: says), "\(place): \(reasons)") }
        case .event(let kind):
            let texts = mine.filter { $0.kind == kind }.map(\.text)
            #expect(texts.contains(where: says), "\(place): \(texts)")
        case .never(let kind):
            let texts = mine.filter { $0.kind == kind }.map(\.text)
            #expect(!texts.contains(where: says), "\(place): \(texts)")
        case .screen(let page):
            let grid = stage.screen(page, width: 120, height: 36)
            #expect(says(grid.text), "\(place)")
            let kept = "\(name)-\(Int(expectation.at.seconds))s-\(page)"
            let difference = try Golden.difference(grid, kept, in: "Screens")
            #expect(difference == nil, "\(difference ?? "")")
        }
    }

    @Test func everyPageMayBeExpected() {
        #expect(Set(ScenarioExpectation.pages) == Set(PanelCatalogue.all.map(\.id.name)))
    }

    /// With another seed the moments differ, and what matters does not.
    @Test(arguments: [UInt64(1), 77, 4_096])
    func aKilledLeaderIsReplacedWhateverTheSeed(seed: UInt64) throws {
        var stage = Stage(try Scenario.named("leader-killed"), seed: seed)
        stage.run(to: .seconds(100))
        let back = stage.events.first { $0.kind == .writesBack && $0.group?.name == "wallet-db" }
        let outage = try #require(back?.outage)
        // The lock's time to live, less what had run of it, and the promotion.
        #expect(outage > .seconds(14) && outage < .seconds(25), "\(outage.seconds) s")
        #expect(stage.group("wallet-db")?.leader?.name == "db-lon-1")
        #expect(stage.group("wallet-db")?.verdict == .protected)
        #expect(stage.group("wallet-db")?.timeline == 8)
    }
}
