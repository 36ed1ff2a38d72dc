import Estate
import Insight
import Testing

@Suite struct BackupTests {
    private func scene(_ facts: BackupFacts?, policy: BackupPolicy? = BackupPolicy()) -> Scene {
        var scene = Scene()
        scene.plan(Scene.db) { $0.backups = policy }
        scene.healthy()
        if let facts { scene.backups(facts) }
        return scene
    }

    @Test func whatThePolicyAsksForIsProtected() throws {
        let scene = scene(Scene().goodBackups())
        let g = scene.database
        #expect(g.verdict == .protected, "\(g.reasons)")
        #expect(!g.notes.contains("backups are not watched"))
        let backups = try #require(g.backups)
        #expect(backups.fullAge == .seconds(72_000) && backups.anyAge == .seconds(7_200))
        #expect(backups.offSite == .held(name: "away", age: .seconds(7_200)))
        #expect(backups.restoreTestAge == .seconds(86_400) && backups.lastFull?.kind == .full)
    }

    @Test func theTableOfFaults() {
        let cases: [(String, (inout BackupFacts) -> Void, String)] = [
            ("none", { $0.backups = [] }, "there is no backup: a full one every 26 h is asked for"),
            ("no full", { $0.backups.removeAll { $0.kind == .full } }, "there is no full backup"),
            (
                "old full", { facts in facts = Scene().goodBackups(full: 31) },
                "the last full backup is 31 h old, 26 h allowed"
            ),
            (
                "old increment", { facts in facts = Scene().goodBackups(full: 20, incremental: 9) },
                "the last backup of any kind is 9 h old, 7 h allowed"
            ),
            ("no off-site", { $0.repositories[1].isOffSite = false }, "no copy is off-site"),
            (
                "off-site broken", { $0.repositories[1].isOK = false },
                "repository away is not sound"
            ),
            (
                "off-site empty", { $0.backups.removeAll { $0.repository == "away" } },
                "no copy is off-site: away has none that is sound"
            ),
            (
                "off-site old",
                { facts in
                    for i in facts.backups.indices where facts.backups[i].repository == "away" {
                        facts.backups[i].endedAt = Scene.t0 - .seconds(3 * 86_400)
                    }
                }, "the last copy off-site (away) is 3 d old, 26 h allowed"
            ),
            (
                "gap", { $0.missingSegments = 12 },
                "12 segments missing in the archived log: not every moment can be restored"
            ),
            (
                "stopped", { $0.lastArchivedAt = Scene.t0 - .seconds(7_500) },
                "nothing was archived for 2 h: a restore would lack what came since"
            ),
            ("problem", { $0.problem = "[055] unable to find info" }, "backup tool: [055] unable to find info"),
            (
                "errors", { facts in for i in facts.backups.indices { facts.backups[i].hasError = true } },
                "there is no backup"
            ),
        ]
        for (name, change, text) in cases {
            var facts = Scene().goodBackups()
            change(&facts)
            facts.backups.sort { $0.endedAt < $1.endedAt }
            let g = scene(facts).database
            #expect(g.verdict == .atRisk, "\(name)")
            #expect(g.reasons.contains { $0.text.hasPrefix(text) }, "\(name): \(g.reasons)")
            #expect(g.backups?.verdict == .atRisk)
        }
    }

    @Test func restoreTestsAreAskedForWhereThePolicyDoes() {
        let policy = BackupPolicy(restoreTestAgeMax: .seconds(30 * 86_400))
        #expect(scene(Scene().goodBackups(), policy: policy).database.verdict == .protected)
        var facts = Scene().goodBackups()
        facts.restoreTestedAt = nil
        #expect(scene(facts, policy: policy).database.headline.hasPrefix("no restore was ever tested"))
        facts.restoreTestedAt = Scene.t0 - .seconds(45 * 86_400)
        let g = scene(facts, policy: policy).database
        #expect(g.headline == "the last restore test is 45 d old, 30 d allowed")
    }

    @Test func whoAsksForBackupsAndHearsOfNoneIsAtRisk() {
        let g = scene(nil).database
        #expect(g.verdict == .atRisk && g.headline == "no backup is known: a full one every 26 h is asked for")
        var starting = scene(nil)
        starting.status(SourceID("backups", "db"), .connecting)
        #expect(starting.database.verdict == .protected)
    }

    @Test func withoutAPolicyNothingIsJudged() {
        var facts = Scene().goodBackups(full: 9_000)
        facts.missingSegments = 4
        let g = scene(facts, policy: nil).database
        #expect(g.verdict == .protected && g.backups != nil)
        #expect(g.notes.contains { $0.contains("no policy") })
        #expect(scene(nil, policy: nil).database.notes.contains("backups are not watched"))
    }

    @Test func anObserverThatFellSilentStillCountsTheHours() {
        var scene = scene(Scene().goodBackups())
        scene.status(SourceID("backups", "backup-1"), .failed)
        scene.now = scene.now + .seconds(8 * 3600)
        scene.healthy()
        let g = scene.database
        #expect(g.backups?.isStale == true)
        #expect(g.reasons.contains { $0.text == "the last full backup is 28 h old, 26 h allowed" })
        #expect(g.reasons.contains { $0.text == "backups last heard of 8 h ago" && $0.severity == .protected })
    }

    @Test func observersOfDifferentRepositoriesAreTakenTogether() {
        var scene = Scene()
        scene.plan(Scene.db) { $0.backups = BackupPolicy() }
        scene.healthy()
        var (near, away) = (Scene().goodBackups(), Scene().goodBackups())
        near.repositories.removeLast()
        near.backups.removeAll { $0.repository == "away" }
        away.repositories.removeFirst()
        away.backups.removeAll { $0.repository == "near" }
        scene.backups(near, by: "b1")
        #expect(scene.database.headline == "no copy is off-site")
        scene.backups(away, by: "b2")
        #expect(scene.database.verdict == .protected && scene.database.backups?.facts.backups.count == 4)
    }
}
