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
                let taken = hold.kind == Self.takingKinds[0] ? taken : try await asItWas(taken, for: hold.group)
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

    /// A rank that an earlier action changed was never this: what it was before all of them is remembered here from now
    /// on, and only here, so that whoever is given back first does not undo the other.
    private func asItWas(_ taken: [Taken], for subject: GroupID) async throws(JournalError) -> [Taken] {
        var list: [Taken] = []
        for one in taken {
            guard case .rank = one.what else {
                list.append(one)
                continue
            }
            var first: Taken?
            for held in try await holdsThatTook() where held.group != subject || held.kind == Self.takingKinds[0] {
                let taken = HoldUndo.decode(held.undo)?.taken ?? []
                guard let earlier = taken.first(where: { $0.isRank(of: one.member) }) else { continue }
                first = first ?? earlier
                try await keep(taken.filter { !$0.isRank(of: one.member) }, of: held)
            }
            list.append(first ?? one)
        }
        return list
    }

    /// What was not given back stays remembered: one who takes back the last of several actions took back no others.
    private func end(_ kind: String, of subject: GroupID, given: [Taken]?) async throws(JournalError) {
        let held = try await journal.holds().first { $0.group == subject && $0.kind == kind }
        try await journal.end(kind, of: subject, at: clock.now())
        guard let given, let held, let taken = HoldUndo.decode(held.undo)?.taken else { return }
        try await keep(taken.filter { !given.contains($0) }, of: held)
    }

    /// The hold with what is left to be given back; where nothing is, it is over.
    private func keep(_ taken: [Taken], of held: HoldRecord) async throws(JournalError) {
        try await journal.end(held.kind, of: held.group, at: clock.now())
        let left = taken.filter { !$0.isLead }
        guard !left.isEmpty, var undo = HoldUndo.decode(held.undo) else { return }
        undo.taken = left
        try await journal.begin(
            HoldRecord(
                action: held.action, group: held.group, kind: held.kind, since: held.since, until: held.until,
                who: held.who, reason: held.reason, undo: HoldUndo.encode(undo)))
    }

    /// Kinds of hold that remember what was taken.
    static let takingKinds = ["steered", "drained", "maintenance"]

    /// Oldest first: what was first is what it was before all of them.
    private func holdsThatTook() async throws(JournalError) -> [HoldRecord] {
        try await journal.holds().filter { Self.takingKinds.contains($0.kind) }.sorted { $0.since < $1.since }
    }

    private func takenBefore(_ subject: GroupID) async throws(JournalError) -> [Taken] {
        try await holdsThatTook().filter { $0.group == subject }
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
