import Estate
import PitbossTestKit
import Plans
import Testing

@testable import Simulator

@Suite struct SilenceTests {
    @Test func anAlertIsSilencedAndHeardAgain() throws {
        var platform = SimulatedPlatform(seed: 1, scenario: try Scenario.named("leader-killed"))
        var snapshot = Snapshot(platform: platform.platform)
        func run(_ seconds: Double) {
            let end = platform.now + .seconds(seconds)
            while platform.now < end {
                for update in platform.advance(to: min(end, platform.now + .seconds(5))) { snapshot.apply(update) }
            }
        }
        var alert: Alert? { snapshot.whole.sightings.flatMap(\.facts.alerts).first { $0.name == "InstanceDown" } }
        run(100)
        let id = try #require(alert?.id)
        let group = try #require(alert?.group)
        func act(_ recipe: String) throws {
            let call = PlanCall(recipe, .group(group), arguments: ["alert": id])
            let plan = try PlanCatalogue.plan(call, snapshot, now: platform.now).get()
            let sentAt = platform.now
            for step in plan.steps {
                guard case .answered(let status, _) = platform.obey(step.request, at: platform.now).outcome else {
                    Issue.record("no answer")
                    return
                }
                #expect(status == 200)
            }
            run(10)
            #expect(plan.outcome.state(in: snapshot, since: sentAt).isMet)
        }
        try act("silence")
        #expect(alert?.isQuiet == true)
        #expect(snapshot.whole.sightings.flatMap(\.facts.silences).count == 1)
        try act("unsilence")
        #expect(alert?.isQuiet == false)
        try act("acknowledge")
        #expect(alert?.acknowledgedBy == "pitboss")
        // What keeps it quiet ends by itself.
        run(3_700)
        #expect(snapshot.whole.sightings.flatMap(\.facts.silences).isEmpty)
    }

    @Test(arguments: ["", "[]", "{}", #"{"matchers":[]}"#, #"{"matchers":[{"name":"a"}],"startsAt":"x","endsAt":"y"}"#])
    func whatIsNoSilenceIsRefused(_ body: String) {
        var platform = SimulatedPlatform(seed: 1, scenario: .calm)
        let request = Request.http(
            group: GroupID("wallet-db"), door: "http://10.0.0.41:9093", method: "POST", path: "/api/v2/silences",
            body: body, expects: [200])
        guard case .answered(400, _) = platform.obey(request, at: platform.now).outcome else {
            Issue.record("taken")
            return
        }
    }
}
