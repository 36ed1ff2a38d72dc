import Estate
public import Journal

/// One entry of the audit chain, one JSON object a line.
public struct AuditReport: Sendable, Encodable {
    public struct Particular: Sendable, Encodable {
        public let name: String
        public let value: String
    }

    public let schema = "pitboss.audit/1"
    public let sequence: Int64
    public let at: String
    public let action: String
    public let phase: String
    public let who: String
    public let group: String?
    public let target: String?
    public let command: String?
    public let text: String
    public let particulars: [Particular]
    public let previous: String
    public let hash: String

    public init(_ entry: AuditEntry) {
        let record = entry.record
        sequence = entry.sequence
        at = RFC3339.text(record.at)
        action = record.action
        phase = record.phase.rawValue
        who = SafeText.line(record.who)
        group = record.group?.name
        target = record.target
        command = record.verb
        text = SafeText.line(record.text)
        particulars = record.details.map { Particular(name: $0.name, value: $0.value) }
        previous = entry.previous
        hash = entry.hash
    }

    /// For people.
    public var lines: [String] {
        let subject = [command, target].compactMap { $0 }.joined(separator: " ")
        return ["\(sequence)  \(at)  \(action.prefix(8))  \(phase)  \(who)  \(SafeText.line(subject)): \(text)"]
            + particulars.flatMap { particular in
                particular.value.split(whereSeparator: \.isNewline).map {
                    "      \(SafeText.line(particular.name)): \(SafeText.line(String($0)))"
                }
            }
    }
}

/// What `pitboss audit verify` found.
public struct AuditVerdictReport: Sendable, Encodable {
    public let schema = "pitboss.audit.verify/1"
    public let isWhole: Bool
    public let entries: Int64?
    public let head: String?
    public let brokenAt: Int64?
    /// `agrees`, `contradicts`, `notChecked`; absent where there is none to ask for.
    public let anchor: String?
    public let text: String

    /// What the newest hash that was left elsewhere says of it.
    public enum Anchor: Sendable, Equatable {
        case none
        case agrees(Int64)
        case contradicts(String)
        case notChecked(String)
    }

    public init(_ verdict: ChainVerdict, anchor found: Anchor) {
        var verdict = verdict
        var words = ""
        switch found {
        case .none: anchor = nil
        case .agrees(let sequence):
            anchor = "agrees"
            words = "; its anchor in etcd (entry \(sequence)) agrees"
        case .notChecked(let why):
            anchor = "notChecked"
            words = "; not held against an anchor, so what was cut off at the end would not show: \(SafeText.line(why))"
        case .contradicts(let problem):
            anchor = "contradicts"
            if case .whole(let entries, _) = verdict { verdict = .broken(sequence: entries + 1, reason: problem) }
        }
        text = verdict.description + words
        switch verdict {
        case .whole(let entries, let head):
            isWhole = true
            self.entries = entries
            self.head = head
            brokenAt = nil
        case .broken(let sequence, _):
            isWhole = false
            entries = nil
            head = nil
            brokenAt = sequence
        }
    }
}
