import Estate
import Plans
import Yams

/// What the platform's doors take, and the words they refuse with.
extension World {
    static let socketSeconds = 0.004
    static let doorSeconds = 0.009
    /// An answer that never comes: longer than anybody waits.
    static let neverSeconds = 3_600.0
    /// Longest request body that is read, bytes.
    static let bodyBytesMax = 65_536

    mutating func obey(_ request: Request) -> SimulatedReply {
        switch request {
        case .line(let balancer, let text):
            guard let b = balancers.firstIndex(where: { $0.source == balancer }) else {
                return Self.notSent("no balancer here is watched as \(balancer)")
            }
            let plan = hosts[balancers[b].host].plan
            if let failure = unreachable(balancers[b].host, balancers[b].phase == .running, "\(plan.address):9999") {
                return failure
            }
            let answer = command(text, at: b)
            return SimulatedReply(.answered(status: nil, text: answer), after: .seconds(Self.socketSeconds))
        case .http(AcmeBets.storeGroup, let door, let method, let path, let body, _):
            return etcd(door, method, path, body)
        case .http(_, Self.alertsDoor, let method, let path, let body, _):
            return alertmanager(method, path, body)
        case .http(let group, let door, let method, let path, let body, _):
            guard let d = databases.firstIndex(where: { $0.id == group }) else {
                return Self.notSent("\(group) has no REST door here")
            }
            guard let m = databases[d].members.firstIndex(where: { $0.door == door }) else {
                return Self.notSent("cannot connect to \(door): no route; check the network and firewalls")
            }
            let member = databases[d].members[m]
            if let failure = unreachable(member.host, member.phase.isThere, String(door.dropFirst(7))) {
                return failure
            }
            return patroni(d, m, method, path, body)
        case .sql(let group, _, _, _):
            return Self.notSent("\(group) has no server here that takes statements")
        case .command(let group, let door, let words):
            guard group == AcmeBets.cacheGroup else { return Self.notSent("\(group) takes no such commands here") }
            return redis(door, words)
        }
    }

    static func notSent(_ reason: String) -> SimulatedReply { SimulatedReply(.notSent(reason: reason), after: .zero) }

    static func answer(_ status: Int, _ text: String, after seconds: Double = doorSeconds) -> SimulatedReply {
        SimulatedReply(.answered(status: status, text: text), after: .seconds(seconds))
    }

    func unreachable(_ host: Int, _ isThere: Bool, _ endpoint: String) -> SimulatedReply? {
        guard net.isSeen(hosts[host].plan.site), hosts[host].isUp else {
            return SimulatedReply(
                .lost(reason: "no answer from \(endpoint) in time"), after: .seconds(Self.neverSeconds))
        }
        guard isThere else {
            return Self.notSent("cannot connect to \(endpoint): connection refused; nothing listens there")
        }
        return nil
    }

    // MARK: Patroni's REST API

    private mutating func patroni(
        _ d: Int, _ m: Int, _ method: String, _ path: String, _ body: String
    ) -> SimulatedReply {
        guard body.utf8.count <= Self.bodyBytesMax else { return Self.answer(400, "bad request") }
        switch (method, path) {
        case ("POST", "/switchover"), ("POST", "/failover"):
            guard let fields = Self.fields(body) else { return Self.answer(400, "bad request") }
            return change(d, m, fields, action: String(path.dropFirst()))
        case ("PATCH", "/config"):
            guard let fields = Self.fields(body), !fields.isEmpty else { return Self.answer(400, "bad request") }
            return configure(d, m, fields)
        default:
            return Self.answer(501, "Unsupported method ('\(method)')")
        }
    }

    /// The fields of a flat JSON object; nil where it is something else. JSON is YAML.
    static func fields(_ body: String) -> [String: String?]? {
        guard let node = try? Yams.compose(yaml: body, .basic), let map = node.mapping else { return nil }
        var fields: [String: String?] = [:]
        for (key, value) in map {
            guard let name = key.scalar?.string, let scalar = value.scalar else { return nil }
            fields.updateValue(value.null != nil ? nil : scalar.string, forKey: name)
        }
        return fields
    }

    private mutating func configure(_ d: Int, _ m: Int, _ fields: [String: String?]) -> SimulatedReply {
        let s = surroundings
        guard databases[d].reachesStore(m, s) else { return Self.answer(503, "failed to write config into DCS") }
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            let number = value.flatMap { Double($0) }
            switch name {
            case "pause": databases[d].isPaused = value == "true"
            case "ttl": databases[d].ttl = max(DatabaseCluster.ttlSeconds, number ?? DatabaseCluster.ttlSeconds)
            case "loop_wait": databases[d].loopWait = max(1, number ?? DatabaseCluster.loopWaitSeconds)
            case "maximum_lag_on_failover":
                databases[d].lagMax =
                    number.map { Int64(min(max(0, $0), 1e15)) } ?? DatabaseCluster.lagOnFailoverBytesMax
            default: continue
            }
            databases[d].news.settings = true
        }
        let pause = databases[d].isPaused ? #","pause":true"# : ""
        return Self.answer(
            200,
            #"{"ttl":\#(Int(databases[d].ttl)),"loop_wait":\#(Int(databases[d].loopWait)),"retry_timeout":5,"#
                + #""maximum_lag_on_failover":\#(databases[d].lagMax),"synchronous_mode":true,"#
                + #""synchronous_mode_strict":\#(databases[d].plan.isStrict)\#(pause)}"#)
    }

    /// As Patroni's `do_POST_failover` goes about it.
    private mutating func change(
        _ d: Int, _ m: Int, _ fields: [String: String?], action asked: String
    ) -> SimulatedReply {
        let leader = fields["leader"] ?? nil
        let candidate = (fields["candidate"] ?? nil) ?? (fields["member"] ?? nil)
        if asked == "failover", candidate == nil {
            return Self.answer(400, "Failover could be performed only to a specific candidate")
        }
        if asked == "switchover", leader == nil {
            return Self.answer(400, "Switchover could be performed only from a specific leader")
        }
        if fields["scheduled_at"] ?? nil != nil {
            if asked == "failover" { return Self.answer(400, "Failover can't be scheduled") }
            if databases[d].isPaused { return Self.answer(400, "Can't schedule switchover in the paused state") }
            return Self.answer(422, "Unable to parse scheduled timestamp. It should be in an unambiguous format")
        }
        if databases[d].isPaused, candidate == nil {
            return Self.answer(400, "Switchover is possible only to a specific candidate in a paused state")
        }
        let action = leader == nil ? asked : "switchover"
        if let leader, leader == candidate {
            return Self.answer(400, "Switchover target and source are the same")
        }
        let s = surroundings
        guard databases[d].reachesStore(m, s) else { return Self.answer(503, "failed to write failover key into DCS") }
        let (refusal, seconds) = refusal(d, leader, candidate, action, s)
        if let refusal { return Self.answer(412, refusal, after: seconds) }
        databases[d].handover = Handover(
            from: databases[d].lock,
            to: candidate.flatMap { name in databases[d].members.firstIndex { $0.name == name } },
            dueAt: now + .seconds(chance.seconds(0.2, 0.5)))
        databases[d].news.settings = true
        return ending(d, action, candidate)
    }

    /// As its `is_failover_possible` looks at it, and how long that takes.
    private func refusal(
        _ d: Int, _ leader: String?, _ candidate: String?, _ action: String, _ s: Surroundings
    ) -> (String?, Double) {
        let database = databases[d]
        let holder = database.lock.map { database.members[$0].name }
        if let leader, leader != holder { return ("leader name does not match", Self.doorSeconds) }
        var asked = database.members.indices.filter { $0 != database.lock }
        if let candidate {
            let index = database.members.firstIndex { $0.name == candidate }
            if action == "switchover", !database.synchronous.contains(where: { $0 == index }) {
                return ("candidate name does not match with sync_standby", Self.doorSeconds)
            }
            guard let index, database.members[index].isRegistered else {
                return ("candidate does not exists", Self.doorSeconds)
            }
            asked = [index]
        } else {
            asked = asked.filter { database.synchronous.contains($0) }
            if asked.isEmpty { return ("\(action) is not possible: can not find sync_standby", Self.doorSeconds) }
        }
        let isAny = asked.contains { m in
            database.members[m].isOpen(s) && database.reachesStore(m, s) && !database.members[m].isReporting
        }
        return isAny ? (nil, 0) : ("\(action) is not possible: no good candidates have been found", 2)
    }

    /// The answer comes when it is over. How it will end is seen on a copy of the platform that nobody looks at.
    private func ending(_ d: Int, _ action: String, _ candidate: String?) -> SimulatedReply {
        var future = self
        future.isUnobserved = true
        future.out = []
        let before = databases[d].lock
        let word = action == "switchover" ? "Switch" : "Fail"
        let rounds = Int(max(10, databases[d].loopWait)) * 2
        for round in 1...rounds {
            future.run(to: now + .seconds(Double(round)))
            let database = future.databases[d]
            if let lock = database.lock, lock != before {
                let name = database.members[lock].name
                if candidate == nil || candidate == name {
                    return Self.answer(
                        200, "Successfully \(word.lowercased())ed over to \"\(name)\"", after: Double(round))
                }
                return Self.answer(
                    200, "\(word)ed over to \"\(name)\" instead of \"\(candidate ?? "")\"", after: Double(round))
            }
            if database.handover == nil { return Self.answer(503, "\(word)over failed", after: Double(round)) }
        }
        return Self.answer(503, "\(word)over status unknown", after: Double(rounds))
    }
}
