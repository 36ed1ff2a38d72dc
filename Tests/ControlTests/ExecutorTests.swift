import Estate
import Foundation
import Journal
import PitbossTestKit
import Plans
import Synchronization
import Testing

@testable import Control

/// A platform that answers as each test wants it to, on a clock that the test moves.
final class FakeWorld: Courier, Observations {
    struct State: Sendable {
        var leader: String? = "pg-1"
        var timeline = 3
        var drained: Set<String> = []
        var sessions = 0
        var extraMember = false
        var isPaused = false
        var sent: [Request] = []
    }
    let state = Mutex(State())
    let clock: SteppedClock
    let group = GroupID("db")
    let pool = GroupID("api")
    /// What happens with a request, and what becomes of it.
    let answer: @Sendable (Request, inout State) -> Delivery

    init(_ clock: SteppedClock, _ answer: @escaping @Sendable (Request, inout State) -> Delivery) {
        self.clock = clock
        self.answer = answer
    }

    func send(_ request: Request, within deadline: Span) async -> Delivery {
        state.withLock { state in
            state.sent.append(request)
            return answer(request, &state)
        }
    }

    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }
    var sent: [Request] { state.withLock { $0.sent } }

    func snapshot() async -> Snapshot { now }

    var now: Snapshot {
        let state = state.withLock { $0 }
        let at = clock.now()
        var snapshot = Snapshot(platform: Platform(name: "p"))
        func tell(_ source: SourceID, _ body: Update.Body) {
            snapshot.apply(Update(source, at: at, .source(SourceStatus(.live))))
            snapshot.apply(Update(source, at: at, body))
        }
        var facts = GroupFacts()
        facts.leader = Known(state.leader)
        facts.timeline = state.timeline
        facts.manager = "patroni"
        facts.paused = state.isPaused
        var limits = FailoverLimits()
        limits.maximumLagOnFailoverBytes = 1_048_576
        facts.limits = limits
        tell(SourceID("etcd", "db"), .group(group, facts))
        for name in ["pg-1", "pg-2"] + (state.extraMember ? ["pg-3"] : []) {
            var member = MemberFacts()
            member.role = name == state.leader ? .leader : .replica
            member.state = .running
            member.door = "http://\(name):8008/patroni"
            var replication = ReplicationFacts()
            replication.timeline = state.timeline
            replication.streaming = name != state.leader
            replication.receivedLSN = name == state.leader ? nil : LSN(1000)
            replication.writtenLSN = name == state.leader ? LSN(1000) : nil
            member.replication = replication
            tell(SourceID("etcd", "db"), .member(MemberID(group, name), member))
            tell(SourceID("patroni", "db/\(name)"), .member(MemberID(group, name), member))
        }
        for name in ["s1", "s2", "s3"] {
            for balancer in ["lb-1", "lb-2"] {
                var server = MemberFacts()
                var traffic = TrafficFacts()
                let isOut = state.drained.contains("\(balancer)/\(name)")
                traffic.admin = isOut ? .drain : .ready
                traffic.adminForcedHere = isOut
                traffic.check = .up
                traffic.handle = "api/\(name)"
                traffic.sessions = name == "s1" ? state.sessions : 0
                server.traffic = traffic
                tell(SourceID("haproxy", balancer), .member(MemberID(pool, name), server))
            }
        }
        return snapshot
    }

    func plan(_ verb: String, _ group: GroupID, _ name: String) throws -> Plan {
        try PlanCatalogue.plan(PlanCall(verb, .member(MemberID(group, name))), now, now: clock.now()).get()
    }
}

@Suite struct ExecutorTests {
    let clock = SteppedClock()
    let folder = NSTemporaryDirectory() + "pitboss-control-\(UUID().uuidString)"

    func executor(_ world: FakeWorld, armed: Bool = true) throws -> (Executor, Journal) {
        let journal = try Journal(at: folder + "/journal.db")
        let executor = Executor(
            journal: journal, courier: world, observations: world, clock: clock, who: "ana@desk", stateFolder: folder,
            isArmed: armed)
        return (executor, journal)
    }

    /// Carries it out while the clock goes from one waiter to the next.
    func carryOut(_ executor: Executor, _ plan: Plan, _ consent: Consent) async -> ActionStatus {
        let clock = clock
        let pump = Task { while !Task.isCancelled { try await clock.advanceToSleeper(within: .seconds(5)) } }
        defer { pump.cancel() }
        return await executor.execute(plan, consent)
    }

    func phases(_ journal: Journal) async throws -> [AuditRecord.Phase] {
        try await journal.audit().map(\.record.phase)
    }

    static let yes = Consent(reason: "a test", typed: "pg-2", acceptsWarnings: true)
    static let switched: @Sendable (Request, inout FakeWorld.State) -> Delivery = { _, state in
        state.leader = "pg-2"
        state.timeline = 4
        return .answered(Answer(status: 200, text: "Successfully switched over to \"pg-2\""))
    }
    /// As a balancer does it.
    static let obeyed: @Sendable (Request, inout FakeWorld.State) -> Delivery = { request, state in
        guard case .line(let balancer, let text) = request else { return .notSent(reason: "not a line") }
        let server = text.split(separator: " ")[2].split(separator: "/")[1]
        if text.hasSuffix("drain") {
            state.drained.insert("\(balancer.name)/\(server)")
        } else {
            state.drained.remove("\(balancer.name)/\(server)")
        }
        return .answered(Answer(status: nil, text: "\n"))
    }

    @Test(.timeLimit(.minutes(5))) func aSwitchoverIsDoneWhenItIsObservedAndEveryStepIsKept() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = FakeWorld(clock, Self.switched)
        let (executor, journal) = try executor(world)
        let plan = try world.plan("promote", world.group, "pg-2")
        let end = await carryOut(executor, plan, Self.yes)
        #expect(end.outcome == .done("pg-2 leads, timeline 4, pg-1 streams"))
        #expect(world.sent == plan.steps.map(\.request))
        #expect(try await phases(journal) == [.intent, .request, .answer, .outcome])
        let intent = try await journal.audit().first?.record
        #expect(intent?.details.contains(.init("reason", "a test")) == true)
        #expect(intent?.details.contains(.init("before", "leader pg-1, timeline 3")) == true)
        #expect(
            try await journal.audit().last?.record.details.first == .init("after", "leader pg-2, timeline 4"))
        guard case .whole = try await journal.verify() else {
            Issue.record("the chain is broken")
            return
        }
        #expect(executor.requests.requests.first?.answer == "200 Successfully switched over to \"pg-2\"")
    }

    @Test(.timeLimit(.minutes(5))) func aLeaderThatChangedUnderTheDialogIsRefusedAndNothingIsSent() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = FakeWorld(clock, Self.switched)
        let (executor, journal) = try executor(world)
        world.change { $0.extraMember = true }
        let plan = try world.plan("promote", world.group, "pg-2")
        world.change {
            $0.leader = "pg-3"
            $0.timeline = 4
        }
        let end = await carryOut(executor, plan, Self.yes)
        guard case .refused(let text) = end.outcome else {
            Issue.record("\(String(describing: end.outcome))")
            return
        }
        #expect(text.contains("the leader is now pg-3, the plan was made for pg-1"))
        #expect(world.sent.isEmpty)
        #expect(try await phases(journal) == [.intent, .outcome])
    }

    @Test(.timeLimit(.minutes(5)), arguments: ["no change", "switched unseen"])
    func aLostReplyIsInDoubtAndResolvedByWhatIsObserved(_ fate: String) async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let arrives = fate == "switched unseen"
        let world = FakeWorld(clock) { _, state in
            if arrives {
                state.leader = "pg-2"
                state.timeline = 4
            }
            return .lost(reason: "the connection ended")
        }
        let (executor, _) = try executor(world)
        let end = await carryOut(executor, try world.plan("promote", world.group, "pg-2"), Self.yes)
        #expect(end.wasInDoubt)
        #expect(world.sent.count == 1, "never sent again")
        if arrives {
            #expect(end.outcome?.word == "done")
            #expect(!end.isInDoubt)
        } else {
            #expect(end.outcome?.exitCode == 75)
            #expect(end.isInDoubt)
        }
    }

    @Test(.timeLimit(.minutes(5))) func readOnlyIsEnforcedBelowTheScreen() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = FakeWorld(clock, Self.switched)
        let (executor, journal) = try executor(world, armed: false)
        let plan = try world.plan("promote", world.group, "pg-2")
        let end = await carryOut(executor, plan, Self.yes)
        #expect(end.outcome == .refused(ControlError.readOnly.description))
        #expect(world.sent.isEmpty)
        #expect(try await phases(journal) == [.refused])
        await executor.arm(true)
        #expect(await carryOut(executor, plan, Self.yes).outcome?.word == "done")
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            (Consent(reason: "r", typed: "pg-1"), "not confirmed: type pg-2"),
            (Consent(reason: "r"), "not confirmed: type pg-2"),
            (Consent(reason: "  ", typed: "pg-2"), "a reason is needed; it is kept in the audit"),
        ])
    func withoutConsentNothingIsSent(_ consent: Consent, _ text: String) async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = FakeWorld(clock, Self.switched)
        let (executor, _) = try executor(world)
        let end = await carryOut(executor, try world.plan("promote", world.group, "pg-2"), consent)
        #expect(end.outcome == .refused(text))
        #expect(world.sent.isEmpty)
    }

    @Test(.timeLimit(.minutes(5))) func aJournalThatTakesNothingStopsTheAction() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = FakeWorld(clock, Self.switched)
        let (executor, _) = try executor(world)
        var plan = try world.plan("promote", world.group, "pg-2")
        plan.checks.append(Check(.pass, "big", String(repeating: "x", count: Journal.detailsBytesMax)))
        let end = await carryOut(executor, plan, Self.yes)
        guard case .refused(let text) = end.outcome else {
            Issue.record("\(String(describing: end.outcome))")
            return
        }
        #expect(text.contains("nothing is done without an audit record"))
        #expect(world.sent.isEmpty)
    }

    @Test(.timeLimit(.minutes(5))) func oneActionAGroupAtATime() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = FakeWorld(clock, Self.switched)
        let (executor, _) = try executor(world)
        let plan = try world.plan("promote", world.group, "pg-2")
        do {
            let lock = try GroupLock(folder: folder, group: "db", holder: "drain db/pg-1 by bob@desk")
            let end = await carryOut(executor, plan, Self.yes)
            let busy = ControlError.busy(group: "db", holder: "drain db/pg-1 by bob@desk")
            #expect(end.outcome == .refused(busy.description))
            withExtendedLifetime(lock) {}
        }
        #expect(await carryOut(executor, plan, Self.yes).outcome?.word == "done")
    }

    @Test(.timeLimit(.minutes(5))) func aDrainGoesOverAllBalancersAndWaitsForTheSessions() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = FakeWorld(clock) { request, state in
            defer { if state.sent.count == 2 { state.sessions = 0 } }
            return Self.obeyed(request, &state)
        }
        world.change { $0.sessions = 3 }
        let (executor, _) = try executor(world)
        let plan = try world.plan("drain", world.pool, "s1")
        let end = await carryOut(executor, plan, Self.yes)
        #expect(end.outcome?.word == "done")
        #expect(
            world.sent.flatMap(\.lines) == [
                "lb-1: set server api/s1 state drain", "lb-2: set server api/s1 state drain",
            ])
        let back = await carryOut(executor, try world.plan("undrain", world.pool, "s1"), Self.yes)
        #expect(back.outcome == .done("s1 serves at lb-1, s1 serves at lb-2"))
        #expect(world.state.withLock { $0.drained.isEmpty })
    }

    @Test(.timeLimit(.minutes(5))) func aBalancerThatIsAwayMakesItPartialAndThePlanAgainDoesTheRest() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let isAway = Mutex(true)
        let world = FakeWorld(clock) { request, state in
            if case .line(let balancer, _) = request, balancer.name == "lb-2", isAway.withLock({ $0 }) {
                return .notSent(reason: "connection refused")
            }
            return Self.obeyed(request, &state)
        }
        let (executor, _) = try executor(world)
        let end = await carryOut(executor, try world.plan("drain", world.pool, "s1"), Self.yes)
        guard case .incomplete(let text) = end.outcome else {
            Issue.record("\(String(describing: end.outcome))")
            return
        }
        #expect(text.contains("applied 1 of 2"))
        #expect(text.contains("back: undrain api/s1"))
        isAway.withLock { $0 = false }
        let rest = try world.plan("drain", world.pool, "s1")
        #expect(rest.preview == ["lb-2: set server api/s1 state drain"])
        #expect(await carryOut(executor, rest, Self.yes).outcome?.word == "done")
    }

    @Test(.timeLimit(.minutes(5))) func aPauseIsKeptWithItsEndAndNamedUntilItIsOver() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = FakeWorld(clock) { request, state in
            guard case .http(_, _, _, _, let body, _) = request else { return .notSent(reason: "not HTTP") }
            state.isPaused = body.contains("true")
            return .answered(Answer(status: 200, text: #"{"pause": true}"#))
        }
        let (executor, journal) = try executor(world)
        let group = PlanTarget.group(world.group)
        let pause = try PlanCatalogue.plan(
            PlanCall("pause", group, arguments: ["for": "10m"]), world.now, now: clock.now()
        ).get()
        #expect(await carryOut(executor, pause, Self.yes).outcome == .done("automation paused"))
        let notices = try await executor.notices()
        #expect(notices.map(\.undo) == [PlanCall("resume", group)])
        #expect(notices.first?.text.hasPrefix("db paused by ana@desk (a test), ") == true)
        clock.advance(by: .seconds(660))
        #expect(try await executor.notices().map(\.urgency) == [.ranOut])
        let resume = try PlanCatalogue.plan(PlanCall("resume", group), world.now, now: clock.now()).get()
        #expect(await carryOut(executor, resume, Self.yes).outcome == .done("automation on"))
        #expect(try await journal.holds().isEmpty)
        #expect(try await executor.notices().isEmpty)
    }

    @Test(.timeLimit(.minutes(5))) func followersSeeEveryStateAndTheEnd() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = FakeWorld(clock, Self.switched)
        let (executor, _) = try executor(world)
        let stream = await executor.follow()
        let end = await carryOut(executor, try world.plan("promote", world.group, "pg-2"), Self.yes)
        var seen: [ActionStatus] = []
        for await status in stream {
            seen.append(status)
            if status.isOver { break }
        }
        #expect(seen.first?.steps == [.waiting])
        #expect(seen.contains { $0.steps == [.sent] })
        #expect(seen.last == end)
        #expect(await executor.actions == [end])
        #expect(await !executor.isBusy)
    }
}
