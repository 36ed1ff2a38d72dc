public import Estate

/// What operators leave for each other in the register, as JSON; times are milliseconds since 1970.
public enum RegisterRecord {
    /// Longest record that is read or written, bytes: etcd takes 1.5 MB.
    public static let recordBytesMax = 1_000_000
    /// Raised when a reader of an older version would misunderstand.
    static let version: Int64 = 1

    /// The end of the key under which a group's lease stands.
    public static let leaseKey = "/lease"
    /// What stands between a group's key and an offer's id.
    public static let offerKey = "/offer/"
    /// The same for the answer to an offer.
    public static let answerKey = "/answer/"

    // MARK: leases

    public static func lease(_ facts: LeaseFacts) -> [UInt8] {
        bytes([
            "action": .string(facts.action), "who": .string(facts.who), "verb": .string(facts.verb),
            "target": .string(facts.target), "reason": .string(facts.reason), "since": time(facts.since),
            "until": time(facts.until),
        ])
    }

    public static func lease(parsing body: [UInt8]) throws(WireError) -> LeaseFacts {
        let json = try Reader(body, format: "register's lease")
        return LeaseFacts(
            action: try json.text("action"), who: try json.text("who"), verb: try json.text("verb"),
            target: try json.text("target"), reason: try json.text("reason"), since: try json.time("since"),
            until: try json.time("until"))
    }

    // MARK: offers

    /// - Parameter plan: the plan, encoded by the one who asks.
    public static func offer(_ facts: OfferFacts, plan: String) -> [UInt8] {
        bytes([
            "id": .string(facts.id), "who": .string(facts.who), "verb": .string(facts.verb),
            "target": .string(facts.target), "title": .string(facts.title), "reason": .string(facts.reason),
            "because": .string(facts.because), "offered": time(facts.offeredAt), "expires": time(facts.expiresAt),
            "hash": .string(facts.hash), "plan": .string(plan),
        ])
    }

    public static func offer(parsing body: [UInt8]) throws(WireError) -> (facts: OfferFacts, plan: String) {
        let json = try Reader(body, format: "register's offer")
        let facts = OfferFacts(
            id: try json.text("id"), who: try json.text("who"), verb: try json.text("verb"),
            target: try json.text("target"), title: try json.text("title"), reason: try json.text("reason"),
            because: try json.text("because"), offeredAt: try json.time("offered"),
            expiresAt: try json.time("expires"), hash: try json.text("hash"))
        return (facts, try json.text("plan"))
    }

    // MARK: answers

    /// The answer to an offer.
    public struct Answer: Sendable, Equatable {
        public var offer: String
        public var isApproved: Bool
        /// `user@host` of the one who answers.
        public var who: String
        /// Unix user name, and the groups it is in.
        public var user: String
        public var groups: [String]
        public var reason: String
        public var at: Timestamp
        /// Hash of the plan that was looked at.
        public var hash: String

        public init(
            offer: String, isApproved: Bool, who: String, user: String, groups: [String], reason: String,
            at: Timestamp, hash: String
        ) {
            self.offer = offer
            self.isApproved = isApproved
            self.who = who
            self.user = user
            self.groups = groups
            self.reason = reason
            self.at = at
            self.hash = hash
        }
    }

    public static func answer(_ answer: Answer) -> [UInt8] {
        bytes([
            "offer": .string(answer.offer), "approved": .bool(answer.isApproved), "who": .string(answer.who),
            "user": .string(answer.user), "groups": .array(answer.groups.map { .string($0) }),
            "reason": .string(answer.reason), "at": time(answer.at), "hash": .string(answer.hash),
        ])
    }

    public static func answer(parsing body: [UInt8]) throws(WireError) -> Answer {
        let json = try Reader(body, format: "register's answer")
        return Answer(
            offer: try json.text("offer"), isApproved: json.value["approved"]?.bool ?? false,
            who: try json.text("who"), user: try json.text("user"),
            groups: (json.value["groups"]?.array ?? []).compactMap(\.string), reason: try json.text("reason"),
            at: try json.time("at"), hash: try json.text("hash"))
    }

    // MARK: anchors

    /// Where a journal's chain stood when it was last told.
    public struct Anchor: Sendable, Equatable {
        /// The journal's file, on its own machine.
        public var path: String
        public var sequence: Int64
        public var hash: String
        public var at: Timestamp

        public init(path: String, sequence: Int64, hash: String, at: Timestamp) {
            self.path = path
            self.sequence = sequence
            self.hash = hash
            self.at = at
        }
    }

    public static func anchor(_ anchor: Anchor) -> [UInt8] {
        bytes([
            "path": .string(anchor.path), "sequence": .int(anchor.sequence), "hash": .string(anchor.hash),
            "at": time(anchor.at),
        ])
    }

    public static func anchor(parsing body: [UInt8]) throws(WireError) -> Anchor {
        let json = try Reader(body, format: "register's anchor")
        guard let sequence = json.value["sequence"]?.int else {
            throw .missing(format: "register's anchor", field: "sequence", bytes: Escaped.text(body))
        }
        return Anchor(
            path: try json.text("path"), sequence: sequence, hash: try json.text("hash"), at: try json.time("at"))
    }

    // MARK: parts

    private static func bytes(_ members: [String: JSONValue]) -> [UInt8] {
        var members = members
        members["version"] = .int(version)
        return Array(JSONValue.object(members).text.utf8)
    }

    private static func time(_ at: Timestamp) -> JSONValue { .int(at.nanoseconds / 1_000_000) }

    private struct Reader {
        let value: JSONValue
        let format: String
        let body: [UInt8]

        init(_ body: [UInt8], format: String) throws(WireError) {
            guard body.count <= RegisterRecord.recordBytesMax else {
                throw .tooLong(format: format, limitBytes: RegisterRecord.recordBytesMax)
            }
            value = try JSONValue(parsing: body, format: format)
            self.format = format
            self.body = body
            guard value["version"]?.int == RegisterRecord.version else {
                throw .missing(format: format, field: "version", bytes: Escaped.text(body))
            }
        }

        func text(_ key: String) throws(WireError) -> String {
            guard let text = value[key]?.string else {
                throw .missing(format: format, field: key, bytes: Escaped.text(body))
            }
            return text
        }

        func time(_ key: String) throws(WireError) -> Timestamp {
            guard let milliseconds = value[key]?.int,
                case (let nanoseconds, false) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
            else { throw .missing(format: format, field: key, bytes: Escaped.text(body)) }
            return Timestamp(nanoseconds: nanoseconds)
        }
    }
}
