import Estate

/// Plans made of others: one that waits, one that is a plan followed by more on the same servers.
enum Composed {
    /// Waits until the sessions at these servers have finished. Nothing is sent.
    static func finish(
        _ input: PlanInput, title: String, _ servers: [(member: MemberID, balancer: SourceID)], fingerprint: Fingerprint
    ) throws(PlanRefusal) -> Plan {
        var plan = Plan(
            PlanCall(finishVerb, input.call.target), title: title, fingerprint: fingerprint, checks: [], steps: [],
            outcome: .all(servers.map { .idle($0.member, at: $0.balancer) }),
            outcomeDeadline: try Arguments.span("wait", input), outlook: Outlook(outage: .zero, sentences: []),
            undo: Undo("nothing to take back"), confirmation: .yes, madeAt: input.now)
        plan.goesOnWithoutOutcome = try Arguments.shuts(input)
        return plan
    }
    static let finishVerb = "finish"

    /// A drain of one member, its sessions, and then what these commands do to it.
    static func afterwards(_ plan: Plan, _ input: PlanInput, _ verbs: [String]) throws(PlanRefusal) -> Plan {
        guard case .member(let id) = input.call.target else { return plan }
        var builder = PartsBuilder(input)
        let servers = builder.append(drain: plan)
        if !servers.isEmpty {
            try builder.append(
                finish(input, title: "Sessions on \(id.name) finish", servers, fingerprint: plan.fingerprint))
            for verb in verbs { try builder.append(PlanCall(verb, .member(id))) }
        }
        var whole = plan
        whole.steps = []
        whole.parts = builder.parts
        whole.outcome = .all([])
        whole.remembers = plan.remembers
        return whole
    }
}

/// Adds parts one after the other, each made on what those before it should leave.
struct PartsBuilder {
    let input: PlanInput
    private(set) var parts: [Plan] = []
    private(set) var projection: Projection

    init(_ input: PlanInput) {
        self.input = input
        projection = Projection(input.snapshot, now: input.now)
    }

    var snapshot: Snapshot { projection.snapshot }

    func view(_ group: GroupID) -> GroupView { GroupView(group, snapshot, now: input.now) }

    /// The plan of a call as things should stand by then.
    func plan(_ call: PlanCall) throws(PlanRefusal) -> Plan {
        try PlanCatalogue.plan(call, snapshot, now: input.now).get()
    }

    mutating func append(_ call: PlanCall) throws(PlanRefusal) { append(try plan(call)) }

    mutating func append(_ plan: Plan) {
        parts.append(plan)
        projection.apply(plan)
    }

    /// A drain that does not wait for its sessions: they finish side by side with those of the others. Returns the
    /// servers whose sessions are to be waited for.
    mutating func append(drain plan: Plan) -> [(member: MemberID, balancer: SourceID)] {
        var plan = plan
        var servers: [(member: MemberID, balancer: SourceID)] = []
        var applied: [Expectation] = []
        for step in plan.steps {
            guard case .admin(let member, let balancer, .drain) = step.expectation else { continue }
            servers.append((member, balancer))
            applied.append(step.expectation)
        }
        if !applied.isEmpty {
            plan.outcome = .all(applied)
            plan.outcomeDeadline = Drain.appliedDeadline
        }
        append(plan)
        return servers
    }
}

/// Sessions that did not finish in time are cut: only within a plan that was given this consent.
enum Shut {
    static let verb = "shut-sessions"
    static let recipe = PlanRecipe(
        verb, title: "Cut sessions", key: "", on: [.member], "Cut the sessions that are left on a drained server",
        appliesTo: { _ in false }, cook: make)

    static let deadline = Span.seconds(20)

    static func make(_ input: PlanInput) throws(PlanRefusal) -> Plan {
        try ServerPart.make(
            input, title: "Cut what is left of the sessions", deadline: deadline,
            step: { handle, server in
                (
                    "cut the sessions on \(handle) at \(server.balancer.name)", "shutdown sessions server \(handle)",
                    .idle(server.member, at: server.balancer)
                )
            }, sentence: "Sessions that have not finished by then are cut: their clients see an error.")
    }
}

/// No traffic and no checks, once a server is drained.
enum Maintain {
    static let verb = "maintain"
    static let recipe = PlanRecipe(
        verb, title: "Into maintenance", key: "", on: [.member], "Take a drained server out of checks, too",
        appliesTo: { _ in false }, cook: make)

    static func make(_ input: PlanInput) throws(PlanRefusal) -> Plan {
        var plan = try ServerPart.make(
            input, title: "Into maintenance", deadline: Drain.appliedDeadline,
            step: { handle, server in
                (
                    "maintenance of \(handle) at \(server.balancer.name)", "set server \(handle) state maint",
                    .admin(server.member, at: server.balancer, .maintenance)
                )
            }, sentence: "Nothing arrives there and no check is made, until it is given back.")
        plan.remembers = Maintenance.hold
        return plan
    }
}

/// One line a balancer for a server that is drained there.
private enum ServerPart {
    static func make(
        _ input: PlanInput, title: String, deadline: Span,
        step: (String, PoolServer) -> (summary: String, line: String, expectation: Expectation), sentence: String
    ) throws(PlanRefusal) -> Plan {
        guard case .member(let id) = input.call.target else {
            throw .wrongTarget(input.call.target, reason: "name a member: group/member")
        }
        let servers = Drain.standing(id, input.snapshot).filter {
            $0.facts.admin == .drain && $0.facts.adminForcedHere == true
        }
        guard let first = servers.first else { throw .alreadySo("\(id.name) is not drained anywhere") }
        var steps: [Step] = []
        for server in servers {
            let made = step(try Quoted.handle(server.facts.handle ?? ""), server)
            steps.append(
                Step(
                    made.summary, .line(balancer: server.balancer, text: made.line),
                    replyDeadline: Drain.replyDeadline, deadline: deadline, expectation: made.expectation))
        }
        var plan = Plan(
            input.call, title: "\(title): \(id.name) of \(id.group.name)",
            fingerprint: Fingerprint(of: first.member.group, in: input.snapshot, servers: servers), checks: [],
            steps: steps, outcome: .all(steps.map(\.expectation)), outcomeDeadline: deadline,
            outlook: Outlook(outage: .zero, sentences: [sentence]),
            undo: Undo("undrain \(id)", call: PlanCall("undrain", .member(id))), confirmation: .yes, madeAt: input.now)
        plan.goesOnAfterFailure = true
        return plan
    }
}
