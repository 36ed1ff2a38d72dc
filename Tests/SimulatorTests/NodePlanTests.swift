import Control
import Estate
import Foundation
import Insight
import Journal
import PitbossTestKit
import Plans
import Testing

@testable import Simulator

/// Keeps some requests back, as a connection that is refused does.
struct CutCourier: Courier {
    let world: SimulatedWorld
    let isKept: @Sendable (Request) -> Bool

    func send(_ request: Request, within deadline: Span) async -> Delivery {
        isKept(request) ? .notSent(reason: "cut") : await world.send(request, within: deadline)
    }
}

/// Plans over nodes, carried out on the simulated platform.
@Suite(.timeLimit(.minutes(2))) struct NodePlanTests {
    struct Run {
        let world: SimulatedWorld
        let executor: Executor
        let journal: Journal

        init(_ scenario: Scenario = .calm) throws {
            let folder = NSTemporaryDirectory() + "pitboss-node-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let world = SimulatedWorld(scenario)
            self.init(world, world, try Journal(at: folder + "/journal.db"))
        }

        private init(_ world: SimulatedWorld, _ courier: any Courier, _ journal: Journal) {
            self.world = world
            self.journal = journal
            executor = Executor(
                journal: journal, courier: courier, observations: world, clock: world.clock, who: "ana@desk",
                stateFolder: (journal.path as NSString).deletingLastPathComponent, isArmed: true)
        }

        /// The same platform and journal, on which some requests never leave.
        func without(_ isKept: @escaping @Sendable (Request) -> Bool) -> Run {
            Run(world, CutCourier(world: world, isKept: isKept), journal)
        }

        func plan(_ recipe: String, _ target: PlanTarget, _ arguments: [String: String] = [:]) async throws -> Plan {
            let call = await executor.remembering(PlanCall(recipe, target, arguments: arguments))
            return try PlanCatalogue.plan(call, world.look { $0.snapshot }, now: world.clock.now()).get()
        }

        func carryOut(_ plan: Plan) async throws -> ActionStatus {
            let typed: String? = if case .typed(let name) = plan.confirmation { name } else { nil }
            let status = await executor.begin(plan, Consent(reason: "drill", typed: typed, acceptsWarnings: true))
            while await executor.isBusy {
                if world.clock.sleepersCount > 0 { world.clock.advance(by: .milliseconds(100)) }
                await Task.yield()
            }
            return try #require(await executor.wait(for: status.id))
        }

        func end() { try? FileManager.default.removeItem(atPath: (journal.path as NSString).deletingLastPathComponent) }
    }

    @Test func aNodeWithALeaderIsDrainedAndGivenBack() async throws {
        let run = try Run()
        defer { run.end() }
        let node = PlanTarget.node(NodeID("db-ams-1"))
        let drain = try await run.plan("drain", node)
        #expect(drain.parts.map(\.verb) == ["promote", "drain", "finish"], "\(drain.outlook.sentences)")
        #expect(drain.blocks.isEmpty, "\(drain.blocks)")
        let done = try await run.carryOut(drain)
        #expect(done.outcome?.word == "done", "\(String(describing: done.outcome))")
        #expect(run.world.look { $0.group("wallet-db")?.leader?.name } == "db-lon-1")
        let read = run.world.look { $0.group("pg_read")?.members.first { $0.id.name == "db-ams-1" } }
        #expect(read?.isDrained == true)
        let back = try await run.plan("undrain", node)
        #expect(back.call.taken?.count == 4, "\(String(describing: back.call.taken))")
        let given = try await run.carryOut(back)
        #expect(given.outcome?.word == "done", "\(String(describing: given.outcome))")
        #expect(run.world.look { $0.group("wallet-db")?.leader?.name } == "db-lon-1", "the lead stays")
        #expect(try await run.journal.holds().isEmpty)
    }

    @Test func serversOfTwoPoolsFinishSideBySide() async throws {
        let run = try Run()
        defer { run.end() }
        let node = PlanTarget.node(NodeID("app-ams-1"))
        let plan = try await run.plan("maintenance", node, ["for": "30m", "sessions": "shut", "wait": "20s"])
        #expect(
            plan.parts.map(\.verb) == [
                "drain", "drain", "finish", "shut-sessions", "shut-sessions", "maintain", "maintain",
            ])
        let prospect = Prospect.of(plan, in: run.world.look { $0.snapshot }, now: run.world.clock.now())
        #expect(prospect.okToStop?.isYes == true, "\(String(describing: prospect.okToStop))")
        #expect(prospect.moves.map(\.pool.name) == ["bet-api", "odds-api"])
        let status = try await run.carryOut(plan)
        #expect(status.outcome?.word == "done", "\(String(describing: status.outcome))")
        let bet = run.world.look { $0.snapshot.members(of: GroupID("bet-api")).first { $0.id.name == "bet-ams-1" } }
        #expect(bet?.sightings.allSatisfy { $0.facts.traffic?.admin == .maintenance } == true)
        let hold = try #require(try await run.journal.holds().first)
        #expect((hold.kind, hold.group.name) == ("maintenance", "app-ams-1"))
        let back = try await run.carryOut(try await run.plan("undrain", node))
        #expect(back.outcome?.word == "done", "\(String(describing: back.outcome))")
        #expect(try await run.journal.holds().isEmpty)
    }

    @Test func aCachesLeadIsMovedAndItsRankTakenAndGivenBack() async throws {
        let run = try Run()
        defer { run.end() }
        let node = PlanTarget.node(NodeID("cache-ams-1"))
        let drain = try await run.plan("drain", node)
        #expect(drain.parts.map(\.verb) == ["promote", "drain"], "\(drain.outlook.sentences) \(drain.checks)")
        let done = try await run.carryOut(drain)
        #expect(done.outcome?.word == "done", "\(String(describing: done.outcome))")
        let master = run.world.look { $0.group("session-cache")?.leader?.name }
        #expect(master != "cache-ams-1")
        #expect(run.world.look { $0.rank("cache-ams-1") } == 0)
        let back = try await run.carryOut(try await run.plan("undrain", node))
        #expect(back.outcome?.word == "done", "\(String(describing: back.outcome))")
        #expect(run.world.look { $0.rank("cache-ams-1") } == 100)
    }

    /// A node's drain stops where the cache's lead should move: its heir's rank stays raised. Whatever takes that rank
    /// next remembers what it was before both, and the order in which both are given back is all the same.
    @Test(arguments: [["cache-ams-1", "cache-lon-1"], ["cache-lon-1", "cache-ams-1"]])
    func aRankThatTwoTookIsAsItWasBeforeBoth(_ order: [String]) async throws {
        let run = try Run()
        defer { run.end() }
        let raised = run.without { request in request.lines.contains { $0.contains("SENTINEL FAILOVER") } }
        let stopped = try await raised.carryOut(try await raised.plan("drain", .node(NodeID("cache-ams-1"))))
        #expect(stopped.outcome?.word == "incomplete", "\(String(describing: stopped.outcome))")
        let heirs = ["cache-lon-1", "cache-fra-1"].filter { name in run.world.look { $0.rank(name) } == 1 }
        let heir = try #require(heirs.first)
        let drained = try await run.carryOut(
            try await run.plan("drain", .member(MemberID(GroupID("session-cache"), heir))))
        #expect(drained.outcome?.word == "done", "\(String(describing: drained.outcome))")
        #expect(run.world.look { $0.rank(heir) } == 0)
        for name in order.map({ $0 == "cache-ams-1" ? $0 : heir }) {
            let target =
                name == heir ? PlanTarget.member(MemberID(GroupID("session-cache"), heir)) : .node(NodeID(name))
            // What of it was taken by another is no longer this one's to give back.
            guard let back = try? await run.plan("undrain", target) else { continue }
            #expect(try await run.carryOut(back).outcome?.word == "done")
        }
        #expect(run.world.look { $0.rank(heir) } == 100)
        let left = try await run.journal.holds()
        #expect(left.isEmpty, "\(left)")
    }

    @Test func aPromotionOfACacheIsSteeredToTheOneThatIsNamed() async throws {
        let run = try Run()
        defer { run.end() }
        for name in ["cache-lon-1", "cache-fra-1"] {
            let plan = try await run.plan("promote", .member(MemberID(GroupID("session-cache"), name)))
            let status = try await run.carryOut(plan)
            #expect(status.outcome?.word == "done", "\(name): \(String(describing: status.outcome))")
            #expect(run.world.look { $0.group("session-cache")?.leader?.name } == name)
            #expect(run.world.look { $0.rank(name) } == 100, "as it was")
        }
    }

    @Test func aConsensusLeaderHandsOver() async throws {
        let run = try Run()
        defer { run.end() }
        let leader = try #require(run.world.look { $0.group("consensus")?.leader?.name })
        let drain = try await run.plan("drain", .node(NodeID(leader)))
        #expect(drain.parts.map(\.verb) == ["move-leader"], "\(drain.checks)")
        let done = try await run.carryOut(drain)
        #expect(done.outcome?.word == "done", "\(String(describing: done.outcome))")
        #expect(run.world.look { $0.group("consensus")?.leader?.name } != leader)
    }

    @Test func aVoterIsNotTakenFromAQuorumWithoutOneToSpare() async throws {
        let run = try Run(
            try Scenario(
                parsing: """
                    name: x
                    summary: y
                    steps: [ { at: 1s, kill: consensus/etcd-lon-1 }, { at: 1s, kill: consensus/etcd-fra-1 } ]
                    """))
        defer { run.end() }
        run.world.clock.advance(by: .seconds(10))
        let leader = try #require(run.world.look { $0.group("consensus")?.leader?.name })
        await #expect(throws: PlanRefusal.self) { try await run.plan("drain", .node(NodeID(leader))) }
    }

    @Test func theProjectionIsWhatComes() async throws {
        let run = try Run()
        defer { run.end() }
        let drain = try await run.plan("drain", .node(NodeID("db-ams-1")))
        let before = run.world.look { $0.snapshot }
        let foreseen = Assessment.of(
            Projection.of(drain, on: before, now: run.world.clock.now()), now: run.world.clock.now())
        _ = try await run.carryOut(drain)
        run.world.clock.advance(by: .seconds(20))
        let seen = run.world.look { $0.assessment }
        for id in ["wallet-db", "pg_read", "pg_write"].map(GroupID.init) {
            #expect(foreseen.group(id)?.verdict == seen.group(id)?.verdict, "\(id)")
            #expect(foreseen.group(id)?.leader == seen.group(id)?.leader, "\(id)")
            #expect(foreseen.group(id)?.serving == seen.group(id)?.serving, "\(id)")
            #expect(foreseen.group(id)?.survives.nodes == seen.group(id)?.survives.nodes, "\(id)")
        }
    }
}

extension Stage {
    func rank(_ cache: String) -> Int? {
        snapshot.member(MemberID(GroupID("session-cache"), cache))?
            .sighting(by: SourceID("redis", "session-cache/\(cache)"))?.facts.tags?.failoverPriority
    }
}
