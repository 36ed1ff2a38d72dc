import Estate

/// Which members there are to subscribe to, and where: a state machine fed by updates, telling what to start and stop.
struct Discovery: Sendable {
    enum Action: Sendable, Equatable {
        case start(MemberID, MemberDoors)
        case stop(MemberID)
    }

    /// The most members that are subscribed to by themselves.
    static let membersMax = 2_000
    /// A member that its group's register no longer has is forgotten after so long.
    static let forgottenAfter = Span.seconds(900)

    /// Groups whose members are worth subscribing to; empty: none.
    let groups: Set<GroupID>
    private(set) var known: [MemberID: MemberDoors] = [:]
    private var absentSince: [MemberID: Timestamp] = [:]
    /// Members beyond the limit.
    private(set) var refused: Set<MemberID> = []

    init(groups: Set<GroupID>) { self.groups = groups }

    mutating func observe(_ update: Update) -> [Action] {
        switch update.body {
        case .member(let id, let facts):
            guard groups.contains(id.group), facts.door != nil || facts.address != nil else { return [] }
            return learn(id, MemberDoors(door: facts.door, address: facts.address))
        case .group(let id, let facts):
            guard groups.contains(id), let roster = facts.roster else { return [] }
            for member in known.keys where member.group == id {
                if roster.contains(member.name) {
                    absentSince[member] = nil
                } else if absentSince[member] == nil {
                    absentSince[member] = update.at
                }
            }
            return []
        default: return []
        }
    }

    private mutating func learn(_ id: MemberID, _ told: MemberDoors) -> [Action] {
        var doors = known[id] ?? MemberDoors()
        doors.door = told.door ?? doors.door
        doors.address = told.address ?? doors.address
        guard doors != known[id] else { return [] }
        guard known[id] != nil || known.count < Self.membersMax else {
            refused.insert(id)
            return []
        }
        let isMoved = known.updateValue(doors, forKey: id) != nil
        return isMoved ? [.stop(id), .start(id, doors)] : [.start(id, doors)]
    }

    mutating func tick(_ now: Timestamp) -> [Action] {
        let due = absentSince.filter { now - $0.value >= Self.forgottenAfter }.keys.sorted()
        for id in due {
            absentSince[id] = nil
            known[id] = nil
            refused.remove(id)
        }
        return due.map { .stop($0) }
    }
}
