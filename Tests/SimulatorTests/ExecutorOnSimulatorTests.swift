import Control
import Estate
import Foundation
import Insight
import Journal
import PitbossTestKit
import Plans
import Settings
import Simulator
import Synchronization
import Testing

/// The simulated platform as the executor's world: what a demonstration wires, on a clock that the test moves.
final class SimulatedWorld: Courier, Observations {
    let clock: SteppedClock
    private let stage: Mutex<Stage>

    init(_ scenario: Scenario = .calm) {
        var stage = Stage(scenario)
        stage.run(to: .seconds(10))
        clock = SteppedClock(stage.now)
        self.stage = Mutex(stage)
    }

    func snapshot() async -> Snapshot { look { $0.snapshot } }

    func look<Value: Sendable>(_ body: (Stage) -> Value) -> Value {
        let now = clock.now()
        return stage.withLock { stage in
            stage.run(to: now - stage.simulated.start)
            return body(stage)
        }
    }

    func send(_ request: Request, within deadline: Span) async -> Delivery {
        let now = clock.now()
        let reply = stage.withLock { stage in
            stage.run(to: now - stage.simulated.start)
            return stage.obey(request)
        }
        do {
            try await clock.sleep(until: now + min(reply.after, deadline))
        } catch {
            return .lost(reason: "it was cancelled here")
        }
        guard reply.after <= deadline else { return .lost(reason: "no answer within \(deadline.seconds) s") }
        switch reply.outcome {
        case .answered(let status, let text): return .answered(Answer(status: status, text: text))
        case .notSent(let reason): return .notSent(reason: reason)
        case .lost(let reason): return .lost(reason: reason)
        }
    }
}

@Suite(.timeLimit(.minutes(2))) struct ExecutorOnSimulatorTests {
    private let folder = NSTemporaryDirectory() + "pitboss-simulator-\(UUID().uuidString)"

    private func outcome(
        _ world: SimulatedWorld, _ call: PlanCall, typed: String? = nil
    ) async throws -> ActionOutcome? {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let executor = try executor(world)
        let plan = try PlanCatalogue.plan(call, world.look { $0.snapshot }, now: world.clock.now()).get()
        let status = await executor.begin(plan, Consent(reason: "drill", typed: typed, acceptsWarnings: true))
        await finish(executor, world)
        return await executor.wait(for: status.id)?.outcome
    }

    private func executor(
        _ world: SimulatedWorld, who: String = "ana@desk", guards: Guards = Guards()
    ) throws -> Executor {
        Executor(
            journal: try Journal(at: folder + "/journal.db"), courier: world, observations: world, clock: world.clock,
            who: who, stateFolder: folder, isArmed: true, guards: guards)
    }

    private func finish(_ executor: Executor, _ world: SimulatedWorld) async {
        while await executor.isBusy {
            if world.clock.sleepersCount > 0 { world.clock.advance(by: .milliseconds(100)) }
            await Task.yield()
        }
    }

    @Test func aPauseThatRanOutIsResumedByWhoAskedForIt() async throws {
        let world = SimulatedWorld()
        let call = PlanCall("pause", .group(GroupID("wallet-db")), arguments: ["for": "1m"])
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (ana, bea) = (try executor(world), try executor(world, who: "bea@desk"))
        let plan = try PlanCatalogue.plan(call, world.look { $0.snapshot }, now: world.clock.now()).get()
        await ana.begin(plan, Consent(reason: "switch work", acceptsWarnings: true))
        await finish(ana, world)
        func isPaused() -> Bool? { world.look { $0.group("wallet-db")?.isPaused } }
        #expect(isPaused() == true)
        world.clock.advance(by: .seconds(30))
        try await ana.endWhatRanOut()
        #expect(await !ana.isBusy, "there is time left")
        world.clock.advance(by: .seconds(60))
        try await bea.endWhatRanOut()
        #expect(await !bea.isBusy, "it is not hers")
        var guards = Guards()
        guards.fourEyes = FourEyesRule(FourEyesSettings(verbs: ["resume"]))
        let bound = try executor(world, guards: guards)
        try await bound.endWhatRanOut()
        #expect(await bound.actions.isEmpty, "a second operator is asked by a person")
        try await ana.endWhatRanOut()
        await finish(ana, world)
        #expect(isPaused() == false)
        #expect(await ana.actions.last?.outcome?.word == "done")
        #expect(await ana.actions.last?.reason == "its time ran out: switch work")
    }

    @Test func aPromotionIsCarriedOut() async throws {
        let world = SimulatedWorld()
        let call = PlanCall("promote", .member(MemberID(GroupID("wallet-db"), "db-lon-1")))
        let outcome = try #require(try await outcome(world, call, typed: "db-lon-1"))
        guard case .done(let text) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(text.contains("db-lon-1 leads, timeline 8, db-ams-1 streams"), "\(text)")
        #expect(world.look { $0.group("wallet-db")?.leader?.name } == "db-lon-1")
    }

    @Test func aDrainIsCarriedOutWhereOneBalancerIsGone() async throws {
        let world = SimulatedWorld(
            try Scenario(
                parsing: "name: x\nsummary: y\nsteps: [ { at: 10s, kill: balancers/lb-fra-1 } ]"))
        let call = PlanCall("drain", .member(MemberID(GroupID("odds-api"), "odds-lon-2")))
        let outcome = try #require(try await outcome(world, call))
        guard case .incomplete(let text) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(text.contains("applied 2 of 3"), "\(text)")
        #expect(text.contains("connection refused"), "\(text)")
    }

    /// The door's site is cut off as it is asked: nobody answers, and nothing that is observed tells more.
    @Test func anAnswerThatIsLostStaysInDoubt() async throws {
        let world = SimulatedWorld(
            try Scenario(
                parsing: "name: x\nsummary: y\nsteps: [ { at: 10s, partition: ams }, { at: 25s, heal: ams } ]"))
        world.clock.advance(by: .milliseconds(400))
        let call = PlanCall("pause", .group(GroupID("wallet-db")))
        let outcome = try #require(try await outcome(world, call))
        guard case .inDoubt = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }
}
