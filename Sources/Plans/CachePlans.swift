import Estate

extension PlanInput {
    /// The rank that a member had before it was first changed, as the journal remembers it.
    func rankTaken(from member: MemberID) -> Int? {
        for taken in call.taken ?? [] where taken.member == member {
            if case .rank(let was) = taken.what { return was }
        }
        return nil
    }
}

/// A cache replica out of the ranking: it is not promoted, and goes on replicating.
enum CacheDrain {
    static let replyDeadline = Span.seconds(5)
    /// Watchers look at ranks every ten seconds, and later where their machine is busy.
    static let rankDeadline = Span.seconds(60)

    static func make(_ input: PlanInput, _ view: GroupView, _ member: Member) throws(PlanRefusal) -> Plan {
        let cache = CacheView(view)
        let name = member.id.name
        if view.leader == name {
            throw .not(
                "\(name) leads \(view.id.name): another takes over first, then drain it",
                instead: cache.heirs.first.map { PlanCall("promote", .member($0.id)) })
        }
        guard let was = cache.rank(member) else {
            throw .notKnown("nobody tells the rank of \(name)", remedy: "watch \(view.id.name) itself first")
        }
        guard was != 0 else { throw .alreadySo("\(name) is never promoted already: its rank is 0") }
        let heirs = cache.heirs.filter { $0.id != member.id }
        let what = "another may take over"
        let left: Check =
            heirs.isEmpty
            ? .block(
                what, "\(name) is the last that can in \(view.id.name)", remedy: "bring another replica back first")
            : .pass(what, Figures.list(heirs.map(\.id.name)))
        var plan = try plan(
            input, view, member, from: was, to: 0, title: "Drain \(name) of \(view.id.name)",
            checks: cache.checks + [left],
            sentences: [
                "\(name) is not promoted any more; it goes on replicating, and whoever reads from it goes on.",
                "A server that is started anew forgets it, unless its configuration is rewritten.",
            ])
        plan.undo = Undo(
            "rank \(was) for \(name) again", call: PlanCall("undrain", .member(member.id)),
            requests: [try request(view, member, rank: was)])
        Drain.remember(&plan)
        return plan
    }

    /// The rank given back as it was.
    static func undo(_ input: PlanInput, _ view: GroupView, _ member: Member) throws(PlanRefusal) -> Plan {
        let cache = CacheView(view)
        guard let now = cache.rank(member) else {
            throw .notKnown(
                "nobody tells the rank of \(member.id.name)", remedy: "watch \(view.id.name) itself first")
        }
        let remembered = input.rankTaken(from: member.id)
        if remembered == nil, input.call.taken != nil {
            throw .alreadySo("its rank was not taken from \(member.id.name) by us")
        }
        let rank = remembered ?? CacheView.rankUsual
        // One that was raised to be chosen is lowered again; what nobody remembers is only given back where it is 0.
        guard remembered == nil ? now == 0 : now != rank else {
            throw .alreadySo("\(member.id.name) may be promoted already: its rank is \(now)")
        }
        var checks = cache.checks
        let what = "what its rank was is remembered"
        checks.append(
            remembered != nil
                ? .pass(what, "\(rank)")
                : .warn(what, "it is not: \(rank) is the usual one", remedy: "look at its configuration"))
        var plan = try plan(
            input, view, member, from: now, to: rank, title: "Undrain \(member.id.name) of \(view.id.name)",
            checks: checks, sentences: ["\(member.id.name) may be promoted again."])
        plan.undo = Undo(
            "drain \(member.id)", call: PlanCall("drain", .member(member.id)),
            requests: [try request(view, member, rank: now)])
        plan.ends = [Drain.hold, Maintenance.hold, CachePromote.hold]
        return plan
    }

    private static func plan(
        _ input: PlanInput, _ view: GroupView, _ member: Member, from was: Int, to rank: Int, title: String,
        checks: [Check], sentences: [String]
    ) throws(PlanRefusal) -> Plan {
        let step = Step(
            "set the rank of \(member.id.name) from \(was) to \(rank)", try request(view, member, rank: rank),
            replyDeadline: replyDeadline, deadline: rankDeadline, expectation: .rank(member.id, rank),
            takes: rank == 0 ? Taken(member.id, .rank(was)) : nil)
        return Plan(
            input.call, title: title, fingerprint: Fingerprint(of: view.id, in: input.snapshot), checks: checks,
            steps: [step], outcome: .rank(member.id, rank), outcomeDeadline: rankDeadline,
            outlook: Outlook(outage: .zero, sentences: sentences), undo: Undo(""), confirmation: .yes,
            madeAt: input.now)
    }

    static func request(_ view: GroupView, _ member: Member, rank: Int) throws(PlanRefusal) -> Request {
        guard let door = CacheView(view).door(member) else {
            throw .notKnown("no door of \(member.id.name) is known", remedy: "name it in the configuration")
        }
        return .command(group: view.id, door: door, words: ["CONFIG", "SET", "replica-priority", "\(rank)"])
    }
}
