import Estate
import Testing

@testable import Wire

@Suite struct EstateWireTests {
    // MARK: pgBackRest

    @Test func everyBackupOfBothRepositoriesIsRead() throws {
        let stanza = try #require(
            try PgBackRestStanza.stanzas(Fixture.bytes("pgbackrest/info-2.45.json")).first)
        #expect(stanza.name == "wallet-db")
        #expect(stanza.status == .init(code: 0, message: "ok"))
        #expect(stanza.repositories.map(\.key) == [1, 2])
        #expect(stanza.backups.map(\.type) == ["full", "full", "diff", "incr"])
        #expect(stanza.backups.map(\.repository) == [1, 2, 1, 1])
        #expect(stanza.backups[0].databaseBytes == 23_213_874)
        #expect(stanza.backups[0].storedBytes == 3_062_616)
        #expect(stanza.backups[0].endedAt == Timestamp(nanoseconds: 1_795_261_002_000_000_000))
        #expect(stanza.archives.first?.lastSegment == "000000010000000000000008")
        #expect(!stanza.isRunning)
    }

    @Test func aRepositoryThatIsGoneIsToldFromOneThatCannotBeRead() throws {
        let gone = try #require(
            try PgBackRestStanza.stanzas(Fixture.bytes("pgbackrest/info-repo-gone-2.45.json")).first)
        #expect(gone.status.code == 4)
        #expect(gone.repositories.map(\.status.code) == [0, 1])
        let locked = try #require(
            try PgBackRestStanza.stanzas(Fixture.bytes("pgbackrest/info-repo-unreadable-2.45.json")).first)
        #expect(locked.repositories.map(\.status.code) == [0, 99])
        #expect(locked.repositories[1].status.message.contains("Permission denied"))
        let unknown = try #require(
            try PgBackRestStanza.stanzas(Fixture.bytes("pgbackrest/info-no-stanza-2.45.json")).first)
        #expect(unknown.status.code == 1)
        #expect(unknown.backups.isEmpty)
    }

    @Test func aRunningBackupHoldsTheLock() throws {
        let stanza = try #require(
            try PgBackRestStanza.stanzas(Fixture.bytes("pgbackrest/info-running-2.45.json")).first)
        #expect(stanza.isRunning)
        #expect(stanza.runningBytes == nil, "2.45 does not say how far it is")
    }

    @Test func gapsInTheArchiveAreCounted() throws {
        let whole = try PgBackRestArchiveListing(Fixture.bytes("pgbackrest/archive-2.45.json"))
        #expect(whole.count == 8)
        #expect(whole.missing(since: "000000010000000000000002") == 0)
        func listing(_ segments: [String]) throws -> PgBackRestArchiveListing {
            let files = segments.map { "\"\($0.prefix(16))/\($0)-0123456789abcdef.gz\":{\"type\":\"file\"}" }
            return try PgBackRestArchiveListing(Array("{\(files.joined(separator: ","))}".utf8))
        }
        let torn = try listing([
            "000000010000000000000001", "000000010000000000000004", "0000000100000000000000FF",
            "000000010000000100000000", "000000020000000100000001", "000000020000000100000003",
        ])
        #expect(torn.missing(since: nil) == 2 + 250 + 1)
        #expect(torn.missing(since: "000000010000000000000004") == 250 + 1, "what no backup needs is no gap")
        #expect(torn.missing(since: "000000010000000000000003") == 1 + 250 + 1, "the first one has to be there")
        // Of 64 MiB each, 64 make a log.
        let large = try listing(["00000001000000000000003F", "000000010000000100000000", "000000010000000100000001"])
        #expect(large.missing(since: nil) == 0)
    }

    // MARK: Prometheus

    private func read(
        _ fixture: String, wanted: [String], pieces: Int = 7
    ) throws -> ([PrometheusResult], PrometheusAnswer.Frame) {
        let bytes = try Fixture.bytes(fixture)
        var answer = PrometheusAnswer()
        var results: [PrometheusResult] = []
        let labels = wanted.map { Array($0.utf8) }
        var from = 0
        while from < bytes.count {
            try answer.feed(bytes[from..<min(from + pieces, bytes.count)]) { element in
                if let result = try PrometheusResult(element: element, wanted: labels) { results.append(result) }
            }
            from += pieces
        }
        return (results, try answer.finish(status: 200))
    }

    @Test(arguments: [1, 7, 100_000]) func samplesAreTheSameHoweverTheyComeIn(pieces: Int) throws {
        let (results, frame) = try read(
            "prometheus/gauges-2.42.json", wanted: ["instance", "__name__"], pieces: pieces)
        #expect(frame.resultType == "vector")
        #expect(results.count == 7)
        #expect(results.allSatisfy { $0.labels[0] == "127.0.0.1:19100" })
        #expect(results.contains { $0.labels[1] == "node_memory_MemTotal_bytes" && $0.value == 25_276_510_208 })
    }

    @Test func aNumberWithoutLabelsIsRead() throws {
        let (results, frame) = try read("prometheus/scalar-2.42.json", wanted: [])
        #expect(results.isEmpty)
        #expect(frame.scalar == 42)
        #expect(try read("prometheus/empty-2.42.json", wanted: []).0.isEmpty)
    }

    @Test func aQueryThatIsWrongComesBackInTheServersWords() throws {
        var answer = PrometheusAnswer()
        try answer.feed(try Fixture.bytes("prometheus/bad-query-2.42.json")) { _ in }
        #expect {
            _ = try answer.finish(status: 400)
        } throws: { error in
            guard case .refused(_, 400, let message) = error as? WireError else { return false }
            return message.contains("unclosed left parenthesis")
        }
    }

    @Test func escapesInLabelsAreUndone() throws {
        let element = Array(#"{"metric":{"a":"x\"\\\né\u0041","b":"2"},"value":[1.5,"NaN"]}"#.utf8)
        let result = try #require(try PrometheusResult(element: element, wanted: [Array("a".utf8)]))
        #expect(result.labels == ["x\"\\\néA"])
        #expect(result.value.isNaN)
        let histogram = Array(#"{"metric":{},"histogram":[1.5,{"count":"3","buckets":[[0,"1","2","3"]]}]}"#.utf8)
        #expect(try PrometheusResult(element: histogram, wanted: []) == nil)
    }

    @Test func aRangeBecomesPoints() throws {
        var all: [PrometheusSeries] = []
        var answer = PrometheusAnswer()
        try answer.feed(try Fixture.bytes("prometheus/range-2.42.json")) {
            all.append(try PrometheusSeries(element: $0))
        }
        #expect(try answer.finish(status: 200).resultType == "matrix")
        let series = try #require(all.first)
        #expect(series.labels["instance"] == "127.0.0.1:19100")
        #expect(series.points.count == 7)
        #expect((series.points[1].at - series.points[0].at) == .seconds(10))
    }

    @Test func anElementWithoutEndIsRefusedAtTheLimit() throws {
        var answer = PrometheusAnswer()
        try answer.feed(Array(#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":""#.utf8)) {
            _ in
        }
        let much = [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)
        #expect(throws: WireError.self) {
            for _ in 0...4 { try answer.feed(much) { _ in } }
        }
    }

    // MARK: Alertmanager

    @Test func alertsAndSilencesAreRead() throws {
        let (alerts, leftOut) = try AlertmanagerAlert.list(Fixture.bytes("alertmanager/alerts-silenced-0.25.json"))
        #expect(leftOut == 0)
        #expect(Set(alerts.compactMap { $0.labels["alertname"] }) == ["WalletSlow", "OddsFeedOld", "DiskFills"])
        let odds = try #require(alerts.first { $0.labels["alertname"] == "OddsFeedOld" })
        #expect(odds.state == "suppressed")
        #expect(odds.annotations["description"] == "odds are 3 s old")
        let silences = try AlertmanagerSilence.list(Fixture.bytes("alertmanager/silences-0.25.json"))
        #expect(silences.map(\.id) == odds.silencedBy)
        #expect(silences[0].matchers.map(\.isRegex) == [false, true])
        #expect(silences[0].createdBy == "kim")
        #expect(silences[0].endsAt != nil)
        #expect(alerts.first { $0.labels["alertname"] == "DiskFills" }?.inhibitedBy.isEmpty == false)
    }
}
