public import Estate

/// One event of `pitboss events`, one JSON object a line.
public struct EventReport: Sendable, Encodable {
    public let schema = "pitboss.event/1"
    public let at: String
    public let kind: String
    public let severity: String
    public let group: String?
    public let member: String?
    public let node: String?
    public let text: String
    public let outageSeconds: Double?
    public let revision: Int64?
    public let source: String?

    public init(_ event: Event) {
        at = RFC3339.text(event.at)
        kind = event.kind.rawValue
        severity = "\(event.severity)"
        group = event.group?.name
        member = event.member?.name
        node = event.node?.name
        text = SafeText.line(event.text)
        outageSeconds = event.outage?.seconds
        revision = event.revision
        source = event.source?.description
    }

    /// For people: time, severity, group, text.
    public var line: String {
        let outage = outageSeconds.map { " (outage \(Amount.seconds($0)))" } ?? ""
        let subject = group.map { SafeText.line($0) + "  " } ?? ""
        return "\(at)  \(severity.padded(to: 7))  \(subject)\(text)\(outage)"
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
