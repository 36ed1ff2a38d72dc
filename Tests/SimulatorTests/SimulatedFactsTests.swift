import Estate
import Insight
import Testing

@testable import Simulator

/// What observers say, and that it hangs together.
@Suite struct SimulatedFactsTests {
    @Test func theSameSeedTellsTheSame() throws {
        let scenario = try Scenario.named("leader-killed")
        func told(_ seed: UInt64) -> [Update] {
            var simulated = SimulatedPlatform(seed: seed, scenario: scenario)
            return (1...80).flatMap { simulated.advance(to: simulated.start + .seconds(Double($0))) }
        }
        let first = told(7)
        #expect(first == told(7))
        #expect(first != told(8))
        #expect(first.count > 5_000)
    }

    /// However the time is cut up.
    @Test func stepsOfAnyLengthTellTheSame() {
        var fine = SimulatedPlatform()
        var coarse = SimulatedPlatform()
        var finely: [Update] = []
        for n in 1...400 { finely += fine.advance(to: fine.start + .milliseconds(Int64(n) * 100)) }
        #expect(finely == coarse.advance(to: coarse.start + .seconds(40)))
    }

    @Test func aLeapTellsEveryEdgeAndTheNewestLevels() throws {
        let scenario = try Scenario.named("leader-killed")
        var simulated = SimulatedPlatform(scenario: scenario)
        let updates = simulated.advance(to: simulated.start + .seconds(600))
        var snapshot = Snapshot(platform: simulated.platform)
        var leaders: [String?] = []
        for update in updates {
            snapshot.apply(update)
            if case .group(let id, let facts) = update.body, id.name == "wallet-db", update.isEdge,
                let leader = facts.leader, leaders.last != leader.value
            {
                leaders.append(leader.value)
            }
        }
        #expect(leaders == ["db-ams-1", nil, "db-lon-1"])
        #expect(updates.count < 2_000, "\(updates.count)")
        let assessment = Assessment.of(snapshot, now: simulated.now)
        let worse = assessment.groups.filter { $0.verdict != .protected }
        #expect(worse.isEmpty, "\(worse.map { "\($0.id): \($0.reasons.map(\.text))" })")
    }

    @Test func loadFollowsTheWeek() {
        func bets(_ text: String) -> Double {
            guard let at = CivilDate.timestamp(text) else { return .nan }
            return Load(seed: 3, at: at).bets
        }
        let calm = bets("2026-11-21T14:45:00Z")
        let kickOff = bets("2026-11-21T15:00:30Z")
        #expect(kickOff / calm > 7 && kickOff / calm < 14, "\(calm) then \(kickOff)")
        #expect(bets("2026-11-20T15:00:30Z") < calm)
        #expect(bets("2026-11-20T20:30:00Z") < bets("2026-11-21T20:30:00Z"))
        #expect(bets("2026-11-18T04:00:00Z") < calm / 3)
        // Half-time brings more than the play around it.
        #expect(bets("2026-11-21T15:52:00Z") > bets("2026-11-21T15:25:00Z"))
    }

    @Test func everythingFollowsTheLoad() throws {
        var quiet = Stage()
        quiet.run(to: .seconds(30))
        var loud = Stage(start: SimulatedPlatform.startUsual + .seconds(600))
        loud.run(to: .seconds(30))
        func leader(_ stage: Stage) throws -> (log: Double, cpu: Double) {
            let id = MemberID(GroupID("wallet-db"), "db-ams-1")
            let before = try #require(stage.snapshot.member(id)?.newest(\.replication?.writtenLSN)?.value)
            var later = stage
            later.run(for: .seconds(10))
            let after = try #require(later.snapshot.member(id)?.newest(\.replication?.writtenLSN)?.value)
            let host = stage.snapshot.host(NodeID("db-ams-1"))?.newest(\.cpuBusy)
            return (Double(after.distance(from: before)) / 10, try #require(host?.value))
        }
        let (calm, busy) = (try leader(quiet), try leader(loud))
        #expect(busy.log > calm.log * 5, "\(calm) \(busy)")
        #expect(busy.cpu > calm.cpu * 2)
        for pool in ["bet-api", "odds-api", "edge", "pg_write"] {
            let (few, many) = (quiet.group(pool)?.sessions ?? 0, loud.group(pool)?.sessions ?? 0)
            #expect(many > few, "\(pool): \(few) then \(many)")
        }
    }

    @Test func observersAreThoseOfARealPlatform() {
        var stage = Stage()
        stage.run(to: .seconds(3))
        let ids = Set(stage.snapshot.sources.map(\.id.description))
        for id in [
            "etcd:wallet-db", "etcd:consensus", "patroni:wallet-db", "patroni:wallet-db/db-ams-1",
            "sql:ledger-db/db-fra-3", "haproxy:lb-ams-1", "node:app-lon-2", "redis:session-cache/cache-ams-1",
            "sentinel:session-cache/sentinel-fra-1", "path:uplinks-ams", "pgbackrest:wallet-db",
        ] {
            #expect(ids.contains(id), "\(id)")
        }
        #expect(stage.snapshot.sources.allSatisfy { $0.status.state == .live })
        #expect(stage.assessment.groups.allSatisfy { $0.isConfigured && $0.verdict == .protected })
        // Each host stands in a site, each member on a host.
        for group in stage.assessment.groups where !group.id.name.hasPrefix("uplinks") {
            for member in group.members { #expect(member.node != nil && member.site != nil, "\(member.id)") }
        }
    }

    @Test func factsOfAllKindsAreThere() throws {
        var stage = Stage()
        stage.run(to: .seconds(70))
        let wallet = try #require(stage.snapshot.group(GroupID("wallet-db")))
        let backups = try #require(wallet.newest(\.backups)?.value)
        #expect(backups.newest(.full) != nil && backups.newest(.incremental) != nil)
        #expect(backups.repositories.contains { $0.isOffSite })
        let edge = try #require(stage.snapshot.group(AcmeBets.edgeGroup)?.newest(\.edge)?.value)
        #expect(edge.requestRate ?? 0 > 10 && !edge.talkers.isEmpty && edge.certificates.count == 3)
        let path = try #require(stage.snapshot.member(MemberID(GroupID("uplinks-fra"), "northsea")))
        #expect(path.newest(\.path?.isPreferred)?.value == true)
        let host = try #require(stage.snapshot.host(NodeID("db-fra-2"))?.sightings.first?.facts)
        #expect(host.arrays.first?.disksActive == 2 && host.disks.allSatisfy { $0.health?.isPassed == true })
        #expect(host.disks.allSatisfy { $0.awaitSeconds ?? 0 > 0 })
    }

    @Test func disksFailByDegrees() throws {
        var stage = Stage(try Scenario.named("disk-failing"))
        func disk() throws -> (DiskFacts, ArrayFacts) {
            let facts = try #require(stage.snapshot.host(NodeID("db-lon-1"))?.sightings.first?.facts)
            return (facts.disks[1], facts.arrays[0])
        }
        stage.run(to: .seconds(60))
        #expect(try disk().0.health?.isPassed == true && disk().0.health?.reallocatedSectors ?? 0 > 0)
        let calm = try #require(try disk().0.awaitSeconds)
        stage.run(to: .seconds(190))
        #expect(try disk().0.health?.isPassed == false)
        #expect(try #require(try disk().0.awaitSeconds) > calm * 5)
        stage.run(to: .seconds(250))
        #expect(try disk().1.disksActive == 1 && disk().1.disksFailed == 1)
        stage.run(to: .seconds(400))
        #expect(try disk().1.isRebuilding && disk().1.rebuildProgress ?? 0 > 0.1)
        stage.leap(to: .seconds(920))
        #expect(try disk().1.disksActive == 2 && disk().0.health?.isPassed == true)
    }

    @Test func calendarReadsAndWrites() throws {
        #expect(CivilDate.timestamp("2026-11-21T14:50:00Z") == SimulatedPlatform.startUsual)
        for text in ["2024-02-29T00:00:00Z", "2000-02-29T23:59:59Z", "1970-01-01T00:00:00Z", "2100-03-01T12:30:00Z"] {
            let date = CivilDate(try #require(CivilDate.timestamp(text)))
            func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
            let written =
                "\(date.year)-\(two(date.month))-\(two(date.day))T\(two(date.hour)):\(two(date.minute))"
                + ":\(two(date.second))Z"
            #expect(written == text)
        }
        for text in ["2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-21", "x", "2026-11-21T25:00:00Z"] {
            #expect(CivilDate.timestamp(text) == nil, "\(text)")
        }
    }
}
