public import Estate

/// One thing that is to be kept about an action, before it has its place in the chain.
public struct AuditRecord: Sendable, Equatable {
    public enum Phase: String, Sendable, Codable, CaseIterable {
        /// What is going to be done: kept before anything is sent.
        case intent
        /// A check, a lock or a changed state refused it.
        case refused
        /// It waits for a second operator.
        case offered
        /// A second operator approved it, or denied it.
        case approved, denied
        case request, answer
        /// What feeds observed afterwards.
        case observed
        case outcome
        /// A hold began, ended or ran out.
        case hold
        case note
    }

    /// Groups the records of one action.
    public var action: String
    public var phase: Phase
    public var at: Timestamp
    /// Who did it, as `user@host`.
    public var who: String
    public var group: GroupID?
    /// Of what, as `group/member` or `group`.
    public var target: String?
    /// The command, e.g. `promote`.
    public var verb: String?
    /// One line in plain words.
    public var text: String
    /// Named particulars, in order: reason, evidence, the exact request. Never a credential.
    public var details: [Detail]

    public struct Detail: Sendable, Equatable, Codable {
        public var name: String
        public var value: String
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(
        action: String, _ phase: Phase, at: Timestamp, who: String, group: GroupID? = nil, target: String? = nil,
        verb: String? = nil, text: String, details: [Detail] = []
    ) {
        self.action = action
        self.phase = phase
        self.at = at
        self.who = who
        self.group = group
        self.target = target
        self.verb = verb
        self.text = text
        self.details = details
    }
}

/// A record in its place in the chain.
public struct AuditEntry: Sendable, Equatable {
    /// 1 for the first; no number is left out.
    public let sequence: Int64
    public let record: AuditRecord
    /// Hash of the entry before, in hexadecimal; zeros for the first.
    public let previous: String
    /// Hash over the record, its sequence and the hash before.
    public let hash: String
}

/// How the chain of audit entries stands.
public enum ChainVerdict: Sendable, Equatable {
    case whole(entries: Int64, head: String)
    /// The first place where it does not hold, and why.
    case broken(sequence: Int64, reason: String)
}

extension ChainVerdict: CustomStringConvertible {
    public var description: String {
        switch self {
        case .whole(let entries, let head): "whole: \(entries) entries, the last is \(head.prefix(16))"
        case .broken(let sequence, let reason): "broken at entry \(sequence): \(reason)"
        }
    }
}
