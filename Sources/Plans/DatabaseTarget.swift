import Estate

/// Finds the member that a database command means, or says what is wrong with it.
enum DatabaseTarget {
    static func member(_ input: PlanInput) throws(PlanRefusal) -> (view: GroupView, member: Member) {
        let target = input.call.target
        guard case .member(let id) = target else {
            throw .wrongTarget(target, reason: "name a member: group/member")
        }
        guard let member = input.snapshot.member(id) else { throw .unknownTarget(target) }
        return (try group(input), member)
    }

    static func group(_ input: PlanInput) throws(PlanRefusal) -> GroupView {
        let target = input.call.target
        guard let view = input.groupView else { throw .wrongTarget(target, reason: "name a group or a member") }
        guard input.snapshot.group(view.id) != nil else { throw .unknownTarget(target) }
        guard view.isManagedByPatroni else {
            throw .wrongTarget(target, reason: "\(view.id) is not run by Patroni, as far as anybody has said")
        }
        return view
    }

    static func noDoor(_ view: GroupView) -> PlanRefusal {
        .notKnown(
            "no REST door of \(view.id.name) is known", remedy: "name one under rest endpoints in the configuration")
    }

    /// A member that could lead and does not.
    static func candidate(_ input: PlanInput) throws(PlanRefusal) -> (view: GroupView, member: Member) {
        let (view, member) = try member(input)
        guard view.knownLeader != nil else {
            throw .notKnown(
                "nobody has said who leads \(view.id.name)", remedy: "look at its sources: a command names the leader")
        }
        if view.leader == member.id.name { throw .alreadySo("\(member.id.name) leads \(view.id.name) already") }
        return (view, member)
    }
}
