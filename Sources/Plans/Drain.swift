import Estate

/// Out of balancing, sessions finish: a server of a pool at every balancer that has it, a database replica in the
/// pools that send it reads, a cache replica out of the ranking, the lead of a consensus group to another voter; or all
/// of that on a node.
enum Drain {
    /// The kind of hold that remembers what was taken.
    static let hold = Hold.drained
    /// A drain that stands longer than this was forgotten: the banner says so.
    static let lasts = Span.seconds(24 * 3_600)

    static let arguments = [
        PlanArgument("wait", .span, standard: "2m", "how long sessions may take to finish"),
        PlanArgument(
            "sessions", .text, standard: "finish", "finish: wait for them; shut: cut those that are left after the wait"
        ),
    ]

    static let recipe = PlanRecipe(
        "drain", title: "Drain", key: "d", on: [.member, .node], arguments: arguments,
        "Take a server, or all that lives on a node, out of service and wait until its sessions have finished",
        appliesTo: applies,
        cook: { input throws(PlanRefusal) in
            if case .node(let id) = input.call.target { return try NodeDrain.make(input, id) }
            let plan = try make(input)
            return try Arguments.shuts(input) ? Composed.afterwards(plan, input, [Shut.verb]) : plan
        })

    static func applies(_ input: PlanInput) -> Bool {
        switch input.call.target {
        case .member(let id):
            guard let view = input.groupView else { return false }
            return !standing(id, input.snapshot).isEmpty || CacheView.isOne(view)
                || MoveLeader.isOne(view) && view.leader == id.name
        case .node(let id): return NodeTenants(id, input.snapshot, now: input.now).isAnyDrainable
        case .group: return false
        }
    }

    /// An answer on a runtime socket comes at once or not at all.
    static let replyDeadline = Span.seconds(5)
    /// Balancers are asked each second or two.
    static let appliedDeadline = Span.seconds(15)

    static func make(_ input: PlanInput) throws(PlanRefusal) -> Plan {
        guard case .member(let id) = input.call.target else {
            throw .wrongTarget(input.call.target, reason: "name a member: group/member")
        }
        guard let member = input.snapshot.member(id) else { throw .unknownTarget(input.call.target) }
        let view = GroupView(id.group, input.snapshot, now: input.now)
        if view.isManagedByPatroni { return try ReplicaDrain.make(input, view, member) }
        if CacheView.isOne(view) { return try CacheDrain.make(input, view, member) }
        if MoveLeader.isOne(view) { return try MoveLeader.drain(input, view, member) }
        let servers = PoolServer.all(of: id, in: input.snapshot)
        guard !servers.isEmpty else {
            throw .wrongTarget(input.call.target, reason: "no balancer that is watched has it")
        }
        let open = servers.filter { $0.facts.admin == .ready || $0.facts.admin == nil }
        guard !open.isEmpty else {
            throw .alreadySo("\(id.name) is out of balancing at \(PoolWords.places(servers)) already")
        }
        return try plan(
            input, servers: open, title: "Drain \(id.name) of \(id.group.name)",
            checks: try PoolChecks(input).all(draining: open, of: servers),
            sentences: [
                "No new connections reach \(id.name); \(PoolWords.finishing(open)).",
                "Health checks go on. Clients that stick to it (cookie, stick-table) still arrive.",
                "A balancer that is reloaded forgets it.",
            ])
    }

    /// The servers, in whichever pools, that a member stands behind.
    static func standing(_ id: MemberID, _ snapshot: Snapshot) -> [PoolServer] {
        guard let member = snapshot.member(id) else { return [] }
        let own = PoolServer.all(of: id, in: snapshot)
        return own.isEmpty ? PoolServer.standing(for: member, in: snapshot) : own
    }

    /// Drains these servers, one line a balancer and pool.
    static func plan(
        _ input: PlanInput, servers: [PoolServer], title: String, checks: [Check], sentences: [String]
    ) throws(PlanRefusal) -> Plan {
        let wait = try Arguments.span("wait", input)
        var steps: [Step] = []
        var back: [Request] = []
        for server in servers {
            let handle = try Quoted.handle(server.facts.handle ?? "")
            steps.append(
                Step(
                    "drain \(handle) at \(server.balancer.name)",
                    .line(balancer: server.balancer, text: "set server \(handle) state drain"),
                    replyDeadline: replyDeadline, deadline: appliedDeadline,
                    expectation: .admin(server.member, at: server.balancer, .drain),
                    takes: Taken(server.member, .balancing(at: server.balancer))))
            back.append(.line(balancer: server.balancer, text: "set server \(handle) state ready"))
        }
        let drained = servers.map { Expectation.admin($0.member, at: $0.balancer, .drain) }
        let idle = servers.map { Expectation.idle($0.member, at: $0.balancer) }
        var plan = Plan(
            input.call, title: title,
            fingerprint: Fingerprint(
                of: input.call.target.group ?? servers[0].member.group, in: input.snapshot, servers: servers),
            checks: checks, steps: steps, outcome: .all(drained + idle), outcomeDeadline: wait,
            outlook: Outlook(outage: .zero, sentences: sentences),
            undo: Undo(
                "undrain \(input.call.target)", call: PlanCall("undrain", input.call.target), requests: back),
            confirmation: .yes, madeAt: input.now)
        plan.goesOnAfterFailure = true
        remember(&plan)
        return plan
    }

    /// What the plan takes is given back by an undrain of the same target, and only that.
    static func remember(_ plan: inout Plan) {
        let target = plan.call.target
        plan.remembers = hold
        plan.begins = Hold(
            group: Hold.subject(target), kind: hold, lasts: lasts, undo: PlanCall("undrain", target))
    }
}

/// Reads what a command was called with.
enum Arguments {
    static func span(_ name: String, _ input: PlanInput) throws(PlanRefusal) -> Span {
        let text = input.call.arguments[name] ?? ""
        guard let span = TimeArgument.span(text) else {
            throw .badArgument(name: name, value: text, expected: "a length of time such as 30s, 10m or 2h")
        }
        return span
    }

    /// Whether sessions that do not finish in time are cut: a consent of its own.
    static func shuts(_ input: PlanInput) throws(PlanRefusal) -> Bool {
        switch input.call.arguments["sessions"] ?? "finish" {
        case "finish": return false
        case "shut": return true
        case let other: throw .badArgument(name: "sessions", value: other, expected: "finish or shut")
        }
    }
}

enum PoolWords {
    static func places(_ servers: [PoolServer]) -> String {
        Figures.list(servers.map { "\($0.balancer.name)" })
    }
    /// What becomes of the sessions on them.
    static func finishing(_ servers: [PoolServer]) -> String {
        let counts = servers.compactMap(\.facts.sessions)
        if counts.isEmpty { return "sessions now open may finish" }
        let count = counts.reduce(0, +)
        return count == 0 ? "no session is open now" : "the \(Figures.count(count, "session")) now open may finish"
    }
}
