import Estate
import Insight

/// A drain with an end: no traffic and no checks, until it runs out and the banner asks for it back.
enum Maintenance {
    static let hold = Hold.maintenance

    static let recipe = PlanRecipe(
        "maintenance", title: "Maintenance", key: "m", on: [.node, .member],
        arguments: [
            PlanArgument("for", .span, standard: "2h", "how long; the banner asks for it back then")
        ] + Drain.arguments,
        "Drain a server or a node for a time, then keep traffic and checks away from it",
        appliesTo: { input in
            // What has no servers has no checks to be kept away.
            if case .member(let id) = input.call.target, Drain.standing(id, input.snapshot).isEmpty { return false }
            return Drain.applies(input)
        },
        cook: { input throws(PlanRefusal) in
            let lasts = try Arguments.span("for", input)
            var plan: Plan
            switch input.call.target {
            case .node(let id): plan = try NodeDrain.make(input, id, isMaintenance: true)
            default:
                let verbs = try Arguments.shuts(input) ? [Shut.verb, Maintain.verb] : [Maintain.verb]
                let drain = try Drain.make(input)
                plan = try Composed.afterwards(drain, input, verbs)
                plan.title = "Maintenance of \(input.call.target.name)"
            }
            plan.remembers = hold
            plan.begins = Hold(
                group: Hold.subject(input.call.target), kind: hold, lasts: lasts,
                undo: PlanCall("undrain", input.call.target))
            plan.outlook.sentences.append(
                "A banner stands until it is given back; it runs out after \(Say.span(lasts)).")
            return plan
        })
}
