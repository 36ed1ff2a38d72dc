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
                undo.taken = before + taken.filter { !before.contains($0) }
                for kind in Self.takingKinds { try await journal.end(kind, of: hold.group, at: now) }
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
            for kind in one.ends { try await journal.end(kind, of: Hold.subject(one.target), at: now) }
        }
    }

    /// Kinds of hold that remember what was taken.
    static let takingKinds = ["drained", "maintenance"]

    private func takenBefore(_ subject: GroupID) async throws(JournalError) -> [Taken] {
        try await journal.holds().filter { $0.group == subject && Self.takingKinds.contains($0.kind) }
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
