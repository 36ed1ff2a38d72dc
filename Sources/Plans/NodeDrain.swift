import Estate
import Insight

/// All that lives on a node out of service, as one plan of parts: first what can be given back without a trace, last
/// what costs an outage, and then the sessions that are left, all of them side by side.
struct NodeDrain {
    private let input: PlanInput
    private let node: NodeID
    private let tenants: NodeTenants
    private var builder: PartsBuilder
    private var checks: [Check] = []
    /// What is in the way, in sentences that stand alone.
    private var obstacles: [String] = []
    private var sessions: [(member: MemberID, balancer: SourceID)] = []
    private var drained: [MemberID] = []

    private init(_ input: PlanInput, _ node: NodeID) {
        self.input = input
        self.node = node
        tenants = NodeTenants(node, input.snapshot, now: input.now)
        builder = PartsBuilder(input)
    }

    static func make(_ input: PlanInput, _ node: NodeID, isMaintenance: Bool = false) throws(PlanRefusal) -> Plan {
        guard input.snapshot.platform.nodes.contains(where: { $0.id == node }) || input.snapshot.host(node) != nil
        else { throw .unknownTarget(.node(node)) }
        var drain = NodeDrain(input, node)
        guard !drain.tenants.all.isEmpty else {
            throw .wrongTarget(.node(node), reason: "nothing that is watched lives on it")
        }
        try drain.compose()
        return try drain.plan(isMaintenance: isMaintenance)
    }

    private mutating func compose() throws(PlanRefusal) {
        for id in tenants.servers { drain(id) }
        for id in tenants.databases where !tenants.leads(id) { drain(id) }
        for id in tenants.caches where !tenants.leads(id) { drain(id) }
        voters()
        for id in tenants.caches where tenants.leads(id) { handOver(id) }
        for id in tenants.databases where tenants.leads(id) { handOver(id) }
        for id in tenants.others {
            checks.append(
                .warn(
                    "\(id) can be drained", "nothing here moves its clients away",
                    remedy: "move them yourself before the node stops"))
        }
    }

    // MARK: - Parts

    private mutating func drain(_ id: MemberID) {
        var arguments = input.call.arguments
        for name in arguments.keys where name != "wait" { arguments[name] = nil }
        take(id, PlanCall("drain", .member(id), arguments: arguments))
    }

    private mutating func take(_ id: MemberID, _ call: PlanCall) {
        do throws(PlanRefusal) {
            let plan = try builder.plan(call)
            note(plan, id)
            let servers = builder.append(drain: plan)
            sessions += servers
            if !servers.isEmpty { drained.append(id) }
        } catch {
            refused(id, error)
        }
    }

    private mutating func refused(_ id: MemberID, _ refusal: PlanRefusal) {
        switch refusal {
        case .alreadySo(let text): checks.append(.pass("\(id) is out", text))
        case .wrongTarget(_, let reason): checks.append(.pass("\(id) takes nothing", reason))
        default:
            let first = refusal.instead.map { "first: \($0.recipe) \($0.target)" }
            checks.append(
                .block("\(id) can be drained", refusal.description, remedy: first ?? "mend that before the node goes"))
            obstacles.append("\(id): \(refusal)")
        }
    }

    /// What does not simply pass, by the name of the part; the rest in one line.
    private mutating func note(_ plan: Plan, _ id: MemberID) {
        let passed = plan.checks.count { $0.status == .pass }
        checks.append(.pass("\(id): \(plan.verb)", "\(Figures.count(passed, "check")) passed"))
        for var check in plan.checks where check.status != .pass {
            check.what = "\(id): \(check.what)"
            checks.append(check)
        }
    }

    /// The quorum without all of its voters here, and the lead to one that stays.
    private mutating func voters() {
        for group in Set(tenants.voters.map(\.group)).sorted() {
            let view = builder.view(group)
            let here = tenants.voters.filter { $0.group == group }
            let margin = MoveLeader.margin(view, losing: here.compactMap { input.snapshot.member($0) })
            checks.append(margin)
            if margin.status == .block { obstacles.append("\(group.name) would lose its quorum: \(margin.figure)") }
            guard margin.status != .block, let leader = here.first(where: { $0.name == view.leader }) else { continue }
            guard let next = MoveLeader.successor(view, besides: Set(here)) else {
                checks.append(
                    .block("\(leader) can hand over its lead", "no other voter is healthy", remedy: "bring one back"))
                obstacles.append("\(leader) has nobody to hand its lead to")
                continue
            }
            do throws(PlanRefusal) {
                let plan = try builder.plan(PlanCall("move-leader", .member(next.id)))
                note(plan, next.id)
                builder.append(plan)
            } catch {
                refused(leader, error)
            }
        }
    }

    /// Another leads first, then it is drained as a replica.
    private mutating func handOver(_ id: MemberID) {
        var refusals: [String] = []
        var blocked: (Plan, MemberID)?
        for candidate in candidates(insteadOf: id) {
            switch PlanCatalogue.plan(PlanCall("promote", .member(candidate)), builder.snapshot, now: input.now) {
            case .failure(let refusal): refusals.append("\(candidate.name): \(refusal)")
            case .success(let plan) where plan.status == .block:
                if blocked == nil { blocked = (plan, candidate) }
                refusals += plan.blocks.map { "\(candidate.name): \($0.what): \($0.figure)" }
            case .success(let plan):
                note(plan, candidate)
                builder.append(plan)
                return drain(id)
            }
        }
        let why = refusals.isEmpty ? "there is none on another node" : Figures.list(refusals)
        checks.append(
            .block(
                "another member can lead \(id.group.name)", why,
                remedy: "bring a standby on another node up to date first"))
        obstacles.append("no other member can lead \(id.group.name): \(why)")
    }

    /// Members on other nodes that might lead, the best first: synchronous, then least behind.
    private func candidates(insteadOf id: MemberID) -> [MemberID] {
        let view = builder.view(id.group)
        if CacheView.isOne(view) {
            return CacheView(view).heirs.map(\.id).filter { !tenants.caches.contains($0) }
        }
        let synchronous = view.synchronous.map { $0.isOn ? $0.standbys : [] } ?? []
        let group = Assessment.of(builder.snapshot, now: input.now).group(id.group)
        func rank(_ candidate: MemberID) -> (Int, Int64, MemberID) {
            let lag = group?.member(candidate)?.lag
            return (
                synchronous.contains(candidate.name) ? 0 : 1, lag?.receiveBytes ?? lag?.replayBytes ?? .max, candidate
            )
        }
        return view.members.map(\.id).filter { $0 != id && !tenants.databases.contains($0) }
            .sorted { rank($0) < rank($1) }
    }

    // MARK: - The whole

    private mutating func plan(isMaintenance: Bool) throws(PlanRefusal) -> Plan {
        if let first = builder.parts.first, !sessions.isEmpty {
            builder.append(
                try Composed.finish(
                    input, title: "Sessions on \(node.name) finish", sessions, fingerprint: first.fingerprint))
            var verbs = try Arguments.shuts(input) ? [Shut.verb] : []
            if isMaintenance { verbs.append(Maintain.verb) }
            for verb in verbs {
                for id in drained { try builder.append(PlanCall(verb, .member(id))) }
            }
        }
        let parts = builder.parts
        guard let first = parts.first else {
            guard obstacles.isEmpty else {
                throw .not("\(node.name) cannot be drained: \(Figures.list(obstacles))", instead: nil)
            }
            throw .alreadySo("nothing on \(node.name) is left to drain: \(Figures.list(checks.map(\.figure)))")
        }
        var plan = Plan(
            input.call, title: isMaintenance ? "Maintenance of \(node.name)" : "Drain \(node.name)",
            fingerprint: first.fingerprint, checks: checks + standing(), steps: [], outcome: .all([]),
            outcomeDeadline: parts.map(\.outcomeDeadline).reduce(.zero, +), outlook: outlook(parts),
            undo: undo(parts), confirmation: .typed(node.name), madeAt: input.now)
        plan.parts = parts
        let risks = parts.compactMap(\.risk)
        if !risks.isEmpty {
            let bytes = risks.map(\.bytes)
            plan.risk = Risk(
                bytes: bytes.contains(nil) ? nil : bytes.compactMap { $0 }.reduce(0, +),
                text: risks.map(\.text).joined(separator: "; "))
        }
        Drain.remember(&plan)
        return plan
    }

    private func outlook(_ parts: [Plan]) -> Outlook {
        let outages = parts.map(\.outlook.outage)
        let titles = parts.enumerated().map { "\($0 + 1). \($1.title)" }
        let kept =
            parts.contains { $0.verb == "promote" || $0.verb == "move-leader" }
            ? ["Leads that went to other nodes stay there when \(node.name) is given back, unless asked for."] : []
        return Outlook(
            outage: outages.contains(nil) ? nil : outages.compactMap { $0 }.reduce(.zero, +),
            sentences: titles + kept)
    }

    private func undo(_ parts: [Plan]) -> Undo {
        Undo(
            "undrain \(node.name): gives back what was taken, in reverse",
            call: PlanCall("undrain", .node(node)),
            requests: parts.reversed().filter { $0.verb == "drain" }.flatMap { $0.undo.requests.reversed() })
    }

    /// Nothing that serves stops serving on the way.
    private func standing() -> [Check] {
        let before = Assessment.of(input.snapshot, now: input.now)
        var projection = Projection(input.snapshot, now: input.now)
        var broken: [Check] = []
        for part in builder.parts {
            projection.apply(part)
            let after = Assessment.of(projection.snapshot, now: input.now)
            for group in after.groups
            where group.serving.isServing == false && before.group(group.id)?.serving.isServing == true {
                broken.append(
                    .block(
                        "\(group.id) serves all the way", "not after “\(part.title)”: \(group.headline)",
                        remedy: "give it more members elsewhere first"))
            }
        }
        return broken.isEmpty
            ? [.pass("every group serves all the way", Figures.count(builder.parts.count, "part") + " looked at")]
            : broken
    }
}
