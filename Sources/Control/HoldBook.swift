import Estate
import Journal
public import Plans

/// What is in force, and how an action that begins or ends changes it: values only, which the journal writes as one.
struct HoldBook {
    /// In force, the changes included.
    private(set) var holds: [HoldRecord]
    /// To be written, in this order.
    private(set) var changes: [HoldChange] = []
    private let now: Timestamp

    init(_ holds: [HoldRecord], now: Timestamp) {
        self.holds = holds
        self.now = now
    }

    /// Kinds of hold that remember what was taken.
    static let takingKinds = [Hold.steered, Hold.drained, Hold.maintenance]

    /// What was taken from a subject and not given back, the first taken at the front.
    func taken(from subject: GroupID) -> [Taken] {
        taking.filter { $0.group == subject }.flatMap(Self.taken)
    }

    /// An action's hold begins: `taken` is remembered with it, where it remembers anything.
    mutating func begin(_ hold: Hold, remembering taken: [Taken]?, action: String, who: String, reason: String) {
        var undo = hold.undo
        if let taken {
            // A rank that was raised to be chosen stays remembered by itself.
            let isSteered = hold.kind == Hold.steered
            let before = self.taken(from: hold.group)
            let new = isSteered ? taken : asItWas(taken, for: hold.group)
            undo.taken = before + new.filter { !before.contains($0) }
            // One takes the place of the one before it.
            for kind in Self.takingKinds where (kind == Hold.steered) == isSteered { end(kind, of: hold.group) }
        }
        begin(
            HoldRecord(
                action: action, group: hold.group, kind: hold.kind, since: now, until: now + hold.lasts, who: who,
                reason: reason, undo: HoldUndo.encode(undo)))
    }

    /// What was not given back stays remembered: one who takes back the last of several actions took back no others.
    mutating func end(_ kind: String, of subject: GroupID, given: [Taken]?) {
        let held = holds.first { $0.group == subject && $0.kind == kind }
        end(kind, of: subject)
        if let given, let held { keep(Self.taken(held).filter { !given.contains($0) }, of: held) }
    }

    /// A rank that an earlier action changed was never this: what it was before all of them is remembered here from now
    /// on, and only here, so that whoever is given back first does not undo the other.
    private mutating func asItWas(_ taken: [Taken], for subject: GroupID) -> [Taken] {
        var list: [Taken] = []
        for one in taken {
            guard case .rank = one.what else {
                list.append(one)
                continue
            }
            var first: Taken?
            for held in taking where held.group != subject || held.kind == Hold.steered {
                let taken = Self.taken(held)
                guard let earlier = taken.first(where: { $0.isRank(of: one.member) }) else { continue }
                first = first ?? earlier
                keep(taken.filter { !$0.isRank(of: one.member) }, of: held)
            }
            list.append(first ?? one)
        }
        return list
    }

    /// The hold with what is left to be given back; where nothing is, it is over.
    private mutating func keep(_ taken: [Taken], of held: HoldRecord) {
        end(held.kind, of: held.group)
        let left = taken.filter { !$0.isLead }
        guard !left.isEmpty, var undo = HoldUndo.decode(held.undo) else { return }
        undo.taken = left
        var held = held
        held.undo = HoldUndo.encode(undo)
        begin(held)
    }

    private mutating func begin(_ hold: HoldRecord) {
        // As the journal has it: one hold an action.
        holds.removeAll { $0.action == hold.action }
        holds.append(hold)
        changes.append(.begin(hold))
    }

    private mutating func end(_ kind: String, of subject: GroupID) {
        guard holds.contains(where: { $0.group == subject && $0.kind == kind }) else { return }
        holds.removeAll { $0.group == subject && $0.kind == kind }
        changes.append(.end(kind: kind, of: subject, at: now))
    }

    /// Oldest first: what was first is what it was before all of them.
    private var taking: [HoldRecord] {
        holds.filter { Self.takingKinds.contains($0.kind) }.sorted { $0.since < $1.since }
    }

    private static func taken(_ hold: HoldRecord) -> [Taken] { HoldUndo.decode(hold.undo)?.taken ?? [] }
}

extension Executor {
    /// What begins or ends with an action: what it took is remembered even where it came half way only.
    func keepHolds(
        _ id: String, _ plan: Plan, isDone: Bool, taken: [Taken], who: String, reason: String
    ) async throws(JournalError) {
        let now = clock.now()
        let begins = plan.begins.flatMap { (plan.remembers == nil ? isDone : !taken.isEmpty) ? $0 : nil }
        // What a node gives back ends the holds of its members, too.
        let back = isDone ? ([plan] + plan.parts).filter { !$0.ends.isEmpty } : []
        guard begins != nil || !back.isEmpty else { return }
        try await journal.revise { holds in
            var book = HoldBook(holds, now: now)
            if let begins {
                book.begin(
                    begins, remembering: plan.remembers == nil ? nil : taken, action: id, who: who, reason: reason)
            }
            for one in back {
                for kind in one.ends { book.end(kind, of: Hold.subject(one.target), given: one.call.taken) }
            }
            return book.changes
        }
    }

    /// A call with what is to be given back, as the journal remembers it: to be made a plan of in place of the call
    /// that the operator gave.
    public func remembering(_ call: PlanCall) async -> PlanCall {
        guard call.recipe == "undrain", call.taken == nil, let holds = try? await journal.holds() else { return call }
        let taken = HoldBook(holds, now: clock.now()).taken(from: Hold.subject(call.target))
        guard !taken.isEmpty else { return call }
        var call = call
        call.taken = taken
        return call
    }
}
