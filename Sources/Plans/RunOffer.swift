import Estate

/// A command that a program offers, which observes the group: what it does, its own words say.
enum RunOffer {
    static let replyDeadline = Span.seconds(60)

    static let recipe = PlanRecipe(
        "run", title: "Run a program's command", key: "E", on: [.group],
        arguments: [PlanArgument("command", .text, standard: "", "its name; may be left out where there is one only")],
        "Have the program that observes a group carry out a command that it offers",
        appliesTo: { !offers($0).isEmpty },
        cook: make)

    static func offers(_ input: PlanInput) -> [(offer: Offer, by: SourceID)] {
        input.snapshot.whole.sightings.flatMap { s in
            s.facts.offers.filter { $0.group == input.call.target.group }.map { ($0, s.by) }
        }
    }

    static func make(_ input: PlanInput) throws(PlanRefusal) -> Plan {
        guard let group = input.call.target.group, case .group = input.call.target else {
            throw .wrongTarget(input.call.target, reason: "name a group")
        }
        let all = offers(input)
        let wanted = input.call.arguments["command"] ?? ""
        let names = all.map(\.offer.id)
        guard !all.isEmpty else {
            throw .wrongTarget(input.call.target, reason: "no program that observes it offers a command")
        }
        guard let (offer, by) = wanted.isEmpty && all.count == 1 ? all[0] : all.first(where: { $0.offer.id == wanted })
        else {
            throw .badArgument(name: "command", value: wanted, expected: "one of \(Figures.list(names))")
        }
        guard offer.line.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw .unsafeName(offer.id) }
        let done: Expectation = .heard(from: by, of: group)
        return Plan(
            input.call, title: "\(offer.title) (\(group.name))",
            fingerprint: Fingerprint(of: group, in: input.snapshot),
            checks: [.pass("\(by.name) offers it", offer.id)],
            steps: [
                Step(
                    offer.title, .line(balancer: by, text: offer.line), replyDeadline: replyDeadline,
                    deadline: replyDeadline, expectation: done)
            ],
            outcome: done, outcomeDeadline: replyDeadline,
            outlook: Outlook(outage: nil, sentences: [offer.summary]),
            undo: Undo("what the program itself offers; nothing is known of a way back"),
            confirmation: offer.isRisky ? .typed(group.name) : .yes, madeAt: input.now)
    }
}
