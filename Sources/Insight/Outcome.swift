import Estate

/// What one kind of group comes to when some of its members are gone.
struct Outcome {
    /// nil: not known.
    var serves: Bool?
    var successor: MemberID?
    var bytes: Int64?
    var text: String
    /// Who can serve afterwards, and how many of them have to.
    var seats: [Seat] = []
    var needed = 1
    /// What something else that the group stands on survives afterwards.
    var limit: (nodes: Int?, sites: Int?)?

    init(serves: Bool?, successor: MemberID? = nil, bytes: Int64? = nil, text: String) {
        self.serves = serves
        self.successor = successor
        self.bytes = bytes
        self.text = text
    }

    static func quorum(_ group: GroupAssessment, _ gone: Set<MemberID>) -> Outcome {
        let keeps = WhatIf.keepsQuorum(group, losing: gone)
        var outcome = Outcome(
            serves: group.quorum == nil ? nil : keeps, text: keeps ? "keeps its quorum" : "loses its quorum")
        outcome.needed = group.quorum?.needed ?? 1
        outcome.seats = standing(group, gone)
        return outcome
    }

    static func paths(_ group: GroupAssessment, _ gone: Set<MemberID>) -> Outcome {
        let left = group.members.filter { $0.isUp == true && !gone.contains($0.id) }.map { Seat(path: $0) }
        let text: String
        switch left.count {
        case 0: text = "no way out is left"
        case 1: text = "\(left[0].id.name) alone is left"
        default: text = "\(left.count) of \(group.members.count) paths left"
        }
        var outcome = Outcome(serves: group.serving.isServing.map { $0 && !left.isEmpty }, text: text)
        outcome.seats = left
        return outcome
    }

    /// Members that are up and stay.
    private static func standing(_ group: GroupAssessment, _ gone: Set<MemberID>) -> [Seat] {
        group.members.filter { $0.isUp == true && !gone.contains($0.id) }
            .map { Seat($0, serves: true, succeeds: false) }
    }

    // MARK: - Pools

    static func pool(
        _ group: GroupAssessment, _ gone: Set<MemberID>, _ backing: Consequence?, _ assessment: Assessment
    ) -> Outcome {
        let database = group.backing.flatMap { assessment.group($0) }
        if group.following == .leader, let database { return following(group, gone, backing, database) }
        var seats = standing(group, gone)
        var text = "\(seats.count) of \(group.members.count) servers left"
        // Whoever takes over leaves the pool that sends to followers only.
        if group.following == .replicas, let successor = backing?.successor,
            let seat = seats.firstIndex(where: { $0.view.backs == successor })
        {
            seats.remove(at: seat)
            text = "\(seats.count) of \(group.members.count) servers left: \(successor.name) leads then"
        }
        var outcome = Outcome(serves: group.serving.isServing.map { $0 && !seats.isEmpty }, text: text)
        outcome.seats = seats
        return outcome
    }

    /// One that goes where the leader goes.
    private static func following(
        _ group: GroupAssessment, _ gone: Set<MemberID>, _ backing: Consequence?, _ database: GroupAssessment
    ) -> Outcome {
        let name = database.id.name
        var outcome: Outcome
        func server(of member: MemberID) -> MemberAssessment? {
            group.members.first { $0.backs == member && !gone.contains($0.id) }
        }
        if let backing, backing.serves != true {
            let text = backing.serves == false ? "\(name) does not serve then" : "what becomes of \(name) is not known"
            return Outcome(serves: backing.serves, text: "follows \(name): \(text)")
        }
        if let successor = backing?.successor {
            guard let server = server(of: successor), !server.isDrained else {
                return Outcome(serves: false, text: "\(successor.name) leads then, and no server here is it")
            }
            outcome = Outcome(
                serves: true, successor: server.id, bytes: backing?.bytesLost,
                text: "follows \(name) to \(successor.name)")
        } else if let primary = database.primary {
            guard server(of: primary) != nil else {
                return Outcome(serves: false, text: "loses the server that is \(primary.name), where \(name) stays")
            }
            let serves = group.serving.isServing
            outcome = Outcome(serves: serves, text: "follows \(name), where \(primary.name) goes on")
        } else {
            return Outcome(serves: group.serving.isServing, text: "follows \(name), which has no primary now")
        }
        let after = backing?.survivesAfter ?? database.survives
        // The margin is that of the database, as far as its members have a server here.
        outcome.seats = group.members.filter { view in
            guard !gone.contains(view.id), !view.isDrained, let backs = view.backs else { return false }
            return database.member(backs)?.isUp == true
        }.map { Seat($0, serves: true, succeeds: false) }
        outcome.limit = (after.nodes, after.sites)
        return outcome
    }

    // MARK: - Databases

    static func database(_ group: GroupAssessment, _ gone: Set<MemberID>, storeLost: GroupID?) -> Outcome {
        let left = group.members.filter { !gone.contains($0.id) }
        var successors = left.filter { $0.eligibility?.isEligible == true }
        successors.sort { ($0.lag.receiveBytes ?? .max, $0.id) < ($1.lag.receiveBytes ?? .max, $1.id) }
        guard let primary = group.primary else {
            return Outcome(serves: group.serving.isServing, text: "no primary to lose")
        }
        if let storeLost {
            return Outcome(serves: false, text: "\(storeLost.name) loses its quorum: the primary gives up its writes")
        }
        if !gone.contains(primary) { return goesOn(group, primary, left, successors) }
        if group.isPaused { return Outcome(serves: false, text: "paused: nobody takes over by itself") }
        if group.manager.map(Assessor.unmanaged.contains) == true {
            return Outcome(serves: false, text: "nobody takes over by itself: a standby has to be promoted by hand")
        }
        guard let next = successors.first else { return Outcome(serves: false, text: "nobody can take over") }
        let bytes = group.synchronous?.isOn == true ? 0 : next.lag.receiveBytes
        let loss = bytes.map { $0 == 0 ? "nothing lost" : "\(Say.bytes($0)) lost" } ?? "loss not known"
        var outcome = Outcome(
            serves: true, successor: next.id, bytes: bytes, text: "\(next.id.name) takes over, \(loss)")
        outcome.seats = successors.dropFirst().map { Seat($0, serves: false, succeeds: true) }
        outcome.seats.append(Seat(next, serves: true, succeeds: false))
        return outcome
    }

    /// Standbys are gone, the primary is not.
    private static func goesOn(
        _ group: GroupAssessment, _ primary: MemberID, _ left: [MemberAssessment], _ successors: [MemberAssessment]
    ) -> Outcome {
        if let synchronous = group.synchronous, synchronous.isOn, synchronous.isStrict,
            !left.contains(where: { $0.id != primary && $0.isUp == true })
        {
            return Outcome(
                serves: false, text: "no standby left: strict synchronous mode holds every write back")
        }
        var outcome = Outcome(
            serves: true, bytes: 0,
            text: "\(primary.name) goes on; \(Say.count(successors.count, "standby")) can take over")
        outcome.seats = successors.map { Seat($0, serves: false, succeeds: true) }
        if let view = left.first(where: { $0.id == primary }) {
            outcome.seats.append(Seat(view, serves: true, succeeds: false))
        }
        return outcome
    }
}

extension GroupAssessment {
    /// Its leader holds a lock in a store; those who elect by votes of their own stand on none, unless it is said.
    var standsOnStore: Bool { kind == .database && leader != nil && (plan.store != nil || quorum == nil) }

    /// One primary and standbys, rather than a pool or voters.
    public var isDatabase: Bool { members.contains { $0.eligibility != nil } }
}
