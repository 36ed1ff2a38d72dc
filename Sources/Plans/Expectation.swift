public import Estate
import Insight

/// What is to be observed after something was sent: a pure predicate over snapshots.
public indirect enum Expectation: Sendable, Equatable, Codable {
    /// This member holds the lock, and nobody but it or `insteadOf` did since.
    case leads(MemberID, insteadOf: String?)
    /// The group's timeline is above this one.
    case timeline(GroupID, above: Int)
    /// The member follows as a streaming replica.
    case streams(MemberID)
    /// The balancer has the server in this state.
    case admin(MemberID, at: SourceID, AdminState)
    /// The balancer counts no session on the server.
    case idle(MemberID, at: SourceID)
    /// The balancer sends new connections to the server.
    case serves(MemberID, at: SourceID)
    case paused(GroupID, Bool)
    /// The member has this rank by which it may be promoted (0: never), as all say who tell ranks.
    case rank(MemberID, Int)
    /// The member's own server says that it takes writes.
    case writes(MemberID)
    /// Each of these alerts is silenced, or fires no longer.
    case quiet(alerts: [String], at: SourceID)
    /// These silences are in force no longer.
    case silencesOver([String], at: SourceID)
    /// The observer has told of the group again.
    case heard(from: SourceID, of: GroupID)
    case all([Expectation])

    /// How the observations stand to it.
    public enum State: Sendable, Equatable {
        case met(String)
        /// Not yet; with the figures of the way there.
        case pending(String)
        /// What was observed rules it out.
        case contradicted(String)

        public var text: String {
            switch self {
            case .met(let text), .pending(let text), .contradicted(let text): text
            }
        }
        public var isMet: Bool { if case .met = self { true } else { false } }
    }

    /// - Parameters:
    ///   - since: when the request was sent; what was observed earlier proves nothing.
    public func state(in snapshot: Snapshot, since: Timestamp) -> State {
        switch self {
        case .leads(let member, let old): return leading(member, old, snapshot, since)
        case .timeline(let group, let above):
            let timeline = GroupView(group, snapshot, now: snapshot.latestAt).timeline
            guard let timeline else { return .pending("timeline not known") }
            return timeline > above ? .met("timeline \(timeline)") : .pending("still timeline \(timeline)")
        case .streams(let member): return streaming(member, snapshot, since)
        case .admin(let member, let balancer, let wanted):
            let place = "\(member.name) at \(balancer.name)"
            guard let seen = traffic(member, balancer, snapshot, since) else {
                return .pending("\(place) not yet seen")
            }
            if seen.admin == wanted { return .met("\(place) is \(Self.word(wanted))") }
            return .pending("\(place) is still \(seen.admin.map(Self.word) ?? "unknown")")
        case .idle(let member, let balancer): return idle(member, balancer, snapshot, since)
        case .serves(let member, let balancer): return serving(member, balancer, snapshot, since)
        case .paused(let group, let wanted):
            let words = wanted ? ("automation paused", "not paused yet") : ("automation on", "still paused")
            let seen = snapshot.group(group)?.sightings.filter { $0.at >= since && $0.facts.paused != nil } ?? []
            // The register is what all members go by; one observer that has seen it is proof.
            return seen.contains { $0.facts.paused == wanted } ? .met(words.0) : .pending(words.1)
        case .rank(let member, let wanted): return ranked(member, wanted, snapshot, since)
        case .writes(let member):
            let seen = snapshot.member(member)?.sightings.filter { $0.at >= since } ?? []
            let tells = seen.compactMap(\.facts.replication?.inRecovery)
            if tells.isEmpty { return .pending("\(member.name) has not said yet that it takes writes") }
            return tells.contains(true)
                ? .pending("\(member.name) follows still") : .met("\(member.name) takes writes")
        case .quiet(let alerts, let by): return quiet(alerts, by, snapshot, since)
        case .silencesOver(let ids, let by): return silencesOver(ids, by, snapshot, since)
        case .heard(let by, let group): return heard(by, group, snapshot, since)
        case .all(let list): return Self.joined(list.map { $0.state(in: snapshot, since: since) })
        }
    }

    private static func joined(_ states: [State]) -> State {
        var pending: [String] = []
        var met: [String] = []
        for state in states {
            switch state {
            case .contradicted: return state
            case .pending(let text): pending.append(text)
            case .met(let text): met.append(text)
            }
        }
        return pending.isEmpty ? .met(met.joined(separator: ", ")) : .pending(pending.joined(separator: ", "))
    }

    static func word(_ admin: AdminState) -> String {
        switch admin {
        case .ready: "in balancing"
        case .drain: "drained"
        case .maintenance: "in maintenance"
        }
    }

    private func leading(_ member: MemberID, _ old: String?, _ snapshot: Snapshot, _ since: Timestamp) -> State {
        // The register's own observer is told first; the others only where it is silent.
        let seen = (snapshot.group(member.group)?.sightings ?? []).filter { $0.facts.leader != nil }
        let register = seen.filter { $0.by.system == "etcd" }
        if register.isEmpty, seen.contains(where: { $0.facts.manager == CacheView.manager }) {
            return voted(member, old, snapshot, since)
        }
        guard let newest = (register.isEmpty ? seen : register).max(by: { $0.at < $1.at }),
            let known = newest.facts.leader
        else { return .pending("leader not known") }
        let leader = known.value
        if newest.at < since {
            return .pending(leader.map { "\($0) still leads" } ?? "nobody leads yet")
        }
        switch leader {
        case member.name?: return .met("\(member.name) leads")
        case nil: return .pending("nobody leads at the moment")
        case old: return .pending("\(old ?? "nobody") still leads")
        case let other?: return .contradicted("\(other) leads, not \(member.name)")
        }
    }

    /// Where each watcher has its own word, all who are heard have to say so, and most of them that it is another.
    private func voted(_ member: MemberID, _ old: String?, _ snapshot: Snapshot, _ since: Timestamp) -> State {
        let watchers = CacheView(GroupView(member.group, snapshot, now: snapshot.latestAt)).watchers
        let told = watchers.filter { $0.at >= since }
        if let silent = watchers.first(where: { $0.at < since }) {
            return .pending("\(silent.by.name) has not told since who leads")
        }
        let votes = told.compactMap { $0.facts.leader?.value }
        guard let leader = votes.first(where: { one in votes.count { $0 == one } * 2 > told.count }) else {
            return .pending("no leader that most watchers name")
        }
        if leader == old { return .pending("\(leader) still leads") }
        guard leader == member.name else { return .contradicted("\(leader) leads, not \(member.name)") }
        if let other = told.first(where: { $0.facts.leader?.value != leader }) {
            return .pending("\(leader) leads; not yet so for \(other.by.name)")
        }
        return .met("\(leader) leads")
    }

    private func streaming(_ id: MemberID, _ snapshot: Snapshot, _ since: Timestamp) -> State {
        guard let member = snapshot.member(id) else { return .pending("\(id.name) is not in the register") }
        let seen = member.sightings.filter { $0.at >= since }
        if seen.contains(where: { $0.facts.state == .startFailed }) {
            return .pending("\(id.name) does not start: look at its log")
        }
        guard seen.contains(where: { $0.facts.role == .replica }) else {
            return .pending("\(id.name) is not yet a replica")
        }
        let streams = seen.contains { $0.facts.replication?.streaming == true }
        return streams ? .met("\(id.name) streams") : .pending("\(id.name) does not stream yet")
    }

    private func ranked(_ id: MemberID, _ wanted: Int, _ snapshot: Snapshot, _ since: Timestamp) -> State {
        let told = snapshot.member(id)?.sightings.filter { $0.facts.tags?.failoverPriority != nil } ?? []
        let seen = told.filter { $0.at >= since }
        guard !seen.isEmpty else { return .pending("rank of \(id.name) not yet seen") }
        let now = snapshot.latestAt
        if let late = told.first(where: {
            $0.at < since && snapshot.freshness(of: $0.by, at: $0.at, now: now) == .fresh
        }) {
            return .pending("\(late.by) has not told the rank of \(id.name) since")
        }
        // An observer that is away tells nothing new; the others suffice.
        if let other = seen.first(where: { $0.facts.tags?.failoverPriority != wanted }) {
            return .pending(
                "rank of \(id.name) is \(other.facts.tags?.failoverPriority ?? 0) still, as \(other.by) says")
        }
        return .met("\(id.name) has rank \(wanted)")
    }

    private func traffic(
        _ id: MemberID, _ balancer: SourceID, _ snapshot: Snapshot, _ since: Timestamp
    ) -> TrafficFacts? {
        guard let seen = snapshot.member(id)?.sighting(by: balancer), seen.at >= since else { return nil }
        return seen.facts.traffic
    }

    private func idle(_ id: MemberID, _ balancer: SourceID, _ snapshot: Snapshot, _ since: Timestamp) -> State {
        guard let seen = traffic(id, balancer, snapshot, since), let sessions = seen.sessions else {
            return .pending("sessions at \(balancer.name) not yet known")
        }
        if sessions == 0 { return .met("no sessions at \(balancer.name)") }
        let arriving = (seen.sessionRate ?? 0) > 0 ? ", \(Say.rate(seen.sessionRate ?? 0)) still arriving" : ""
        return .pending("\(Figures.count(sessions, "session")) at \(balancer.name)\(arriving)")
    }

    private func serving(_ id: MemberID, _ balancer: SourceID, _ snapshot: Snapshot, _ since: Timestamp) -> State {
        guard let seen = traffic(id, balancer, snapshot, since) else {
            return .pending("\(id.name) at \(balancer.name) not yet seen")
        }
        if let admin = seen.admin, admin != .ready {
            return .pending("\(id.name) at \(balancer.name) is \(Self.word(admin))")
        }
        switch seen.check {
        // While its checks still go up it is not counted as back.
        case .up, .unchecked, .goingDown: return .met("\(id.name) serves at \(balancer.name)")
        case .goingUp, .down, nil:
            let word = seen.check?.rawValue ?? "not checked yet"
            let detail = seen.checkDetail.map { " (\($0))" } ?? ""
            return .pending("\(id.name) at \(balancer.name) is \(word)\(detail)")
        }
    }
}
