import Estate
import Foundation
import Journal
import PitbossTestKit
import Plans
import Settings
import Testing
import Wire

@testable import Control

extension TwoOperatorsTests {
    /// Waits until a plan waits.
    func waiting(_ executor: Executor) async throws -> ApprovalOffer {
        while true {
            if let offer = try await executor.pendingOffers().first { return offer }
            await Task.yield()
        }
    }

    @Test func aPlanWaitsForASecondOperatorAndBothJournalsSayWho() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let register = InMemoryRegister(clock: clock)
        let world = FakeWorld(clock, ExecutorTests.switched)
        let ana = try desk("ana", world, register, guards: Self.promoteWaits)
        let bea = try desk("bea", world, register, guards: Self.promoteWaits)
        let plan = try world.plan("promote", world.group, "pg-2")
        let status = await ana.executor.begin(plan, Self.yes)
        let offer = try await waiting(bea.executor)
        #expect(offer.plan == plan && offer.facts.because == "it is a promote")
        #expect(await ana.executor.actions.first?.awaitsApproval == offer.facts)
        #expect(try await register.leases().isEmpty, "what waits holds nobody up")
        #expect(world.sent.isEmpty)
        try await bea.executor.answer(String(offer.id.prefix(8)), isApproved: true, reason: "checked the lag")
        let end = try await pumped { await ana.executor.wait(for: status.id) }
        #expect(end?.outcome?.word == "done")
        #expect(
            try await ana.journal.audit().map(\.record.phase) == [
                .offered, .approved, .intent, .request, .answer, .outcome,
            ])
        let hash = AuditRecord.Detail("hash of the plan", offer.facts.hash)
        for journal in [ana.journal, bea.journal] {
            let approved = try await journal.audit().first { $0.record.phase == .approved }?.record
            #expect(approved?.action == status.id)
            #expect(approved?.details.contains(hash) == true)
        }
        #expect(try await bea.journal.audit().first?.record.who == "bea@desk")
        #expect(try await bea.executor.pendingOffers().isEmpty)
    }

    @Test func aDenialIsARefusalWithItsReason() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let register = InMemoryRegister(clock: clock)
        let world = FakeWorld(clock, ExecutorTests.switched)
        let ana = try desk("ana", world, register, guards: Self.promoteWaits)
        let bea = try desk("bea", world, register, guards: Self.promoteWaits)
        let status = await ana.executor.begin(try world.plan("promote", world.group, "pg-2"), Self.yes)
        let offer = try await waiting(bea.executor)
        try await bea.executor.answer(offer.id, isApproved: false, reason: "not in the match")
        let end = try #require(try await pumped { await ana.executor.wait(for: status.id) })
        #expect(refusal(end) == "bea@desk denied it: not in the match")
        #expect(world.sent.isEmpty)
        #expect(try await bea.journal.audit().map(\.record.phase) == [.denied])
    }

    @Test(arguments: ["ana", "ana-adm"])
    func nobodyIsTheirOwnSecondOperatorOnWhateverHostOrName(_ user: String) async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let register = InMemoryRegister(clock: clock)
        let world = FakeWorld(clock, ExecutorTests.switched)
        var guards = Self.promoteWaits
        guards.people = [PersonSettings("Ana", users: ["ana", "ana-adm"])]
        let ana = try desk("ana", world, register, guards: guards)
        let again = try desk(user, world, register, guards: guards, host: "elsewhere")
        let status = await ana.executor.begin(try world.plan("promote", world.group, "pg-2"), Self.yes)
        let offer = try await waiting(again.executor)
        await #expect(throws: ControlError.samePerson(who: "ana@desk")) {
            try await again.executor.answer(offer.id, isApproved: true, reason: "me too")
        }
        // One whose own pitboss does not refuse it is refused by the other side.
        let answer = ApprovalAnswer(
            offer: offer.id, isApproved: true, who: "\(user)@elsewhere", user: user, groups: [], reason: "r",
            at: clock.now(), hash: offer.facts.hash)
        try await register.answer(offer, answer)
        let end = try #require(try await pumped { await ana.executor.wait(for: status.id) })
        #expect(refusal(end) == "\(user)@elsewhere is the one who asked: it needs a second person")
        #expect(world.sent.isEmpty)
    }

    @Test func whatIsNotAnsweredInTimeOrIsWithdrawnIsNotDone() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let register = InMemoryRegister(clock: clock)
        let world = FakeWorld(clock, ExecutorTests.switched)
        let ana = try desk("ana", world, register, guards: Self.promoteWaits)
        let plan = try world.plan("promote", world.group, "pg-2")
        let late = try await pumped { await ana.executor.execute(plan, Self.yes) }
        #expect(refusal(late) == "no second operator answered within 60 s; ask one, then try again")
        let status = await ana.executor.begin(plan, Self.yes)
        _ = try await waiting(ana.executor)
        await ana.executor.withdraw(status.id)
        let end = try #require(await ana.executor.wait(for: status.id))
        #expect(refusal(end).contains("withdrawn"))
        #expect(try await register.offers().isEmpty)
        #expect(world.sent.isEmpty)
    }

    @Test func whatChangedAfterTheApprovalNeedsANewOne() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let register = InMemoryRegister(clock: clock)
        let world = FakeWorld(clock, ExecutorTests.switched)
        let ana = try desk("ana", world, register, guards: Self.promoteWaits)
        let bea = try desk("bea", world, register, guards: Self.promoteWaits)
        let plan = try world.plan("promote", world.group, "pg-2")
        let status = await ana.executor.begin(plan, Self.yes)
        let offer = try await waiting(bea.executor)
        world.change { $0.timeline = 4 }
        await #expect(throws: ControlError.changed(["the timeline is now 4, the plan was made on 3"])) {
            try await bea.executor.answer(offer.id, isApproved: true, reason: "fine")
        }
        world.change { $0.timeline = 3 }
        try await bea.executor.answer(offer.id, isApproved: true, reason: "fine")
        world.change { $0.timeline = 4 }
        let end = try #require(try await pumped { await ana.executor.wait(for: status.id) })
        #expect(refusal(end).contains("the timeline is now 4"))
        // An answer to another plan counts for nothing.
        world.change { $0.timeline = 3 }
        let second = await ana.executor.begin(plan, Self.yes)
        let fresh = try await waiting(bea.executor)
        let answer = ApprovalAnswer(
            offer: fresh.id, isApproved: true, who: "bea@desk", user: "bea", groups: [], reason: "r", at: clock.now(),
            hash: String(repeating: "0", count: 64))
        try await register.answer(fresh, answer)
        let other = try #require(try await pumped { await ana.executor.wait(for: second.id) })
        #expect(refusal(other).contains("answered another plan than this"))
        #expect(world.sent.isEmpty)
    }

    @Test func theRuleNamesWhatItGoesBy() throws {
        let world = FakeWorld(clock, ExecutorTests.switched)
        var plan = try world.plan("failover", world.group, "pg-2")
        let rule = FourEyesRule(
            FourEyesSettings(verbs: ["failover"], groups: [world.group], tiers: [.critical], bytesAtRisk: 1024))
        plan.risk = Risk(bytes: 4096, text: "")
        #expect(rule.reasons(plan, groups: [world.group], tiers: [.critical]).count == 4)
        plan.risk = Risk(bytes: nil, text: "")
        #expect(rule.reasons(plan, groups: [], tiers: []).contains("nobody knows how much is at risk"))
        plan.risk = Risk(bytes: 1024, text: "")
        plan.call.recipe = "drain"
        #expect(rule.reasons(plan, groups: [], tiers: [.standard]).isEmpty)
    }

    // MARK: the anchor

    @Test func aJournalThatWasCutShowsAgainstItsAnchor() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let register = InMemoryRegister(clock: clock)
        let world = FakeWorld(clock, ExecutorTests.obeyed)
        let ana = try desk("ana", world, register)
        _ = try await pumped { await ana.executor.execute(try world.plan("drain", world.pool, "s1"), Self.yes) }
        let owner = AnchorOwner(host: "desk", user: "ana", journal: ana.journal.anchorName)
        let head = try #require(try await ana.journal.head())
        #expect(try await register.anchors(of: owner).map(\.sequence) == [head.sequence])
        #expect(try await ana.journal.contradicts(sequence: head.sequence, hash: head.hash) == nil)
        // Another journal in its place, with fewer entries: whole in itself, and found out all the same.
        try FileManager.default.removeItem(atPath: folder + "/ana-desk")
        let after = try desk("ana", world, register)
        let end = try await pumped { await after.executor.execute(try world.plan("drain", world.pool, "s2"), Self.yes) }
        guard case .whole = try await after.journal.verify() else {
            Issue.record("the new chain is whole in itself")
            return
        }
        #expect(end.journalProblem?.contains("the one that was there before") == true, "\(end.journalProblem ?? "")")
        #expect(try await register.anchors(of: owner).map(\.hash) == [head.hash], "the anchor stays")
    }
}
