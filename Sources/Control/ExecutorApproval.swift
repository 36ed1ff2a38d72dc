import Estate
import Journal
import Plans
import Wire

/// Four eyes: a plan above the configured risk waits here, before anything is locked, until a second operator has
/// approved exactly this plan. Whatever changes afterwards is found by the fingerprint, and needs a new approval.
extension Executor {
    /// Returns when the plan may go on: at once where nothing asks for a second operator.
    func awaitApproval(_ id: String, _ plan: Plan, _ consent: Consent) async throws(ControlError) {
        guard let rule = guards.fourEyes else { return }
        let snapshot = await observations.snapshot()
        let groups = groups(of: plan)
        let because = rule.reasons(plan, groups: groups, tiers: tiers(plan, snapshot))
        guard !because.isEmpty else { return }
        let why = because.joined(separator: ", ")
        guard let register = guards.register, let home = groups.first(where: { register.place(of: $0) != nil }),
            let text = PlanText.encode(plan)
        else { throw .noSecondOperator("it waits for a second operator because \(why), and no register reaches one") }
        let now = clock.now()
        let facts = OfferFacts(
            id: id, who: who, verb: plan.verb, target: plan.target.description, title: plan.title,
            reason: consent.reason, because: why, offeredAt: now, expiresAt: now + rule.wait, hash: PlanText.hash(text))
        let offer = ApprovalOffer(facts: facts, group: home, plan: plan, planText: text)
        do {
            try await keep(offered(offer), offer.id)
        } catch {
            throw .notAudited(error.description)
        }
        let answer = try await wait(offer, in: register)
        try await judge(answer, of: offer)
    }

    /// Gives up waiting for an approval. What is beyond that goes on.
    public func withdraw(_ id: String) { guarded[id]?.waiting?.cancel() }

    private func wait(
        _ offer: ApprovalOffer, in register: any OperatorRegister
    ) async throws(ControlError) -> ApprovalAnswer {
        let id = offer.id
        let tenure: Tenure
        do throws(RegisterError) {
            let askedAt = clock.now()
            let grant = try await register.offer(offer, ttl: TenureMachine.ttl)
            tenure = Tenure(grant, in: register, askedAt: askedAt, clock: clock)
        } catch {
            throw .noSecondOperator("a second operator cannot be asked: \(error.description)")
        }
        let minutes = Self.words(offer.facts.expiresAt - offer.facts.offeredAt)
        change(id) { status in
            status.awaitsApproval = offer.facts
            status.text =
                "waits up to \(minutes) for a second operator, because \(offer.facts.because):"
                + " pitboss approve \(id.prefix(8))"
        }
        let until = offer.facts.expiresAt
        let waiting = Task { try? await register.awaitAnswer(to: offer, until: until) }
        guarded[id, default: Guarded()].waiting = waiting
        let answer = await waiting.value
        let wasWithdrawn = waiting.isCancelled
        guarded[id]?.waiting = nil
        change(id) { $0.awaitsApproval = nil }
        await tenure.end()
        if let answer { return answer }
        throw wasWithdrawn
            ? .noSecondOperator("it was withdrawn before a second operator had answered")
            : .noSecondOperator("no second operator answered within \(minutes); ask one, then try again")
    }

    /// What came back is judged here, by our own configuration: the register is not trusted to have done it.
    private func judge(_ answer: ApprovalAnswer, of offer: ApprovalOffer) async throws(ControlError) {
        guard answer.hash == offer.facts.hash else {
            throw .noSecondOperator(
                "\(answer.who) answered another plan than this; a changed plan needs a new approval")
        }
        if guards.roles.isSame(answer.user, guards.me?.user ?? who) {
            throw .noSecondOperator("\(answer.who) is the one who asked: it needs a second person")
        }
        guard guards.roles.roles(of: answer.user, groups: answer.groups).contains(.approve) else {
            throw .notYourRole(who: answer.who, role: "approvers")
        }
        guard answer.isApproved else { throw .denied(by: answer.who, reason: answer.reason) }
        guarded[offer.id, default: Guarded()].details += [
            .init("approved by", answer.who), .init("approved because", answer.reason),
            .init("hash of the plan", answer.hash),
        ]
        await audit(
            offer.id, offer.plan, .approved, "approved by \(answer.who)",
            [
                .init("reason", answer.reason), .init("hash of the plan", answer.hash),
                .init("at", RFC3339.text(answer.at)),
            ])
    }

    private func offered(_ offer: ApprovalOffer) -> AuditRecord {
        var details: [AuditRecord.Detail] = [
            .init("reason", offer.facts.reason), .init("waits because", offer.facts.because),
            .init("hash of the plan", offer.facts.hash),
        ]
        details += offer.plan.preview.map { .init("request", $0) }
        return record(offer.id, offer.plan, .offered, offer.plan.title, details)
    }

    // MARK: - The second operator's side

    /// Plans that wait for a second operator, oldest first.
    public func pendingOffers() async throws(ControlError) -> [ApprovalOffer] {
        guard let register = guards.register else { return [] }
        do {
            return try await register.offers()
        } catch {
            throw .noRegister(error.description)
        }
    }

    /// Approves a plan that waits, or denies it. `id` may be the beginning of the offer's.
    @discardableResult
    public func answer(_ id: String, isApproved: Bool, reason: String) async throws(ControlError) -> ApprovalOffer {
        guard Self.isSaid(reason) else { throw .noReason }
        guard let register = guards.register, let me = guards.me else {
            throw .noRegister("there is no register: no plan can wait here")
        }
        let found = try await pendingOffers().filter { $0.id.hasPrefix(id) }
        guard let offer = found.first, found.count == 1, !id.isEmpty else {
            throw .noOffer(id, count: id.isEmpty ? 0 : found.count)
        }
        do throws(ControlError) {
            try await mayAnswer(offer, isApproved: isApproved)
            let answer = ApprovalAnswer(
                offer: offer.id, isApproved: isApproved, who: who, user: me.user, groups: me.groups, reason: reason,
                at: clock.now(), hash: offer.facts.hash)
            try await keep(answer, offer)
            do {
                try await register.answer(offer, answer)
            } catch {
                throw .noRegister("the answer did not reach the register: \(error.description)")
            }
        } catch {
            await audit(offer.id, offer.plan, .refused, error.description, [.init("reason", reason)])
            throw error
        }
        _ = await anchorJournal(groups: [offer.group])
        return offer
    }

    private func mayAnswer(_ offer: ApprovalOffer, isApproved: Bool) async throws(ControlError) {
        // Where no roles are given, whoever may act may approve.
        guard isArmed || !guards.roles.isOpen else { throw .readOnly }
        guard guards.myRoles.contains(.approve) else { throw .notYourRole(who: who, role: "approvers") }
        let asker = String(offer.facts.who.prefix { $0 != "@" })
        if isApproved, guards.roles.isSame(guards.me?.user ?? who, asker) { throw .samePerson(who: offer.facts.who) }
        guard PlanText.hash(offer.planText) == offer.facts.hash else {
            throw .noSecondOperator("the plan does not have the hash that was offered; ask \(offer.facts.who)")
        }
        guard isApproved else { return }
        let now = offer.plan.fingerprint.refreshed(in: await observations.snapshot())
        let differences = offer.plan.fingerprint.differences(to: now)
        guard differences.isEmpty else { throw .changed(differences) }
    }

    /// What is approved or denied here, before the other side hears of it.
    private func keep(_ answer: ApprovalAnswer, _ offer: ApprovalOffer) async throws(ControlError) {
        var details: [AuditRecord.Detail] = [
            .init("reason", answer.reason), .init("asked by", offer.facts.who),
            .init("asked because", offer.facts.reason), .init("hash of the plan", answer.hash),
        ]
        details += offer.plan.preview.map { .init("request", $0) }
        let phase: AuditRecord.Phase = answer.isApproved ? .approved : .denied
        do {
            try await keep(record(offer.id, offer.plan, phase, offer.plan.title, details), offer.id)
        } catch {
            throw .notAudited(error.description)
        }
    }
}
