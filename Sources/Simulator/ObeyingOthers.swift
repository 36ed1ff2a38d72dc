import Estate

/// What the doors of the consensus store and of the cache take, and the words they refuse with.
extension World {
    // MARK: etcd's JSON gateway

    func etcdError(_ status: Int, _ message: String, code: Int) -> SimulatedReply {
        Self.answer(status, #"{"error":"\#(message)","message":"\#(message)","code":\#(code)}"#)
    }

    mutating func etcd(_ door: String, _ method: String, _ path: String, _ body: String) -> SimulatedReply {
        guard let v = store.voters.firstIndex(where: { "http://\($0.address)" == door }) else {
            return Self.notSent("cannot connect to \(door): no route; check the network and firewalls")
        }
        let voter = store.voters[v]
        if let failure = unreachable(voter.host, voter.phase == .running, voter.address) { return failure }
        guard (method, path) == ("POST", "/v3/maintenance/transfer-leadership") else {
            return Self.answer(404, #"{"error":"Not Found","message":"Not Found","code":5}"#)
        }
        guard body.utf8.count <= Self.bodyBytesMax, let fields = Self.fields(body),
            let target = fields["targetID"] ?? nil, UInt64(target) != nil
        else { return etcdError(400, "invalid character looking for beginning of value", code: 3) }
        guard store.leader == v else { return etcdError(412, "etcdserver: not leader", code: 9) }
        guard let to = store.voters.indices.first(where: { VotingStore.number($0) == target }) else {
            return etcdError(412, "etcdserver: bad leader transferee", code: 9)
        }
        guard store.handOver(to: to, surroundings) else {
            // The leader waits for one that does not answer, and its caller with it.
            return SimulatedReply(
                .lost(reason: "no answer from \(voter.address) in time"), after: .seconds(Self.neverSeconds))
        }
        return Self.answer(200, "{}", after: 0.1)
    }

    // MARK: Redis and its sentinels

    mutating func redis(_ door: String, _ words: [String]) -> SimulatedReply {
        let upper = words.map { $0.uppercased() }
        if let n = cache.sentinels.indices.first(where: { self.door(ofSentinel: $0) == door }) {
            let host = cache.servers[cache.sentinels[n].server].host
            if let failure = unreachable(host, true, door) { return failure }
            guard upper.count == 3, upper[0] == "SENTINEL", upper[1] == "FAILOVER" else {
                return line("-ERR Unknown sentinel subcommand '\(words.dropFirst().first ?? "")'")
            }
            guard words[2] == AcmeBets.cacheName else { return line("-ERR No such master with that name") }
            return line(cache.failover(surroundings))
        }
        guard let n = cache.servers.firstIndex(where: { $0.address == door }) else {
            return Self.notSent("cannot connect to \(door): no route; check the network and firewalls")
        }
        if let failure = unreachable(cache.servers[n].host, cache.servers[n].phase == .running, door) {
            return failure
        }
        guard upper.count == 4, upper[0] == "CONFIG", upper[1] == "SET" else {
            return line("-ERR unknown command '\(words.first ?? "")', with args beginning with: ")
        }
        guard upper[2] == "REPLICA-PRIORITY" || upper[2] == "SLAVE-PRIORITY" else {
            return line("-ERR Unknown option or number of arguments for CONFIG SET - '\(words[2])'")
        }
        return line(cache.setRank(n, words[3]))
    }

    private func line(_ text: String) -> SimulatedReply {
        SimulatedReply(.answered(status: nil, text: text), after: .seconds(Self.socketSeconds))
    }
}
