extension Scenario {
    /// The text of `docs/scenarios.md`: all that a file may say, out of the tables that it is read by.
    public static var guide: String {
        var text = introduction
        text += "## What there is\n\n| name | what |\n| --- | --- |\n"
        for scenario in all { text += "| `\(scenario.name)` | \(scenario.summary) |\n" }
        text += "\n## Steps\n\nEach has `at`, counted from the beginning (`+90s`, `2m`, `1h30m`), and one of these.\n\n"
        for verb in ScenarioVerb.all {
            let lines = verb.usage.split(separator: "\n")
            let written = lines.joined(separator: ", ")
            text += "- **\(verb.name)**: \(verb.summary)\n  `- { at: +90s, \(written) }`\n"
        }
        text += expectationsText
        text += "\n## Names\n\n"
        text += "- sites: \(code(AcmeBets.sites))\n"
        text += "- databases: \(code(ScenarioPlaces.databases)), and of each `/leader`, `/standby` and the members\n"
        for database in AcmeBets.databases { text += "  - \(database.id): \(code(database.members))\n" }
        text += "- services: \(code(ScenarioPlaces.services)); a server is `bet-api/bet-ams-1`\n"
        text += "- balancers: \(code(AcmeBets.balancers.map { "\(AcmeBets.balancersGroup)/\($0)" }))\n"
        text += "- cache: \(code(AcmeBets.caches.map { "\(AcmeBets.cacheGroup)/\($0)" })), "
        text += "`\(AcmeBets.cacheGroup)/leader`; sentinels \(code(ScenarioPlaces.sentinels))\n"
        text += "- store: \(code(AcmeBets.voters.map { "\(AcmeBets.storeGroup)/\($0)" })), "
        text += "`\(AcmeBets.storeGroup)/leader`\n"
        text += "- providers: \(code(ScenarioPlaces.providers))\n"
        text += "- hosts: \(code(ScenarioPlaces.hosts))\n"
        return text
    }

    private static func code(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: " ") }

    private static let introduction = """
        # Scenarios

        What happens to the simulated platform, and when. A scenario is a file; those below are in the program. This
        page is made from the tables in the program; a test compares them.

        ```yaml
        name: half-time
        summary: The wallet's leader dies when everybody bets.
        start: 2026-11-21T15:44:00Z     # optional; else Saturday, ten minutes before kick-off
        seed: 7                         # optional; another seed is another day
        steps:
          - at: +90s
            kill: wallet-db/leader
          - { at: +4m, start: db-ams-1 }
        expect:
          - { at: +100s, group: wallet-db, verdict: DOWN }
          - { by: +2m, event: leaderElected, group: wallet-db, says: db-lon-1 leads }
        ```

        The same seed, scenario and commands give the same day, to the byte. A mistake is told with its line and the
        nearest word that would be right.


        """

    private static let expectationsText = """

        ## Expectations

        What must be seen; the tests play each scenario of the program and hold it to them.

        - `{ at: +20s, group: wallet-db, verdict: DOWN }`: at that moment the group stands so. Verdicts:
          `PROTECTED`, `AT RISK`, `DEGRADED`, `DOWN`, `UNKNOWN`.
        - `{ by: +1m, event: leaderElected, group: wallet-db }`: by then it has happened.
        - `{ until: +5m, never: leaderLost }`: until then it has not.
        - `{ at: +20s, screen: overview, says: nobody leads }`: at that moment this page shows it. The whole screens of
          the program's own scenarios are kept in `Tests/SimulatorTests/Screens`.
        - `says: …` beside any of them: part of the event's text, of one of the verdict's reasons, or of the page.

        """
}
