import Estate
import Insight
import PitbossTestKit
import Testing

@testable import Plans

@Suite struct AlertPlanTests {
    private let now = Timestamp(seconds: 1_795_262_400)
    private let group = GroupID("wallet-db")
    private let source = SourceID("alertmanager", "main")

    private func alert(_ id: String, _ name: String, _ change: (inout Alert) -> Void = { _ in }) -> Alert {
        var alert = Alert(id: id, name: name, severity: .critical)
        alert.group = group
        alert.labels = ["alertname": name, "service": "wallet"]
        change(&alert)
        return alert
    }

    private func snapshot(_ alerts: [Alert], silences: [Silence] = [], at: Timestamp? = nil) -> Snapshot {
        var snapshot = Snapshot(platform: Platform(name: "p", groups: [GroupPlan(group)]))
        var facts = PlatformFacts()
        (facts.alerts, facts.silences, facts.door) = (alerts, silences, "http://am:9093")
        snapshot.apply(Update(source, at: at ?? now, isEdge: true, .source(SourceStatus(.live))))
        snapshot.apply(Update(source, at: at ?? now, .platform(facts)))
        return snapshot
    }

    private func plan(
        _ recipe: String, _ snapshot: Snapshot, _ arguments: [String: String] = [:]
    ) throws -> Plan {
        try PlanCatalogue.plan(PlanCall(recipe, .group(group), arguments: arguments), snapshot, now: now).get()
    }

    @Test func aSilenceMatchesTheAlertAloneAndEnds() throws {
        let plan = try plan(
            "silence", snapshot([alert("1", "Slow"), alert("2", "Down")]), ["alert": "Slow", "for": "10m"])
        #expect(plan.steps.count == 1)
        guard case .http(_, let door, let method, let path, let body, let expects) = plan.steps[0].request else {
            Issue.record("no request")
            return
        }
        #expect([door, method, path] == ["http://am:9093", "POST", "/api/v2/silences"])
        #expect(expects == [200])
        #expect(
            body == """
                {"matchers":[{"name":"alertname","value":"Slow","isRegex":false,"isEqual":true},\
                {"name":"service","value":"wallet","isRegex":false,"isEqual":true}],\
                "startsAt":"2026-11-21T12:00:00Z","endsAt":"2026-11-21T12:10:00Z","createdBy":"pitboss",\
                "comment":"silenced from pitboss"}
                """)
        #expect(plan.outlook.sentences.contains("Matches now: 1 alert."))
        #expect(plan.status == .pass)
        #expect(plan.undo.call == PlanCall("unsilence", .group(group), arguments: ["alert": "Slow"]))
    }

    @Test func anAcknowledgementIsMarkedAsOne() throws {
        let plan = try plan("acknowledge", snapshot([alert("1", "Slow")]), ["comment": "on it", "by": "kim"])
        #expect(plan.preview.joined().contains(#""createdBy":"kim","comment":"ACK! on it""#))
    }

    @Test func matchersOfOnesOwnShowWhatTheyMeet() throws {
        let other = alert("3", "Odds") {
            $0.group = GroupID("odds")
            $0.labels = ["alertname": "Odds", "service": "wallet-odds"]
        }
        let all = snapshot([alert("1", "Slow"), other])
        let wide = try plan("silence", all, ["match": "service=~\"wallet.*\""])
        #expect(wide.outlook.sentences.contains("Matches now: 2 alerts."))
        #expect(wide.warnings.contains { $0.what == "it matches this group alone" })
        let narrow = try plan("silence", all, ["match": "service=wallet, alertname!=\"Down\""])
        #expect(narrow.outlook.sentences.contains("Matches now: 1 alert."))
        let none = try plan("silence", all, ["match": "service=nothing"])
        #expect(none.warnings.contains { $0.what == "it matches something that fires" })
        for bad in ["service", "=x", "a=~\"[\"", "a=\"b", "a=b c=d,"] {
            #expect(throws: PlanRefusal.self) { _ = try plan("silence", all, ["match": bad]) }
        }
    }

    @Test func thereIsNoPlanForNothing() {
        #expect(throws: PlanRefusal.not("no alert fires for wallet-db", instead: nil)) {
            _ = try plan("silence", snapshot([]))
        }
        let quiet = alert("1", "Slow") { $0.silencedBy = ["s"] }
        #expect(throws: PlanRefusal.alreadySo("the alerts of wallet-db are silenced already")) {
            _ = try plan("silence", snapshot([quiet]))
        }
        #expect(throws: PlanRefusal.self) {
            _ = try plan("silence", Snapshot(platform: Platform(name: "p", groups: [GroupPlan(group)])))
        }
    }

    @Test func theOutcomeIsWhatTheObserverSeesAfterwards() throws {
        let before = snapshot([alert("1", "Slow")])
        let plan = try plan("silence", before)
        #expect(!plan.outcome.state(in: before, since: now + .seconds(1)).isMet, "what was seen before proves nothing")
        let later = now + .seconds(5)
        #expect(!plan.outcome.state(in: snapshot([alert("1", "Slow")], at: later), since: now).isMet)
        let quiet = snapshot([alert("1", "Slow") { $0.silencedBy = ["s"] }], at: later)
        #expect(plan.outcome.state(in: quiet, since: now).isMet)
        #expect(plan.outcome.state(in: snapshot([], at: later), since: now).isMet, "an alert that is over is quiet")
    }

    @Test func silencesAreEndedByTheirIds() throws {
        let quiet = alert("1", "Slow") { $0.silencedBy = ["e0909df5-d8d7"] }
        let silence = Silence(id: "e0909df5-d8d7", matchers: [], isActive: true)
        let plan = try plan("unsilence", snapshot([quiet], silences: [silence]))
        #expect(plan.preview == ["DELETE http://am:9093/api/v2/silence/e0909df5-d8d7"])
        let later = now + .seconds(3)
        #expect(!plan.outcome.state(in: snapshot([quiet], silences: [silence], at: later), since: now).isMet)
        #expect(plan.outcome.state(in: snapshot([alert("1", "Slow")], at: later), since: now).isMet)
        let evil = alert("1", "Slow") { $0.silencedBy = ["../../x"] }
        #expect(throws: PlanRefusal.self) { _ = try self.plan("unsilence", snapshot([evil])) }
    }

    @Test func aProgramsCommandIsRunByItsName() throws {
        var facts = PlatformFacts()
        facts.offers = [
            Offer(
                id: "restart", title: "Restart the odds feed", summary: "Restarts it; bets wait for two seconds.",
                group: group, isRisky: true, line: #"{"group":"wallet-db","run":"restart"}"#)
        ]
        let exec = SourceID("exec", "odds")
        var snapshot = Snapshot(platform: Platform(name: "p", groups: [GroupPlan(group)]))
        snapshot.apply(Update(exec, at: now, .platform(facts)))
        let plan = try plan("run", snapshot)
        #expect(plan.steps[0].request == .line(balancer: exec, text: #"{"group":"wallet-db","run":"restart"}"#))
        #expect(plan.confirmation == .typed("wallet-db"))
        #expect(throws: PlanRefusal.self) { _ = try self.plan("run", snapshot, ["command": "other"]) }
    }
}
