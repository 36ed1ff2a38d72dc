public import Estate
import Insight

/// The platform as a plan would leave it, in thought: the snapshot with all that the plan expects having been
/// observed. What cannot be foreseen stays as it is.
public struct Projection: Sendable {
    public private(set) var snapshot: Snapshot
    private let now: Timestamp

    public init(_ snapshot: Snapshot, now: Timestamp) {
        self.snapshot = snapshot
        self.now = now
    }

    public static func of(_ plan: Plan, on snapshot: Snapshot, now: Timestamp) -> Snapshot {
        var projection = Projection(snapshot, now: now)
        projection.apply(plan)
        return projection.snapshot
    }

    public mutating func apply(_ plan: Plan) {
        for part in plan.sequence {
            for step in part.steps { meet(step.expectation) }
            meet(part.outcome)
        }
        if !plan.parts.isEmpty { meet(plan.outcome) }
    }

    mutating func meet(_ expectation: Expectation) {
        switch expectation {
        case .leads(let member, let old): lead(member, insteadOf: old)
        case .timeline(let group, let above): fork(group, above + 1)
        case .streams(let member):
            change(member) { facts in
                guard facts.role == .leader || facts.replication != nil else { return }
                facts.replication?.inRecovery = true
                facts.replication?.streaming = true
            }
        case .admin(let member, let balancer, let admin):
            change(member, by: balancer) { facts in
                let was = facts.traffic?.admin
                facts.traffic?.admin = admin
                facts.traffic?.adminForcedHere = admin != .ready
                if admin == .maintenance { facts.traffic?.check = .unchecked }
                if admin != .maintenance, was == .maintenance { facts.traffic?.check = .up }
            }
        case .idle(let member, let balancer):
            change(member, by: balancer) { facts in
                facts.traffic?.sessions = 0
                facts.traffic?.sessionRate = 0
            }
        case .serves(let member, let balancer):
            change(member, by: balancer) { facts in
                facts.traffic?.admin = .ready
                facts.traffic?.adminForcedHere = false
                facts.traffic?.check = .up
            }
        case .paused(let group, let paused):
            change(group) { facts in if facts.paused != nil { facts.paused = paused } }
        case .rank(let member, let rank):
            change(member) { facts in
                if facts.tags?.failoverPriority != nil { facts.tags?.failoverPriority = rank }
            }
        case .writes, .quiet, .silencesOver, .heard: break
        case .all(let list): for one in list { meet(one) }
        }
    }

    // MARK: - A change of leader

    private mutating func lead(_ id: MemberID, insteadOf name: String?) {
        let assessment = Assessment.of(snapshot, now: now)
        let view = GroupView(id.group, snapshot, now: now)
        let old = (name ?? view.leader).map { MemberID(id.group, $0) }
        guard old != id else { return }
        let next = standby(after: id, insteadOf: old, view)
        change(id.group) { facts in
            guard facts.leader != nil else { return }
            facts.leader = Known(id.name)
            if facts.synchronous?.isOn == true { facts.synchronous?.standbys = next.map { [$0] } ?? [] }
        }
        let isQuorum = assessment.group(id.group)?.kind == .quorum
        swap(id, old, isQuorum: isQuorum)
        for member in view.members {
            change(member.id) { facts in
                if facts.replication?.syncState != nil, facts.replication?.inRecovery == true {
                    facts.replication?.syncState = member.id.name == next ? .sync : .async
                }
                if facts.replication?.upstream == old?.name { facts.replication?.upstream = id.name }
            }
        }
        for pool in assessment.groups where pool.backing == id.group {
            for server in pool.members {
                guard let backs = server.backs, backs == id || backs == old, let following = pool.following
                else { continue }
                turn(server.id, isUp: (backs == id) == (following == .leader))
            }
        }
    }

    /// Who becomes synchronous then: one that streams already, before the one that has to start again.
    private func standby(after id: MemberID, insteadOf old: MemberID?, _ view: GroupView) -> String? {
        let able = view.members.filter { member in
            member.id != id && member.id != old && member.newest(\.tags?.noSync)?.value != true
                && member.sightings.contains {
                    view.isFresh($0.by, $0.at) && $0.facts.replication?.streaming == true
                }
        }
        return able.first?.id.name ?? old?.name
    }

    private mutating func swap(_ id: MemberID, _ old: MemberID?, isQuorum: Bool) {
        let sightings = old.flatMap { snapshot.member($0)?.sightings } ?? []
        let written = sightings.compactMap(\.facts.replication?.writtenLSN).max()
        let senders = sightings.lazy.compactMap(\.facts.replication?.senders).first { !$0.isEmpty } ?? []
        change(id) { facts in
            if facts.role != nil { facts.role = .leader }
            guard var replication = facts.replication else { return }
            if replication.writtenLSN == nil, let received = replication.receivedLSN {
                replication.writtenLSN = max(received, written ?? received)
            }
            replication.inRecovery = false
            (replication.streaming, replication.receivedLSN, replication.replayedLSN) = (nil, nil, nil)
            (replication.receiveLagBytes, replication.replayLagBytes, replication.syncState) = (nil, nil, nil)
            replication.replayLagSeconds = nil
            replication.senders = senders.map { sender in
                guard sender.application == id.name, let old else { return sender }
                var sender = sender
                sender.application = old.name
                return sender
            }
            facts.replication = replication
        }
        guard let old else { return }
        change(old) { facts in
            if facts.role != nil { facts.role = isQuorum ? .follower : .replica }
            guard var replication = facts.replication else { return }
            replication.inRecovery = true
            replication.streaming = true
            replication.upstream = id.name
            replication.receivedLSN = replication.writtenLSN
            replication.replayedLSN = replication.writtenLSN
            replication.writtenLSN = nil
            replication.senders = []
            facts.replication = replication
        }
    }

    private mutating func turn(_ server: MemberID, isUp: Bool) {
        change(server) { facts in
            guard facts.traffic?.check != nil, facts.traffic?.admin != .maintenance else { return }
            facts.traffic?.check = isUp ? .up : .down
            if !isUp { facts.traffic?.sessions = 0 }
        }
    }

    private mutating func fork(_ group: GroupID, _ timeline: Int) {
        change(group) { facts in if facts.timeline != nil { facts.timeline = timeline } }
        for member in snapshot.members(of: group) {
            change(member.id) { facts in
                if facts.replication?.timeline != nil { facts.replication?.timeline = timeline }
            }
        }
    }

    // MARK: - As if it had been told

    private mutating func change(_ id: MemberID, by observer: SourceID? = nil, _ body: (inout MemberFacts) -> Void) {
        for sighting in snapshot.member(id)?.sightings ?? [] where observer == nil || sighting.by == observer {
            var facts = sighting.facts
            body(&facts)
            if facts != sighting.facts { snapshot.apply(Update(sighting.by, at: sighting.at, .member(id, facts))) }
        }
    }

    private mutating func change(_ id: GroupID, _ body: (inout GroupFacts) -> Void) {
        for sighting in snapshot.group(id)?.sightings ?? [] {
            var facts = sighting.facts
            body(&facts)
            if facts != sighting.facts { snapshot.apply(Update(sighting.by, at: sighting.at, .group(id, facts))) }
        }
    }
}
