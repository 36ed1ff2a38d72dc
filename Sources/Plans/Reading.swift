public import Estate

/// How one thing stands that a step brings about, whoever brought it about: what tells an action that was interrupted
/// from one that was carried out.
public enum Reading: Sendable, Equatable {
    /// As the step wants it.
    case inEffect
    /// Otherwise; in words.
    case not(String)
    /// Nobody has told since.
    case unseen
}

extension Expectation {
    /// - Parameter since: what was observed earlier does not count.
    public func reading(in snapshot: Snapshot, since: Timestamp) -> Reading {
        if let own = ownWord(in: snapshot, since: since) { return own }
        let state = state(in: snapshot, since: since)
        if state.isMet { return .inEffect }
        return isSeen(in: snapshot, since: since) ? .not(state.text) : .unseen
    }

    /// What a server says of its own rank is how it stands: watchers learn it later or, cut off, not at all.
    private func ownWord(in snapshot: Snapshot, since: Timestamp) -> Reading? {
        guard case .rank(let id, let wanted) = self,
            let own = snapshot.member(id)?.sightings.first(where: {
                $0.by.system == "redis" && $0.at >= since && $0.facts.tags?.failoverPriority != nil
            }), let rank = own.facts.tags?.failoverPriority
        else { return nil }
        return rank == wanted ? .inEffect : .not("rank of \(id.name) is \(rank), as \(own.by) says")
    }

    /// What later steps override: of several with the same subject only the last counts.
    public var subject: String {
        switch self {
        case .admin(let member, let balancer, _): "admin \(member) \(balancer)"
        case .idle(let member, let balancer): "idle \(member) \(balancer)"
        case .serves(let member, let balancer): "serves \(member) \(balancer)"
        case .leads(let member, _): "lead \(member.group)"
        case .timeline(let group, _): "timeline \(group)"
        case .streams(let member): "streams \(member)"
        case .writes(let member): "writes \(member)"
        case .rank(let member, _): "rank \(member)"
        case .paused(let group, _): "paused \(group)"
        case .quiet(let alerts, let by): "alerts \(by) \(alerts.sorted().joined(separator: " "))"
        case .silencesOver(let ids, let by): "silences \(by) \(ids.sorted().joined(separator: " "))"
        case .heard(let by, let group): "heard \(by) \(group)"
        case .all(let list): list.map(\.subject).joined(separator: ", ")
        }
    }

    /// The simple ones of which it is made.
    public var leaves: [Expectation] {
        if case .all(let list) = self { list.flatMap(\.leaves) } else { [self] }
    }

    private func isSeen(in snapshot: Snapshot, since: Timestamp) -> Bool {
        func member(_ id: MemberID, _ holds: (MemberFacts) -> Bool) -> Bool {
            snapshot.member(id)?.sightings.contains { $0.at >= since && holds($0.facts) } ?? false
        }
        func group(_ id: GroupID, _ holds: (GroupFacts) -> Bool) -> Bool {
            snapshot.group(id)?.sightings.contains { $0.at >= since && holds($0.facts) } ?? false
        }
        switch self {
        case .admin(let id, let balancer, _), .idle(let id, let balancer), .serves(let id, let balancer):
            guard let seen = snapshot.member(id)?.sighting(by: balancer) else { return false }
            return seen.at >= since && seen.facts.traffic != nil
        case .leads(let id, _): return group(id.group) { $0.leader?.value != nil }
        case .timeline(let id, _): return group(id) { $0.timeline != nil }
        case .streams(let id), .writes(let id): return member(id) { $0.replication != nil }
        case .rank(let id, _): return member(id) { $0.tags?.failoverPriority != nil }
        case .paused(let id, _): return group(id) { $0.paused != nil }
        case .quiet(_, let by), .silencesOver(_, let by): return (snapshot.whole.sighting(by: by)?.at ?? .zero) >= since
        case .heard(let by, let id):
            return (snapshot.group(id)?.sighting(by: by)?.at ?? snapshot.whole.sighting(by: by)?.at ?? .zero) >= since
        case .all(let list): return list.allSatisfy { $0.isSeen(in: snapshot, since: since) }
        }
    }
}
