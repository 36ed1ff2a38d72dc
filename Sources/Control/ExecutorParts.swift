import Estate
import Journal
import Plans

extension Executor {
    /// Longest wait for a platform that is still settling after the parts before.
    static let partSettleMax = Span.seconds(90)
    /// Observers look each second or two.
    static let partLookEvery = Span.milliseconds(500)

    /// The locks of all groups of a plan, always in the same order.
    func locks(_ plan: Plan) throws(ControlError) -> [GroupLock] {
        var locks: [GroupLock] = []
        for group in plan.groups {
            locks.append(
                try GroupLock(
                    folder: stateFolder, group: group.name,
                    holder: "\(plan.verb) \(plan.target) by \(who) since \(RFC3339.text(clock.now()))"))
        }
        return locks
    }

    /// All parts, one after the other. It stops at the first that is not done.
    func carryOut(_ id: String, _ plan: Plan) async -> ActionOutcome {
        var base = 0
        var done: [String] = []
        for (n, part) in plan.sequence.enumerated() {
            change(id) { $0.part = n }
            let isWhole = plan.parts.isEmpty
            if !isWhole {
                switch await readiness(id, plan, n, part) {
                case .ready:
                    await note(id, plan, n, "begins", part.title)
                case .alreadySo(let text):
                    change(id) { status in
                        for i in part.steps.indices { status.steps[base + i] = .done(text) }
                    }
                    await note(id, plan, n, "is so already", text)
                    base += part.steps.count
                    continue
                case .notNow(let text):
                    return stopped(id, plan, n, .refused(text))
                }
            }
            let outcome = await carryOut(id, part, n, base, isPart: !isWhole)
            if isWhole { return outcome }
            await note(id, plan, n, outcome.word, outcome.text)
            guard case .done(let text) = outcome else { return stopped(id, plan, n, outcome) }
            if !part.steps.isEmpty || part.goesOnWithoutOutcome { done.append(text) }
            base += part.steps.count
        }
        return .done(done.joined(separator: "; "))
    }

    private func note(_ id: String, _ plan: Plan, _ n: Int, _ word: String, _ text: String) async {
        await audit(
            id, plan, .note, "part \(n + 1) of \(plan.parts.count) \(word): \(text)", [.init("part", "\(n + 1)")])
    }

    private enum Readiness {
        case ready
        case alreadySo(String)
        case notNow(String)
    }

    /// Everything of a part again, as the parts before have left things: it goes only where all is as it was foreseen.
    private func readiness(_ id: String, _ plan: Plan, _ n: Int, _ part: Plan) async -> Readiness {
        guard !part.steps.isEmpty else { return .ready }
        let begun = clock.now()
        while true {
            let snapshot = await observations.snapshot()
            let found = look(part, snapshot)
            guard case .notNow(let text) = found else { return found }
            guard clock.now() - begun < Self.partSettleMax else { return found }
            change(id) { $0.text = "part \(n + 1) of \(plan.parts.count) waits: \(text)" }
            do { try await clock.sleep(for: Self.partLookEvery) } catch { await Task.yield() }
        }
    }

    private func look(_ part: Plan, _ snapshot: Snapshot) -> Readiness {
        switch PlanCatalogue.plan(part.call, snapshot, now: clock.now()) {
        case .failure(.alreadySo(let text)):
            // What a part before leaves on its way is not there yet; what somebody else did is.
            let isSo = part.steps.allSatisfy { $0.expectation.reading(in: snapshot, since: .zero) == .inEffect }
            return isSo ? .alreadySo(text) : .notNow(text)
        case .failure(let refusal): return .notNow(refusal.description)
        case .success(let now):
            let differences = part.fingerprint.differences(to: part.fingerprint.refreshed(in: snapshot))
            if let first = differences.first { return .notNow(first) }
            if let block = now.blocks.first { return .notNow(Self.words(block)) }
            guard now.allSteps.map(\.request) == part.steps.map(\.request) else {
                return .notNow("what would be sent is not what was shown")
            }
            if let broken = Margins.breaks(part, in: snapshot, now: clock.now()).first { return .notNow(broken) }
            return .ready
        }
    }

    /// The end of a plan whose part did not come to its end: how far it came, the way on and the way back.
    private func stopped(_ id: String, _ plan: Plan, _ n: Int, _ outcome: ActionOutcome) -> ActionOutcome {
        let part = plan.parts[n]
        let reached = "part \(n + 1) of \(plan.parts.count) (\(part.title)) \(outcome.word): \(outcome.text)"
        let isTouched = status(id)?.touched.isEmpty == false
        guard isTouched else { return .failed(reached) }
        let ways = "; on: \(plan.verb) \(plan.target) again; back: \(plan.undo.text)"
        if case .inDoubt = outcome { return .inDoubt(reached + ways) }
        return .incomplete(reached + ways)
    }

    // MARK: - One part

    private func carryOut(
        _ id: String, _ plan: Plan, _ n: Int, _ base: Int, isPart: Bool
    ) async -> ActionOutcome {
        var machine = ActionMachine(plan, isPart: isPart)
        var effect: ActionMachine.Effect? = machine.start(at: clock.now())
        while true {
            show(id, machine, base)
            switch effect {
            case .finish(let outcome):
                show(id, machine, base)
                return outcome
            case .send(let index):
                effect = await send(id, plan, n, index, base, &machine)
            case nil:
                // On the clock only: nobody can cancel what was confirmed.
                do { try await clock.sleep(for: Self.lookEvery) } catch { await Task.yield() }
                effect = machine.observed(await observations.snapshot(), at: clock.now())
            }
        }
    }

    /// Sends one step; meanwhile what is observed is shown.
    private func send(
        _ id: String, _ plan: Plan, _ n: Int, _ index: Int, _ base: Int, _ machine: inout ActionMachine
    ) async -> ActionMachine.Effect? {
        let step = plan.steps[index]
        let place: [AuditRecord.Detail] = [.init("part", "\(n + 1)"), .init("step", "\(base + index + 1)")]
        await audit(
            id, plan, .request, step.summary,
            [.init("request", step.request.lines.joined(separator: "\n"))] + place)
        let sentAt = clock.now()
        let mark = requests.sent(step.request.lines, action: id, at: sentAt)
        show(id, machine, base)
        let delivery = await deliver(id, step, sentAt)
        let now = clock.now()
        let line = AnswerVerdict.line(of: delivery)
        requests.answered(mark, line, took: now - sentAt)
        let verdict = AnswerVerdict.of(delivery, to: step.request)
        await audit(
            id, plan, .answer, line,
            [.init("seconds", "\((now - sentAt).seconds)"), .init("means", Self.words(verdict))] + place)
        if let effect = machine.answered(verdict, at: now) { return effect }
        return machine.observed(await observations.snapshot(), at: now)
    }

    private func deliver(_ id: String, _ step: Step, _ sentAt: Timestamp) async -> Delivery {
        if let lost = leaseLost(id) { return .notSent(reason: lost) }
        if let breach = Margins.breach(step, in: await observations.snapshot()) { return .notSent(reason: breach) }
        // A switchover answers when it is over: what is observed meanwhile is shown.
        let looker = Task { await self.look(id, step.expectation, since: sentAt) }
        defer { looker.cancel() }
        return await courier.send(step.request, within: step.replyDeadline)
    }

    /// Shows what is observed until it is cancelled; decides nothing.
    private func look(_ id: String, _ expectation: Expectation, since: Timestamp) async {
        while !Task.isCancelled {
            do { try await clock.sleep(for: Self.lookEvery) } catch { return }
            let text = expectation.state(in: await observations.snapshot(), since: since).text
            if !Task.isCancelled { change(id) { $0.text = text } }
        }
    }

    private func show(_ id: String, _ machine: ActionMachine, _ base: Int) {
        change(id) { status in
            for (i, step) in machine.steps.enumerated() where status.steps.indices.contains(base + i) {
                status.steps[base + i] = step
            }
            for i in machine.touched { status.touched.insert(base + i) }
            if !machine.text.isEmpty { status.text = machine.text }
            status.isInDoubt = machine.isInDoubt
            if machine.wasInDoubt { status.wasInDoubt = true }
        }
    }

    private static func words(_ verdict: AnswerVerdict) -> String {
        switch verdict {
        case .taken(let text): "taken: \(text)"
        case .refused(let text): "refused: \(text)"
        case .unclear(let text): "in doubt: \(text)"
        }
    }
}
