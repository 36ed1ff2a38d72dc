public import Estate
import FoundationEssentials
import Plans
public import Settings
import Synchronization
import Transport
public import Wire

/// The register in the etcd clusters that the configuration names. Every key is below pitboss's own prefix, and hangs
/// on a lease (but for the anchors of journals): what a killed pitboss leaves behind goes by itself.
public final class EtcdRegister: OperatorRegister {
    /// Most keys that are read below one prefix.
    public static let keysMax: Int64 = 5_000
    /// How long to wait before a watch that broke is opened again.
    static let watchAgainAfter = Span.seconds(1)

    let doors: [EtcdDoor]
    let places: [GroupID: RegisterPlace]
    let prefix: String
    let clock: any Timekeeper

    /// nil: the configuration has no etcd, or forgoes the register.
    public init?(_ settings: PitbossSettings, clock: any Timekeeper) {
        let (clusters, places) = settings.registers
        guard !clusters.isEmpty else { return nil }
        doors = clusters.map { EtcdDoor($0, clock: clock) }
        self.places = places
        self.clock = clock
        prefix = settings.guards.register.prefix
    }

    /// Ends every connection.
    public func close() async { for door in doors { await door.close() } }

    public func place(of group: GroupID) -> String? {
        places[group].map { "\(doors[$0.register].name):\($0.key)" }
    }

    // MARK: leases

    public func claim(
        _ groups: [GroupID], _ lease: LeaseFacts, ttl: Span
    ) async throws(RegisterError) -> RegisterGrant {
        let value = RegisterRecord.lease(lease)
        let wanted = Set(groups).sorted().compactMap { group in places[group].map { (group: group, place: $0) } }
        var grant = RegisterGrant()
        do throws(RegisterError) {
            // In the order of the clusters, and in each by one transaction: two that want the same never hold halves.
            for register in Set(wanted.map(\.place.register)).sorted() {
                let mine = wanted.filter { $0.place.register == register }
                let id = try await newLease(register, ttl: ttl)
                grant.parts.append(.init(register: register, lease: id))
                let keys = mine.map { $0.place.key + RegisterRecord.leaseKey }
                let answer = try await write(
                    register, keys.map { .init($0, value, lease: id) }, when: keys.map { .isAbsent($0) })
                // An answer that was lost on its way: asked again, what is found there is ours.
                guard answer.isWritten || (answer.found.count == keys.count && answer.found.allSatisfy { $0.lease == id })
                else { throw held(answer.found.first { $0.lease != id }, mine) }
                grant.groups += mine.map(\.group)
            }
        } catch {
            await release(grant)
            throw error
        }
        return grant
    }

    private func held(
        _ found: EtcdKeyValue?, _ wanted: [(group: GroupID, place: RegisterPlace)]
    ) -> RegisterError {
        guard let found else { return .gone("the lease of another action ended just now; try again: it") }
        let group = wanted.first { $0.place.key + RegisterRecord.leaseKey == found.key }?.group ?? wanted[0].group
        if let lease = try? RegisterRecord.lease(parsing: found.value) { return .held(group, lease) }
        let unknown = LeaseFacts(
            action: "", who: "somebody with another version", verb: "acts", target: group.name, reason: "not readable",
            since: clock.now(), until: clock.now())
        return .held(group, unknown)
    }

    public func renew(_ grant: RegisterGrant) async throws(RegisterError) {
        for part in grant.parts {
            let lease: EtcdLease
            let body = try await doors[part.register].ask(.keepLease(part.lease))
            do {
                lease = try EtcdLease(parsing: body)
            } catch {
                throw .unreachable(register: doors[part.register].name, reason: error.description)
            }
            guard lease.ttlSeconds > 0 else { throw .gone("the lease in \(doors[part.register].name)") }
        }
    }

    public func release(_ grant: RegisterGrant) async {
        for part in grant.parts { _ = try? await doors[part.register].ask(.revokeLease(part.lease)) }
    }

    public func leases() async throws(RegisterError) -> [GroupID: LeaseFacts] {
        var found: [GroupID: LeaseFacts] = [:]
        for i in doors.indices {
            let keys = try await range(i)
            for (group, place) in places where place.register == i {
                guard let key = keys.first(where: { $0.key == place.key + RegisterRecord.leaseKey }) else { continue }
                found[group] = try? RegisterRecord.lease(parsing: key.value)
            }
        }
        return found
    }

    // MARK: offers

    public func offer(_ offer: ApprovalOffer, ttl: Span) async throws(RegisterError) -> RegisterGrant {
        guard let place = places[offer.group] else { throw .gone("a register for \(offer.group)") }
        let id = try await newLease(place.register, ttl: ttl)
        let grant = RegisterGrant(parts: [.init(register: place.register, lease: id)], groups: [])
        let key = place.key + RegisterRecord.offerKey + offer.id
        let value = RegisterRecord.offer(offer.facts, plan: offer.planText)
        guard value.count <= RegisterRecord.recordBytesMax else {
            throw .refused(register: doors[place.register].name, reason: "the plan is longer than etcd takes")
        }
        let answer = try await write(place.register, [.init(key, value, lease: id)], when: [.isAbsent(key)])
        guard answer.isWritten || answer.found.first?.lease == id else {
            await release(grant)
            throw .gone("the place for the offer")
        }
        return grant
    }

    public func offers() async throws(RegisterError) -> [ApprovalOffer] {
        var list: [ApprovalOffer] = []
        for i in doors.indices { list += try await offersWithKeys(i).map(\.offer) }
        return list.sorted { $0.facts.offeredAt < $1.facts.offeredAt }
    }

    private func offersWithKeys(
        _ register: Int
    ) async throws(RegisterError) -> [(offer: ApprovalOffer, key: EtcdKeyValue)] {
        let keys = try await range(register)
        return places.filter { $0.value.register == register }.flatMap { group, place in
            keys.filter { $0.key.hasPrefix(place.key + RegisterRecord.offerKey) }.compactMap { key in
                guard let record = try? RegisterRecord.offer(parsing: key.value),
                    let plan = PlanText.decode(record.plan)
                else { return nil }
                return (ApprovalOffer(facts: record.facts, group: group, plan: plan, planText: record.plan), key)
            }
        }
    }

    public func answer(_ offer: ApprovalOffer, _ answer: ApprovalAnswer) async throws(RegisterError) {
        guard let place = places[offer.group],
            let found = try await offersWithKeys(place.register).first(where: { $0.offer.id == offer.id }),
            found.offer == offer
        else { throw .gone("the offer \(offer.id.prefix(8))") }
        let key = place.key + RegisterRecord.answerKey + offer.id
        let value = RegisterRecord.answer(answer)
        // It goes when the offer goes, and counts only for the offer as it was looked at.
        let written = try await write(
            place.register, [.init(key, value, lease: found.key.lease)],
            when: [.isAbsent(key), .isAt(found.key.key, modRevision: found.key.modRevision)])
        guard !written.isWritten else { return }
        guard let other = written.found.first(where: { $0.key == key }) else {
            throw .gone("the offer \(offer.id.prefix(8))")
        }
        if other.value == value { return }
        throw .answered(by: (try? RegisterRecord.answer(parsing: other.value))?.who ?? "another operator")
    }

    public func awaitAnswer(
        to offer: ApprovalOffer, until: Timestamp
    ) async throws(RegisterError) -> ApprovalAnswer? {
        guard let place = places[offer.group] else { throw .gone("a register for \(offer.group)") }
        let key = place.key + RegisterRecord.answerKey + offer.id
        let clock = clock
        let found = await withTaskGroup(of: ApprovalAnswer?.self) { group in
            group.addTask { await self.watchAnswer(place.register, key) }
            group.addTask {
                try? await clock.sleep(until: until)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        return found
    }

    /// Looks, watches, and looks again where the watch breaks; nil only when it is cancelled.
    private func watchAnswer(_ register: Int, _ key: String) async -> ApprovalAnswer? {
        while !Task.isCancelled {
            if let answer = try? await lookAndWatch(register, key) { return answer }
            do { try await clock.sleep(for: Self.watchAgainAfter) } catch { return nil }
        }
        return nil
    }

    private func lookAndWatch(_ register: Int, _ key: String) async throws -> ApprovalAnswer? {
        let range = try EtcdRange(parsing: try await doors[register].ask(.get(key)))
        if let found = range.keyValues.first { return try RegisterRecord.answer(parsing: found.value) }
        let lines = try await doors[register].open(.watch(prefix: key, fromRevision: range.header.revision + 1))
        for try await line in lines where !line.isEmpty {
            guard case .events(let events) = try EtcdWatchMessage(parsing: line).body else { continue }
            for event in events where event.kind == .put && event.keyValue.key == key {
                return try RegisterRecord.answer(parsing: event.keyValue.value)
            }
        }
        return nil
    }

    // MARK: parts

    private func newLease(_ register: Int, ttl: Span) async throws(RegisterError) -> Int64 {
        let seconds = max(1, Int64(ttl.seconds.rounded(.up)))
        let body = try await doors[register].ask(.grantLease(ttlSeconds: seconds))
        do {
            return try EtcdLease(parsing: body).id
        } catch {
            throw .unreachable(register: doors[register].name, reason: error.description)
        }
    }

    func write(
        _ register: Int, _ writes: [EtcdRequest.Write], when conditions: [EtcdRequest.Condition]
    ) async throws(RegisterError) -> EtcdTransaction {
        let body = try await doors[register].ask(.write(writes, when: conditions))
        do {
            return try EtcdTransaction(parsing: body)
        } catch {
            throw .unreachable(register: doors[register].name, reason: error.description)
        }
    }

    func get(_ register: Int, _ request: EtcdRequest) async throws(RegisterError) -> EtcdRange {
        let body = try await doors[register].ask(request)
        do {
            return try EtcdRange(parsing: body)
        } catch {
            throw .unreachable(register: doors[register].name, reason: error.description)
        }
    }

    private func range(_ register: Int) async throws(RegisterError) -> [EtcdKeyValue] {
        try await get(register, .range(prefix: prefix, limit: Self.keysMax)).keyValues
    }
}
