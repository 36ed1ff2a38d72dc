import Estate
import Journal
public import Plans

extension Executor {
    /// What begins or ends with an action: what it took is remembered even where it came half way only.
    func keepHolds(
        _ id: String, _ plan: Plan, isDone: Bool, taken: [Taken], who: String, reason: String
    ) async throws(JournalError) {
        let now = clock.now()
        if let hold = plan.begins, plan.remembers == nil ? isDone : !taken.isEmpty {
            var undo = hold.undo
            if plan.remembers != nil {
                let before = try await takenBefore(hold.group)
                let taken = hold.kind == Self.takingKinds[0] ? taken : try await asItWas(taken)
                undo.taken = before + taken.filter { !before.contains($0) }
                // One takes the place of the one before it; a rank that was raised stays remembered by itself.
                let kinds = hold.kind == Self.takingKinds[0] ? [hold.kind] : Array(Self.takingKinds.dropFirst())
                for kind in kinds { try await journal.end(kind, of: hold.group, at: now) }
            }
            try await journal.begin(
                HoldRecord(
                    action: id, group: hold.group, kind: hold.kind, since: now, until: now + hold.lasts, who: who,
                    reason: reason, undo: HoldUndo.encode(undo)))
        }
        guard isDone else { return }
        // What a node gives back ends the holds of its members, too.
        let back = [plan] + plan.parts.filter { !$0.ends.isEmpty }
        for one in back {
            for kind in one.ends { try await end(kind, of: Hold.subject(one.target), given: one.call.taken) }
        }
    }

    /// The rank of one that was raised to be chosen is the one before that: it is remembered here from now on.
    private func asItWas(_ taken: [Taken]) async throws(JournalError) -> [Taken] {
        var list: [Taken] = []
        let raised = try await journal.holds().filter { $0.kind == Self.takingKinds[0] }
        for one in taken {
            let hold = raised.first { $0.group == Hold.subject(.member(one.member)) }
            guard case .rank = one.what, let hold else {
                list.append(one)
                continue
            }
            let first = HoldUndo.decode(hold.undo)?.taken?.first { $0.member == one.member && !$0.isLead }
            list.append(first ?? one)
            try await journal.end(hold.kind, of: hold.group, at: clock.now())
        }
        return list
    }

    /// What was not given back stays remembered: one who takes back the last of several actions took back no others.
    private func end(_ kind: String, of subject: GroupID, given: [Taken]?) async throws(JournalError) {
        let held = try await journal.holds().first { $0.group == subject && $0.kind == kind }
        try await journal.end(kind, of: subject, at: clock.now())
        guard let given, let held, var undo = HoldUndo.decode(held.undo), let taken = undo.taken else { return }
        let left = taken.filter { !given.contains($0) && !$0.isLead }
        guard !left.isEmpty else { return }
        undo.taken = left
        try await journal.begin(
            HoldRecord(
                action: held.action, group: held.group, kind: held.kind, since: held.since, until: held.until,
                who: held.who, reason: held.reason, undo: HoldUndo.encode(undo)))
    }

    /// Kinds of hold that remember what was taken.
    static let takingKinds = ["steered", "drained", "maintenance"]

    private func takenBefore(_ subject: GroupID) async throws(JournalError) -> [Taken] {
        try await journal.holds().filter { $0.group == subject && Self.takingKinds.contains($0.kind) }
            // What was first is what it was before all of them.
            .sorted { $0.since < $1.since }
            .compactMap { HoldUndo.decode($0.undo)?.taken }.flatMap { $0 }
    }

    /// A call with what is to be given back, as the journal remembers it: to be made a plan of in place of the call
    /// that the operator gave.
    public func remembering(_ call: PlanCall) async -> PlanCall {
        guard call.recipe == "undrain", call.taken == nil,
            let taken = try? await takenBefore(Hold.subject(call.target)), !taken.isEmpty
        else { return call }
        var call = call
        call.taken = taken
        return call
    }
}
