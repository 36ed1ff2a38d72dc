import Estate
import Insight

/// Patroni's automation off, for a time.
enum Pause {
    /// The kind of hold that it begins.
    static let hold = Hold.paused

    static let recipe = PlanRecipe(
        "pause", title: "Pause automation", key: "P", on: [.group],
        arguments: [PlanArgument("for", .span, standard: "30m", "how long; your armed dashboard resumes it then")],
        "Switch a group's automation off for a time: nothing fails over by itself",
        appliesTo: { input in
            guard let view = input.groupView else { return false }
            return view.isManagedByPatroni && view.isPaused != true
        },
        cook: { input throws(PlanRefusal) in try Automation.make(input, pausing: true) })
}

/// Patroni's automation on again.
enum Resume {
    static let recipe = PlanRecipe(
        "resume", title: "Resume automation", key: "R", on: [.group],
        "Switch a group's automation on again",
        appliesTo: { input in
            guard let view = input.groupView else { return false }
            return view.isManagedByPatroni && view.isPaused == true
        },
        cook: { input throws(PlanRefusal) in try Automation.make(input, pausing: false) })
}

/// What pause and resume have in common.
enum Automation {
    static let replyDeadline = Span.seconds(10)
    static let outcomeDeadline = Span.seconds(30)

    static func make(_ input: PlanInput, pausing: Bool) throws(PlanRefusal) -> Plan {
        let view = try DatabaseTarget.group(input)
        let target = PlanTarget.group(view.id)
        guard let paused = view.isPaused else {
            throw .notKnown("nobody has said whether \(view.id.name) is paused", remedy: "look at its sources first")
        }
        if paused == pausing {
            throw .alreadySo(pausing ? "\(view.id.name) is paused already" : "\(view.id.name) is not paused")
        }
        guard let door = view.commandDoor(preferring: [view.leader]) else {
            throw DatabaseTarget.noDoor(view)
        }
        let lasts = pausing ? try Arguments.span("for", input) : nil
        let step = Step(
            pausing ? "switch the automation of \(view.id.name) off" : "switch the automation of \(view.id.name) on",
            .http(
                group: view.id, door: door.door, method: "PATCH", path: "/config",
                body: pausing ? #"{"pause":true}"# : #"{"pause":null}"#, expects: [200]),
            replyDeadline: replyDeadline, deadline: outcomeDeadline, expectation: .paused(view.id, pausing))
        let back = PlanCall(pausing ? "resume" : "pause", target)
        var plan = Plan(
            PlanCall(input.call.recipe, target, arguments: input.call.arguments),
            title: pausing ? "Pause \(view.id.name)" : "Resume \(view.id.name)",
            fingerprint: Fingerprint(of: view.id, in: input.snapshot), checks: checks(view, pausing),
            steps: [step], outcome: .paused(view.id, pausing), outcomeDeadline: outcomeDeadline,
            outlook: Outlook(outage: .zero, sentences: sentences(view, pausing, lasts)),
            undo: Undo("\(back.recipe) \(view.id.name)", call: back), confirmation: .yes, madeAt: input.now)
        if let lasts {
            plan.begins = Hold(group: view.id, kind: Pause.hold, lasts: lasts, undo: back)
        } else {
            plan.ends = [Pause.hold]
        }
        return plan
    }

    private static func checks(_ view: GroupView, _ pausing: Bool) -> [Check] {
        guard !pausing else {
            return view.leader == nil
                ? [
                    .warn(
                        "somebody leads", "nobody does",
                        remedy: "wait for a leader: a paused group elects none by itself")
                ] : DatabaseChecks.leader(view)
        }
        guard view.leader == nil else { return DatabaseChecks.leader(view) }
        return [.warn("somebody leads", "nobody does", remedy: "an election follows at once; see who would win it")]
    }

    private static func sentences(_ view: GroupView, _ pausing: Bool, _ lasts: Span?) -> [String] {
        guard pausing, let lasts else {
            return ["Patroni acts again within one loop: it restarts, demotes and fails over by itself."]
        }
        return [
            "Nothing in \(view.id.name) fails over by itself: a dead leader stays dead.",
            "A banner stands until it is resumed. After \(Say.span(lasts)) an armed dashboard of yours resumes it by "
                + "itself where every check passes; elsewhere the banner asks for it.",
        ]
    }
}
