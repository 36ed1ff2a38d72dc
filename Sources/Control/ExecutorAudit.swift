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
        for part in plan.sequence {
            let prefix = plan.parts.isEmpty ? "" : "\(part.title): "
            details.append(.init("expected leader", prefix + (part.fingerprint.leader ?? "none")))
            details.append(
                .init("timeline", prefix + (part.fingerprint.timeline.map { "\($0)" } ?? "unknown")))
            details.append(.init("members", prefix + part.fingerprint.members.joined(separator: ", ")))
        }
        details.append(.init("before", evidence(plan, snapshot)))
        if let followed = followed[id] { details.append(.init(followed.kind.rawValue, followed.action)) }
        // Whole, for whoever has to conclude it if this process does not.
        if let text = PlanText.encode(plan), text.utf8.count <= Self.planBytesMax {
            details.append(.init(OpenAction.planDetail, text))
        }
        do {
            try await keep(record(id, plan, .intent, plan.title, details), id)
        } catch {
            throw .notAudited(error.description)
        }
    }

    func auditRefusal(_ id: String, _ plan: Plan, _ consent: Consent, _ error: ControlError) async {
        await audit(id, plan, .refused, error.description, [.init("reason", consent.reason)])
    }

    /// Longest plan that is kept with its intent, bytes of JSON.
    static let planBytesMax = 196_608

    /// After the end: outcome, evidence, and what begins or ends with it.
    func conclude(_ id: String, _ plan: Plan, _ outcome: ActionOutcome, _ consent: Consent) async {
        let snapshot = await observations.snapshot()
        let status = status(id)
        let took = clock.now() - (status?.startedAt ?? clock.now())
        await audit(
            id, plan, .outcome, "\(outcome.word): \(outcome.text)",
            [.init("after", evidence(plan, snapshot)), .init("seconds", "\(took.seconds)")])
        let isDone = if case .done = outcome { true } else { false }
        do {
            try await keepHolds(
                id, plan, isDone: isDone, taken: status?.taken ?? [], who: who, reason: consent.reason)
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
            action: id, phase, at: clock.now(), who: who, group: plan.groups.count == 1 ? plan.group : nil,
            target: plan.target.description,
            verb: plan.verb, text: text, details: details)
    }

    /// How the group stands, in one line.
    func evidence(_ plan: Plan, _ snapshot: Snapshot) -> String {
        guard plan.parts.isEmpty else {
            let all = plan.parts.filter { !$0.steps.isEmpty }.map { "\($0.group): \(evidence($0, snapshot))" }
            return Array(Set(all)).sorted().joined(separator: "; ")
        }
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
