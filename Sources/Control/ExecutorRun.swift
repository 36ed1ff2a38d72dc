import Estate
import Journal
import Plans

extension Executor {
    /// An action from its lock to its outcome.
    func run(_ id: String, _ plan: Plan, _ consent: Consent) async {
        let outcome: ActionOutcome
        do throws(ControlError) {
            try admit(plan, consent)
            try await passGuards(id, plan, consent)
            try await awaitApproval(id, plan, consent)
            let lock = try locks(plan)
            try await claim(id, plan, consent)
            try await auditIntent(id, plan, consent)
            do throws(ControlError) {
                try recheck(plan, consent, await observations.snapshot())
                outcome = await carryOut(id, plan)
            } catch {
                outcome = .refused(error.description)
            }
            await conclude(id, plan, outcome, consent)
            // Held to the end of the audit.
            withExtendedLifetime(lock) {}
        } catch {
            outcome = .refused(error.description)
            await auditRefusal(id, plan, consent, error)
        }
        let now = clock.now()
        change(id) { status in
            status.outcome = outcome
            status.text = outcome.text
            status.endedAt = now
            if case .inDoubt = outcome { status.isInDoubt = true } else { status.isInDoubt = false }
        }
        await letGo(id, plan)
        ended(id)
    }

    /// What is asked of the operator, before anything else.
    private func admit(_ plan: Plan, _ consent: Consent) throws(ControlError) {
        guard isArmed else { throw .readOnly }
        guard consent.reason.contains(where: { !$0.isWhitespace }) else { throw .noReason }
        if case .typed(let name) = plan.confirmation, consent.typed != name { throw .notConfirmed(expected: name) }
        guard plan.blocks.isEmpty else { throw .blocked(plan.blocks.map(Self.words)) }
        guard plan.warnings.isEmpty || consent.acceptsWarnings else { throw .warned(plan.warnings.map(Self.words)) }
    }

    /// Everything again, on what is known now. Nothing bypasses a difference.
    private func recheck(_ plan: Plan, _ consent: Consent, _ snapshot: Snapshot) throws(ControlError) {
        let differences = plan.fingerprint.differences(to: plan.fingerprint.refreshed(in: snapshot))
        guard differences.isEmpty else { throw .changed(differences) }
        switch PlanCatalogue.plan(plan.call, snapshot, now: clock.now()) {
        case .failure(let refusal):
            throw .changed([refusal.description])
        case .success(let now):
            guard now.blocks.isEmpty else { throw .blocked(now.blocks.map(Self.words)) }
            guard now.allSteps.map(\.request) == plan.allSteps.map(\.request) else {
                throw .changed(["what would be sent is not what was shown"])
            }
            guard now.warnings.isEmpty || consent.acceptsWarnings else { throw .warned(now.warnings.map(Self.words)) }
        }
    }

    static func words(_ check: Check) -> String {
        let remedy = check.remedy.map { " (\($0))" } ?? ""
        return "\(check.what): \(check.figure)\(remedy)"
    }
}
