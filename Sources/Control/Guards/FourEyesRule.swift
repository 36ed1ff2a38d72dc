public import Estate
public import Plans
public import Settings

/// Which plans wait for a second operator. Pure.
public struct FourEyesRule: Sendable, Equatable {
    private let settings: FourEyesSettings
    public var wait: Span { settings.wait }

    public init(_ settings: FourEyesSettings) { self.settings = settings }

    /// Why this plan waits, one phrase each; empty: it does not.
    public func reasons(_ plan: Plan, groups: [GroupID], tiers: [Tier]) -> [String] {
        var list: [String] = []
        if settings.verbs.contains(plan.verb) || settings.verbs.contains("any") { list.append("it is a \(plan.verb)") }
        if let group = groups.first(where: settings.groups.contains) { list.append("it is on \(group)") }
        if let tier = tiers.first(where: settings.tiers.contains) {
            list.append("it is on a group of tier \(tier.rawValue)")
        }
        if let limit = settings.bytesAtRisk, let risk = plan.risk {
            if let bytes = risk.bytes {
                if bytes > limit { list.append("\(bytes) bytes are at risk, more than \(Quantity.text(bytes: limit))") }
            } else {
                list.append("nobody knows how much is at risk")
            }
        }
        return list
    }
}
