/// One change of one key.
public struct EtcdEvent: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case put
        /// Deleted by someone, or its lease ran out: etcd does not say which.
        case delete
    }

    public let kind: Kind
    /// The key after the change; a deletion has a key and a revision only.
    public let keyValue: EtcdKeyValue
    /// The key before the change, where the watch asked for it and it has not been compacted.
    public let previous: EtcdKeyValue?

    public init(kind: Kind, keyValue: EtcdKeyValue, previous: EtcdKeyValue? = nil) {
        self.kind = kind
        self.keyValue = keyValue
        self.previous = previous
    }
}

/// One line of a v3 watch stream.
public struct EtcdWatchMessage: Hashable, Sendable {
    public enum Body: Hashable, Sendable {
        /// The watch stands; events from the asked revision on will follow.
        case created
        /// Changes, in the order of their revisions; several may share one revision (a transaction).
        case events([EtcdEvent])
        /// No change up to the header's revision.
        case progress
        /// The watch began at a revision that is gone; the next range starts anew. Holds the oldest revision kept.
        case compacted(Int64)
        /// The server ended the watch, in its own words (escaped).
        case canceled(String)
    }

    public let header: EtcdHeader
    public let body: Body

    public init(header: EtcdHeader, body: Body) {
        self.header = header
        self.body = body
    }

    /// Decodes one line, without its newline. Throws `WireError`; `WireError.refused` is a fault the server sent.
    public init(parsing line: [UInt8]) throws(WireError) {
        let format = "etcd watch"
        let json = try EtcdReply.parse(line, format: format)
        guard let result = json["result"] else {
            throw WireError.missing(format: format, field: "result", bytes: Escaped.text(line))
        }
        header = EtcdHeader(result["header"])
        if result["canceled"]?.bool == true {
            if let revision = result["compact_revision"]?.int, revision > 0 {
                body = .compacted(revision)
            } else {
                body = .canceled(Escaped.text(result["cancel_reason"]?.string ?? "no reason given"))
            }
            return
        }
        if result["created"]?.bool == true {
            body = .created
            return
        }
        guard let elements = result["events"]?.array, !elements.isEmpty else {
            body = .progress
            return
        }
        var events: [EtcdEvent] = []
        for element in elements {
            guard let keyValue = element["kv"] else {
                throw WireError.missing(format: format, field: "kv", bytes: Escaped.text(element.text))
            }
            var previous: EtcdKeyValue?
            if let before = element["prev_kv"] { previous = try EtcdKeyValue(before, format: format) }
            events.append(
                EtcdEvent(
                    // The gateway leaves out the type when it is the default, PUT.
                    kind: element["type"]?.string == "DELETE" ? .delete : .put,
                    keyValue: try EtcdKeyValue(keyValue, format: format), previous: previous))
        }
        body = .events(events)
    }
}
