import Estate
import FoundationEssentials
import Journal
import Plans

extension Executor {
    /// Before anything is sent. Without it nothing is.
    func auditIntent(_ id: String, _ plan: Plan, _ consent: Consent) async throws(ControlError) {
        let snapshot = await observations.snapshot()
        var details: [AuditRecord.Detail] = [
            .init("reason", consent.reason),
            .init("confirmed", consent.typed ?? "yes"),
            .init("warnings accepted", consent.acceptsWarnings ? "yes" : "no"),
        ]
        details += guarded[id]?.details ?? []
        details += plan.checks.map { .init("check \($0.status.word)", Self.words($0)) }
        details += plan.preview.map { .init("request", $0) }
        if let risk = plan.risk { details.append(.init("at risk", risk.text)) }
        details.append(.init("expected leader", plan.fingerprint.leader ?? "none"))
        details.append(.init("timeline", plan.fingerprint.timeline.map { "\($0)" } ?? "unknown"))
        details.append(.init("members", plan.fingerprint.members.joined(separator: ", ")))
        details.append(.init("before", evidence(plan, snapshot)))
        do {
            try await keep(record(id, plan, .intent, plan.title, details), id)
        } catch {
            throw .notAudited(error.description)
        }
    }

    func auditRefusal(_ id: String, _ plan: Plan, _ consent: Consent, _ error: ControlError) async {
        await audit(id, plan, .refused, error.description, [.init("reason", consent.reason)])
    }

    /// After the end: outcome, evidence, and what begins or ends with it.
    func conclude(_ id: String, _ plan: Plan, _ outcome: ActionOutcome, _ consent: Consent) async {
        let snapshot = await observations.snapshot()
        let took = clock.now() - (status(id)?.startedAt ?? clock.now())
        await audit(
            id, plan, .outcome, "\(outcome.word): \(outcome.text)",
            [.init("after", evidence(plan, snapshot)), .init("seconds", "\(took.seconds)")])
        guard case .done = outcome else { return }
        do {
            let now = clock.now()
            if let hold = plan.begins {
                try await journal.begin(
                    HoldRecord(
                        action: id, group: hold.group, kind: hold.kind, since: now, until: now + hold.lasts, who: who,
                        reason: consent.reason, undo: HoldUndo.encode(hold.undo)))
            }
            for kind in plan.ends { try await journal.end(kind, of: plan.group, at: now) }
        } catch {
            change(id) { $0.journalProblem = error.description }
        }
    }

    /// Keeps a record of what has happened already; where that fails it is shown, as it cannot be undone.
    func audit(
        _ id: String, _ plan: Plan, _ phase: AuditRecord.Phase, _ text: String, _ details: [AuditRecord.Detail] = []
    ) async {
        do {
            try await keep(record(id, plan, phase, text, details), id)
        } catch {
            change(id) { $0.journalProblem = error.description }
        }
    }

    /// At the end of the chain, and a copy where one is wanted.
    func keep(_ record: AuditRecord, _ id: String) async throws(JournalError) {
        let entry = try await journal.append(record)
        if let problem = guards.copy?.copy(entry) {
            change(id) { $0.journalProblem = $0.journalProblem ?? problem }
        }
    }

    func record(
        _ id: String, _ plan: Plan, _ phase: AuditRecord.Phase, _ text: String, _ details: [AuditRecord.Detail]
    ) -> AuditRecord {
        AuditRecord(
            action: id, phase, at: clock.now(), who: who, group: plan.group, target: plan.target.description,
            verb: plan.verb, text: text, details: details)
    }

    /// How the group stands, in one line.
    private func evidence(_ plan: Plan, _ snapshot: Snapshot) -> String {
        let now = plan.fingerprint.refreshed(in: snapshot)
        var parts: [String] = []
        if let leader = now.leader { parts.append("leader \(leader)") }
        if let timeline = now.timeline { parts.append("timeline \(timeline)") }
        parts += now.standings.map { "\($0.server.name) at \($0.balancer.name) \($0.admin?.rawValue ?? "unknown")" }
        if parts.isEmpty { parts.append("members \(now.members.joined(separator: ", "))") }
        return parts.joined(separator: ", ")
    }
}

/// The command that ends a hold, as the journal keeps it.
enum HoldUndo {
    static func encode(_ call: PlanCall) -> String {
        guard let data = try? JSONEncoder().encode(call) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }
    /// nil: the record is of another version.
    static func decode(_ text: String) -> PlanCall? {
        try? JSONDecoder().decode(PlanCall.self, from: Data(text.utf8))
    }
}
