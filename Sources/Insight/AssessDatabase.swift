import Estate

/// Groups of one primary and its standbys.
extension Assessor {
    func database(_ group: Group, _ members: [Member], store: GroupAssessment?) -> GroupAssessment {
        var g = blank(group, mode: .activePassive)
        g.kind = .database
        register(&g, group, store)
        var views: [MemberDraft] = []
        views.reserveCapacity(members.count)
        var primary: Member?
        for member in members {
            var view = MemberDraft(id: member.id)
            databaseMember(&view, member, leader: g.leader)
            if view.isPrimary {
                g.primaries.append(member.id)
                primary = g.primaries.count == 1 ? member : nil
            }
            views.append(view)
        }
        g.primary = g.primaries.count == 1 ? g.primaries[0] : nil
        if primary != nil { g.timeline = views.first { $0.isPrimary }?.timeline ?? g.timeline }
        let log = primary.flatMap { PrimaryLog($0, self) }
        g.members.reserveCapacity(members.count)
        for i in views.indices {
            lag(&views[i], members[i], log)
            views[i].syncState = syncState(views[i], members[i], log, g.synchronous)
            views[i].eligibility = eligibility(views[i], members[i], g)
            g.members.append(MemberAssessment(views[i]))
        }
        judgeService(&g, group, members)
        judgeMargins(&g, store)
        judgeVotes(&g, group)
        judgeMembers(&g, members)
        return finish(&g, group, members)
    }

    /// What the register says, and how far it can be relied on.
    private func register(_ g: inout GroupDraft, _ group: Group, _ store: GroupAssessment?) {
        var chosen: (leader: Known<String?>, freshness: Freshness, isRegister: Bool, at: Timestamp)?
        for s in group.sightings {
            guard let leader = s.facts.leader else { continue }
            let mine = (leader, freshness(s), s.facts.revision != nil, knownAt(s))
            if let c = chosen {
                // Fresh before stale, the register itself before those who repeat it, then the newest.
                let better =
                    mine.1 != c.freshness
                    ? mine.1 < c.freshness : mine.2 != c.isRegister ? mine.2 : mine.3 > c.at
                if !better { continue }
            }
            chosen = (mine.0, mine.1, mine.2, mine.3)
        }
        // Where several vote, the word of most of them counts, not of the last to speak.
        if chosen?.isRegister == false, let most = majority(group) { chosen = most }
        if let chosen {
            g.leader = chosen.leader.value.map { MemberID(group.id, $0) }
            g.isLeaderless = chosen.leader.value == nil && chosen.freshness == .fresh
            g.isLeaderStale = chosen.freshness != .fresh || store?.quorum.map { $0.margin < 0 || !$0.hasLeader } == true
            if chosen.freshness == .fresh { g.oldestAt = chosen.at }
        }
        g.timeline = newest(group, { $0.timeline })
        g.synchronous = newest(group, { $0.synchronous })
        g.limits = newest(group, { $0.limits })
        g.isPaused = newest(group, { $0.paused }) ?? false
        g.manager = newest(group, { $0.manager })
        g.scheduledSwitchover = newest(group, { $0.scheduledSwitchover })
        for s in group.sightings where s.facts.history.count >= g.history.count { g.history = s.facts.history }
        let since = snapshot.leaderKnownSince(of: group.id) ?? now
        let changes = g.history.compactMap(\.at)
        g.changesUnseen = Flapping.recent(changes.filter { $0 < since }, now: now)
        g.changesUnplanned = Flapping.recent(
            Flapping.unplanned(changes.filter { $0 >= since }, handovers: snapshot.handovers(of: group.id)), now: now)
        g.isFlapping = g.changesUnplanned >= Flapping.changesMin
        repeated(&g, group)
    }

    /// What most of the fresh observers who vote say of the leader, where most agree.
    private func majority(
        _ group: Group
    ) -> (leader: Known<String?>, freshness: Freshness, isRegister: Bool, at: Timestamp)? {
        let said = group.sightings.filter {
            $0.facts.quorum != nil && $0.facts.leader != nil && freshness($0) == .fresh
        }
        for one in said {
            let same = said.filter { $0.facts.leader == one.facts.leader }
            guard same.count * 2 > said.count, let leader = one.facts.leader else { continue }
            return (leader, .fresh, false, same.map { knownAt($0) }.max() ?? one.at)
        }
        return nil
    }

    /// Observers of the register that contradict the one gone by, where both are fresh.
    private func repeated(_ g: inout GroupDraft, _ group: Group) {
        guard !g.isLeaderStale, g.leader != nil || g.isLeaderless else { return }
        for s in group.sightings where freshness(s) == .fresh {
            guard let leader = s.facts.leader, leader.value != g.leader?.name else { continue }
            g.disagreements.append(
                "\(s.by) says \(leader.value.map { "leader \($0)" } ?? "no leader"), the register "
                    + (g.leader.map { "\($0.name)" } ?? "none"))
        }
    }

    private func databaseMember(_ view: inout MemberDraft, _ member: Member, leader: MemberID?) {
        place(&view, member)
        view.isLeader = leader == member.id
        let selfName = member.id.description
        var (bestTrust, bestAt) = (-1, Timestamp.zero)
        for s in member.sightings {
            let f = freshness(s)
            if f != .fresh { view.hasStale = true }
            view.freshness = min(view.freshness, f)
            view.observedAt = max(view.observedAt ?? s.at, s.at)
            view.version = view.version ?? s.facts.version
            view.pendingRestart = view.pendingRestart || s.facts.pendingRestart == true
            if let sessions = s.facts.traffic?.sessions ?? s.facts.figures["connections"].flatMap({ Int(exactly: $0) })
            {
                view.sessions = sessions
            }
            // Its own word before what others repeat of it (a register shows a dead leader as running for its
            // whole ttl), fresh before stale, then the newest.
            let isSelf = s.by.name == selfName
            let trust = (f == .fresh ? 4 : f == .stale ? 2 : 0) + (isSelf ? 1 : 0)
            if trust > bestTrust || trust == bestTrust && s.at > bestAt {
                (bestTrust, bestAt) = (trust, s.at)
                view.role = s.facts.role ?? view.role
                view.state = s.facts.state ?? view.state
                view.stateDetail = s.facts.stateDetail ?? view.stateDetail
                view.timeline = s.facts.replication?.timeline ?? view.timeline
                view.isStreaming = s.facts.replication?.streaming ?? view.isStreaming
                view.upstream = s.facts.replication?.upstream ?? view.upstream
            } else {
                view.role = view.role ?? s.facts.role
                view.state = view.state ?? s.facts.state
                view.stateDetail = view.stateDetail ?? s.facts.stateDetail
                view.timeline = view.timeline ?? s.facts.replication?.timeline
                view.isStreaming = view.isStreaming ?? s.facts.replication?.streaming
                view.upstream = view.upstream ?? s.facts.replication?.upstream
            }
        }
        whetherUp(&view, member, selfName)
    }

    /// Up and primary by its own servers' fresh word only.
    private func whetherUp(_ view: inout MemberDraft, _ member: Member, _ selfName: String) {
        var newest: (recovering: Bool, at: Timestamp)?
        for s in member.sightings where s.by.name == selfName && freshness(s) == .fresh {
            if let state = s.facts.state {
                switch state {
                case .running: view.isUp = view.isUp ?? true
                case .unknown: break
                default: view.isUp = false
                }
            }
            if let recovering = s.facts.replication?.inRecovery {
                if newest == nil || s.at > newest!.at { newest = (recovering, s.at) }
                if s.facts.state == nil { view.isUp = view.isUp ?? true }
            }
        }
        if let newest { view.isPrimary = !newest.recovering && view.isUp != false }
        if view.isUp == nil, isUnreachable(selfName) {
            view.isUp = false
            // What it last said of itself is of the past, and what others repeat of it is no better.
            view.state = .unknown
            view.stateDetail = "does not answer"
        }
    }

    /// All subscriptions to the member itself fail, while others are live: it is the member, not us.
    func isUnreachable(_ selfName: String) -> Bool { isAnyLive && unreachable.contains(selfName) }
}
