import Control
import Estate
import Feeds
import Foundation
import Insight
import Journal
import Lab
import Plans
import Settings
import Testing
import Watch
import Wire

/// Two operators on real servers: they meet in the cluster's own etcd. Called by the suite that has the lab.
enum GuardLive {
    /// An operator's own process, as far as another can tell: executor, journal, register and connections.
    struct Desk {
        let executor: Executor
        let journal: Journal
        let register: EtcdRegister
    }

    static func desk(_ user: String, _ cluster: Cluster, _ guards: GuardSettings) throws -> Desk {
        let journal = try Journal(at: cluster.lab.directory + "/\(user)/journal.db")
        let register = try #require(EtcdRegister(cluster.settings, clock: cluster.clock))
        let me = Operator(user: user, host: "live-\(user)")
        let executor = Executor(
            journal: journal, courier: NetworkCourier(ConfiguredDoors(cluster.settings), clock: cluster.clock),
            observations: Watched(watcher: cluster.watcher), clock: cluster.clock, who: me.name,
            stateFolder: cluster.lab.directory + "/\(user)", isArmed: true,
            guards: Guards(guards, me: me, register: register))
        return Desk(executor: executor, journal: journal, register: register)
    }

    static func server(_ name: String) -> MemberID { MemberID(GroupID("bet-api"), name) }

    static func seesEachOther(_ cluster: Cluster) async throws {
        let (ana, bea) = (try desk("ana", cluster, GuardSettings()), try desk("bea", cluster, GuardSettings()))
        let drain = try await cluster.clearPlan("drain", .member(server("bet-2")))
        // As ana's pitboss does while its action is under way, for as long as this test looks at it.
        let now = cluster.clock.now()
        let lease = LeaseFacts(
            action: "held", who: "ana@live-ana", verb: "drain", target: "bet-api/bet-1", reason: "kernel update",
            since: now, until: now + .seconds(60))
        let grant = try await ana.register.claim([drain.group], lease, ttl: .seconds(15))
        try await cluster.until("the cockpit of everybody shows who acts", seconds: 10) {
            cluster.snapshot.group(drain.group)?.fact(\.lease, from: "register")?.reason == "kernel update"
        }
        let refused = await bea.executor.execute(drain, cluster.consent(drain))
        guard case .refused(let text) = refused.outcome else {
            Issue.record("two at once: \(String(describing: refused.outcome))")
            return
        }
        #expect(text.hasPrefix("ana@live-ana acts on bet-api: drain bet-api/bet-1 since"), "\(text)")
        #expect(text.contains("“kernel update”"), "\(text)")
        #expect(bea.executor.requests.requests.isEmpty)
        try await ana.register.renew(grant)
        await ana.register.release(grant)
        await #expect(throws: RegisterError.self) { try await ana.register.renew(grant) }
        try await cluster.until("everybody sees that it is given back", seconds: 10) {
            cluster.snapshot.group(drain.group)?.fact(\.lease, from: "register") == nil
        }
        for verb in ["drain", "undrain"] {
            let plan = try await cluster.clearPlan(verb, .member(server("bet-2")))
            let done = await bea.executor.execute(plan, cluster.consent(plan))
            #expect(done.outcome?.word == "done", "\(String(describing: done.outcome))")
        }
        #expect(try await ana.register.leases().isEmpty)
        try await anchored(bea, "bea")
        // What nobody keeps alive ends by itself.
        _ = try await ana.register.claim([drain.group], lease, ttl: .seconds(2))
        try await cluster.until("a killed pitboss's lease ends", seconds: 10) {
            (try? await ana.register.leases().isEmpty) == true
        }
    }

    /// The journal's newest entry is in etcd, and a shorter journal shows against it.
    private static func anchored(_ desk: Desk, _ user: String) async throws {
        let head = try #require(try await desk.journal.head())
        let owner = AnchorOwner(host: "live-\(user)", user: user, journal: desk.journal.anchorName)
        let known = try await desk.register.anchors(of: owner)
        #expect(known.map(\.sequence) == [head.sequence] && known.map(\.hash) == [head.hash])
        #expect(try await desk.journal.contradicts(sequence: head.sequence + 1, hash: head.hash) != nil)
    }

    static func asksASecond(_ cluster: Cluster) async throws {
        var guards = GuardSettings()
        guards.fourEyes = FourEyesSettings(verbs: ["drain"], wait: .seconds(60))
        let (ana, bea) = (try desk("ana", cluster, guards), try desk("bea", cluster, guards))
        let drain = try await cluster.clearPlan("drain", .member(server("bet-3")))
        let begun = await ana.executor.begin(drain, cluster.consent(drain))
        try await cluster.until("the offer is seen", seconds: 10) {
            cluster.snapshot.group(drain.group)?.fact(\.offers, from: "register")?.first?.id == begun.id
        }
        await #expect(throws: ControlError.samePerson(who: "ana@live-ana")) {
            try await ana.executor.answer(begun.id, isApproved: true, reason: "me")
        }
        try await bea.executor.answer(String(begun.id.prefix(8)), isApproved: true, reason: "seen")
        let end = await ana.executor.wait(for: begun.id)
        #expect(end?.outcome?.word == "done", "\(String(describing: end?.outcome))")
        let hashes = try await [ana, bea].asyncCompactMap { desk in
            try await desk.journal.audit().last { $0.record.phase == .approved }?.record.details
                .first { $0.name == "hash of the plan" }?.value
        }
        #expect(hashes.count == 2 && hashes[0] == hashes[1], "both journals name the same plan")
        let back = try await cluster.clearPlan("undrain", .member(server("bet-3")))
        #expect(await bea.executor.execute(back, cluster.consent(back)).outcome?.word == "done")
    }
}

extension Array {
    fileprivate func asyncCompactMap<Value>(
        _ body: (Element) async throws -> Value?
    ) async rethrows -> [Value] {
        var list: [Value] = []
        for element in self {
            if let value = try await body(element) { list.append(value) }
        }
        return list
    }
}
