public import Estate

/// From where on a way through the network is not good enough to count on.
public enum PathLimits {
    /// Part of the probes lost.
    public static let lossMax = 0.01
    public static let latencyMaxSeconds = 0.15
    /// Part of what the line can carry.
    public static let loadMax = 0.9
}

extension PathFacts {
    /// Up, and neither loses nor delays more than the limits.
    public var isSound: Bool? {
        guard let isUp else { return nil }
        return isUp && !(loss ?? 0 > PathLimits.lossMax) && !(latencySeconds ?? 0 > PathLimits.latencyMaxSeconds)
    }

    /// The busier direction, bytes a second.
    public var busiestBytesRate: Double? {
        [receiveBytesRate.sound, transmitBytesRate.sound].compactMap { $0 }.max()
    }

    /// Part of what it can carry; nil where either is not known.
    public var load: Double? {
        guard let rate = busiestBytesRate, let most = capacityBytesRate.sound, most > 0 else { return nil }
        return rate / most
    }
}

/// Groups of ways through the network.
extension Assessor {
    func paths(_ group: Group, _ members: [Member]) -> GroupAssessment {
        var g = blank(group, mode: .activeActive)
        g.kind = .paths
        g.survives.noun = "path"
        var oldest: Timestamp?
        for member in members { g.members.append(path(member, &oldest, &g)) }
        g.oldestAt = oldest
        let up = g.members.filter { $0.isUp == true }
        let known = g.members.contains { $0.isUp != nil }
        g.serving = Serving(up: up.count, total: g.members.count, isServing: known ? !up.isEmpty : nil)
        if known {
            judgePaths(&g, up)
        } else {
            g.reasons.append(Reason(.unknown, silence(of: group, members)))
        }
        return finish(&g, group, members)
    }

    /// What its fresh observers see together: up where one gets through, and otherwise the worst of it.
    private func path(_ member: Member, _ oldest: inout Timestamp?, _ g: inout GroupDraft) -> MemberAssessment {
        var view = MemberDraft(id: member.id)
        see(&view, member, &oldest, &g)
        return MemberAssessment(consume view)
    }

    private func see(
        _ view: inout MemberDraft, _ member: Member, _ oldest: inout Timestamp?, _ g: inout GroupDraft
    ) {
        place(&view, member)
        view.role = .path
        var facts = PathFacts()
        var (yes, no): ([SourceID], [SourceID]) = ([], [])
        for s in member.sightings {
            guard let told = s.facts.path else { continue }
            let f = freshness(s)
            if f != .fresh { view.hasStale = true }
            view.freshness = min(view.freshness, f)
            view.observedAt = max(view.observedAt ?? s.at, s.at)
            facts.provider = facts.provider ?? told.provider
            facts.target = facts.target ?? told.target
            facts.capacityBytesRate = facts.capacityBytesRate ?? told.capacityBytesRate.sound
            guard f == .fresh else { continue }
            let at = knownAt(s)
            if oldest == nil || at < oldest! { oldest = at }
            if told.isUp ?? told.loss.map({ $0 < 1 }) ?? true { yes.append(s.by) } else { no.append(s.by) }
            facts.loss = Self.most(facts.loss, told.loss)
            facts.latencySeconds = Self.most(facts.latencySeconds, told.latencySeconds)
            facts.jitterSeconds = Self.most(facts.jitterSeconds, told.jitterSeconds)
            facts.receiveBytesRate = Self.most(facts.receiveBytesRate, told.receiveBytesRate)
            facts.transmitBytesRate = Self.most(facts.transmitBytesRate, told.transmitBytesRate)
            facts.routeChanges = [facts.routeChanges, told.routeChanges].compactMap { $0 }.max()
            if let preferred = told.isPreferred { facts.isPreferred = facts.isPreferred == true || preferred }
        }
        if !yes.isEmpty || !no.isEmpty { facts.isUp = !yes.isEmpty }
        if !yes.isEmpty, !no.isEmpty {
            g.disagreements.append(
                "\(member.id.name) is up for \(Say.list(yes.map(\.name))), down for \(Say.list(no.map(\.name)))")
        }
        view.isUp = facts.isUp
        view.path = PathBox(facts)
    }

    private static func most(_ a: Double?, _ b: Double?) -> Double? {
        [a, b.sound].compactMap { $0 }.max()
    }

    private func judgePaths(_ g: inout GroupDraft, _ up: [MemberAssessment]) {
        guard !up.isEmpty else {
            g.survives.nodes = 0
            g.reasons.append(
                Reason(
                    .down, "no way through: \(g.serving.text) paths up", member: g.members.first?.id,
                    figure: g.serving.text))
            return
        }
        for view in g.members where view.isUp == false {
            g.reasons.append(Reason(.protected, "\(Self.name(view)) is down", member: view.id))
        }
        for text in g.disagreements { g.reasons.append(Reason(.atRisk, text)) }
        let sound = up.filter { $0.path?.isSound == true }
        let someonePreferred = up.contains { $0.path?.isPreferred == true }
        for view in up {
            // What nobody goes by does no harm yet; what is used, or may be, does.
            let isUsed = view.path?.isPreferred == true || !someonePreferred
            if let reason = ailment(view, isUsed: isUsed) { g.reasons.append(reason) }
        }
        let carriers = Self.carriers(sound.isEmpty ? up : sound)
        g.survives.nodes = max(carriers.count - 1, 0)
        if carriers.count == 1, let carrier = carriers.first {
            let name = carrier.key
            let text =
                sound.isEmpty
                ? "no path is sound"
                : sound.count > 1
                    ? "all that is up is carried by \(name)"
                    : g.members.count == 1 ? "\(name) is the only path" : "\(name) alone is sound"
            g.survives.limitedBy = text
            g.reasons.append(
                Reason(
                    .atRisk, "survives no further loss: \(text)", member: carrier.value.first?.id,
                    figure: g.serving.text))
        }
        judgeLoad(&g, up, carriers)
    }

    /// By provider; one that is not named counts as its own.
    private static func carriers(_ views: [MemberAssessment]) -> [String: [MemberAssessment]] {
        Dictionary(grouping: views) { $0.path?.provider ?? $0.id.name }
    }

    private static func name(_ view: MemberAssessment) -> String {
        guard let provider = view.path?.provider, !view.id.name.contains(provider) else { return view.id.name }
        return "\(view.id.name) (\(provider))"
    }

    private func ailment(_ view: MemberAssessment, isUsed: Bool) -> Reason? {
        guard let path = view.path else { return nil }
        var parts: [String] = []
        if let loss = path.loss, loss > PathLimits.lossMax { parts.append("loses \(Say.percent(loss)) of the probes") }
        if let latency = path.latencySeconds, latency > PathLimits.latencyMaxSeconds {
            parts.append("answers after \(Say.milliseconds(latency))")
        }
        guard !parts.isEmpty else { return nil }
        let figure = path.loss.map { Say.percent($0) }
        return Reason(
            isUsed ? .degraded : .protected, "\(Self.name(view)) \(parts.joined(separator: " and "))",
            member: view.id, figure: figure)
    }

    /// Whether what is left could carry what flows now.
    private func judgeLoad(
        _ g: inout GroupDraft, _ up: [MemberAssessment], _ carriers: [String: [MemberAssessment]]
    ) {
        for view in up {
            guard let load = view.path?.load, load >= PathLimits.loadMax else { continue }
            let figure = Say.percent(load)
            g.reasons.append(
                Reason(
                    .atRisk, "\(Self.name(view)) carries \(figure) of what it can", member: view.id, figure: figure))
        }
        let capacities = carriers.mapValues { $0.compactMap { $0.path?.capacityBytesRate.sound }.reduce(0, +) }
        guard carriers.count > 1, up.allSatisfy({ $0.path?.capacityBytesRate.sound != nil }),
            let largest = capacities.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })
        else { return }
        let flow = up.compactMap { $0.path?.busiestBytesRate }.reduce(0, +)
        let rest = capacities.values.reduce(0, +) - largest.value
        guard flow > rest, flow > 0 else { return }
        let figure = Say.percent(rest / flow)
        g.reasons.append(
            Reason(.atRisk, "without \(largest.key) the rest could carry \(figure) of what flows", figure: figure))
    }
}
