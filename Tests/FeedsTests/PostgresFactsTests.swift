import Estate
import Testing

@testable import Feeds

@Suite struct PostgresFactsTests {
    private let at = Timestamp(seconds: 1_795_242_264)

    private func reading(_ name: String) throws -> PostgresReading {
        try PostgresReading(try Recorded.bytes("postgres/\(name).json"))
    }

    private func facts() -> PostgresFacts {
        PostgresFacts(memberName: "pg-a", nameOfStandby: PostgresFeed.nameByApplication)
    }

    @Test func aPrimary() throws {
        var facts = facts()
        let output = facts.take(try reading("primary-15"), at: at)
        let own = try #require(output.own.replication)
        #expect(own.inRecovery == false)
        #expect(own.timeline == 1)
        #expect(own.writtenLSN == LSN(text: "0/3193C08"))
        #expect(own.receivedLSN == nil)
        #expect(own.replayLagBytes == nil)
        #expect(own.streaming == nil)
        #expect(own.systemIdentifier == "7710503806437369816")
        #expect((own.commits ?? 0) > 800)
        #expect(own.slots.map(\.name) == ["cdc", "pg_b"])
        #expect(own.slots.map(\.isLogical) == [true, false])
        #expect(own.slots.map(\.isActive) == [false, true])
        #expect(own.slots[1].retainedBytes == 0)
        #expect(own.senders.map(\.application) == ["pg-b"])
        #expect(own.senders[0].syncState == .sync)
        #expect(own.senders[0].replayLagSeconds == 0)
        #expect(own.archive?.archivedCount == 3)
        #expect(own.archive?.lastFailedAt == nil)
        #expect(output.own.version == "15.20")
        #expect(output.own.role == nil, "who leads, the lock says")
        #expect(output.own.figures["connectionsMax"] == 100)

        #expect(output.standbys.map(\.name) == ["pg-b"])
        let standby = try #require(output.standbys.first?.facts.replication)
        #expect(standby.receivedLSN == LSN(text: "0/3193C08"))
        #expect(standby.receiveLagBytes == 0)
        #expect(standby.replayLagBytes == 0)
        #expect(standby.replayLagSeconds == 0)
        #expect(standby.syncState == .sync)
        #expect(standby.streaming == true)
        #expect(standby.upstream == "pg-a")
        let reply = try #require(standby.lastReplyAt)
        #expect((at - reply).seconds < 2)
        #expect(output.standbys[0].facts.notes["slot"] == "pg_b")
    }

    @Test func aStandby() throws {
        var facts = facts()
        let output = facts.take(try reading("standby-15"), at: at)
        let own = try #require(output.own.replication)
        #expect(own.inRecovery == true)
        #expect(own.writtenLSN == nil)
        #expect(own.receivedLSN == LSN(text: "0/3193C08"))
        #expect(own.replayedLSN == own.receivedLSN)
        #expect(own.streaming == true)
        #expect(own.timeline == 1)
        #expect(own.upstream == "127.0.0.1:19941")
        #expect(own.replayPaused == false)
        #expect(own.replayLagSeconds == 0)
        #expect(output.standbys.isEmpty)
    }

    @Test func lagOfAFrozenReceiverIsNotTheOneTheServerRepeats() throws {
        var facts = facts()
        _ = facts.take(try reading("primary-15"), at: at)
        // Written three seconds later, and nothing heard of the standby since: the server's lag figure is NULL.
        var frozen = try reading("primary-frozen-15")
        frozen.senders[0].replayLagSeconds = 0.002
        for second in [3.0, 4, 16] {
            let output = facts.take(frozen, at: at + .seconds(second))
            let standby = try #require(output.standbys.first?.facts.replication)
            #expect(standby.replayLagBytes == 2_567_688 - 8 || standby.replayLagBytes == 2_567_688)
            #expect(standby.receiveLagBytes == standby.replayLagBytes)
            #expect(standby.replayLagSeconds == (second == 3 ? nil : second - 3))
            let reply = try #require(standby.lastReplyAt)
            #expect((at + .seconds(second) - reply).seconds > 13)
        }
    }

    @Test func aFrozenStandbyDoesNotVouchForItself() throws {
        var facts = facts()
        let own = try #require(facts.take(try reading("standby-frozen-15"), at: at).own.replication)
        // It has replayed all it has, and has heard nothing for seventeen seconds.
        #expect(own.receivedLSN == own.replayedLSN)
        #expect(own.replayLagBytes == nil)
        #expect(own.receiveLagBytes == nil)
        #expect(own.replayLagSeconds == nil)
    }

    @Test func replayThatIsPausedLagsInBytesAndInSecondsThatGrow() throws {
        var facts = facts()
        let paused = try reading("standby-paused-15")
        var before = paused
        before.received = before.replayed
        _ = facts.take(before, at: at)
        for second in [1.0, 2, 61] {
            let own = try #require(facts.take(paused, at: at + .seconds(second)).own.replication)
            #expect(own.replayPaused == true)
            #expect(own.replayLagBytes == 1_283_872)
            #expect(own.receiveLagBytes == 0)
            #expect(own.replayLagSeconds == (second == 1 ? nil : second - 1))
        }
    }

    @Test func theServersFigureStandsWhileTheStandbyMoves() throws {
        var facts = facts()
        var paused = try reading("primary-paused-15")
        let first = facts.take(paused, at: at).standbys.first?.facts.replication
        #expect(first?.replayLagSeconds == 1.593105)
        // From here on it does not move, and the figure is repeated.
        let second = facts.take(paused, at: at + .seconds(1)).standbys.first?.facts.replication
        #expect(second?.replayLagSeconds == 1)
        paused.senders[0].replayed = LSN(text: "0/3500000")
        paused.senders[0].replayLagSeconds = 4.5
        let third = facts.take(paused, at: at + .seconds(2)).standbys.first?.facts.replication
        #expect(third?.replayLagSeconds == 4.5)
    }

    @Test func whoReceivesTheLogAndIsNoMemberIsNone() throws {
        var facts = facts()
        let output = facts.take(try reading("primary-senders-15"), at: at)
        #expect(output.own.replication?.senders.map(\.application) == ["pg-b", "pg_receivewal", "pg_recvlogical"])
        #expect(output.own.replication?.senders.map(\.isLogical) == [false, false, true])
        #expect(output.standbys.map(\.name) == ["pg-b"])
    }

    @Test func withoutTheRightToSeeItNothingIsMadeUp() throws {
        var facts = facts()
        let primary = facts.take(try reading("primary-blind-15"), at: at)
        #expect(primary.standbys.isEmpty)
        #expect(primary.own.replication?.senders.first?.replayLagSeconds == nil)
        #expect(primary.own.replication?.senders.first?.syncState == nil)
        var other = PostgresFacts(memberName: "pg-b", nameOfStandby: PostgresFeed.nameByApplication)
        let standby = other.take(try reading("standby-blind-15"), at: at)
        #expect(standby.own.replication?.streaming == nil)
        #expect(standby.own.replication?.replayLagBytes == nil)
    }

    @Test func aPromotionIsAnEdgeAndTheOldStandbysGo() throws {
        var facts = facts()
        let primary = try reading("primary-15")
        #expect(facts.take(primary, at: at).isEdge)
        #expect(!facts.take(primary, at: at + .seconds(1)).isEdge)
        let demoted = facts.take(try reading("standby-15"), at: at + .seconds(2))
        #expect(demoted.isEdge)
        #expect(demoted.gone == ["pg-b"])
        var newer = primary
        newer.timeline = 2
        #expect(facts.take(newer, at: at + .seconds(3)).isEdge)
    }

    @Test func aStandbyWithoutReceiverDoesNotStream() throws {
        var facts = facts()
        var alone = try reading("standby-15")
        alone.receiver = nil
        let own = try #require(facts.take(alone, at: at).own.replication)
        #expect(own.streaming == false)
        #expect(own.replayLagBytes == nil)
        #expect(own.replayLagSeconds == nil)
    }

    @Test func aStandbyThatPassesTheLogOnClaimsNoLagOfOthers() throws {
        var facts = facts()
        var middle = try reading("standby-15")
        middle.senders = try reading("primary-15").senders
        let output = facts.take(middle, at: at)
        #expect(output.standbys.map(\.name) == ["pg-b"])
        #expect(output.standbys[0].facts.replication?.replayLagBytes == nil)
        #expect(output.standbys[0].facts.replication?.streaming == true)
    }

    @Test func theTimelineOfAStandbyIsTheNewestAnybodyNames() throws {
        let text = #"{"recovery":true,"timeline":3,"checkpoint_timeline":2,"receiver":{"timeline":4}}"#
        #expect(try PostgresReading(Array(text.utf8)).timeline == 4)
        #expect(try PostgresReading(Array(#"{"recovery":true,"timeline":0}"#.utf8)).timeline == nil)
        #expect(
            try PostgresReading(Array(#"{"recovery":false,"checkpoint_timeline":2,"timeline":3}"#.utf8)).timeline == 3)
        #expect(throws: (any Error).self) { try PostgresReading(Array("{}".utf8)) }
        #expect(throws: (any Error).self) { try PostgresReading(Array("[]".utf8)) }
    }

    @Test func numbersBeyondReasonDoNotTrap() throws {
        let text = #"""
            {"recovery":false,"current":"FFFFFFFF/FFFFFFFF","now":1e308,"started":1e308,"timeline":99999999999999999999,
             "archive_mode":"on","archiver":{"archived":-1,"archived_at":-1e300,"failed_at":1e300},
             "senders":[{"app":"x","replayed":"0/0","flushed":"0/0","reply_age":1e300,"replay_lag":-1e300,"sync":"odd"}],
             "slots":[{"name":"s","retained":-9223372036854775808}]}
            """#
        var facts = facts()
        let output = facts.take(try PostgresReading(Array(text.utf8)), at: at)
        #expect(output.own.startedAt == nil)
        #expect(output.own.replication?.slots.first?.retainedBytes == 0)
        #expect(output.standbys.first?.facts.replication?.lastReplyAt == nil)
        #expect(output.standbys.first?.facts.replication?.replayLagBytes == .max)
    }

    @Test func logHistoryForgetsTheOldestAndATimelineThatWentBack() {
        var history = LogHistory()
        for second in 0..<2000 {
            history.note(LSN(UInt64(second) * 10 + 10), at: at + .seconds(Double(second)))
        }
        let now = at + .seconds(2000)
        #expect(history.behindSeconds(LSN(20_000), now: now) == nil)
        #expect(history.behindSeconds(LSN(19_990), now: now) == 1)
        #expect(history.behindSeconds(LSN(19_000), now: now) == 100)
        let oldest = history.behindSeconds(LSN(0), now: now) ?? 0
        #expect(oldest >= 800 && oldest <= 900)
        history.note(LSN(500), at: now)
        #expect(history.behindSeconds(LSN(400), now: now + .seconds(5)) == 5)
    }

    @Test func faultsAreToldApartInEveryLanguage() {
        let fault = PostgresFault(
            "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  28P01: Passwort-Authentifizierung fehlgeschlagen\nLOCATION:  auth_failed, auth.c:320\n"
        )
        #expect(fault.sqlState == "28P01")
        #expect(fault.message.contains("Passwort-Authentifizierung"))
        #expect(!fault.message.contains("28P01"))
        #expect(PostgresFault("could not connect: Connection refused\n").sqlState == nil)
        #expect(PostgresFault("a: ERROR: b").sqlState == nil)
        let unsaid = PostgresFault("connection to server at \"h\", port 1 failed: fe_sendauth: no password supplied\n")
        #expect(unsaid.feedError(endpoint: "x").state == .refused)
        #expect(PostgresFault("").message == "no reason given")
        #expect(PostgresFault("x\u{1B}[2J").message == "x\\x1b[2J")
    }

    @Test(arguments: [
        ("SSL error: certificate verify failed", "not of our CA", "sslrootcert"),
        ("server certificate for \"a\" does not match host name \"b\"", "another name", "an address"),
        ("server does not support SSL, but SSL was required", "does not speak TLS", "ssl = on"),
        ("SSL error: tlsv13 alert certificate required", "wants a client certificate", "sslcert"),
        ("root certificate file \"/x/ca.pem\" does not exist", "/x/ca.pem", "sslrootcert"),
    ]) func whyTLSCameToNothing(said: String, reason: String, remedy: String) {
        let fault = PostgresFault("connection to server at \"127.0.0.1\", port 5432 failed: \(said)\n")
        guard case .untrusted(let endpoint, let words, let mending) = fault.feedError(endpoint: "postgres://h:1/d")
        else {
            Issue.record("\(fault.feedError(endpoint: "x"))")
            return
        }
        #expect(endpoint == "postgres://h:1/d")
        #expect(words.contains(reason), "\(words)")
        #expect(mending.contains(remedy), "\(mending)")
    }
}
