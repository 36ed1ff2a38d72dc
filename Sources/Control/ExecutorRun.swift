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
            let lock = try GroupLock(
                folder: stateFolder, group: plan.group.name,
                holder: "\(plan.verb) \(plan.target) by \(who) since \(Moment.text(clock.now()))")
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
            guard now.steps.map(\.request) == plan.steps.map(\.request) else {
                throw .changed(["what would be sent is not what was shown"])
            }
            guard now.warnings.isEmpty || consent.acceptsWarnings else { throw .warned(now.warnings.map(Self.words)) }
        }
    }

    private func carryOut(_ id: String, _ plan: Plan) async -> ActionOutcome {
        var machine = ActionMachine(plan)
        var effect: ActionMachine.Effect? = machine.start(at: clock.now())
        while true {
            show(id, machine)
            switch effect {
            case .finish(let outcome):
                show(id, machine)
                return outcome
            case .send(let index):
                effect = await send(id, plan, index, &machine)
            case nil:
                // On the clock only: nobody can cancel what was confirmed.
                do { try await clock.sleep(for: Self.lookEvery) } catch { await Task.yield() }
                effect = machine.observed(await observations.snapshot(), at: clock.now())
            }
        }
    }

    /// Sends one step; meanwhile what is observed is shown.
    private func send(
        _ id: String, _ plan: Plan, _ index: Int, _ machine: inout ActionMachine
    ) async -> ActionMachine.Effect? {
        let step = plan.steps[index]
        await audit(id, plan, .request, step.summary, [.init("request", step.request.lines.joined(separator: "\n"))])
        let sentAt = clock.now()
        let mark = requests.sent(step.request.lines, action: id, at: sentAt)
        show(id, machine)
        // A switchover answers when it is over: what is observed meanwhile is shown.
        let looker = Task { await self.look(id, step.expectation, since: sentAt) }
        let delivery: Delivery =
            if let lost = leaseLost(id) {
                .notSent(reason: lost)
            } else {
                await courier.send(step.request, within: step.replyDeadline)
            }
        looker.cancel()
        let now = clock.now()
        let line = AnswerVerdict.line(of: delivery)
        requests.answered(mark, line, took: now - sentAt)
        let verdict = AnswerVerdict.of(delivery, to: step.request)
        await audit(
            id, plan, .answer, line,
            [.init("seconds", "\((now - sentAt).seconds)"), .init("means", Self.words(verdict))])
        if let effect = machine.answered(verdict, at: now) { return effect }
        return machine.observed(await observations.snapshot(), at: now)
    }

    /// Shows what is observed until it is cancelled; decides nothing.
    private func look(_ id: String, _ expectation: Expectation, since: Timestamp) async {
        while !Task.isCancelled {
            do { try await clock.sleep(for: Self.lookEvery) } catch { return }
            let text = expectation.state(in: await observations.snapshot(), since: since).text
            if !Task.isCancelled { change(id) { $0.text = text } }
        }
    }

    private func show(_ id: String, _ machine: ActionMachine) {
        change(id) { status in
            status.steps = machine.steps
            if !machine.text.isEmpty { status.text = machine.text }
            status.isInDoubt = machine.isInDoubt
            status.wasInDoubt = machine.wasInDoubt
        }
    }

    static func words(_ check: Check) -> String {
        let remedy = check.remedy.map { " (\($0))" } ?? ""
        return "\(check.what): \(check.figure)\(remedy)"
    }

    private static func words(_ verdict: AnswerVerdict) -> String {
        switch verdict {
        case .taken(let text): "taken: \(text)"
        case .refused(let text): "refused: \(text)"
        case .unclear(let text): "in doubt: \(text)"
        }
    }
}
