import Estate
import Foundation
import Journal
import PitbossTestKit
import Plans
import Settings
import Synchronization
import Testing
import Wire

@testable import Control

/// Two pitbosses with a journal each, on one platform, with one register between them.
@Suite(.timeLimit(.minutes(5))) struct TwoOperatorsTests {
    let clock = SteppedClock()
    let folder = NSTemporaryDirectory() + "pitboss-two-\(UUID().uuidString)"

    struct Desk {
        let executor: Executor
        let journal: Journal
    }

    func desk(
        _ user: String, _ world: FakeWorld, _ register: (any OperatorRegister)?,
        guards: GuardSettings = GuardSettings(), host: String = "desk"
    ) throws -> Desk {
        let journal = try Journal(at: folder + "/\(user)-\(host)/journal.db")
        let me = Operator(user: user, host: host)
        return Desk(
            executor: Executor(
                journal: journal, courier: world, observations: world, clock: clock, who: me.name,
                stateFolder: folder + "/\(user)-\(host)", isArmed: true,
                guards: Guards(guards, me: me, register: register)),
            journal: journal)
    }

    func pumped<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let clock = clock
        let pump = Task { while !Task.isCancelled { try await clock.advanceToSleeper(within: .seconds(5)) } }
        defer { pump.cancel() }
        return try await body()
    }

    func refusal(_ status: ActionStatus) -> String {
        if case .refused(let text) = status.outcome { return text }
        return "not refused: \(String(describing: status.outcome))"
    }

    static let yes = Consent(reason: "a test", typed: "pg-2", acceptsWarnings: true)
    static let promoteWaits = GuardSettings(fourEyes: FourEyesSettings(verbs: ["promote"], wait: .seconds(60)))

    // MARK: leases

    @Test func theSecondReadsWhoHoldsTheGroupAndWhy() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let register = InMemoryRegister(clock: clock)
        let world = FakeWorld(clock, ExecutorTests.switched)
        let bea = try desk("bea", world, register)
        let plan = try world.plan("promote", world.group, "pg-2")
        let lease = LeaseFacts(
            action: "x", who: "ana@ops-1", verb: "promote", target: "db/pg-2", reason: "kernel update",
            since: clock.now(), until: clock.now() + .seconds(95))
        let grant = try await register.claim([world.group], lease, ttl: .seconds(15))
        let end = try await pumped { await bea.executor.execute(plan, Self.yes) }
        #expect(
            refusal(end) == "ana@ops-1 acts on db: promote db/pg-2 since 0 s (“kernel update”), over in 95 s at the"
                + " latest, or 15 s after that pitboss ended; wait for its end")
        #expect(world.sent.isEmpty)
        #expect(try await bea.journal.audit().map(\.record.phase) == [.refused])
        await register.release(grant)
        let again = try await pumped { await bea.executor.execute(plan, Self.yes) }
        #expect(again.outcome?.word == "done")
        #expect(try await register.leases().isEmpty, "given back")
    }

    @Test func aKilledPitbossHoldsNothingAfterItsTime() async throws {
        let register = InMemoryRegister(clock: clock)
        let lease = LeaseFacts(
            action: "x", who: "ana@ops-1", verb: "drain", target: "t", reason: "r", since: clock.now(),
            until: clock.now())
        _ = try await register.claim([GroupID("a"), GroupID("b")], lease, ttl: .seconds(15))
        clock.advance(by: .seconds(14))
        await #expect(throws: RegisterError.held(GroupID("b"), lease)) {
            try await register.claim([GroupID("b"), GroupID("c")], lease, ttl: .seconds(15))
        }
        #expect(try await register.leases().count == 2, "all or none: c was not taken")
        clock.advance(by: .seconds(1))
        #expect(try await register.leases().isEmpty)
    }

    @Test func aLeaseLostOnTheWayStopsTheActionBeforeItsNextSend() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let register = InMemoryRegister(clock: clock)
        let clock = clock
        // The register goes silent with the first request, and that request takes half a minute.
        let world = FakeWorld(clock) { request, state in
            register.cutOff(true)
            clock.advance(by: .seconds(30))
            return ExecutorTests.obeyed(request, &state)
        }
        let ana = try desk("ana", world, register)
        let end = try await pumped {
            await ana.executor.execute(try world.plan("drain", world.pool, "s1"), Self.yes)
        }
        #expect(world.sent.count == 1, "of two requests the first alone was sent")
        guard case .incomplete(let text) = end.outcome else {
            Issue.record("\(String(describing: end.outcome))")
            return
        }
        #expect(text.contains("not sent: the lease was lost"))
        #expect(end.journalProblem?.contains("cut off") == true, "it says that the anchor was not told")
    }

    @Test func withoutARegisterNothingIsDoneUnlessForgoneWithAReason() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let register = InMemoryRegister(clock: clock)
        register.cutOff(true)
        let world = FakeWorld(clock, ExecutorTests.switched)
        let ana = try desk("ana", world, register)
        let plan = try world.plan("promote", world.group, "pg-2")
        let end = try await pumped { await ana.executor.execute(plan, Self.yes) }
        #expect(refusal(end).contains("nobody can say whether another operator acts"))
        #expect(refusal(end).contains("--without-lease REASON"))
        var consent = Self.yes
        consent.forgoesLease = "etcd is what is broken"
        let forgone = consent
        #expect(try await pumped { await ana.executor.execute(plan, forgone) }.outcome?.word == "done")
        let intent = try await ana.journal.audit().first { $0.record.phase == .intent }?.record
        #expect(intent?.details.contains(.init("went on without it", "etcd is what is broken")) == true)
    }

    // MARK: freezes and roles

    @Test func aFreezeRefusesUnlessItIsOverriddenAndTheOverrideIsKept() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = FakeWorld(clock, ExecutorTests.switched)
        var freeze = FreezeSettings("always")
        freeze.weekly = ["mon 00:00-thu 12:00", "thu 12:00-mon 00:00"].compactMap(WindowText.weekly)
        var guards = GuardSettings()
        guards.freezes = [freeze]
        let ana = try desk("ana", world, nil, guards: guards)
        let plan = try world.plan("promote", world.group, "pg-2")
        let end = try await pumped { await ana.executor.execute(plan, Self.yes) }
        #expect(refusal(end).contains("change freeze “always”"))
        var consent = Self.yes
        consent.overridesFreeze = "  "
        let blank = consent
        #expect(refusal(try await pumped { await ana.executor.execute(plan, blank) }).contains("--override-freeze"))
        consent.overridesFreeze = "the site burns"
        let said = consent
        #expect(try await pumped { await ana.executor.execute(plan, said) }.outcome?.word == "done")
        let intent = try await ana.journal.audit().first { $0.record.phase == .intent }?.record
        #expect(intent?.details.contains(.init("freeze overridden", "the site burns")) == true)
    }

    @Test func whoeverIsNoOperatorIsRefusedBelowTheScreen() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = FakeWorld(clock, ExecutorTests.switched)
        var guards = GuardSettings()
        guards.roles = RoleSettings(operators: SubjectSettings(users: ["ana"]))
        let dan = try desk("dan", world, nil, guards: guards)
        let plan = try world.plan("promote", world.group, "pg-2")
        let end = try await pumped { await dan.executor.execute(plan, Self.yes) }
        #expect(refusal(end) == "dan@desk is not among the operators: roles.operators in the configuration says who is")
        #expect(world.sent.isEmpty)
    }
}

extension GuardSettings {
    init(fourEyes: FourEyesSettings) {
        self.init()
        self.fourEyes = fourEyes
    }
}
