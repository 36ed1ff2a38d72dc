import Cockpit
import Estate
import Grid
import Panels
import PitbossTestKit
import Plans
import Testing

@Suite("What other operators ask, and what was left open")
struct OthersTests {
    private static let target = SampleEstate.member("pg-lon-1")

    private func plan(_ flow: Flow) throws -> Plan {
        try PlanCatalogue.plan(PlanCall("promote", .member(Self.target)), SampleEstate(.calm).snapshot, now: flow.now)
            .get()
    }

    private func offer(_ flow: Flow, isMine: Bool = false) throws -> OfferView {
        let plan = try plan(flow)
        return OfferView(
            facts: OfferFacts(
                id: "4711", who: "bob@desk-2", verb: plan.verb, target: plan.target.description, title: plan.title,
                reason: "kernel upgrade", because: "a critical group", offeredAt: flow.now - .seconds(4),
                expiresAt: flow.now + .seconds(296), hash: "ab"),
            plan: plan, isMine: isMine)
    }

    private func desk(_ change: (inout Desk) -> Void) -> Desk {
        var desk = Desk()
        desk.isArmed = true
        change(&desk)
        return desk
    }

    @Test("A plan of somebody else is read, confirmed by its name, and approved with a reason")
    func approves() throws {
        var flow = Flow()
        let offer = try offer(flow)
        flow.step(.desk(desk { $0.offers = [offer] }))
        #expect(flow.screen.contains("APPROVAL ASKED by bob@desk-2"))
        flow.press("A")
        #expect(flow.screen.contains("bob@desk-2 asks:"))
        #expect(flow.screen.contains("kernel upgrade"))
        flow.press("y")
        flow.type("read it")
        flow.press("Enter")
        flow.type("pg-dub-1")
        flow.press("Enter")
        #expect(flow.effects.allSatisfy { if case .answer = $0 { false } else { true } })
        for _ in 0..<8 { flow.press("Backspace") }
        flow.type("pg-lon-1")
        flow.press("Enter")
        #expect(flow.effects.contains(.answer(offer: "4711", isApproved: true, reason: "read it")))
        #expect(flow.executed.isEmpty)
        #expect(flow.dialog == nil)
    }

    @Test("It is denied with a reason, and no name")
    func denies() throws {
        var flow = Flow()
        let offer = try offer(flow)
        flow.step(.desk(desk { $0.offers = [offer] }))
        flow.press("A n")
        flow.press("Enter")
        #expect(flow.dialog?.hint?.contains("say why") == true)
        flow.type("kick-off in ten minutes")
        flow.press("Enter")
        #expect(flow.effects.contains(.answer(offer: "4711", isApproved: false, reason: "kick-off in ten minutes")))
    }

    @Test("One's own plan is for somebody else to answer; an offer that is gone cannot be")
    func own() throws {
        var flow = Flow()
        let mine = try offer(flow, isMine: true)
        flow.step(.desk(desk { $0.offers = [mine] }))
        flow.press("A")
        #expect(flow.dialog == nil)
        #expect(flow.screen.contains("somebody other than the one who asked"))
        let others = try offer(flow)
        flow.step(.desk(desk { $0.offers = [others] }))
        flow.press("A n")
        flow.type("too late")
        flow.step(.desk(desk { _ in }))
        flow.press("Enter")
        #expect(flow.effects.allSatisfy { if case .answer = $0 { false } else { true } })
        #expect(flow.screen.contains("does not wait any more"))
    }

    @Test("What was left open stands in a banner, and is carried on as that")
    func carriesOn() throws {
        var flow = Flow()
        let open = OpenActionView(
            id: "left", title: "Promote pg-lon-1", word: "incomplete", text: "1 of 2 steps",
            wayOn: PlanCall("promote", .member(Self.target)), wayBack: nil)
        flow.step(.desk(desk { $0.openActions = [open] }))
        #expect(flow.screen.contains("LEFT OPEN, incomplete: Promote pg-lon-1"))
        flow.press("B")
        #expect(flow.dialog == nil)
        flow.press("O")
        #expect(flow.dialog?.purpose == .follow(open, isBack: false))
        flow.press("y")
        flow.type("going on")
        flow.press("Enter")
        flow.type("pg-lon-1")
        flow.press("Enter")
        let orders = flow.effects.compactMap { if case .execute(_, let order) = $0 { order } else { nil } }
        #expect(orders.map(\.follows) == ["left"])
    }

    @Test("In a freeze the plan says so and asks why it cannot wait")
    func freeze() throws {
        var flow = Flow()
        flow.step(
            .desk(
                desk {
                    $0.freezes = ["“kick-off” until 17:30 Europe/London"]
                    $0.frozen[FrozenCommand(Self.target.group, "promote")] = "“kick-off” until 17:30 Europe/London"
                }))
        #expect(flow.screen.contains("CHANGE FREEZE “kick-off”"))
        flow.select("pg-lon-1")
        flow.press("p")
        #expect(flow.screen.contains("Frozen   “kick-off” until 17:30"))
        flow.press("y")
        flow.type("disk dies")
        flow.press("Enter")
        #expect(flow.dialog?.stage == .override)
        flow.press("Enter")
        #expect(flow.dialog?.stage == .override)
        flow.type("cannot wait")
        flow.press("Enter")
        flow.type("pg-lon-1")
        flow.press("Enter")
        let orders = flow.effects.compactMap { if case .execute(_, let order) = $0 { order } else { nil } }
        #expect(orders.map(\.overridesFreeze) == ["cannot wait"])
        #expect(orders.map(\.reason) == ["disk dies"])
    }

    @Test("A plan shows how the platform stands afterwards")
    func after() {
        var flow = Flow()
        flow.select("pg-lon-1")
        flow.press("p")
        #expect(flow.dialog?.prospect != nil)
        #expect(flow.screen.contains("After"))
    }
}
