import Estate
import Testing

@testable import Simulator

@Suite struct ScenarioParsingTests {
    @Test func readsAWholeFile() throws {
        let scenario = try Scenario(
            parsing: """
                name: mine
                summary: What I fear.
                start: 2026-11-21T15:00:00Z
                seed: 9
                steps:
                  - at: +1m30s
                    kill: wallet-db/leader
                  - { at: 2m, partition: fra, from: lon }
                expect:
                  - { at: 2m, group: wallet-db, verdict: AT RISK, says: survives }
                  - { by: 3m, event: leaderElected }
                """)
        #expect(scenario.name == "mine" && scenario.seed == 9)
        #expect(scenario.start == SimulatedPlatform.startUsual + .seconds(600))
        #expect(scenario.steps.map(\.text) == ["kill wallet-db/leader", "partition fra, from lon"])
        #expect(scenario.steps[0].at == .seconds(90))
        #expect(scenario.steps[1].action == .cut(site: 2, from: 1))
        #expect(scenario.expectations.map(\.kind) == [.verdict("AT RISK"), .event(.leaderElected)])
        #expect(scenario.lasts == .seconds(180))
    }

    private static func steps(_ step: String) -> String { "name: x\nsummary: y\nsteps:\n  - { at: 5s, \(step) }\n" }

    @Test(arguments: [
        (steps("kil: wallet-db/leader"), "line 4: verb kil is not known; did you mean kill?"),
        (steps("kill: walet-db/leader"), "line 4: kill walet-db/leader is not known; did you mean wallet-db/leader?"),
        (steps("partition: fr"), "line 4: partition fr is not known; did you mean fra?"),
        (steps("disk: db-lon-1, stage: failng"), "line 4: stage failng is not known; did you mean failing?"),
        (steps("disk: db-lon-1"), "line 4: stage is missing; write stage: failing"),
        (
            steps("lag: wallet-db/leader, receives: 3"),
            "line 4: receives is 3; write a number from 0 to 1"
        ),
        (steps("load: 2, ovr: 3s"), "line 4: step key ovr is not known; did you mean over?"),
        (
            steps("load: 2, over: soon"),
            "line 4: over is soon; write a length of time such as +90s, 2m, 1h30m"
        ),
        ("name: x\nsummary: y\nsteps:\n  - { kill: db-ams-1 }\n", "line 4: at is missing; write at: +90s"),
        ("name: x\nsummary: y\nstpes: []\n", "line 3: scenario key stpes is not known; did you mean steps?"),
        ("name: x\nsteps: []\n", "line 1: summary is missing; write summary: One line on what happens."),
        ("name: x\nsummary: y\nsteps: 4\n", "line 3: steps is no list; write one entry a line, each after a dash"),
        (
            "name: x\nsummary: y\nstart: today\n",
            "line 3: start is today; write a moment in UTC such as 2026-11-21T14:50:00Z"
        ),
        (
            "name: x\nsummary: y\nexpect:\n  - { at: 1s, group: wallet-db, verdict: DWON }\n",
            "line 4: verdict DWON is not known; did you mean DOWN?"
        ),
        (
            "name: x\nsummary: y\nexpect:\n  - { at: 1s, event: leaderElekted }\n",
            "line 4: event leaderElekted is not known; did you mean leaderElected?"
        ),
        ("", "line 1: not YAML: the file is empty"),
        ("name: [x\n", "line 2: not YAML: did not find expected ',' or ']'"),
    ])
    func mistakesNameTheLineAndTheWord(yaml: String, message: String) {
        #expect {
            try Scenario(parsing: yaml)
        } throws: { error in
            let text = "\(error)"
            #expect(text == message)
            return error is ScenarioError
        }
    }

    @Test func limitsHold() {
        let long = "name: x\nsummary: " + String(repeating: "y", count: Scenario.fileBytesMax)
        #expect(throws: ScenarioError.tooLarge(bytesMax: Scenario.fileBytesMax)) { try Scenario(parsing: long) }
        let many =
            "name: x\nsummary: y\nsteps:\n"
            + String(repeating: "  - { at: 1s, load: 1 }\n", count: Scenario.stepsMax + 1)
        #expect(throws: ScenarioError.tooMany(line: 4, what: "steps", max: Scenario.stepsMax)) {
            try Scenario(parsing: many)
        }
    }

    /// Each verb's usage, as the documentation shows it, is what it takes.
    @Test(arguments: ScenarioVerb.all.map(\.name))
    func usagesAreRead(name: String) throws {
        let verb = try #require(ScenarioVerb.all.first { $0.name == name })
        let lines = verb.usage.split(separator: "\n").map { "    \($0)\n" }.joined()
        let scenario = try Scenario(parsing: "name: x\nsummary: y\nsteps:\n  - at: 1s\n\(lines)")
        #expect(scenario.steps[0].text.hasPrefix(name))
        for option in verb.options { #expect(verb.usage.contains("\(option): "), "\(option)") }
        // What can be written can be played.
        var stage = Stage(scenario)
        stage.run(to: .seconds(4))
        #expect(stage.updatesCount > 300)
    }

    @Test(arguments: [
        ("90s", 90.0), ("+90s", 90), ("1h30m", 5_400), ("500ms", 0.5), ("1.5m", 90), ("2m 3s", nil), ("", nil),
        ("+", nil), ("s", nil), ("5", nil), ("5 s", nil), ("-5s", nil), ("9999h", nil), ("1e3s", nil),
    ])
    func spansAreRead(text: String, seconds: Double?) {
        #expect(ScenarioSpan.read(text)?.seconds == seconds)
    }
}
