import Estate
import Plans
import Testing

@testable import Control

/// Time is handed in: nothing here waits.
@Suite struct ActionMachineTests {
    let start = Timestamp(seconds: 1000)
    let group = GroupID("g")
    let lb = [SourceID("haproxy", "lb-1"), SourceID("haproxy", "lb-2")]

    func plan(goesOn: Bool = false, steps: Int = 1) -> Plan {
        let member = MemberID(group, "b")
        let sent = (0..<steps).map { i in
            Step(
                "step \(i + 1)", .line(balancer: lb[i], text: "drain"), replyDeadline: .seconds(5),
                deadline: .seconds(10), expectation: .admin(member, at: lb[i], .drain))
        }
        var plan = Plan(
            PlanCall("drain", .member(member)), title: "t",
            fingerprint: Fingerprint(group: group, leader: nil, timeline: nil, members: []), checks: [], steps: sent,
            outcome: .all((0..<steps).map { .idle(member, at: lb[$0]) }), outcomeDeadline: .seconds(60),
            outlook: Outlook(outage: nil, sentences: []), undo: Undo("undrain g/b"), confirmation: .yes,
            madeAt: start)
        plan.goesOnAfterFailure = goesOn
        return plan
    }

    /// What the balancers say at this moment.
    func seen(_ at: Double, _ admin: [AdminState], sessions: Int = 0) -> Snapshot {
        var snapshot = Snapshot(platform: Platform(name: "p"))
        for (i, state) in admin.enumerated() {
            var facts = MemberFacts()
            var traffic = TrafficFacts()
            traffic.admin = state
            traffic.sessions = sessions
            facts.traffic = traffic
            snapshot.apply(Update(lb[i], at: Timestamp(seconds: at), .member(MemberID(group, "b"), facts)))
        }
        return snapshot
    }

    func at(_ seconds: Double) -> Timestamp { Timestamp(seconds: seconds) }

    @Test func doneOnlyWhenObservedNotWhenAnswered() {
        var machine = ActionMachine(plan())
        #expect(machine.start(at: start) == .send(step: 0))
        #expect(machine.answered(.taken("ok"), at: at(1000.1)) == nil)
        #expect(machine.observed(seen(1000.2, [.ready]), at: at(1000.2)) == nil)
        #expect(machine.steps == [.taken("ok")])
        #expect(machine.observed(seen(1001, [.drain], sessions: 2), at: at(1001)) == nil)
        #expect(machine.observed(seen(1002, [.drain], sessions: 2), at: at(1002)) == nil)
        #expect(machine.text == "2 sessions at lb-1")
        #expect(machine.observed(seen(1003, [.drain]), at: at(1003)) == .finish(.done("no sessions at lb-1")))
        #expect(machine.observed(seen(1004, [.ready]), at: at(1004)) == nil, "it is over")
    }

    @Test func whatWasObservedBeforeSendingProvesNothing() {
        var machine = ActionMachine(plan())
        _ = machine.start(at: start)
        _ = machine.answered(.taken("ok"), at: at(1000.1))
        _ = machine.observed(seen(999, [.drain]), at: at(1000.2))
        #expect(machine.steps == [.taken("ok")])
    }

    @Test func aRefusalEndsIt() {
        var machine = ActionMachine(plan())
        _ = machine.start(at: start)
        #expect(machine.answered(.refused("no such server"), at: at(1000.1)) == .finish(.failed("no such server")))
    }

    @Test func aLostAnswerIsInDoubtNeverSentAgainAndResolvedByWhatIsObserved() {
        var machine = ActionMachine(plan())
        _ = machine.start(at: start)
        #expect(machine.answered(.unclear("no answer: cut"), at: at(1005)) == nil)
        #expect(machine.isInDoubt)
        // Beyond the step's own deadline it is tracked on, and not sent again.
        #expect(machine.observed(seen(1050, [.ready]), at: at(1050)) == nil)
        #expect(machine.observed(seen(1060, [.drain]), at: at(1060)) == nil)
        #expect(!machine.isInDoubt)
        #expect(machine.wasInDoubt)
        #expect(
            machine.observed(seen(1061, [.drain]), at: at(1061))
                == .finish(.done("no answer came; observed: b at lb-1 is drained; no sessions at lb-1")))
    }

    @Test func aDoubtThatNothingResolvesStaysOne() {
        var machine = ActionMachine(plan())
        _ = machine.start(at: start)
        _ = machine.answered(.unclear("no answer: cut"), at: at(1005))
        #expect(machine.observed(seen(1119, [.ready]), at: at(1119.9)) == nil)
        #expect(
            machine.observed(seen(1120, [.ready]), at: at(1120))
                == .finish(.inDoubt("no answer: cut; since then: b at lb-1 is still in balancing")))
    }

    @Test func takenButNeverObservedFails() {
        var machine = ActionMachine(plan())
        _ = machine.start(at: start)
        _ = machine.answered(.taken("ok"), at: at(1000.1))
        #expect(machine.observed(seen(1009.9, [.ready]), at: at(1009.9)) == nil)
        guard case .finish(.failed(let text)) = machine.observed(seen(1010, [.ready]), at: at(1010)) else {
            Issue.record("it goes on")
            return
        }
        #expect(text == "taken, but not observed within 10 s: b at lb-1 is still in balancing")
    }

    @Test func sessionsThatStayMakeItIncomplete() {
        var machine = ActionMachine(plan())
        _ = machine.start(at: start)
        _ = machine.answered(.taken("ok"), at: at(1000.1))
        _ = machine.observed(seen(1001, [.drain], sessions: 3), at: at(1001))
        #expect(machine.observed(seen(1060, [.drain], sessions: 3), at: at(1060.9)) == nil)
        #expect(
            machine.observed(seen(1061, [.drain], sessions: 3), at: at(1061))
                == .finish(.incomplete("after 60 s still: 3 sessions at lb-1")))
    }

    @Test func partialApplicationTellsHowFarAndBothWays() {
        var machine = ActionMachine(plan(goesOn: true, steps: 2))
        _ = machine.start(at: start)
        #expect(machine.answered(.refused("permission denied"), at: at(1000.1)) == .send(step: 1))
        #expect(machine.answered(.taken("ok"), at: at(1000.2)) == nil)
        let end = machine.observed(seen(1001, [.ready, .drain]), at: at(1001))
        #expect(
            end
                == .finish(
                    .incomplete(
                        "applied 1 of 2; step 1: permission denied; on: drain g/b again; back: undrain g/b")))
    }

    @Test func nothingAppliedIsAFailure() {
        var machine = ActionMachine(plan(goesOn: true, steps: 2))
        _ = machine.start(at: start)
        _ = machine.answered(.refused("no"), at: at(1000.1))
        #expect(
            machine.answered(.refused("no"), at: at(1000.2)) == .finish(.failed("step 1: no; step 2: no")))
    }

    @Test func anotherLeaderContradicts() {
        let id = GroupID("db")
        let leads = Expectation.leads(MemberID(id, "b"), insteadOf: "a")
        var plan = plan()
        plan.steps[0].expectation = leads
        var machine = ActionMachine(plan)
        _ = machine.start(at: start)
        _ = machine.answered(.unclear("no answer"), at: at(1001))
        func register(_ leader: String?, _ at: Double) -> Snapshot {
            var facts = GroupFacts()
            facts.leader = Known(leader)
            let source = SourceID("etcd", "db")
            return Snapshot(platform: Platform(name: "p"))
                .applying(Update(source, at: Timestamp(seconds: at), .group(id, facts)))
        }
        #expect(machine.observed(register("a", 1002), at: at(1002)) == nil)
        #expect(machine.text == "a still leads")
        #expect(machine.observed(register(nil, 1003), at: at(1003)) == nil)
        #expect(machine.text == "nobody leads at the moment")
        #expect(machine.observed(register("c", 1004), at: at(1004)) == .finish(.failed("c leads, not b")))
    }
}
