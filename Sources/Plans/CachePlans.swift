import Estate

/// A cache replica out of the ranking: it is not promoted, and goes on replicating.
enum CacheDrain {
    static let replyDeadline = Span.seconds(5)
    /// Watchers look at ranks every ten seconds.
    static let rankDeadline = Span.seconds(25)

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
        plan.remembers = Drain.hold
        return plan
    }

    /// The rank given back as it was.
    static func undo(_ input: PlanInput, _ view: GroupView, _ member: Member) throws(PlanRefusal) -> Plan {
        let cache = CacheView(view)
        guard let now = cache.rank(member) else {
            throw .notKnown(
                "nobody tells the rank of \(member.id.name)", remedy: "watch \(view.id.name) itself first")
        }
        guard now == 0 else { throw .alreadySo("\(member.id.name) may be promoted already: its rank is \(now)") }
        var remembered: Int?
        for taken in input.call.taken ?? [] where taken.member == member.id {
            if case .rank(let was) = taken.what { remembered = was }
        }
        if remembered == nil, input.call.taken != nil {
            throw .alreadySo("its rank was not taken from \(member.id.name) by us")
        }
        let rank = remembered ?? CacheView.rankUsual
        var checks = cache.checks
        let what = "what its rank was is remembered"
        checks.append(
            remembered != nil
                ? .pass(what, "\(rank)")
                : .warn(what, "it is not: \(rank) is the usual one", remedy: "look at its configuration"))
        var plan = try plan(
            input, view, member, from: 0, to: rank, title: "Undrain \(member.id.name) of \(view.id.name)",
            checks: checks, sentences: ["\(member.id.name) may be promoted again."])
        plan.undo = Undo(
            "drain \(member.id)", call: PlanCall("drain", .member(member.id)),
            requests: [try request(view, member, rank: 0)])
        plan.ends = [Drain.hold, Maintenance.hold]
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

/// A cache's lead to another member. Nobody can choose it by name: the ranks say who wins, and are put back after.
enum CachePromote {
    static let replyDeadline = Span.seconds(10)
    static let electionDeadline = Span.seconds(30)
    static let outcomeDeadline = Span.seconds(60)
    /// Reconnecting clients included.
    static let usualOutage = Span.seconds(2)

    static func make(_ input: PlanInput, _ view: GroupView, _ candidate: Member) throws(PlanRefusal) -> Plan {
        let cache = CacheView(view)
        let name = candidate.id.name
        guard let leader = view.leader, let old = view.leaderMember else {
            throw .notKnown("nobody has said who leads \(view.id.name)", remedy: "look at its watchers first")
        }
        if leader == name { throw .alreadySo("\(name) leads \(view.id.name) already") }
        guard let door = cache.door(avoiding: view.snapshot.node(of: old)?.id) else {
            throw .notKnown(
                "no watcher of \(view.id.name) tells where it takes commands",
                remedy: "watch its watchers, not only its servers")
        }
        var steps: [Step] = []
        let (raise, lower) = try steer(cache, candidate)
        if let raise { steps.append(raise) }
        steps.append(
            Step(
                "ask the watchers to make another member lead \(view.id.name) than \(leader)",
                .command(group: view.id, door: door.door, words: ["SENTINEL", "FAILOVER", door.name]),
                replyDeadline: replyDeadline, deadline: electionDeadline,
                expectation: .leads(candidate.id, insteadOf: leader),
                takes: Taken(old.id, .lead(to: candidate.id))))
        if let lower { steps.append(lower) }
        let winner = Expectation.all([
            .leads(candidate.id, insteadOf: leader), .writes(candidate.id), .streams(old.id),
        ])
        let bytes = cache.missing(candidate)
        var plan = Plan(
            input.call, title: "Promote \(name) in \(view.id.name)",
            fingerprint: Fingerprint(of: view.id, in: input.snapshot),
            checks: cache.checks + eligibility(cache, candidate), steps: steps, outcome: winner,
            outcomeDeadline: outcomeDeadline,
            outlook: Outlook(outage: usualOutage, sentences: sentences(cache, candidate, leader)),
            undo: Undo("promote \(leader) again, once it follows", call: PlanCall("promote", .member(old.id))),
            confirmation: .typed(name), madeAt: input.now)
        let behind = bytes.map { "\(Figures.bytes($0)) now" } ?? "how much is not known"
        plan.risk = Risk(
            bytes: bytes, text: "\(leader) takes writes until it is demoted; what \(name) lacks then is lost: \(behind)"
        )
        return plan
    }

    /// The ranks that make the candidate win, and those that put it back as it was; nil where it wins as it is.
    private static func steer(_ cache: CacheView, _ candidate: Member) throws(PlanRefusal) -> (Step?, Step?) {
        guard cache.heirs.first?.id != candidate.id, let was = cache.rank(candidate), was != 0 else {
            return (nil, nil)
        }
        let others = cache.heirs.filter { $0.id != candidate.id }.map { cache.rank($0) ?? CacheView.rankUsual }
        guard let least = others.min(), least > 1 else {
            throw .not(
                "\(candidate.id.name) cannot be made the first: another has rank 1 already", instead: nil)
        }
        func step(_ rank: Int, _ text: String) throws(PlanRefusal) -> Step {
            Step(
                text, try CacheDrain.request(cache.group, candidate, rank: rank),
                replyDeadline: CacheDrain.replyDeadline, deadline: CacheDrain.rankDeadline,
                expectation: .rank(candidate.id, rank))
        }
        return (
            try step(1, "rank 1 for \(candidate.id.name), so that it is chosen"),
            try step(was, "rank \(was) for \(candidate.id.name) again")
        )
    }

    private static func eligibility(_ cache: CacheView, _ candidate: Member) -> [Check] {
        let name = candidate.id.name
        var list: [Check] = []
        list.append(
            cache.isUp(candidate)
                ? .pass("candidate is up", name)
                : .block("candidate is up", "\(name) is not", remedy: "bring \(name) back first"))
        if cache.rank(candidate) == 0 {
            list.append(.block("candidate may lead", "its rank is 0", remedy: "undrain \(candidate.id) first"))
        }
        if let winner = cache.heirs.first {
            let offset = "ranked \(cache.rank(winner) ?? CacheView.rankUsual), has received most of these"
            list.append(
                winner.id == candidate.id
                    ? .pass("who would win", "\(name), \(offset)")
                    : .pass("who would win", "\(winner.id.name); \(name) is given rank 1 until it leads"))
        }
        if let bytes = cache.missing(candidate) {
            list.append(.pass("candidate has received", "all but \(Figures.bytes(bytes))"))
        }
        return list
    }

    private static func sentences(_ cache: CacheView, _ candidate: Member, _ leader: String) -> [String] {
        [
            "The watchers promote \(candidate.id.name) without asking each other; \(leader) follows it.",
            "Clients that ask the watchers find the new leader; connections to \(leader) are cut.",
        ]
    }
}
