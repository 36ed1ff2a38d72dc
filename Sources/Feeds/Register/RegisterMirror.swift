import Estate
import Wire

/// The register's keys, mirrored. Pure: ranges and events go in, what to send comes out.
struct RegisterMirror {
    private let places: [GroupID: String]
    private var keys: [String: [UInt8]] = [:]
    private var told: [GroupID: GroupFacts] = [:]
    /// Newest revision that touched a key.
    private(set) var newestModRevision: Int64 = 0

    var keysCount: Int { keys.count }

    init(places: [GroupID: String]) { self.places = places }

    /// Everything anew; what changed in between is told as it is now.
    mutating func replace(with keyValues: [EtcdKeyValue], at now: Timestamp) -> [Update.Body] {
        keys = Dictionary(keyValues.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        newestModRevision = keyValues.map(\.modRevision).max() ?? 0
        return places.keys.sorted().flatMap { tell($0, at: now, hasEvents: false) }
    }

    mutating func apply(_ events: [EtcdEvent], at now: Timestamp) -> [Update.Body] {
        var touched: Set<GroupID> = []
        for event in events {
            newestModRevision = max(newestModRevision, event.keyValue.modRevision)
            keys[event.keyValue.key] = event.kind == .put ? event.keyValue.value : nil
            touched.formUnion(places.filter { event.keyValue.key.hasPrefix($0.value + "/") }.map(\.key))
        }
        return touched.sorted().flatMap { tell($0, at: now, hasEvents: true) }
    }

    private mutating func tell(_ group: GroupID, at now: Timestamp, hasEvents: Bool) -> [Update.Body] {
        guard let place = places[group] else { return [] }
        var facts = GroupFacts()
        facts.lease = keys[place + RegisterRecord.leaseKey].flatMap { try? RegisterRecord.lease(parsing: $0) }
        let offers = keys.filter { $0.key.hasPrefix(place + RegisterRecord.offerKey) }
            .compactMap { try? RegisterRecord.offer(parsing: $0.value).facts }
        facts.offers = offers.isEmpty ? nil : offers.sorted { $0.offeredAt < $1.offeredAt }
        let before = told[group] ?? GroupFacts()
        guard facts != before else { return [] }
        told[group] = facts
        let events = hasEvents ? Self.events(group, before, facts, at: now) : []
        return [.group(group, facts)] + events.map { .event($0) }
    }

    /// What other operators read of it.
    private static func events(
        _ group: GroupID, _ before: GroupFacts, _ after: GroupFacts, at now: Timestamp
    ) -> [Event] {
        var list: [Event] = []
        func say(_ text: String) {
            list.append(Event(at: now, .action, .notice, group: group, text: Escaped.text(text, charactersMax: 400)))
        }
        if let lease = after.lease, lease.action != before.lease?.action {
            say("\(lease.who) acts: \(lease.verb) \(lease.target) (“\(lease.reason)”)")
        }
        if let lease = before.lease, after.lease == nil { say("\(lease.who) has ended: \(lease.verb) \(lease.target)") }
        for offer in after.offers ?? [] where before.offers?.contains(where: { $0.id == offer.id }) != true {
            say("\(offer.who) asks for approval \(offer.id.prefix(8)): \(offer.title) (“\(offer.reason)”)")
        }
        return list
    }
}
