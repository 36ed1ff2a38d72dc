import Estate

/// Back into balancing: only what was set at run time, never what a configuration says.
enum Undrain {
    static let recipe = PlanRecipe(
        "undrain", title: "Undrain", key: "u", on: [.member, .node],
        arguments: [
            PlanArgument("wait", .span, standard: "1m", "how long its checks may take to come up"),
            PlanArgument(
                "lead", .text, standard: "stay", "stay: who leads now goes on; back: leads are given back, too"),
        ],
        "Give back what was taken from a server or a node and wait until it serves",
        appliesTo: { input in
            switch input.call.target {
            case .member(let id):
                if let view = input.groupView, CacheView.isOne(view), let member = input.snapshot.member(id) {
                    return CacheView(view).rank(member) == 0
                }
                return Drain.standing(id, input.snapshot).contains { $0.facts.admin != .ready && $0.facts.admin != nil }
            case .node(let id): return NodeTenants(id, input.snapshot, now: input.now).isAnyTaken
            case .group: return false
            }
        },
        cook: { input throws(PlanRefusal) in
            if case .node(let id) = input.call.target { return try NodeUndrain.make(input, id) }
            return try make(input)
        })

    static func make(_ input: PlanInput) throws(PlanRefusal) -> Plan {
        guard case .member(let id) = input.call.target else {
            throw .wrongTarget(input.call.target, reason: "name a member: group/member")
        }
        guard let member = input.snapshot.member(id) else { throw .unknownTarget(input.call.target) }
        if let view = input.groupView, CacheView.isOne(view) { return try CacheDrain.undo(input, view, member) }
        let all = Drain.standing(id, input.snapshot)
        guard !all.isEmpty else {
            throw .wrongTarget(input.call.target, reason: "no balancer that is watched has it")
        }
        let out = all.filter { $0.facts.admin == .drain || $0.facts.admin == .maintenance }
        guard !out.isEmpty else { throw .alreadySo("\(id.name) is in balancing at \(PoolWords.places(all)) already") }
        let ours = out.filter { $0.facts.adminForcedHere == true && input.mayGiveBack($0) }
        let theirs = out.filter { $0.facts.adminForcedHere != true }
        if ours.isEmpty, theirs.isEmpty {
            throw .alreadySo("\(id.name) was not taken out by us at \(PoolWords.places(out)): it is left as it is")
        }
        guard !ours.isEmpty else {
            throw .not(
                "\(id.name) was not taken out by a command at \(PoolWords.places(theirs)): the configuration, a tracked"
                    + " server or its name's resolution does it; lift it there", instead: nil)
        }
        let wait = try Arguments.span("wait", input)
        var steps: [Step] = []
        var back: [Request] = []
        for server in ours {
            let handle = try Quoted.handle(server.facts.handle ?? "")
            let was = server.facts.admin == .maintenance ? "maint" : "drain"
            steps.append(
                Step(
                    "put \(handle) back at \(server.balancer.name)",
                    .line(balancer: server.balancer, text: "set server \(handle) state ready"),
                    replyDeadline: Drain.replyDeadline, deadline: Drain.appliedDeadline,
                    expectation: .admin(server.member, at: server.balancer, .ready)))
            back.append(.line(balancer: server.balancer, text: "set server \(handle) state \(was)"))
        }
        var plan = Plan(
            input.call, title: "Undrain \(id.name) of \(id.group.name)",
            fingerprint: Fingerprint(of: id.group, in: input.snapshot, servers: ours),
            checks: checks(input, ours, theirs), steps: steps,
            outcome: .all(ours.map { .serves($0.member, at: $0.balancer) }), outcomeDeadline: wait,
            outlook: Outlook(
                outage: .zero,
                sentences: [
                    "\(id.name) takes new connections again once its checks pass: after maintenance, step by step."
                ]),
            undo: Undo("drain \(input.call.target)", call: PlanCall("drain", input.call.target), requests: back),
            confirmation: .yes, madeAt: input.now)
        plan.goesOnAfterFailure = true
        plan.ends = [Drain.hold, Maintenance.hold]
        return plan
    }

    private static func checks(_ input: PlanInput, _ ours: [PoolServer], _ theirs: [PoolServer]) -> [Check] {
        let pool = PoolChecks(input)
        var list = ours.map(pool.fresh)
        for server in ours {
            guard let check = server.facts.check else { continue }
            let what = "its check passes at \(server.balancer.name)"
            switch check {
            case .up, .goingDown: list.append(.pass(what, server.facts.checkDetail ?? check.rawValue))
            case .unchecked: break
            case .down, .goingUp:
                list.append(
                    .warn(
                        what, server.facts.checkDetail ?? check.rawValue,
                        remedy: "it takes no traffic until the check passes; mend the server"))
            }
        }
        if !theirs.isEmpty {
            list.append(
                .warn(
                    "taken out by a command everywhere", "not at \(PoolWords.places(theirs))",
                    remedy: "the configuration or another server does it there; lift it there"))
        }
        return list
    }
}
