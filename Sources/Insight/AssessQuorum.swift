import Estate

/// Groups that vote.
extension Assessor {
    func quorum(_ group: Group, _ members: [Member]) -> GroupAssessment {
        var g = blank(group, mode: .quorum)
        g.kind = .quorum
        g.manager = newest(group, { $0.manager })
        var seats: [Seat] = []
        for member in members {
            let view = voter(member)
            if view.isUp == true { seats.append(Seat(view, serves: true, succeeds: false)) }
            if let role = view.role, role == .leader, view.freshness == .fresh { g.leader = view.id }
            g.members.append(view)
        }
        guard let q = bestQuorum(group, g.members) else {
            g.serving = Serving(up: seats.count, total: members.count, isServing: nil)
            g.reasons.append(Reason(.unknown, silence(of: group, members)))
            return finish(&g, group, members)
        }
        g.quorum = q.value
        g.oldestAt = q.at
        g.serving = Serving(
            up: q.value.votersHealthy, total: q.value.votersTotal, isServing: q.value.hasLeader && q.value.margin >= 0)
        judge(&g, q.value, seats)
        judgeStore(&g, members)
        return finish(&g, group, members)
    }

    private func judge(_ g: inout GroupDraft, _ q: GroupQuorum, _ seats: [Seat]) {
        let votes = "\(q.votersHealthy) of \(q.votersTotal) votes, \(q.needed) needed"
        guard q.hasLeader, q.margin >= 0 else {
            let what = q.margin < 0 ? "quorum lost: \(votes)" : "no leader although \(votes)"
            g.reasons.append(Reason(.down, what, figure: "\(q.votersHealthy) of \(q.votersTotal)"))
            g.survives.nodes = 0
            g.survives.sites = 0
            return
        }
        let complete = seats.count >= q.votersHealthy
        let tolerance = Tolerance(seats, needed: q.needed)
        g.survives.nodes = complete ? tolerance.nodes : q.margin
        g.survives.sites = complete ? tolerance.sites : nil
        g.survives.limitedBy = votes
        if q.margin == 0 {
            g.reasons.append(Reason(.atRisk, "survives no further loss: \(votes)", figure: "0 spare votes"))
        } else if g.survives.nodes == 0 {
            g.reasons.append(Reason(.atRisk, "survives the loss of no node: too many votes on one node"))
        }
        if asksForSite(g.plan), g.survives.sites == 0, g.survives.nodes ?? 0 > 0 {
            g.reasons.append(Reason(.atRisk, "survives the loss of no site: too many votes in one site"))
        }
        for view in g.members where view.isUp == false {
            let state = view.stateDetail ?? "not healthy"
            g.reasons.append(Reason(.protected, "\(view.id.name) is out: \(state)", member: view.id))
        }
    }

    private func voter(_ member: Member) -> MemberAssessment {
        var view = MemberDraft(id: member.id)
        fill(&view, member)
        return MemberAssessment(consume view)
    }

    private func fill(_ view: inout MemberDraft, _ member: Member) {
        place(&view, member)
        for s in member.sightings {
            let f = freshness(s)
            if f != .fresh { view.hasStale = true }
            view.observedAt = max(view.observedAt ?? s.at, s.at)
            if f < view.freshness || view.role == nil {
                view.freshness = min(view.freshness, f)
                view.role = s.facts.role ?? view.role
                view.state = s.facts.state ?? view.state
                view.stateDetail = s.facts.stateDetail ?? view.stateDetail
                view.version = s.facts.version ?? view.version
            }
            guard f == .fresh, let state = s.facts.state else { continue }
            // One observer that cannot reach it does not outvote one that can.
            if state == .running { view.isUp = true } else if view.isUp == nil { view.isUp = false }
        }
    }

    /// The votes as the newest fresh observer has them; counted from the members where none does.
    private func bestQuorum(_ group: Group, _ members: [MemberAssessment]) -> (value: GroupQuorum, at: Timestamp)? {
        var best: (value: GroupQuorum, at: Timestamp)?
        for s in group.sightings {
            guard let q = s.facts.quorum, freshness(s) == .fresh else { continue }
            let at = knownAt(s)
            if best == nil || at > best!.at { best = (q, at) }
        }
        if best != nil { return best }
        let known = members.filter { $0.isUp != nil }
        guard !known.isEmpty, known.count == members.count, let at = known.compactMap(\.observedAt).min()
        else { return nil }
        let healthy = known.count { $0.isUp == true }
        let value = GroupQuorum(
            votersTotal: members.count, votersHealthy: healthy,
            hasLeader: known.contains { $0.role == .leader && $0.isUp == true })
        return (value, at)
    }

    /// Why nothing can be said of a group.
    func silence(of group: Group, _ members: [Member]) -> String {
        let newest = (group.sightings.map { knownAt($0) } + members.flatMap { $0.sightings.map { knownAt($0) } }).max()
        if let newest { return "nothing fresh: last heard \(Say.span(now - newest)) ago" }
        let prefix = group.id.name + "/"
        let mine = snapshot.sources.filter { $0.id.name == group.id.name || $0.id.name.hasPrefix(prefix) }
        if let failing = mine.first(where: { $0.status.problem != nil }), let problem = failing.status.problem {
            return "nothing heard yet: \(problem)"
        }
        return "nothing heard yet"
    }
}
