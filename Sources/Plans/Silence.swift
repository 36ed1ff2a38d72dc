import Estate
import Insight

/// Alerts kept quiet for a time, and no longer.
enum SilenceAlert {
    static let recipe = PlanRecipe(
        "silence", title: "Silence alerts", key: "s", on: [.group],
        arguments: [
            PlanArgument("for", .span, standard: "2h", "how long; it ends by itself"),
            PlanArgument("alert", .text, standard: "", "an alert's name; all that fire for the group if left out"),
            PlanArgument(
                "match", .text, standard: "", "matchers of your own instead: service=\"odds\",severity!=\"page\""),
            PlanArgument("by", .text, standard: "pitboss", "who silences, as Alertmanager shows it"),
            PlanArgument("comment", .text, standard: "silenced from pitboss", "why, as Alertmanager shows it"),
        ],
        "Keep a group's alerts quiet for a time; the preview lists what matches",
        appliesTo: { AlertPlans.loud($0).isEmpty == false },
        cook: { input throws(PlanRefusal) in try AlertPlans.make(input, isAcknowledging: false) })
}

/// An alert that somebody has taken up: quiet for a short time, marked as acknowledged.
enum AcknowledgeAlert {
    static let recipe = PlanRecipe(
        "acknowledge", title: "Acknowledge alerts", key: "a", on: [.group],
        arguments: [
            PlanArgument("for", .span, standard: "1h", "how long; it fires again after that"),
            PlanArgument("alert", .text, standard: "", "an alert's name; all that fire for the group if left out"),
            PlanArgument("by", .text, standard: "pitboss", "who takes it up, as Alertmanager shows it"),
            PlanArgument("comment", .text, standard: "taken up", "what is being done"),
        ],
        "Say that somebody looks after a group's alerts: they are quiet for an hour, and marked",
        appliesTo: { AlertPlans.loud($0).isEmpty == false },
        cook: { input throws(PlanRefusal) in try AlertPlans.make(input, isAcknowledging: true) })
}

/// Alerts heard again before their silence ends.
enum Unsilence {
    static let recipe = PlanRecipe(
        "unsilence", title: "End silences", key: "U", on: [.group],
        arguments: [
            PlanArgument("alert", .text, standard: "", "an alert's name; all of the group if left out"),
            PlanArgument("silence", .text, standard: "", "one silence alone, by its id"),
        ],
        "End the silences that keep a group's alerts quiet",
        appliesTo: { !AlertPlans.silenced($0).isEmpty },
        cook: { input throws(PlanRefusal) in try AlertPlans.end(input) })
}

/// What the three have in common.
enum AlertPlans {
    static let replyDeadline = Span.seconds(10)
    static let outcomeDeadline = Span.seconds(60)
    /// Silences that one command makes.
    static let silencesMax = 20
    /// Alerts that the preview names.
    static let namedMax = 12
    /// How a comment begins that acknowledges: what Alertmanager's own dashboards and bots go by.
    static let acknowledgement = "ACK!"

    struct Told {
        let alert: Alert
        let by: SourceID
        let door: String
    }

    /// Everything that fires, with the one to be asked about it.
    static func all(_ input: PlanInput) -> [Told] {
        input.snapshot.whole.sightings.flatMap { s in
            s.facts.door.map { door in s.facts.alerts.map { Told(alert: $0, by: s.by, door: door) } } ?? []
        }
    }

    static func of(_ input: PlanInput) -> [Told] {
        guard let group = input.call.target.group else { return [] }
        let wanted = input.call.arguments["alert"] ?? ""
        return all(input).filter { told in
            let isWanted = wanted.isEmpty || told.alert.name == wanted || told.alert.id == wanted
            // Of many an alert nobody knows the group: its own id is enough.
            return told.alert.group == group ? isWanted : !wanted.isEmpty && told.alert.id == wanted
        }
    }

    static func loud(_ input: PlanInput) -> [Told] { of(input).filter { $0.alert.silencedBy.isEmpty } }

    /// The silences to be ended, and whom to ask.
    static func silenced(_ input: PlanInput) -> [(id: String, by: SourceID, door: String)] {
        if let wanted = input.call.arguments["silence"], !wanted.isEmpty {
            return input.snapshot.whole.sightings.compactMap { s in
                guard let door = s.facts.door, s.facts.silences.contains(where: { $0.id == wanted }) else { return nil }
                return (wanted, s.by, door)
            }
        }
        let mine = of(input)
        return Set(mine.flatMap(\.alert.silencedBy)).sorted().compactMap { id in
            mine.first { $0.alert.silencedBy.contains(id) }.map { (id, $0.by, $0.door) }
        }
    }

    // MARK: - Silencing

    /// One silence to be made: at whom, and what it matches.
    private struct Order {
        let by: SourceID
        let door: String
        let matchers: [Silence.Matcher]
        let matched: [Alert]
    }

    static func make(_ input: PlanInput, isAcknowledging: Bool) throws(PlanRefusal) -> Plan {
        guard let group = input.call.target.group, case .group = input.call.target else {
            throw .wrongTarget(input.call.target, reason: "name a group")
        }
        let lasts = try Arguments.span("for", input)
        let orders = try orders(input, group)
        let until = input.now + lasts
        let comment = input.call.arguments["comment"] ?? ""
        let words = isAcknowledging ? "\(acknowledgement) \(comment)" : comment
        let who = input.call.arguments["by"] ?? ""
        var steps: [Step] = []
        for order in orders {
            let ids = order.matched.map(\.id)
            let quiet: Expectation = .quiet(alerts: ids, at: order.by)
            steps.append(
                Step(
                    "silence \(Figures.list(order.matchers.map(\.text))) at \(order.by.name)",
                    .http(
                        group: group, door: order.door, method: "POST", path: "/api/v2/silences",
                        body: body(order.matchers, from: input.now, until: until, who: who, comment: words),
                        expects: [200]),
                    replyDeadline: replyDeadline, deadline: outcomeDeadline, expectation: quiet))
        }
        let matched = orders.flatMap(\.matched)
        let verb = isAcknowledging ? "Acknowledge" : "Silence"
        let back = PlanCall("unsilence", input.call.target, arguments: ["alert": input.call.arguments["alert"] ?? ""])
        var plan = Plan(
            input.call, title: "\(verb) \(Figures.count(matched.count, "alert")) of \(group.name)",
            fingerprint: Fingerprint(of: group, in: input.snapshot), checks: checks(input, orders, matched, group),
            steps: steps, outcome: .all(steps.map(\.expectation)), outcomeDeadline: outcomeDeadline,
            outlook: Outlook(outage: .zero, sentences: sentences(matched, until, lasts)),
            undo: Undo("unsilence \(group.name)", call: back), confirmation: .yes, madeAt: input.now)
        plan.goesOnAfterFailure = true
        return plan
    }

    private static func orders(_ input: PlanInput, _ group: GroupID) throws(PlanRefusal) -> [Order] {
        let everything = all(input)
        let own = input.call.arguments["match"] ?? ""
        if !own.isEmpty {
            let matchers = try Matchers.parse(own)
            let matched = everything.filter { Matchers.match(matchers, $0.alert.labels) }
            guard let first = matched.first ?? everything.first else { throw noDoor(group) }
            return [
                Order(
                    by: first.by, door: first.door, matchers: matchers,
                    matched: matched.filter { $0.by == first.by }.map(\.alert))
            ]
        }
        let mine = of(input)
        guard !mine.isEmpty else {
            throw everything.isEmpty && input.snapshot.whole.sightings.allSatisfy({ $0.facts.door == nil })
                ? noDoor(group) : .not("no alert fires for \(group.name)", instead: nil)
        }
        let loud = mine.filter { $0.alert.silencedBy.isEmpty }
        guard !loud.isEmpty else { throw .alreadySo("the alerts of \(group.name) are silenced already") }
        return loud.prefix(silencesMax).map { told in
            // All of its labels: nothing else can match.
            let matchers = told.alert.labels.sorted { $0.key < $1.key }.map {
                Silence.Matcher(name: $0.key, value: $0.value)
            }
            return Order(by: told.by, door: told.door, matchers: matchers, matched: [told.alert])
        }
    }

    private static func noDoor(_ group: GroupID) -> PlanRefusal {
        .notKnown(
            "no Alertmanager tells of \(group.name)", remedy: "name one under alertmanager in the configuration")
    }

    private static func body(
        _ matchers: [Silence.Matcher], from: Timestamp, until: Timestamp, who: String, comment: String
    ) -> String {
        let list = matchers.map { matcher in
            "{\"name\":\(Quoted.json(matcher.name)),\"value\":\(Quoted.json(matcher.value)),"
                + "\"isRegex\":\(matcher.isPattern),\"isEqual\":\(matcher.isEqual)}"
        }
        return "{\"matchers\":[\(list.joined(separator: ","))],\"startsAt\":\"\(RFC3339.seconds(from))\","
            + "\"endsAt\":\"\(RFC3339.seconds(until))\",\"createdBy\":\(Quoted.json(who)),"
            + "\"comment\":\(Quoted.json(comment))}"
    }

    private static func checks(
        _ input: PlanInput, _ orders: [Order], _ matched: [Alert], _ group: GroupID
    ) -> [Check] {
        var list: [Check] = []
        for by in Set(orders.map(\.by)).sorted() {
            guard let s = input.snapshot.whole.sighting(by: by) else { continue }
            let isFresh = input.snapshot.freshness(of: by, at: s.at, now: input.now) == .fresh
            list.append(
                isFresh
                    ? .pass("\(by.name) is heard", "now")
                    : .warn(
                        "\(by.name) is heard", "last \(Say.span(input.now - s.at)) ago",
                        remedy: "what matches may have changed; look at its source"))
        }
        if matched.isEmpty {
            list.append(
                .warn("it matches something that fires", "nothing now", remedy: "it keeps quiet what is yet to come"))
        }
        let others = matched.filter { $0.group != nil && $0.group != group }
        if !others.isEmpty {
            list.append(
                .warn(
                    "it matches this group alone",
                    "\(Figures.count(others.count, "alert")) of \(Figures.list(Set(others.compactMap(\.group?.name)).sorted()))",
                    remedy: "narrow it, or mean it"))
        }
        let guesses = matched.filter(\.isGuessed)
        if !guesses.isEmpty {
            list.append(
                .warn(
                    "what the alerts are about is certain", "a guess for \(Figures.list(guesses.map(\.name)))",
                    remedy: "a rule under alertmanager in the configuration makes it certain"))
        }
        return list
    }

    private static func sentences(_ matched: [Alert], _ until: Timestamp, _ lasts: Span) -> [String] {
        var list = ["Matches now: \(matched.isEmpty ? "nothing" : Figures.count(matched.count, "alert"))."]
        for alert in matched.prefix(namedMax) {
            let summary = alert.summary.map { ": \($0)" } ?? ""
            list.append("\(alert.name)\(summary)")
        }
        if matched.count > namedMax { list.append("and \(matched.count - namedMax) more") }
        list.append("It ends by itself after \(Say.span(lasts)), at \(RFC3339.seconds(until)).")
        return list
    }

    // MARK: - Ending

    static func end(_ input: PlanInput) throws(PlanRefusal) -> Plan {
        guard let group = input.call.target.group, case .group = input.call.target else {
            throw .wrongTarget(input.call.target, reason: "name a group")
        }
        let ended = silenced(input)
        let ids = Set(ended.map(\.id))
        guard !ended.isEmpty else { throw .alreadySo("no alert of \(group.name) is silenced") }
        let mine = all(input).filter { !ids.isDisjoint(with: $0.alert.silencedBy) }
        var steps: [Step] = []
        for one in ended.prefix(silencesMax) {
            guard
                one.id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") })
            else { throw .unsafeName(one.id) }
            steps.append(
                Step(
                    "end silence \(one.id) at \(one.by.name)",
                    .http(
                        group: group, door: one.door, method: "DELETE", path: "/api/v2/silence/\(one.id)", body: "",
                        expects: [200]),
                    replyDeadline: replyDeadline, deadline: outcomeDeadline,
                    expectation: .silencesOver([one.id], at: one.by)))
        }
        let wanted = Set(of(input).map(\.alert.id))
        let others =
            ids.count == 1 && input.call.arguments["silence"]?.isEmpty == false
            ? [] : mine.filter { !wanted.contains($0.alert.id) }
        var checks: [Check] = [.pass("silences of \(group.name)", Figures.count(steps.count, "silence"))]
        if !others.isEmpty {
            checks.append(
                .warn(
                    "they keep nothing else quiet", Figures.list(others.map(\.alert.name)),
                    remedy: "these are heard again too"))
        }
        let names = mine.prefix(namedMax).map(\.alert.name)
        let again = PlanCall("silence", input.call.target, arguments: ["alert": input.call.arguments["alert"] ?? ""])
        var plan = Plan(
            input.call, title: "End the silences of \(group.name)",
            fingerprint: Fingerprint(of: group, in: input.snapshot), checks: checks, steps: steps,
            outcome: .all(steps.map(\.expectation)), outcomeDeadline: outcomeDeadline,
            outlook: Outlook(
                outage: .zero,
                sentences: [
                    names.isEmpty ? "It keeps nothing quiet now." : "Heard again: \(Figures.list(Array(names)))."
                ]),
            undo: Undo("silence \(group.name)", call: again), confirmation: .yes, madeAt: input.now)
        plan.goesOnAfterFailure = true
        return plan
    }
}
