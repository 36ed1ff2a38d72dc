import Testing

@testable import Wire

@Suite struct InstanceWireTests {
    @Test func healthIsTheStatusAndTheWord() throws {
        func answer(_ status: Int, _ body: String, field: String? = nil, words: [String] = []) throws -> HealthAnswer {
            try HealthAnswer(status: status, Array(body.utf8), field: field, words: words)
        }
        #expect(try answer(200, "OK").isWell)
        #expect(try answer(204, "").isWell)
        #expect(try !answer(503, "").isWell)
        #expect(try answer(200, #"{"status":"UP"}"#).word == "UP")
        #expect(try !answer(200, #"{"status":"DEGRADED"}"#).isWell)
        #expect(try answer(200, #"{"status":"DEGRADED"}"#, words: ["degraded"]).isWell)
        #expect(try !answer(500, #"{"status":"UP"}"#).isWell, "the status of the answer outweighs its word")
        #expect(try answer(200, #"{"a":{"b":true}}"#, field: "a.b").isWell)
        #expect(throws: WireError.self) { try answer(200, #"{"a":1}"#, field: "a.b") }
        #expect(try !answer(503, "no json", field: "a.b").isWell)
        #expect(try answer(200, #"{"status":3}"#).isWell, "no word: the status decides")
    }

    @Test func envoyTellsWhoIsEjected() throws {
        let clusters = try EnvoyCluster.list(try Fixture.bytes("envoy/clusters.json"))
        #expect(clusters.map(\.name) == ["odds_api", "empty"])
        let hosts = clusters[0].hosts
        #expect(hosts.map(\.address) == ["10.0.1.1:8201", "10.0.2.1:8201", "[fd00::3]:8201", "/run/odds.sock"])
        #expect(hosts.map(\.isHealthy) == [true, false, false, false])
        #expect(hosts.map(\.isEjected) == [false, true, false, false])
        #expect(hosts[1].hostname == "odds-lon")
        #expect(hosts[1].successPercent == 22)
        #expect(hosts[0].figures["cx_active"] == 4)
        #expect(hosts[0].figures["rq_active"] == 0, "what is zero is left out")
        #expect(throws: WireError.self) { try EnvoyCluster.list(Array("[]".utf8)) }
    }

    @Test func envoyTellsItsLimits() throws {
        let open = EnvoyBreakers.open(try Fixture.bytes("envoy/stats.txt"))
        #expect(open["odds_api"] == ["connections", "waiting requests", "requests (high)"])
        #expect(open["outbound|80||a.b"] == [])
        #expect(EnvoyBreakers.open(Array("cluster.circuit_breakers.default.cx_open: 1\n".utf8)).isEmpty)
    }

    @Test func envoyTellsItsAge() throws {
        let info = try EnvoyServerInfo(try Fixture.bytes("envoy/server_info.json"))
        #expect(info.state == "LIVE")
        #expect(info.uptimeSeconds == 172_800)
        #expect(try EnvoyServerInfo(Array("{}".utf8)).state == "LIVE", "what has its first value is left out")
    }
}
