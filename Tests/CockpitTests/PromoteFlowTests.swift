import Cockpit
import Estate
import Panels
import PitbossTestKit
import Plans
import Testing

@Suite("Promoting by keyboard")
struct PromoteFlowTests {
    @Test("From the page to the order: plan, reason, typed name")
    func whole() throws {
        var flow = Flow()
        flow.select("pg-lon-1")
        flow.press("p")
        #expect(flow.dialog?.plan?.title == "Promote pg-lon-1 in wallet-db")
        #expect(flow.screen.contains("POST http://10.0.1.1:8008/switchover"))
        flow.press("y")
        flow.type("disk of ams is dying")
        flow.press("Enter")
        #expect(flow.screen.contains("Type pg-lon-1 to promote it"))
        #expect(flow.executed.isEmpty)
        flow.type("pg-lon-1")
        #expect(flow.executed.isEmpty)
        flow.press("Enter")
        let order = try #require(flow.executed.first)
        #expect(flow.executed.count == 1)
        #expect(order.plan.target == .member(SampleEstate.member("pg-lon-1")))
        #expect(order.plan.fingerprint.leader == "pg-ams-1")
        #expect(order.reason == "disk of ams is dying")
        #expect(flow.dialog == nil)
    }

    @Test("The leader changes under the dialog: refused, and said", arguments: 0...3)
    func changed(_ stage: Int) {
        var flow = Flow()
        flow.select("pg-lon-1")
        flow.press("p")
        if stage > 0 { flow.press("y") }
        if stage > 1 {
            flow.type("because")
            flow.press("Enter")
        }
        if stage > 2 { flow.type("pg-lon-1") }
        flow.forget()
        flow.observe(.failedOver)
        #expect(flow.effects.contains(.bell))
        #expect(flow.screen.contains("REFUSED"))
        #expect(flow.screen.contains("the leader is now pg-lon-1, the plan was made for pg-ams-1"))
        flow.press("Enter Enter")
        flow.type("pg-lon-1")
        flow.press("Enter Y")
        #expect(flow.executed.isEmpty)
        flow.press("Esc")
        #expect(flow.dialog == nil)
    }

    @Test(
        "Enter, the trigger, or any run of them confirms nothing",
        arguments: [
            "Enter Enter Enter Enter", "p p p p", "Y Y Y", "y Enter Enter Enter", "y p Enter Enter p Enter",
            "Space Space",
        ])
    func nothing(_ keys: String) {
        var flow = Flow()
        flow.select("pg-lon-1")
        flow.press("p")
        flow.press(keys)
        #expect(flow.executed.isEmpty)
    }

    @Test("A wrong name is not the name")
    func wrongName() {
        var flow = Flow()
        flow.select("pg-lon-1")
        flow.press("p y")
        flow.type("because")
        flow.press("Enter")
        flow.type("pg-ams-1")
        flow.press("Enter")
        #expect(flow.executed.isEmpty)
        #expect(flow.screen.contains("that is not the name"))
        flow.press("Ctrl-u")
        flow.type("pg-lon-1")
        flow.press("Enter")
        #expect(flow.executed.count == 1)
    }

    @Test("A reason is asked for")
    func reason() {
        var flow = Flow()
        flow.select("pg-lon-1")
        flow.press("p y")
        flow.type("  a ")
        flow.press("Enter")
        #expect(flow.dialog?.stage == .reason)
        #expect(flow.screen.contains("say why"))
    }

    @Test("Read-only: the plan can be looked at, and goes no further")
    func readOnly() {
        var flow = Flow(armed: false)
        flow.select("pg-lon-1")
        flow.press("p y")
        #expect(flow.dialog?.stage == .preview)
        #expect(flow.screen.contains("read-only"))
    }

    @Test("A blocked plan goes no further and says who can lift it")
    func blocked() throws {
        var flow = Flow()
        flow.select("pg-dub-1")
        flow.press("p")
        let plan = try #require(flow.dialog?.plan)
        #expect(!plan.blocks.isEmpty)
        #expect(flow.screen.contains("Blocked by"))
        flow.press("y")
        #expect(flow.dialog?.stage == .preview)
    }

    @Test("Failover stands behind the data-loss screen")
    func failover() throws {
        var flow = Flow(.leaderLost)
        flow.select("pg-dub-1")
        flow.press("F")
        let dialog = try #require(flow.dialog)
        #expect(dialog.stage == .loss)
        #expect(flow.screen.contains("DATA MAY BE LOST"))
        flow.press("Enter")
        #expect(flow.dialog?.stage == .loss)
        flow.press("y")
        #expect(flow.dialog?.stage == .preview)
        flow.press("y")
        flow.type("ams is gone")
        flow.press("Enter")
        flow.type("pg-dub-1")
        flow.press("Enter")
        #expect(flow.executed.first?.plan.verb == "failover")
    }

    @Test("On a group the best candidate is proposed, by name")
    func group() {
        var flow = Flow()
        flow.press("3 g p")
        #expect(flow.dialog?.plan?.target == .member(SampleEstate.member("pg-lon-1")))
    }

    @Test("One action a group at a time")
    func oneAtATime() {
        var flow = Flow()
        var desk = Desk()
        desk.isArmed = true
        desk.actions = [
            ActionView(
                id: "1", title: "Promote pg-lon-1", group: SampleEstate.wallet, phase: .inDoubt(why: "cut"),
                startedAt: flow.now, changedAt: flow.now)
        ]
        flow.step(.desk(desk))
        flow.select("pg-lon-1")
        flow.press("p")
        #expect(flow.dialog == nil)
        #expect(flow.screen.contains("one action at a time"))
        #expect(flow.screen.contains("IN DOUBT"))
    }

    @Test("Nothing is sent on what is of the past")
    func silent() {
        var flow = Flow()
        flow.select("pg-lon-1")
        flow.press("p y")
        flow.type("because")
        flow.press("Enter")
        flow.type("pg-lon-1")
        flow.now = flow.now + .seconds(30)
        flow.press("Enter")
        #expect(flow.executed.isEmpty)
        #expect(flow.screen.contains("of the past"))
    }
}
