import Estate
import Insight

/// A cache's lead to another member. Nobody can choose it by name: the ranks say who wins, and are put back after.
enum CachePromote {
    static let replyDeadline = Span.seconds(10)
    static let electionDeadline = Span.seconds(30)
    static let outcomeDeadline = Span.seconds(60)
    /// The kind of hold that remembers the rank of one that was raised to be chosen, until it is put back.
    static let hold = Hold.steered
    /// A promotion takes a minute: a rank that is raised for longer was forgotten.
    static let lasts = Span.seconds(600)
    /// Reconnecting clients included.
    static let usualOutage = Span.seconds(2)

    static func make(_ input: PlanInput, _ view: GroupView, _ candidate: Member) throws(PlanRefusal) -> Plan {
        let cache = CacheView(view)
        let name = candidate.id.name
        guard let leader = view.leader, let old = view.leaderMember else {
            throw .notKnown("nobody has said who leads \(view.id.name)", remedy: "look at its watchers first")
        }
        if leader == name { return try lowered(input, cache, candidate) }
        guard let door = cache.door(avoiding: view.snapshot.node(of: old)?.id) else {
            throw .notKnown(
                "no watcher of \(view.id.name) tells where it takes commands",
                remedy: "watch its watchers, not only its servers")
        }
        var steps: [Step] = []
        let (raise, lower) = try steer(input, cache, candidate)
        if let raise { steps.append(raise) }
        steps.append(
            Step(
                "ask the watchers to make another member lead \(view.id.name) than \(leader)",
                .command(group: view.id, door: door.door, words: ["SENTINEL", "FAILOVER", door.name]),
                replyDeadline: replyDeadline, deadline: electionDeadline,
                expectation: .leads(candidate.id, insteadOf: leader),
                takes: Taken(old.id, .lead(to: candidate.id))))
        steps += lower
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
            undo: Undo(
                "promote \(leader) again, once it follows",
                call: PlanCall("promote", .member(old.id), taken: input.call.taken)),
            confirmation: .typed(name), madeAt: input.now)
        if raise != nil {
            plan.remembers = hold
            plan.begins = Hold(
                group: Hold.subject(input.call.target), kind: hold, lasts: lasts,
                undo: PlanCall("undrain", .member(candidate.id)))
        }
        // Only what puts the rank back ends what remembers it: elsewhere an earlier one's may still be raised.
        let putsBack = lower.contains {
            if case .rank(candidate.id, _) = $0.expectation { true } else { false }
        }
        if putsBack { plan.ends = [hold] }
        let behind = bytes.map { "\(Say.bytes($0)) now" } ?? "how much is not known"
        plan.risk = Risk(
            bytes: bytes, text: "\(leader) takes writes until it is demoted; what \(name) lacks then is lost: \(behind)"
        )
        return plan
    }

    /// It leads already: what is left of an interrupted promotion is the rank by which it was made to win.
    private static func lowered(
        _ input: PlanInput, _ cache: CacheView, _ candidate: Member
    ) throws(PlanRefusal) -> Plan {
        let name = candidate.id.name
        guard let was = input.rankTaken(from: candidate.id), let rank = cache.rank(candidate), rank != was else {
            throw .alreadySo("\(name) leads \(cache.group.id.name) already")
        }
        let step = try setting(cache, candidate, to: was, "rank \(was) for \(name) again")
        var plan = Plan(
            input.call, title: "Rank of \(name) in \(cache.group.id.name) as it was",
            fingerprint: Fingerprint(of: cache.group.id, in: input.snapshot), checks: cache.checks, steps: [step],
            outcome: step.expectation, outcomeDeadline: CacheDrain.rankDeadline,
            outlook: Outlook(outage: .zero, sentences: ["\(name) leads already; its rank is put back."]),
            undo: Undo("nothing to take back"), confirmation: .yes, madeAt: input.now)
        plan.ends = [hold]
        return plan
    }

    /// Where another might win: the ranks that make the candidate win, and those that put all back as it was.
    private static func steer(
        _ input: PlanInput, _ cache: CacheView, _ candidate: Member
    ) throws(PlanRefusal) -> (Step?, [Step]) {
        // Ranks that an interrupted promotion left raised.
        var back: [Step] = []
        for member in cache.group.members where member.id != candidate.id {
            guard let was = input.rankTaken(from: member.id), let now = cache.rank(member), now != was else { continue }
            back.append(try setting(cache, member, to: was, "rank \(was) for \(member.id.name) again"))
        }
        guard let now = cache.rank(candidate), now != 0 else { return (nil, back) }
        let was = input.rankTaken(from: candidate.id) ?? now
        let lower = try setting(cache, candidate, to: was, "rank \(was) for \(candidate.id.name) again")
        guard !cache.isSure(candidate) else { return (nil, now == was ? back : [lower] + back) }
        let others = cache.heirs.filter { $0.id != candidate.id }.map { cache.rank($0) ?? CacheView.rankUsual }
        guard let least = others.min(), least > 1 else {
            throw .not("\(candidate.id.name) cannot be made the first: another has rank 1 already", instead: nil)
        }
        var raise = try setting(cache, candidate, to: 1, "rank 1 for \(candidate.id.name), so that it is chosen")
        raise.takes = Taken(candidate.id, .rank(was))
        return (raise, [lower] + back)
    }

    private static func setting(
        _ cache: CacheView, _ member: Member, to rank: Int, _ text: String
    ) throws(PlanRefusal) -> Step {
        Step(
            text, try CacheDrain.request(cache.group, member, rank: rank), replyDeadline: CacheDrain.replyDeadline,
            deadline: CacheDrain.rankDeadline, expectation: .rank(member.id, rank))
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
                cache.isSure(candidate)
                    ? .pass("who would win", "\(name), \(offset)")
                    : .pass("who would win", "\(winner.id.name) perhaps; \(name) is given rank 1 until it leads"))
        }
        if let bytes = cache.missing(candidate) {
            list.append(.pass("candidate has received", "all but \(Say.bytes(bytes))"))
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
