public import Control
public import Estate

/// Who acts on a group now.
public struct LeaseReport: Sendable, Encodable {
    public let group: String
    public let action: String
    public let who: String
    public let command: String
    public let target: String
    public let reason: String
    public let since: String
    public let untilAtTheLatest: String

    public init(_ group: GroupID, _ lease: LeaseFacts) {
        self.group = SafeText.line(group.name)
        action = SafeText.line(lease.action)
        who = SafeText.line(lease.who)
        command = SafeText.line(lease.verb)
        target = SafeText.line(lease.target)
        reason = SafeText.line(lease.reason)
        since = RFC3339.text(lease.since)
        untilAtTheLatest = RFC3339.text(lease.until)
    }

    /// One line for people.
    public var line: String {
        "\(who) acts: \(command) \(target) since \(since) (“\(reason)”), over by \(untilAtTheLatest)"
    }
}

/// A plan that waits for a second operator.
public struct OfferReport: Sendable, Encodable {
    public let id: String
    public let who: String
    public let command: String
    public let target: String
    public let title: String
    public let reason: String
    public let because: String
    public let offeredAt: String
    public let expiresAt: String
    public let hash: String

    public init(_ offer: OfferFacts) {
        id = SafeText.line(offer.id)
        who = SafeText.line(offer.who)
        command = SafeText.line(offer.verb)
        target = SafeText.line(offer.target)
        title = SafeText.line(offer.title)
        reason = SafeText.line(offer.reason)
        because = SafeText.line(offer.because)
        offeredAt = RFC3339.text(offer.offeredAt)
        expiresAt = RFC3339.text(offer.expiresAt)
        hash = SafeText.line(offer.hash)
    }

    public var line: String {
        "\(id.prefix(8))  \(title), asked by \(who) (“\(reason)”), because \(because); until \(expiresAt)"
    }
}

/// `pitboss approvals`.
public struct OffersReport: Sendable, Encodable {
    public let schema = "pitboss.approvals/1"
    public let offers: [OfferReport]
    public init(_ offers: [ApprovalOffer]) { self.offers = offers.map { OfferReport($0.facts) } }
    public var lines: [String] { offers.isEmpty ? ["nothing waits for approval"] : offers.map(\.line) }
}

/// `pitboss actions`: who acts now, and what waits.
public struct ActionsReport: Sendable, Encodable {
    public let schema = "pitboss.actions/1"
    public let underWay: [LeaseReport]
    public let waiting: [OfferReport]

    public init(_ leases: [GroupID: LeaseFacts], _ offers: [ApprovalOffer]) {
        underWay = leases.sorted { $0.key < $1.key }.map { LeaseReport($0.key, $0.value) }
        waiting = offers.map { OfferReport($0.facts) }
    }

    public var lines: [String] {
        var out = underWay.isEmpty ? ["no action is under way"] : underWay.map { "\($0.group)  \($0.line)" }
        if !waiting.isEmpty { out += ["", "waiting for approval"] + waiting.map { "  " + $0.line } }
        return out
    }
}
