import Estate

/// Groups of servers behind balancers.
extension Assessor {
    func pool(_ group: Group, _ members: [Member], _ backing: Backing) -> GroupAssessment {
        var behind: Set<GroupID> = []
        var idle: Set<MemberID> = []
        var oldest: Timestamp?
        var views: [MemberAssessment] = []
        views.reserveCapacity(members.count)
        var seats: [Seat] = []
        var isFollowingLeader = true
        for member in members {
            var view = server(member, &oldest)
            if let database = backing.member(at: view.address) {
                behind.insert(database.id.group)
                if view.node == nil { (view.node, view.site) = (database.node, database.site) }
                // Its check says "not your turn", not "broken".
                if view.isUp == false, !view.isDrained, database.isUp == true { idle.insert(view.id) }
                view.isLeader = database.isLeader
            }
            if view.isUp == true {
                seats.append(Seat(view, serves: true, succeeds: false))
                if !view.isLeader { isFollowingLeader = false }
            }
            views.append(view)
        }
        sortByName(&views)
        // Nobody said how it works: one that only ever has the database's leader up goes where the leader goes.
        let follows = isFollowingLeader && behind.count == 1 && seats.count < members.count
        var g = blank(group, mode: follows ? .activePassive : .activeActive)
        g.manager = group.newest(\.manager)?.value
        g.members = views
        g.oldestAt = oldest
        poolSessions(&g, group)
        let serving = isServing(&g, group, up: seats.count)
        g.serving = Serving(up: seats.count, total: members.count, isServing: serving)
        let database = behind.count == 1 ? behind.first.flatMap { backing.groups[$0] } : nil
        survival(&g, seats, database)
        judge(&g, idle: idle, database)
        if serving == nil { g.reasons.append(Reason(.unknown, silence(of: group, members))) }
        finish(&g, group, members)
        return g
    }

    private func server(_ member: Member, _ oldest: inout Timestamp?) -> MemberAssessment {
        var view = MemberAssessment(id: member.id)
        place(&view, member)
        view.role = .server
        var up = 0
        var fresh = 0
        for s in member.sightings {
            let f = freshness(s)
            view.freshness = min(view.freshness, f)
            view.observedAt = max(view.observedAt ?? s.at, s.at)
            guard let t = s.facts.traffic else { continue }
            view.state = s.facts.state ?? view.state
            view.stateDetail = t.checkDetail ?? view.stateDetail
            view.balancing.append(
                BalancerView(
                    balancer: s.by, admin: t.admin, check: t.check, sessions: t.sessions, handle: t.handle,
                    freshness: f))
            guard f == .fresh else { continue }
            fresh += 1
            if let sessions = t.sessions { view.sessions = (view.sessions ?? 0) + sessions }
            let at = knownAt(s)
            if oldest == nil || at < oldest! { oldest = at }
            if Self.takesTraffic(t) { up += 1 }
        }
        if fresh > 0 { view.isUp = up > 0 }
        return view
    }

    /// A server that is checked up, or not checked at all, and that nobody took out.
    private static func takesTraffic(_ t: TrafficFacts) -> Bool {
        switch t.admin {
        case .drain, .maintenance: return false
        case .ready, nil: break
        }
        switch t.check {
        case .up, .goingDown, .unchecked: return true
        case .down, .goingUp, nil: return false
        }
    }

    private func poolSessions(_ g: inout GroupAssessment, _ group: Group) {
        var total: Int?
        for s in group.sightings where freshness(s) == .fresh {
            if let n = s.facts.poolSessions { total = (total ?? 0) + n }
        }
        g.sessions = total
    }

    private func isServing(_ g: inout GroupAssessment, _ group: Group, up: Int) -> Bool? {
        var yes: [SourceID] = []
        var no: [SourceID] = []
        for s in group.sightings {
            guard let serving = s.facts.poolServing, freshness(s) == .fresh else { continue }
            if serving { yes.append(s.by) } else { no.append(s.by) }
            let at = knownAt(s)
            if g.oldestAt == nil || at < g.oldestAt! { g.oldestAt = at }
        }
        if !yes.isEmpty, !no.isEmpty {
            let text = "\(Say.list(no.map(\.name))) takes no connections, \(Say.list(yes.map(\.name))) does"
            g.disagreements.append(text)
            g.reasons.append(Reason(.degraded, text))
        }
        if !yes.isEmpty { return true }
        if !no.isEmpty { return false }
        if up > 0 { return true }
        return g.members.contains { $0.isUp != nil } ? false : nil
    }

    private func survival(_ g: inout GroupAssessment, _ seats: [Seat], _ database: GroupAssessment?) {
        guard g.serving.isServing != nil else { return }
        let tolerance = Tolerance(seats, needed: 1)
        g.survives.nodes = tolerance.nodes
        g.survives.sites = tolerance.sites
        // A pool of which one server at a time takes traffic lives as long as the group behind it.
        if g.mode == .activePassive, let database {
            g.survives = database.survives
            g.survives.limitedBy = database.survives.limitedBy ?? "as \(database.id.name)"
        }
    }

    private func judge(_ g: inout GroupAssessment, idle: Set<MemberID>, _ database: GroupAssessment?) {
        let up = g.serving.up
        let drained = g.members.filter { $0.isDrained }
        guard let serving = g.serving.isServing else { return }
        if !serving {
            let why = drained.isEmpty ? "" : ", \(drained.count) drained"
            g.reasons.append(
                Reason(.down, "no server takes traffic: \(g.serving.text) up\(why)", figure: g.serving.text))
        }
        let broken = g.members.filter { $0.isUp == false && $0.drainedCount == 0 && !idle.contains($0.id) }
        if serving, !broken.isEmpty, g.mode == .activeActive {
            let names = Say.list(broken.map(\.id.name))
            g.reasons.append(
                Reason(
                    .degraded, "\(g.serving.text) up: \(names) down", member: broken.first?.id,
                    figure: g.serving.text))
        }
        if serving, g.survives.nodes == 0 {
            if g.mode == .activePassive, let database {
                let why = database.survives.limitedBy.map { ": \($0)" } ?? ""
                g.reasons.append(Reason(.atRisk, "survives no further loss, as \(database.id.name)\(why)"))
            } else if g.mode == .activeActive {
                let what = up == 1 ? "one server is left" : "all \(up) servers are on one node"
                g.reasons.append(
                    Reason(.atRisk, "survives no further loss: \(what)", figure: g.serving.text))
            }
        }
        if serving, g.plan.tier == .critical, g.survives.sites == 0, g.survives.nodes ?? 0 > 0 {
            g.reasons.append(Reason(.atRisk, "survives the loss of no site: all that is up is in one"))
        }
        for view in g.members where view.drainedCount > 0 {
            let n = "\(view.drainedCount) of \(view.balancerCount)"
            let text =
                view.isPartlyDrained
                ? "\(view.id.name) is drained on \(n) balancers only" : "\(view.id.name) is drained"
            g.reasons.append(Reason(.protected, text, member: view.id, figure: n))
        }
    }
}
