import Estate
import FoundationEssentials
public import Journal
public import Plans

/// What became of an action whose process is gone, by what its journal kept and what feeds see now. Pure.
struct Recovery {
    /// One action as the journal has it.
    struct Kept {
        let id: String
        let intent: AuditRecord
        let plan: Plan?
        /// When each step was sent, by its place among all.
        var sentAt: [Int: Timestamp] = [:]
        /// Steps that were refused for certain.
        var refused: Set<Int> = []
        /// How the last outcome began: `incomplete`; nil: there is none.
        var outcome: String?
        /// Another action took it up.
        var isFollowed = false
        var reason: String { intent.details.first { $0.name == "reason" }?.value ?? "" }
        var touched: Set<Int> { Set(sentAt.keys).subtracting(refused) }
    }

    let kept: Kept
    let plan: Plan
    let snapshot: Snapshot
    let now: Timestamp

    // MARK: - What the journal keeps

    /// Actions by their first intent, oldest first; those that were taken up by another are marked.
    static func read(_ entries: [AuditEntry]) -> [Kept] {
        var order: [String] = []
        var all: [String: Kept] = [:]
        for entry in entries {
            let record = entry.record
            if record.phase == .intent, all[record.action] == nil {
                let text = record.details.first { $0.name == OpenAction.planDetail }?.value
                order.append(record.action)
                all[record.action] = Kept(id: record.action, intent: record, plan: text.flatMap(PlanText.decode))
                for kind in [Followed.Kind.resumes, .undoes] {
                    guard let of = record.details.first(where: { $0.name == kind.rawValue })?.value else { continue }
                    all[of]?.isFollowed = true
                }
            }
            all[record.action]?.take(record)
        }
        return order.compactMap { all[$0] }
    }

    // MARK: - What is observed

    /// Steps that count: of several that are about the same thing the last that may have been sent.
    private var standing: [(place: Int, step: Step)] {
        var last: [String: Int] = [:]
        let steps = plan.allSteps
        for place in steps.indices where kept.touched.contains(place) {
            last[steps[place].expectation.subject] = place
        }
        return last.values.sorted().map { ($0, steps[$0]) }
    }

    func state() -> OpenAction.State {
        let touched = kept.touched
        guard !touched.isEmpty else { return .undone("nothing was sent") }
        let lastSentAt = kept.sentAt.values.max() ?? kept.intent.at
        let patience = patience()
        var inEffect = 0
        var unseen: [String] = []
        var not: [String] = []
        let standing = standing
        for (place, step) in standing {
            switch step.expectation.reading(in: snapshot, since: kept.sentAt[place] ?? kept.intent.at) {
            case .inEffect: inEffect += 1
            case .unseen: unseen.append(step.summary)
            case .not(let text): not.append(text)
            }
        }
        let isEarly = now - lastSentAt < patience
        if !unseen.isEmpty {
            let text = "nobody tells what became of: \(unseen.joined(separator: ", "))"
            return isEarly ? .settling(text) : .inDoubt(text)
        }
        if inEffect == 0 {
            let text = "nothing of it is in effect: \(not.joined(separator: ", "))"
            return isEarly ? .settling(text) : .undone(text)
        }
        return partly(inEffect, standing.count, not, isEarly: isEarly)
    }

    private func partly(_ inEffect: Int, _ count: Int, _ not: [String], isEarly: Bool) -> OpenAction.State {
        let steps = plan.allSteps
        let missing = steps.indices.filter { place in
            !kept.touched.contains(place)
                && !steps[place].expectation.reading(in: snapshot, since: kept.intent.at).isInEffect
                && !steps[(place + 1)...].contains { $0.expectation.subject == steps[place].expectation.subject }
        }
        let left = outcome().filter { !$0.isMet }.map(\.text)
        if not.isEmpty, missing.isEmpty {
            if left.isEmpty { return .done("all of it is observed") }
            // Its last step was long ago: what is not there by now is not on its way.
            let text = "all was sent; still: \(left.joined(separator: ", "))"
            return isEarly ? .settling(text) : .incomplete(text)
        }
        var text = "\(inEffect) of \(steps.count) steps in effect"
        if !not.isEmpty { text += "; \(not.joined(separator: ", "))" }
        if let next = missing.first { text += "; not sent: \(steps[next].summary)" }
        if missing.count > 1 { text += " and \(missing.count - 1) more" }
        return isEarly && !not.isEmpty ? .settling(text) : .incomplete(text)
    }

    /// What else was wanted, beside what steps say themselves.
    private func outcome() -> [Expectation.State] {
        let said = Set(plan.allSteps.map(\.expectation.subject))
        let wanted = (plan.sequence.map(\.outcome) + [plan.outcome]).flatMap(\.leaves)
        return wanted.filter { !said.contains($0.subject) }.map { $0.state(in: snapshot, since: kept.intent.at) }
    }

    /// How long after the last request it is too early to say that nothing comes of it.
    private func patience() -> Span {
        let last = kept.sentAt.max { $0.value < $1.value }?.key ?? 0
        let steps = plan.allSteps
        guard steps.indices.contains(last) else { return ActionMachine.doubtMax }
        return steps[last].replyDeadline + steps[last].deadline
    }

    /// What is away now because of it.
    var taken: [Taken] {
        let steps = plan.allSteps
        return steps.indices.compactMap { kept.touched.contains($0) ? steps[$0].takes : nil }
    }

    func action(_ state: OpenAction.State) -> OpenAction {
        var back = plan.undo.call
        var on = plan.call
        if plan.remembers != nil, back?.recipe == "undrain" { back?.taken = taken }
        if plan.verb == "promote", taken.contains(where: { if case .rank = $0.what { true } else { false } }) {
            // Ranks that made it win are put back by whichever way is taken.
            on.taken = (plan.call.taken ?? []) + taken
            back?.taken = on.taken
        }
        return OpenAction(
            id: kept.id, plan: plan, who: kept.intent.who, reason: kept.reason, startedAt: kept.intent.at,
            state: state, wayOn: state.isSettled ? nil : on, wayBack: state.isSettled ? nil : back)
    }
}

extension Recovery.Kept {
    fileprivate mutating func take(_ record: AuditRecord) {
        let step = record.details.first { $0.name == "step" }.flatMap { Int($0.value) }.map { $0 - 1 }
        switch record.phase {
        case .request: if let step { sentAt[step] = record.at }
        case .answer:
            let means = record.details.first { $0.name == "means" }?.value ?? ""
            if let step, means.hasPrefix("refused") { refused.insert(step) }
        case .outcome: outcome = String(record.text.prefix { $0 != ":" })
        default: break
        }
    }

    /// Nothing is left to find out or to offer.
    var isClosed: Bool {
        switch outcome {
        case nil, "incomplete", "in doubt": isFollowed && outcome != nil
        default: true
        }
    }
}

extension Reading {
    var isInEffect: Bool { self == .inEffect }
}

extension Executor {
    /// Actions of the journal that are looked at, newest.
    public static let openActionsMax = 256

    /// What was begun here, by whichever process, and is not settled. Those that can be told by now what became of
    /// them are concluded in the audit; call it again where some are still settling.
    public func open() async throws(JournalError) -> [OpenAction] {
        // The screen asks each second: what is kept is read again only where something was added.
        if let news = try await journal.actions(last: Self.openActionsMax, since: unclosed?.newest) {
            unclosed = (news.newest, Recovery.read(news.entries).filter { !$0.isClosed })
        }
        let snapshot = await observations.snapshot()
        var list: [OpenAction] = []
        for kept in unclosed?.kept ?? [] {
            guard let plan = kept.plan, status(kept.id)?.isOver != false else { continue }
            let recovery = Recovery(kept: kept, plan: plan, snapshot: snapshot, now: clock.now())
            list.append(try await conclude(recovery))
        }
        return list
    }

    private func conclude(_ recovery: Recovery) async throws(JournalError) -> OpenAction {
        // Who carries it out holds its locks.
        let lock: [GroupLock]
        do {
            lock = try locks(recovery.plan)
        } catch {
            return recovery.action(.underWay(error.description))
        }
        defer { withExtendedLifetime(lock) {} }
        let state = recovery.state()
        if case .settling = state { return recovery.action(state) }
        let kept = recovery.kept
        let action = recovery.action(state)
        guard kept.outcome != state.word else { return action }
        var record = record(
            kept.id, recovery.plan, .outcome, "\(state.word): \(state.text)",
            [
                .init("recovered", "by what is observed; its process ended, or it had ended half way"),
                .init("after", evidence(recovery.plan, recovery.snapshot)),
            ])
        if let on = action.wayOn { record.details.append(.init("way on", "\(on.recipe) \(on.target)")) }
        if let back = action.wayBack { record.details.append(.init("way back", "\(back.recipe) \(back.target)")) }
        try await keep(record, kept.id)
        var isDone = false
        if case .done = state { isDone = true }
        if case .undone = state { return action }
        try await keepHolds(
            kept.id, recovery.plan, isDone: isDone, taken: recovery.taken, who: kept.intent.who, reason: kept.reason)
        return action
    }

    /// The plan that carries an open action on, or takes it back, from what is observed now.
    public func plan(_ kind: Followed.Kind, _ action: OpenAction) async -> Result<Plan, PlanRefusal> {
        guard let call = kind == .resumes ? action.wayOn : action.wayBack else {
            return .failure(.alreadySo("nothing is left to do about it: \(action.state.text)"))
        }
        return PlanCatalogue.plan(
            await remembering(call), await observations.snapshot(), now: clock.now())
    }
}
