public import Estate

/// Something taken away in thought.
public enum Loss: Sendable, Hashable {
    case member(MemberID)
    case node(NodeID)
    case site(SiteID)

    public var text: String {
        switch self {
        case .member(let id): return id.name
        case .node(let id): return id.name
        case .site(let id): return "site \(id.name)"
        }
    }
}

/// What would become of one group.
public struct Consequence: Sendable, Equatable {
    public let group: GroupID
    public let before: Verdict
    /// The verdict once the group's own automation has done what it can.
    public let after: Verdict
    /// Goes on serving, after a failover where one is needed; nil: not known.
    public let serves: Bool?
    /// Who would take over; nil: nobody has to, or nobody can.
    public let successor: MemberID?
    /// Members that would be gone.
    public let lost: [MemberID]
    /// Bytes that would be lost; nil: not known.
    public let bytesLost: Int64?
    /// What it survives afterwards.
    public let survivesAfter: Survival
    /// One line.
    public let text: String
}

extension Assessment {
    /// What would become of every group that loses something, worst first.
    public func without(_ loss: Loss) -> [Consequence] { without([loss]) }

    /// The same for several losses at once.
    public func without(_ losses: Set<Loss>) -> [Consequence] {
        let reduced = groups.map { group in
            (group, group.members.filter { Self.isLost($0, losses) })
        }
        var stores: [GroupID: Bool] = [:]
        for (group, lost) in reduced where group.mode == .quorum {
            stores[group.id] = Self.keepsQuorum(group, losing: lost)
        }
        let sole = stores.count == 1 ? stores.first : nil
        return reduced.compactMap { group, lost -> Consequence? in
            let store = group.plan.store.flatMap { id in stores[id].map { (key: id, value: $0) } } ?? sole
            let storeLost = group.mode != .quorum && group.leader != nil && store?.value == false
            guard !lost.isEmpty || storeLost else { return nil }
            return Self.consequence(group, lost, storeLost: storeLost ? store?.key : nil)
        }.sorted { ($0.after, $0.group) < ($1.after, $1.group) }
    }

    private static func isLost(_ member: MemberAssessment, _ losses: Set<Loss>) -> Bool {
        losses.contains(.member(member.id)) || member.node.map { losses.contains(.node($0)) } ?? false
            || member.site.map { losses.contains(.site($0)) } ?? false
    }

    private static func keepsQuorum(_ group: GroupAssessment, losing lost: [MemberAssessment]) -> Bool {
        guard let q = group.quorum else { return true }
        return q.votersHealthy - lost.count { $0.isUp == true } >= q.needed
    }

    private static func consequence(
        _ group: GroupAssessment, _ lost: [MemberAssessment], storeLost: GroupID?
    ) -> Consequence {
        let gone = Set(lost.map(\.id))
        let left = group.members.filter { !gone.contains($0.id) }
        var outcome: (serves: Bool?, successor: MemberID?, bytes: Int64?, text: String)
        var seats: [Seat] = []
        var needed = 1
        if group.mode == .quorum {
            let keeps = keepsQuorum(group, losing: lost)
            needed = group.quorum?.needed ?? 1
            seats = left.filter { $0.isUp == true }.map { Seat($0, serves: true, succeeds: false) }
            outcome = (
                group.quorum == nil ? nil : keeps, nil, nil, keeps ? "keeps its quorum" : "loses its quorum"
            )
        } else if group.isDatabase {
            outcome = database(group, left, gone, storeLost, &seats)
        } else {
            seats = left.filter { $0.isUp == true }.map { Seat($0, serves: true, succeeds: false) }
            let serves = group.serving.isServing.map { $0 && !seats.isEmpty }
            outcome = (serves, nil, nil, "\(seats.count) of \(group.members.count) servers left")
        }
        let tolerance = Tolerance(seats, needed: needed)
        var after = Survival()
        after.nodes = outcome.serves == true ? tolerance.nodes : outcome.serves.map { _ in 0 }
        after.sites = outcome.serves == true ? tolerance.sites : outcome.serves.map { _ in 0 }
        let verdict: Verdict
        switch outcome.serves {
        case nil: verdict = .unknown
        case false: verdict = .down
        default:
            let own = after.nodes == 0 ? Verdict.atRisk : .protected
            // What is wrong today and has nothing to do with margins stays wrong.
            verdict = min(own, group.verdict == .degraded ? .degraded : .protected)
        }
        return Consequence(
            group: group.id, before: group.verdict, after: verdict, serves: outcome.serves,
            successor: outcome.successor, lost: gone.sorted(), bytesLost: outcome.bytes, survivesAfter: after,
            text: outcome.text)
    }

    private static func database(
        _ group: GroupAssessment, _ left: [MemberAssessment], _ gone: Set<MemberID>, _ storeLost: GroupID?,
        _ seats: inout [Seat]
    ) -> (serves: Bool?, successor: MemberID?, bytes: Int64?, text: String) {
        let successors = left.filter { $0.eligibility?.isEligible == true }
            .sorted { ($0.lag.receiveBytes ?? .max, $0.id) < ($1.lag.receiveBytes ?? .max, $1.id) }
        seats = successors.map { Seat($0, serves: false, succeeds: true) }
        guard let primary = group.primary else { return (group.serving.isServing, nil, nil, "no primary to lose") }
        if let storeLost {
            return (false, nil, nil, "\(storeLost.name) loses its quorum: the primary gives up its writes")
        }
        if !gone.contains(primary) {
            if let view = left.first(where: { $0.id == primary }) {
                seats.append(Seat(view, serves: true, succeeds: false))
            }
            if let synchronous = group.synchronous, synchronous.isOn, synchronous.isStrict,
                !left.contains(where: { $0.id != primary && $0.isUp == true })
            {
                return (false, nil, nil, "no standby left: strict synchronous mode holds every write back")
            }
            return (true, nil, 0, "\(primary.name) goes on; \(Say.count(successors.count, "standby")) can take over")
        }
        if group.isPaused { return (false, nil, nil, "paused: nobody takes over by itself") }
        guard let next = successors.first else { return (false, nil, nil, "nobody can take over") }
        seats.removeFirst()
        if let view = left.first(where: { $0.id == next.id }) {
            seats.append(Seat(view, serves: true, succeeds: false))
        }
        let bytes = group.synchronous?.isOn == true ? 0 : next.lag.receiveBytes
        let loss = bytes.map { $0 == 0 ? "nothing lost" : "\(Say.bytes($0)) lost" } ?? "loss not known"
        return (true, next.id, bytes, "\(next.id.name) takes over, \(loss)")
    }
}

extension GroupAssessment {
    /// One primary and standbys, rather than a pool or voters.
    public var isDatabase: Bool { members.contains { $0.eligibility != nil } }
}
