import Estate

/// Gives a node back what was taken from it, the last taken first.
enum NodeUndrain {
    static func make(_ input: PlanInput, _ node: NodeID) throws(PlanRefusal) -> Plan {
        let tenants = NodeTenants(node, input.snapshot, now: input.now)
        guard !tenants.all.isEmpty else {
            throw .wrongTarget(.node(node), reason: "nothing that is watched lives on it")
        }
        var builder = PartsBuilder(input)
        var checks: [Check] = []
        let wait = input.call.arguments["wait"].map { ["wait": $0] } ?? [:]
        for id in order(input, tenants) {
            let call = PlanCall(
                "undrain", .member(id), arguments: arguments(wait, id, tenants), taken: input.call.taken)
            do throws(PlanRefusal) {
                let plan = try builder.plan(call)
                checks += plan.checks.map { check in
                    var check = check
                    check.what = "\(id): \(check.what)"
                    return check
                }
                builder.append(plan)
            } catch {
                switch error {
                case .alreadySo, .wrongTarget: checks.append(.pass("\(id) is back", "\(error)"))
                default:
                    checks.append(.warn("\(id) can be given back", "\(error)", remedy: "give it back where it says"))
                }
            }
        }
        if try givesLeadsBack(input) { leads(input, &builder, &checks) }
        guard let first = builder.parts.first else {
            throw .alreadySo("nothing on \(node.name) is to be given back: \(Figures.list(checks.map(\.figure)))")
        }
        if input.call.taken == nil {
            checks.append(
                .warn(
                    "what was taken is remembered", "it is not, here: all that was taken at run time is given back",
                    remedy: "do it where the drain was done, or see that nobody else took any of it"))
        }
        var plan = Plan(
            input.call, title: "Undrain \(node.name)", fingerprint: first.fingerprint, checks: checks, steps: [],
            outcome: .all([]), outcomeDeadline: builder.parts.map(\.outcomeDeadline).reduce(.zero, +),
            outlook: Outlook(
                outage: builder.parts.contains { $0.verb == "promote" } ? Promote.usualOutage : .zero,
                sentences: builder.parts.enumerated().map { "\($0 + 1). \($1.title)" } + stays(input)),
            undo: Undo("drain \(node.name)", call: PlanCall("drain", .node(node))),
            confirmation: builder.parts.contains { $0.verb == "promote" } ? .typed(node.name) : .yes,
            madeAt: input.now)
        plan.parts = builder.parts
        plan.ends = [Drain.hold, Maintenance.hold]
        return plan
    }

    /// The reverse of the order in which they were taken.
    private static func order(_ input: PlanInput, _ tenants: NodeTenants) -> [MemberID] {
        if let taken = input.call.taken {
            var seen: Set<MemberID> = []
            var list: [MemberID] = []
            for one in taken.reversed() {
                if case .lead = one.what { continue }
                let id = subject(one.member, tenants)
                if seen.insert(id).inserted { list.append(id) }
            }
            return list
        }
        return (tenants.servers + tenants.databases + tenants.caches).reversed()
    }

    /// Of a pool's server behind which a database member stands: that member.
    private static func subject(_ id: MemberID, _ tenants: NodeTenants) -> MemberID {
        tenants.databases.first { database in
            tenants.snapshot.member(database).map {
                PoolServer.standing(for: $0, in: tenants.snapshot).contains { $0.member == id }
            } ?? false
        } ?? id
    }

    /// A cache's rank has nothing to wait for but what its own plan says.
    private static func arguments(_ wait: [String: String], _ id: MemberID, _ tenants: NodeTenants) -> [String: String]
    {
        tenants.caches.contains(id) ? [:] : wait
    }

    private static func givesLeadsBack(_ input: PlanInput) throws(PlanRefusal) -> Bool {
        switch input.call.arguments["lead"] ?? "stay" {
        case "stay": return false
        case "back": return true
        case let other: throw .badArgument(name: "lead", value: other, expected: "stay or back")
        }
    }

    private static func leads(_ input: PlanInput, _ builder: inout PartsBuilder, _ checks: inout [Check]) {
        for one in (input.call.taken ?? []).reversed() {
            guard case .lead = one.what else { continue }
            let verb = MoveLeader.isOne(builder.view(one.member.group)) ? "move-leader" : "promote"
            do throws(PlanRefusal) {
                let plan = try builder.plan(PlanCall(verb, .member(one.member)))
                checks += plan.checks.filter { $0.status != .pass }
                builder.append(plan)
            } catch {
                checks.append(.warn("\(one.member) leads again", "\(error)", remedy: "promote it later"))
            }
        }
    }

    private static func stays(_ input: PlanInput) -> [String] {
        (input.call.taken ?? []).compactMap { one in
            guard case .lead(let to) = one.what, input.call.arguments["lead"] != "back" else { return nil }
            return "\(to.name) goes on leading \(to.group.name)."
        }
    }
}
