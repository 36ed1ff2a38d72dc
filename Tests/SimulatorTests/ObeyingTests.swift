import Estate
import Insight
import Plans
import Testing

@testable import Simulator

/// Plans made on what is observed, sent to the simulated doors, come to what they expect.
@Suite struct ObeyingTests {
    private static let wallet = GroupID("wallet-db")
    private static func member(_ name: String) -> PlanTarget { .member(MemberID(wallet, name)) }

    private func settled(_ scenario: Scenario = .calm) -> Stage {
        var stage = Stage(scenario)
        stage.run(to: .seconds(10))
        return stage
    }

    private func send(_ plan: Plan, _ stage: inout Stage) -> [SimulatedReply] {
        plan.steps.map { stage.obey($0.request) }
    }

    private func text(_ reply: SimulatedReply?) -> String {
        switch reply?.outcome {
        case .answered(let status, let text): "\(status.map { "\($0) " } ?? "")\(text)"
        case .notSent(let reason): "not sent: \(reason)"
        case .lost(let reason): "lost: \(reason)"
        case nil: "nothing"
        }
    }

    @Test func aPromotionComesToItsOutcome() throws {
        var stage = settled()
        let plan = try stage.plan("promote", Self.member("db-lon-1")).get()
        #expect(plan.blocks.isEmpty, "\(plan.blocks)")
        let sentAt = stage.now
        let replies = send(plan, &stage)
        #expect(text(replies.first) == "200 Successfully switched over to \"db-lon-1\"")
        #expect(replies[0].after > .seconds(1) && replies[0].after < .seconds(4))
        stage.run(for: plan.outcomeDeadline)
        let state = plan.outcome.state(in: stage.snapshot, since: sentAt)
        #expect(state.isMet, "\(state.text)")
        let kinds = stage.events.filter { $0.group == Self.wallet }.map(\.kind)
        #expect(kinds.contains(.leaderElected) && kinds.contains(.timelineChanged) && kinds.contains(.writesBack))
        let out = try #require(stage.events.first { $0.kind == .writesBack && $0.group == Self.wallet }?.outage)
        #expect(out < .seconds(5))
        #expect(stage.snapshot.handovers(of: Self.wallet).count == 1)
        #expect(stage.group("wallet-db")?.verdict == .protected)
        // And back.
        let back = try stage.plan("promote", Self.member("db-ams-1")).get()
        #expect(back.blocks.isEmpty, "\(back.blocks)")
        let backAt = stage.now
        #expect(text(send(back, &stage).first) == "200 Successfully switched over to \"db-ams-1\"")
        stage.run(for: back.outcomeDeadline)
        #expect(back.outcome.state(in: stage.snapshot, since: backAt).isMet)
        #expect(stage.group("wallet-db")?.timeline == 9)
        #expect(!stage.events.map(\.kind).contains(.flapping))
    }

    @Test func aPromotionIsRefusedWhenAnotherLeadsByThen() throws {
        var stage = settled()
        let plan = try stage.plan("promote", Self.member("db-lon-1")).get()
        _ = send(plan, &stage)
        stage.run(for: .seconds(20))
        #expect(text(send(plan, &stage).first) == "412 leader name does not match")
    }

    @Test(arguments: [
        (#"{"candidate":"db-lon-1"}"#, "400 Switchover could be performed only from a specific leader"),
        (
            #"{"leader":"db-ams-1","candidate":"db-fra-1"}"#,
            "412 candidate name does not match with sync_standby"
        ),
        (#"{"leader":"db-ams-1","candidate":"nobody"}"#, "412 candidate name does not match with sync_standby"),
        (#"{"leader":"db-ams-1","candidate":"db-ams-1"}"#, "400 Switchover target and source are the same"),
        (#"{"leader":"db-lon-1","candidate":"db-ams-1"}"#, "412 leader name does not match"),
        (#"[1, 2]"#, "400 bad request"), (#"{"leader":"#, "400 bad request"),
    ])
    func switchoversAreRefusedInPatronisWords(body: String, answer: String) {
        var stage = settled()
        #expect(text(stage.obey(post("/switchover", body))) == answer)
        stage.run(for: .seconds(5))
        #expect(stage.group("wallet-db")?.leader?.name == "db-ams-1")
    }

    private func post(_ path: String, _ body: String, door: String = "http://10.1.4.11:8008") -> Request {
        .http(group: Self.wallet, door: door, method: "POST", path: path, body: body, expects: [200])
    }

    @Test func aStandbyThatIsBehindIsNoCandidate() throws {
        var stage = settled(
            try Scenario(
                parsing: """
                    name: x
                    summary: y
                    steps: [ { at: 1s, lag: wallet-db/standby, receives: 0 } ]
                    """))
        stage.run(to: .seconds(60))
        let body = #"{"leader":"db-ams-1","candidate":"db-lon-1"}"#
        #expect(text(stage.obey(post("/switchover", body))) == "503 Switchover failed")
        #expect(stage.group("wallet-db")?.leader?.name == "db-ams-1")
    }

    @Test func aDeadLeaderIsFailedOverWhenItsLockHasRunOut() throws {
        var stage = settled(
            try Scenario(
                parsing: """
                    name: x
                    summary: y
                    steps: [ { at: 20s, kill: db-ams-1 } ]
                    """))
        stage.run(to: .seconds(26))
        // Its own door is gone with its host.
        guard case .lost = stage.obey(post("/failover", #"{"candidate":"db-fra-1"}"#)).outcome else {
            Issue.record("a host that is gone answered")
            return
        }
        let plan = try stage.plan("failover", Self.member("db-fra-1")).get()
        let sentAt = stage.now
        let replies = send(plan, &stage)
        #expect(text(replies.first) == "200 Successfully failed over to \"db-fra-1\"")
        stage.run(for: .seconds(30))
        #expect(plan.outcome.state(in: stage.snapshot, since: sentAt).isMet)
    }

    @Test func aKilledProcessRefusesConnections() throws {
        var stage = settled(
            try Scenario(
                parsing: """
                    name: x
                    summary: y
                    steps: [ { at: 20s, kill: wallet-db/leader }, { at: 20s, kill: balancers/lb-fra-1 } ]
                    """))
        stage.run(to: .seconds(26))
        #expect(text(stage.obey(post("/switchover", "{}"))).hasPrefix("not sent: cannot connect to 10.1.4.11:8008"))
        let line = Request.line(
            balancer: SourceID("haproxy", "lb-fra-1"), text: "set server bet_api/bet-ams-1 state drain")
        #expect(text(stage.obey(line)).hasPrefix("not sent: cannot connect to 10.3.1.13:9999"))
    }

    @Test func aPauseStandsUntilItIsResumed() throws {
        var stage = settled(
            try Scenario(
                parsing: """
                    name: x
                    summary: y
                    steps: [ { at: 30s, kill: wallet-db/leader } ]
                    """))
        for (recipe, paused) in [("pause", true), ("resume", false), ("pause", true)] {
            let plan = try stage.plan(recipe, .group(Self.wallet)).get()
            let sentAt = stage.now
            #expect(text(send(plan, &stage).first).hasPrefix("200 {"))
            stage.run(for: .seconds(3))
            #expect(plan.outcome.state(in: stage.snapshot, since: sentAt).isMet)
            #expect(stage.group("wallet-db")?.isPaused == paused)
        }
        // Nobody takes over while it stands.
        stage.run(to: .seconds(90))
        #expect(stage.group("wallet-db")?.verdict == .down)
        #expect(
            text(stage.obey(post("/switchover", #"{"leader":"db-lon-1"}"#, door: "http://10.2.4.12:8008")))
                == "400 Switchover is possible only to a specific candidate in a paused state")
        _ = send(try stage.plan("resume", .group(Self.wallet)).get(), &stage)
        stage.run(for: .seconds(15))
        #expect(stage.group("wallet-db")?.leader?.name == "db-lon-1")
    }

    @Test func aDrainedServerRunsDryAtEveryBalancer() throws {
        var stage = settled()
        let target = PlanTarget.member(MemberID(GroupID("bet-api"), "bet-lon-1"))
        let plan = try stage.plan("drain", target).get()
        #expect(plan.steps.count == 3)
        let sentAt = stage.now
        #expect(send(plan, &stage).map(text) == ["\n", "\n", "\n"])
        stage.run(for: .seconds(4))
        // Sessions bleed off; clients with a cookie still come.
        guard case .pending(let text) = plan.outcome.state(in: stage.snapshot, since: sentAt) else {
            Issue.record("drained at once")
            return
        }
        #expect(text.contains("still arriving"), "\(text)")
        stage.run(for: plan.outcomeDeadline)
        #expect(plan.outcome.state(in: stage.snapshot, since: sentAt).isMet)
        let back = try stage.plan("undrain", target).get()
        let backAt = stage.now
        #expect(send(back, &stage).count == 3)
        stage.run(for: .seconds(10))
        #expect(back.outcome.state(in: stage.snapshot, since: backAt).isMet)
        #expect(stage.events.map(\.kind).contains(.undrained))
    }

    @Test(arguments: [
        ("set server bet_api/bet-ams-1 state maint", "\n"),
        ("set server bet_api/nobody state drain", "No such server.\n\n"),
        ("set server nothing/bet-ams-1 state drain", "No such backend.\n\n"),
        ("set server bet-ams-1 state drain", "Require 'backend/server'.\n\n"),
        (
            "set server bet_api/bet-ams-1 state away",
            "'set server <srv> state' expects 'ready', 'drain' and 'maint'.\n\n"
        ),
    ])
    func socketsAnswerInHAProxysWords(line: String, answer: String) {
        var stage = settled()
        #expect(text(stage.obey(.line(balancer: SourceID("haproxy", "lb-lon-1"), text: line))) == answer)
    }

    @Test func whatWasDrainedIsForgottenWhenABalancerStartsAnew() throws {
        var stage = settled(
            try Scenario(
                parsing: """
                    name: x
                    summary: y
                    steps: [ { at: 30s, kill: balancers/lb-ams-1 }, { at: 40s, start: balancers/lb-ams-1 } ]
                    """))
        let target = PlanTarget.member(MemberID(GroupID("bet-api"), "bet-fra-2"))
        _ = send(try stage.plan("drain", target).get(), &stage)
        stage.run(to: .seconds(60))
        let reload = try #require(stage.events.first { $0.kind == .balancerReloaded })
        #expect(reload.text.contains("takes back in what was drained: bet_api/bet-fra-2"))
        let member = stage.group("bet-api")?.member(MemberID(GroupID("bet-api"), "bet-fra-2"))
        #expect(member?.isPartlyDrained == true)
    }

    /// Asking what becomes of a request looks at a copy: the platform itself has not gone on.
    @Test func askingDoesNotMoveTheClock() {
        var simulated = SimulatedPlatform()
        _ = simulated.advance(to: simulated.start + .seconds(5))
        let now = simulated.now
        let reply = simulated.obey(
            post("/switchover", #"{"leader":"db-ams-1","candidate":"db-lon-1"}"#), at: simulated.now)
        #expect(simulated.now == now)
        #expect(reply.after > .zero)
    }
}
