import Estate
import Plans
import Testing

/// What proves an outcome and what does not.
@Suite struct ExpectationTests {
    let sent = TestPlatform.now - .seconds(1)

    @Test func aCheckThatGoesUpStepByStepIsNotBack() {
        var platform = TestPlatform()
        let server = MemberID(TestPlatform.api, "bet-3")
        let serves = Expectation.serves(server, at: SourceID("haproxy", "lb-1"))
        platform.traffic(TestPlatform.api, "bet-3") {
            $0.check = .goingUp
            $0.checkDetail = "UP 1/2"
        }
        #expect(
            serves.state(in: platform.snapshot, since: sent) == .pending("bet-3 at lb-1 is going up (UP 1/2)"))
        platform.traffic(TestPlatform.api, "bet-3") { $0.check = .up }
        #expect(serves.state(in: platform.snapshot, since: sent).isMet)
    }

    @Test func aReplicaMustStreamAgain() {
        var platform = TestPlatform()
        let old = TestPlatform.member("pg-lon-1")
        let streams = Expectation.streams(old)
        #expect(streams.state(in: platform.snapshot, since: sent).isMet)
        #expect(
            streams.state(in: platform.snapshot, since: TestPlatform.now)
                == .pending("pg-lon-1 is not yet a replica"))
        platform.members["pg-lon-1"]?.replication?.streaming = false
        platform.sql["pg-lon-1"]?.replication?.streaming = false
        #expect(streams.state(in: platform.snapshot, since: sent) == .pending("pg-lon-1 does not stream yet"))
        platform.members["pg-lon-1"]?.state = .startFailed
        #expect(
            streams.state(in: platform.snapshot, since: sent) == .pending("pg-lon-1 does not start: look at its log"))
    }

    @Test func clientsThatStickStillArriveAndAreCounted() {
        var platform = TestPlatform()
        let lb = SourceID("haproxy", "lb-1")
        platform.traffic(TestPlatform.api, "bet-3") {
            $0.sessions = 1
            $0.sessionRate = 2.5
        }
        let idle = Expectation.idle(MemberID(TestPlatform.api, "bet-3"), at: lb)
        #expect(
            idle.state(in: platform.snapshot, since: sent) == .pending("1 session at lb-1, 2.5/s still arriving"))
    }

    @Test func fingerprintsTellEveryDifference() {
        var platform = TestPlatform()
        let before = Fingerprint(of: TestPlatform.database, in: platform.snapshot)
        #expect(before.differences(to: before.refreshed(in: platform.snapshot)).isEmpty)
        platform.group.leader = Known("pg-lon-1")
        platform.group.timeline = 8
        platform.members["pg-dub-1"] = nil
        platform.sql["pg-dub-1"] = nil
        platform.members["pg-rom-1"] = MemberFacts()
        #expect(
            before.differences(to: before.refreshed(in: platform.snapshot)) == [
                "the leader is now pg-lon-1, the plan was made for pg-ams-1",
                "the timeline is now 8, the plan was made on 7", "no longer a member: pg-dub-1",
                "a new member: pg-rom-1",
            ])
    }

    @Test func aServerThatSomebodyElseDrainedMeanwhileIsADifference() throws {
        var platform = TestPlatform()
        let plan = try platform.plan("drain", "bet-3", of: TestPlatform.api).get()
        platform.drained(TestPlatform.api, "bet-3", at: "lb-2")
        #expect(
            plan.fingerprint.differences(to: plan.fingerprint.refreshed(in: platform.snapshot)) == [
                "bet-3 at lb-2 is now drain, the plan was made for ready"
            ])
    }

    @Test func hostileNamesStayNames() throws {
        var platform = TestPlatform()
        let name = "x\",\"leader\":\"y\n\u{1B}[2J"
        platform.members[name] = platform.members["pg-lon-1"]
        platform.group.synchronous = nil
        let plan = try platform.plan("promote", name).get()
        #expect(
            plan.preview.last == #"  {"leader":"pg-ams-1","candidate":"x\",\"leader\":\"y\u000a\u001b[2J"}"#)
    }

    @Test func argumentsAreChecked() {
        let platform = TestPlatform()
        let target = PlanTarget.group(TestPlatform.database)
        for (name, value) in [("for", "soon"), ("for", "0m"), ("for", "-5m"), ("till", "10m")] {
            guard case .failure(.badArgument) = platform.plan("pause", target, [name: value]) else {
                Issue.record("\(name)=\(value) is taken")
                continue
            }
        }
        guard case .success(let plan) = platform.plan("pause", target, ["for": "2h"]) else {
            Issue.record("2h is not taken")
            return
        }
        #expect(plan.begins?.lasts == .seconds(7200))
    }
}

@Suite struct CatalogueTests {
    @Test func keysAndNamesAreUnique() {
        let all = PlanCatalogue.all
        #expect(Set(all.map(\.id)).count == all.count)
        #expect(Set(all.map(\.key)).count == all.count)
        #expect(all.allSatisfy { !$0.summary.isEmpty && !$0.title.isEmpty })
    }

    @Test func theyAreOfferedWhereTheyMakeSense() {
        var platform = TestPlatform()
        func offered(_ target: PlanTarget) -> [String] {
            let snapshot = platform.snapshot
            return PlanCatalogue.all.filter { $0.applies(to: target, in: snapshot, now: TestPlatform.now) }.map(\.id)
        }
        #expect(
            offered(.member(TestPlatform.member("pg-lon-1"))) == [
                "promote", "failover", "drain", "pause", "maintenance",
            ])
        #expect(offered(.member(TestPlatform.member("pg-ams-1"))) == ["drain", "pause", "maintenance"])
        #expect(offered(.member(MemberID(TestPlatform.api, "bet-1"))) == ["drain", "maintenance"])
        platform.drained(TestPlatform.api, "bet-1")
        platform.group.paused = true
        #expect(offered(.member(MemberID(TestPlatform.api, "bet-1"))) == ["drain", "undrain", "maintenance"])
        #expect(offered(.group(TestPlatform.database)) == ["resume"])
    }
}
