import Estate
import PitbossTestKit
import Settings
import Testing
import Wire

@testable import Feeds

@Suite(.timeLimit(.minutes(5))) struct PgBackRestFeedTests {
    static let hostileName = "evil\u{1B}[31m\u{202E}"

    static let feedCase = FeedCase(
        "pgBackRest",
        makePeer: {
            let info = (try? Recorded.text("pgbackrest/info-2.45.json")) ?? ""
            return ProgramPeer(endsAfterAnswer: true) { mood, _ in
                switch mood {
                case .malformed: "[{\u{1B}[2J\u{7}"
                case .hostile: info.replacing("20261121-113640F", with: #"evil\u001b[31m\u202e"#)
                default: info
                }
            }
        },
        makeFeed: { peer, pace in
            let command = (peer as? ProgramPeer)?.answeringCommand ?? []
            return PgBackRestFeed(
                GroupID("wallet-db"),
                PgBackRestSettings(stanza: "wallet-db", command: command, archiveEvery: nil), pace: pace)
        },
        isValue: { update in
            guard case .group(let id, let facts) = update.body else { return false }
            return id.name == "wallet-db" && facts.backups?.backups.count == 4
        },
        isHostileValue: { update in
            guard case .group(_, let facts) = update.body else { return false }
            return facts.backups?.backups.contains { $0.label == hostileName } == true
        })

    @Test func firstValue() async throws { try await FeedConformance(Self.feedCase).firstValue() }
    @Test func silence() async throws { try await FeedConformance(Self.feedCase).silence() }
    @Test func deadline() async throws { try await FeedConformance(Self.feedCase).deadline() }
    @Test func cancel() async throws { try await FeedConformance(Self.feedCase).cancel() }
    @Test func reconnect() async throws { try await FeedConformance(Self.feedCase).reconnect() }
    @Test func malformed() async throws { try await FeedConformance(Self.feedCase).malformed() }
    @Test func hostileNames() async throws { try await FeedConformance(Self.feedCase).hostileNames() }

    private func stanza(_ fixture: String) throws -> PgBackRestStanza {
        try #require(try PgBackRestStanza.stanzas(Recorded.bytes("pgbackrest/\(fixture)-2.45.json")).first)
    }

    private let settings = PgBackRestSettings(
        stanza: "wallet-db",
        repositories: [
            RepositorySettings(key: 1, name: "nas", site: SiteID("ams")),
            RepositorySettings(key: 2, name: "s3", isOffSite: true),
        ])

    @Test func repositoriesGetTheirPlaceFromTheConfiguration() throws {
        var facts = PgBackRestFacts(settings)
        let backups = try #require(facts.take(try stanza("info"), at: Timestamp(seconds: 2e9)).backups)
        #expect(backups.repositories.map(\.name) == ["nas", "s3"])
        #expect(backups.repositories.map(\.isOffSite) == [false, true])
        #expect(backups.repositories.map(\.isOK) == [true, true])
        #expect(backups.newest(.full)?.repository == "s3")
        #expect(backups.newest?.kind == .incremental)
        #expect(backups.problem == nil)
        #expect(backups.running == nil)
    }

    @Test func aRepositoryThatFailsIsNamedWithTheToolsWords() throws {
        var facts = PgBackRestFacts(settings)
        let gone = try #require(facts.take(try stanza("info-repo-gone"), at: .zero).backups)
        #expect(gone.repositories.map(\.isOK) == [true, false])
        #expect(gone.problem == "s3: missing stanza path (code 1)")
        let running = try #require(facts.take(try stanza("info-running"), at: .zero).backups)
        #expect(running.running == RunningBackup(kind: nil))
    }

    @Test func theMomentOfArchivingIsWhenANewerSegmentIsSeen() throws {
        var facts = PgBackRestFacts(settings)
        let first = try #require(facts.take(try stanza("info"), at: Timestamp(seconds: 2e9)).backups)
        #expect(first.lastArchivedAt?.seconds == 1_795_261_011, "the last backup ended with the newest segment")
        let text = try Recorded.text("pgbackrest/info-2.45.json").replacing(
            "\"max\":\"000000010000000000000008\"", with: "\"max\":\"000000010000000000000009\"")
        let later = try #require(try PgBackRestStanza.stanzas(Array(text.utf8)).first)
        #expect(facts.take(later, at: Timestamp(seconds: 2e9 + 60)).backups?.lastArchivedAt?.seconds == 2e9 + 60)
        #expect(facts.take(later, at: Timestamp(seconds: 2e9 + 120)).backups?.lastArchivedAt?.seconds == 2e9 + 60)
    }

    @Test func aRestoreTestTellsItsMoment() {
        #expect(PgBackRestFeed.moment(Array("2026-11-20T03:00:00Z\nall tables\n".utf8))?.seconds == 1_795_143_600)
        #expect(PgBackRestFeed.moment(Array("1795143600\n".utf8))?.seconds == 1_795_143_600)
        #expect(PgBackRestFeed.moment(Array("never".utf8)) == nil)
    }
}
