import Estate

/// Groups of servers behind balancers.
extension Assessor {
    func pool(_ group: Group, _ members: [Member], _ backing: Backing) -> GroupAssessment {
        var oldest: Timestamp?
        var views: [MemberAssessment] = []
        views.reserveCapacity(members.count)
        var turns = Turns()
        for member in members {
            var view = MemberDraft(id: member.id)
            server(&view, member, &oldest)
            if !backing.isEmpty { stand(&view, backing) }
            turns.add(view)
            views.append(MemberAssessment(consume view))
        }
        var seats: [Seat] = []
        seats.reserveCapacity(views.count)
        for view in views where view.isUp == true { seats.append(Seat(view, serves: true, succeeds: false)) }
        let isPassive = turns.backing != nil && mode(of: group.id) == .activePassive
        let following = isPassive ? .leader : turns.following
        // Nobody said how it works: one that only ever has the database's leader up goes where the leader goes.
        var g = blank(group, mode: following == .leader ? .activePassive : .activeActive)
        (g.kind, g.backing, g.following) = (.pool, turns.backing, following)
        g.manager = newest(group, { $0.manager })
        g.members = views
        g.balancers = balancers(of: views)
        g.oldestAt = oldest
        poolSessions(&g, group)
        let serving = isServing(&g, group, up: seats.count)
        g.serving = Serving(up: seats.count, total: members.count, isServing: serving)
        let database = turns.backing.flatMap { backing.groups[$0] }
        survival(&g, seats, database)
        judge(&g, database)
        if serving == nil { g.reasons.append(Reason(.unknown, silence(of: group, members))) }
        return finish(&g, group, members)
    }

    /// The database member that a server is.
    private func stand(_ view: inout MemberDraft, _ backing: Backing) {
        guard let database = backing.member(at: view.address) else { return }
        view.backs = database.id
        if view.node == nil {
            (view.node, view.site) = (database.node, database.site)
            (view.placeIndex, view.siteIndex) = database.places
        }
        // Its check says "not your turn", not "broken".
        view.isStandingBy = view.isUp == false && !view.isDrained && database.isUp == true
        view.isLeader = database.isLeader
    }

    /// Everybody who sends to these servers, and where each runs.
    private func balancers(of views: [MemberAssessment]) -> [BalancerSeat] {
        var seats: [BalancerSeat] = []
        for view in views {
            for (k, balancing) in view.balancing.enumerated() where balancing.freshness == .fresh {
                // They mostly come in the same order for every server.
                if k < seats.count, seats[k].source == balancing.balancer { continue }
                if seats.contains(where: { $0.source == balancing.balancer }) { continue }
                let node = node(ofBalancer: balancing.balancer)
                seats.append(BalancerSeat(source: balancing.balancer, node: node, site: node.flatMap { site(of: $0) }))
            }
        }
        return seats
    }

    /// Whose turn it is behind a pool.
    private struct Turns {
        private var behind: Set<GroupID> = []
        private var isBacked = true
        private var up = 0
        private var leadersUp = 0
        private var standingBy = 0
        private var leadersStandingBy = 0

        mutating func add(_ view: MemberDraft) {
            if let backs = view.backs { behind.insert(backs.group) } else { isBacked = false }
            if view.isUp == true {
                up += 1
                if view.isLeader { leadersUp += 1 }
            } else if view.isStandingBy {
                standingBy += 1
                if view.isLeader { leadersStandingBy += 1 }
            }
        }

        var backing: GroupID? { behind.count == 1 && isBacked ? behind.first : nil }

        var following: Following? {
            guard backing != nil else { return nil }
            let isOneWaiting = standingBy > leadersStandingBy
            if up == leadersUp, isOneWaiting { return .leader }
            // While the lead changes hands the old leader's server is the only one that is up.
            if up == 1, isOneWaiting { return nil }
            return leadersUp == 0 && leadersStandingBy > 0 ? .replicas : nil
        }
    }

    private func server(_ view: inout MemberDraft, _ member: Member, _ oldest: inout Timestamp?) {
        place(&view, member)
        view.balancing.reserveCapacity(member.sightings.count)
        view.role = .server
        var up = 0
        var fresh = 0
        var isWell: Bool?
        for s in member.sightings {
            let f = freshness(s)
            if f != .fresh { view.hasStale = true }
            view.freshness = min(view.freshness, f)
            view.observedAt = max(view.observedAt ?? s.at, s.at)
            // Field by field: a copy of it all costs more than everything else that is done here.
            if case nil = s.facts.traffic {
                if let service = s.facts.service, f == .fresh || service.status == "stopped" && f != .unknown {
                    isWell = service.isWell
                    view.state = s.facts.state ?? view.state
                    if !service.isWell { view.ailment = service.status ?? "not well" }
                }
                continue
            }
            let (admin, check) = (s.facts.traffic?.admin, s.facts.traffic?.check)
            let sessions = s.facts.traffic?.sessions
            view.state = s.facts.state ?? view.state
            if let detail = s.facts.traffic?.checkDetail { view.stateDetail = detail }
            view.balancing.append(
                BalancerView(
                    balancer: s.by, admin: admin, check: check, sessions: sessions, handle: s.facts.traffic?.handle,
                    freshness: f))
            if admin == .drain || admin == .maintenance { view.drainedCount += 1 }
            guard f == .fresh else { continue }
            fresh += 1
            if s.facts.traffic?.ejected == true { view.ejectedAt.append(s.by) }
            view.sessions.add(sessions)
            let at = knownAt(s)
            if oldest == nil || at < oldest! { oldest = at }
            if Self.takesTraffic(admin, check) { up += 1 }
        }
        // Its own word counts where nobody in front of it has one.
        if fresh > 0 { view.isUp = up > 0 } else if view.balancing.isEmpty { view.isUp = isWell ?? view.isUp }
    }

    /// A server that is checked up, or not checked at all, and that nobody took out.
    private static func takesTraffic(_ admin: AdminState?, _ check: CheckState?) -> Bool {
        switch admin {
        case .drain, .maintenance: return false
        case .ready, nil: break
        }
        switch check {
        case .up, .goingDown, .unchecked: return true
        case .down, .goingUp, nil: return false
        }
    }

    private func poolSessions(_ g: inout GroupDraft, _ group: Group) {
        var total: Int?
        for s in group.sightings where freshness(s) == .fresh {
            total.add(s.facts.poolSessions)
        }
        g.sessions = total
    }

    private func isServing(_ g: inout GroupDraft, _ group: Group, up: Int) -> Bool? {
        var yes: [SourceID] = []
        var no: [SourceID] = []
        for s in group.sightings {
            guard let serving = s.facts.poolServing, freshness(s) == .fresh else { continue }
            if serving { yes.append(s.by) } else { no.append(s.by) }
            let at = knownAt(s)
            if g.oldestAt == nil || at < g.oldestAt! { g.oldestAt = at }
        }
        if !yes.isEmpty, !no.isEmpty {
            let text =
                "\(Say.list(no.map(\.name))) \(no.count == 1 ? "takes" : "take") no connections, \(Say.list(yes.map(\.name))) \(yes.count == 1 ? "does" : "do")"
            g.disagreements.append(text)
            g.reasons.append(Reason(.degraded, text))
        }
        if !yes.isEmpty { return true }
        if !no.isEmpty { return false }
        if up > 0 { return true }
        return g.members.contains { $0.isUp != nil } ? false : nil
    }

    private func survival(_ g: inout GroupDraft, _ seats: [Seat], _ database: GroupAssessment?) {
        guard g.serving.isServing != nil else { return }
        let tolerance = Tolerance(seats, needed: 1)
        g.survives.nodes = tolerance.nodes
        g.survives.sites = tolerance.sites
        // A pool of which one server at a time takes traffic lives as long as the group behind it.
        if g.following == .leader, let database {
            g.survives = database.survives
            g.survives.limitedBy = database.survives.limitedBy ?? "as \(database.id.name)"
        }
        // Whatever the servers survive, nothing reaches them without a balancer.
        guard let front = Tolerance(g.balancers) else { return }
        if front.nodes < g.survives.nodes ?? 0 {
            g.survives.nodes = front.nodes
            g.survives.limitedBy = Self.frontLimit(g.balancers)
        }
        if let sites = front.sites, let mine = g.survives.sites { g.survives.sites = min(sites, mine) }
    }

    private static func frontLimit(_ balancers: [BalancerSeat]) -> String {
        let names = Say.list(balancers.map(\.source.name))
        if balancers.count == 1 { return "\(names) is the only balancer" }
        let nodes = Set(balancers.compactMap(\.node))
        return nodes.count == 1
            ? "the balancers \(names) are on one node" : "the balancers are on \(Say.count(nodes.count, "node"))"
    }

    private func judge(_ g: inout GroupDraft, _ database: GroupAssessment?) {
        let up = g.serving.up
        guard let serving = g.serving.isServing else { return }
        if !serving {
            let drained = g.members.count { $0.isDrained }
            let why = drained == 0 ? "" : ", \(drained) drained"
            g.reasons.append(
                Reason(.down, "no server takes traffic: \(g.serving.text) up\(why)", figure: g.serving.text))
        }
        if serving, g.following != .leader, g.mode == .activeActive, up < g.members.count {
            let broken = g.members.filter { $0.isBroken && $0.drainedCount == 0 }
            if !broken.isEmpty {
                let names = Say.list(broken.map(\.id.name))
                g.reasons.append(
                    Reason(
                        .degraded, "\(g.serving.text) up: \(names) down", member: broken.first?.id,
                        figure: g.serving.text))
            }
        }
        judgeInstances(&g)
        if serving, g.survives.nodes == 0 {
            let limit = noFurther(g, up, database)
            g.survives.limitedBy = g.survives.limitedBy ?? limit
            let isDatabases = g.following == .leader && database?.survives.nodes == 0
            let text = "survives no further loss" + (isDatabases ? ", as " : ": ") + limit
            g.reasons.append(Reason(.atRisk, text, figure: g.serving.text))
        }
        if serving, asksForSite(g.plan), g.survives.sites == 0, g.survives.nodes ?? 0 > 0 {
            let why = g.survives.limitedBy.map { ": \($0)" } ?? ": all that is up is in one"
            g.reasons.append(Reason(.atRisk, "survives the loss of no site\(why)"))
        }
        for view in g.members where view.drainedCount > 0 {
            let n = "\(view.drainedCount) of \(view.balancerCount)"
            let text =
                view.isPartlyDrained
                ? "\(view.id.name) is drained on \(n) balancers only" : "\(view.id.name) is drained"
            g.reasons.append(Reason(.protected, text, member: view.id, figure: n))
        }
    }

    private func noFurther(_ g: GroupDraft, _ up: Int, _ database: GroupAssessment?) -> String {
        if g.following == .leader, let database, database.survives.nodes == 0 {
            return database.id.name + (database.survives.limitedBy.map { ": \($0)" } ?? "")
        }
        if let front = Tolerance(g.balancers), front.nodes == 0, let limit = g.survives.limitedBy { return limit }
        return up == 1
            ? "one server is left" : up == 2 ? "both servers are on one node" : "all \(up) servers are on one node"
    }
}
