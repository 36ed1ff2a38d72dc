import Estate

extension Assessor {
    /// Whether the group takes writes, and who says so.
    func judgeService(_ g: inout GroupDraft, _ group: Group, _ members: [Member]) {
        let up = g.members.count { $0.isUp == true }
        var isServing: Bool?
        defer { g.serving = Serving(up: up, total: g.members.count, isServing: isServing) }
        if g.primaries.count > 1 {
            isServing = true
            let names = Say.list(g.primaries.map(\.name))
            g.disagreements.append("\(names) all take writes")
            g.reasons.append(
                Reason(.degraded, "split: \(names) all take writes", member: g.leader, figure: "\(g.primaries.count)"))
        } else if let primary = g.primary {
            isServing = true
            restsOn(&g, members.first { $0.id == primary })
            if let leader = g.leader, leader != primary, !g.isLeaderStale {
                let text = "\(leader.name) \(hold(group)), but \(primary.name) takes writes"
                g.disagreements.append(text)
                g.reasons.append(Reason(.degraded, text, member: primary))
            } else if g.isLeaderless {
                g.reasons.append(
                    Reason(.atRisk, "nobody holds the lock; \(primary.name) still takes writes", member: primary))
            }
        } else {
            isServing = withoutPrimary(&g, group, members)
        }
        if g.isLeaderStale, let leader = g.leader, isServing != nil {
            let text = "the register cannot be relied on; \(leader.name) led when last heard"
            g.reasons.append(Reason(isServing == true ? .atRisk : .unknown, text, member: leader))
        }
        for text in g.disagreements where !g.reasons.contains(where: { $0.text.hasSuffix(text) }) {
            g.reasons.append(Reason(.atRisk, text))
        }
    }

    /// No member says of itself that it takes writes.
    private func withoutPrimary(_ g: inout GroupDraft, _ group: Group, _ members: [Member]) -> Bool? {
        let answering = g.members.filter { $0.isUp != nil }
        if g.isLeaderless {
            g.reasons.append(Reason(.down, "no leader: nobody holds the lock and nobody takes writes"))
            return false
        }
        if let leader = g.leader, !g.isLeaderStale {
            guard let view = g.member(leader) else {
                g.reasons.append(
                    Reason(.unknown, "\(leader.name) \(hold(group)), and is not among the members", member: leader))
                return nil
            }
            if view.isUp == false {
                let text = "\(leader.name) \(hold(group)) and \(Self.ailment(view)): no writes"
                g.reasons.append(Reason(.down, text, member: leader))
                return false
            }
            if view.isUp == true {
                let text = "\(leader.name) \(hold(group)), but does not take writes yet"
                g.disagreements.append("the register says leader \(leader.name), it says in recovery")
                g.reasons.append(Reason(.down, text, member: leader))
                return false
            }
            g.reasons.append(
                Reason(.unknown, "\(leader.name) \(hold(group)); nothing fresh from itself", member: leader))
            return nil
        }
        if !answering.isEmpty, answering.count == g.members.count {
            g.reasons.append(
                Reason(.down, "none of \(g.members.count) members takes writes", figure: "0 of \(g.members.count)"))
            return false
        }
        g.reasons.append(Reason(.unknown, silence(of: group, members)))
        return nil
    }

    private static func ailment(_ view: MemberAssessment) -> String {
        switch view.state {
        case .running, .unknown, nil: return "does not answer"
        case .some(let state): return "is \(state.rawValue)"
        }
    }

    /// The verdict rests on what `member` says of itself.
    private func restsOn(_ g: inout GroupDraft, _ member: Member?) {
        guard let member else { return }
        let selfName = member.id.description
        let newest = member.sightings.filter {
            $0.by.name == selfName && $0.facts.replication?.inRecovery != nil && freshness($0) == .fresh
        }.map { knownAt($0) }.max()
        if let newest { g.oldestAt = min(g.oldestAt ?? newest, newest) }
    }

    /// What the next failure would do.
    func judgeMargins(_ g: inout GroupDraft, _ store: GroupAssessment?) {
        guard g.serving.isServing == true, let primary = g.primary ?? g.primaries.first else {
            if g.serving.isServing == false { g.survives.nodes = 0 }
            return
        }
        let successors = g.members.filter { isSuccessor($0, g) }
        atRisk(&g, successors)
        var seats = successors.map { Seat($0, serves: false, succeeds: true) }
        if let view = g.member(primary) { seats.append(Seat(view, serves: true, succeeds: false)) }
        let tolerance = Tolerance(seats, needed: 1)
        g.survives.nodes = g.isPaused ? 0 : tolerance.nodes
        g.survives.sites = g.isPaused ? 0 : tolerance.sites
        if let store, let nodes = store.survives.nodes, nodes < g.survives.nodes ?? .max {
            g.survives.nodes = nodes
            g.survives.limitedBy = "\(store.id.name) survives \(Say.count(nodes, "node"))"
        }
        if let store, let sites = store.survives.sites, let mine = g.survives.sites {
            g.survives.sites = min(mine, sites)
        }
        explain(&g, primary, successors, store)
    }

    private func explain(
        _ g: inout GroupDraft, _ primary: MemberID, _ successors: [MemberAssessment], _ store: GroupAssessment?
    ) {
        if g.isPaused {
            g.survives.limitedBy = "paused"
            g.reasons.append(Reason(.atRisk, "paused: no automatic failover"))
        }
        let standbys = g.members.filter { $0.id != primary }
        if successors.isEmpty {
            g.survives.limitedBy = "no standby can take over"
            let why =
                standbys.compactMap { s in s.eligibility?.obstacles.first.map { "\(s.id.name) \($0)" } }.first
                ?? standbys.compactMap { s in s.eligibility?.doubts.first.map { "\(s.id.name) \($0)" } }.first
            let text = "survives no further loss: no standby can take over" + (why.map { " (\($0))" } ?? "")
            g.reasons.append(Reason(.atRisk, text, member: standbys.first?.id, figure: "0 of \(standbys.count)"))
        } else if g.survives.nodes == 0, !g.isPaused {
            if let limit = g.survives.limitedBy, store != nil {
                g.reasons.append(Reason(.atRisk, "survives no further loss: \(limit)"))
            } else {
                let node = g.member(primary)?.node?.name ?? "the primary's node"
                g.survives.limitedBy = "all that can serve is on \(node)"
                g.reasons.append(Reason(.atRisk, "survives no further loss: all that can serve is on \(node)"))
            }
        } else if successors.count == 1, g.survives.limitedBy == nil {
            g.survives.limitedBy = "only \(successors[0].id.name) can take over"
        }
        if asksForSite(g.plan), g.survives.sites == 0, g.survives.nodes ?? 0 > 0 {
            let site = g.member(primary)?.site?.name ?? "one site"
            g.reasons.append(Reason(.atRisk, "survives the loss of no site: losing \(site) would be an outage"))
        }
        if g.isFlapping {
            let count = g.changesUnplanned
            g.reasons.append(
                Reason(
                    .degraded, "flapping: \(count) changes of leader in 10 min that nobody asked for",
                    figure: "\(count)"))
        } else if g.changesUnplanned + g.changesUnseen >= Flapping.changesMin {
            let count = g.changesUnplanned + g.changesUnseen
            g.reasons.append(
                Reason(
                    .atRisk,
                    "\(count) changes of leader in 10 min: \(g.changesUnseen) before this watch, asked for or not",
                    figure: "\(count)"))
        }
    }

    private func isSuccessor(_ view: MemberAssessment, _ g: GroupDraft) -> Bool {
        guard let e = view.eligibility, e.isEligible == true else { return false }
        guard g.synchronous?.isOn != true, let rpo = g.plan.rpoBytes else { return true }
        return view.lag.receiveBytes.map { $0 <= rpo } ?? false
    }

    private func atRisk(_ g: inout GroupDraft, _ successors: [MemberAssessment]) {
        if let synchronous = g.synchronous, synchronous.isOn {
            let healthy = g.members.filter { synchronous.standbys.contains($0.id.name) && $0.isUp == true }
            if !healthy.isEmpty {
                g.dataAtRiskBytes = 0
            } else if synchronous.isStrict {
                g.reasons.append(Reason(.degraded, "no synchronous standby: strict mode holds every write back"))
            } else if !synchronous.standbys.isEmpty {
                g.reasons.append(
                    Reason(
                        .atRisk, "the synchronous standby \(Say.list(synchronous.standbys)) does not answer",
                        member: MemberID(g.id, synchronous.standbys[0])))
            }
            if !healthy.isEmpty { return }
        }
        let lags = g.members.filter { $0.id != g.primary && $0.isUp == true }.compactMap(\.lag.receiveBytes)
        g.dataAtRiskBytes = lags.min()
        if let rpo = g.plan.rpoBytes, let lost = g.dataAtRiskBytes, lost > rpo {
            let figure = Say.bytes(lost)
            g.reasons.append(
                Reason(.atRisk, "\(figure) would be lost, more than the \(Say.bytes(rpo)) allowed", figure: figure))
        }
    }

    /// What is amiss with single members, without bringing the service down.
    func judgeMembers(_ g: inout GroupDraft, _ members: [Member]) {
        for (view, member) in zip(g.members, members) where view.id != g.primary {
            if view.isUp == false, view.id != g.leader {
                g.reasons.append(
                    Reason(.protected, "\(view.id.name) \(Self.ailment(view))", member: view.id))
            } else if let timeline = g.timeline, let mine = view.timeline, mine < timeline, view.isUp == true {
                g.reasons.append(
                    Reason(
                        .protected, "\(view.id.name) is on timeline \(mine), not \(timeline)", member: view.id,
                        figure: "\(mine)"))
            } else if view.isStreaming == false, view.isUp == true, !view.isPrimary {
                g.reasons.append(Reason(.protected, "\(view.id.name) does not stream", member: view.id))
            }
            if let behind = view.lag.replayBytes, behind > Self.lagWorthSayingBytes {
                let figure = Say.bytes(behind)
                let seconds = view.lag.replaySeconds.map { ", \(Say.span(.seconds($0)))" } ?? ""
                g.reasons.append(
                    Reason(
                        .protected, "\(view.id.name) is \(figure)\(seconds) behind", member: view.id, figure: figure))
            }
            if steadyFresh(member, where: { $0.facts.replication?.replayPaused == true }) != nil {
                g.reasons.append(Reason(.protected, "\(view.id.name): replay is paused", member: view.id))
            }
        }
        for view in g.members where view.pendingRestart {
            g.reasons.append(Reason(.protected, "\(view.id.name) waits for a restart", member: view.id))
        }
        slotsAndArchive(&g, members)
    }

    /// From where on a standby that is behind is worth a line.
    static let lagWorthSayingBytes: Int64 = 16 << 20
    /// From where on a slot that nobody reads is worth a line.
    static let retainedWorthSayingBytes: Int64 = 1 << 30

    private func slotsAndArchive(_ g: inout GroupDraft, _ members: [Member]) {
        guard let id = g.primary, let primary = members.first(where: { $0.id == id }),
            let facts = steadyFresh(
                primary,
                { s in
                    guard s.facts.replication?.inRecovery == false else { return 0 }
                    return s.facts.replication?.slots.isEmpty != false && s.facts.replication?.archive == nil ? 1 : 2
                })?.facts.replication
        else { return }
        for slot in facts.slots where !slot.isActive {
            guard let retained = slot.retainedBytes, retained > Self.retainedWorthSayingBytes else { continue }
            let figure = Say.bytes(retained)
            g.reasons.append(
                Reason(
                    .protected, "slot \(slot.name) is not read and holds \(figure) back on \(id.name)", member: id,
                    figure: figure))
        }
        if let archive = facts.archive, let failed = archive.lastFailedAt,
            archive.lastArchivedAt.map({ failed > $0 }) ?? true
        {
            let figure = Say.span(now - failed)
            g.reasons.append(
                Reason(
                    g.plan.backups == nil ? .protected : .atRisk,
                    "\(id.name) fails to archive, last \(figure) ago", member: id,
                    figure: figure))
        }
    }
}
