public import Estate
import FoundationEssentials
public import Settings
import Synchronization
import Transport
import Wire

/// How a group's backups stand, as `pgbackrest info` says where the repositories can be read.
public struct PgBackRestFeed: Feed {
    public let source: SourceID

    /// The tool reads every repository anew, over the network where they are elsewhere.
    public static let replyDeadline = Span.seconds(30)
    /// Longest answer: some ten thousand backups.
    public static let replyBytesMax = 16 << 20
    /// The list of a hundred thousand segments of log.
    public static let archiveBytesMax = 16 << 20
    /// How long the listing of an archive may take.
    public static let archiveDeadline = Span.seconds(120)
    /// Of a file that tells of a restore test.
    public static let restoreTestBytesMax = 4_096

    private let group: GroupID
    private let settings: PgBackRestSettings
    private let pace: FeedPace

    public init(_ group: GroupID, _ settings: PgBackRestSettings, pace: FeedPace? = nil) {
        source = SourceID("pgbackrest", group.name)
        self.group = group
        self.settings = settings
        self.pace =
            pace
            ?? FeedPace(
                interval: settings.every, replyDeadline: Self.replyDeadline,
                backoff: Backoff.Limits(delayFirst: .seconds(2), delayMax: max(settings.every, .seconds(10))))
    }

    public func run(into sink: any UpdateSink, clock: any Timekeeper) async {
        let facts = Mutex(PgBackRestFacts(settings))
        let lookedAt = Mutex<Timestamp?>(nil)
        let label = Program(settings.command).label
        await FeedLoop(source, into: sink, clock: clock, pace: pace, endpoints: [label]).run { session in
            while true {
                let reply = try await ask(["info"], within: pace.replyDeadline, bytesMax: Self.replyBytesMax, clock)
                let now = clock.now()
                let stanza = try stanza(reply.bytes)
                if let tested = try await restoreTest(clock) { facts.withLock { $0.restoreTestedAt = tested } }
                let problem = stanza.isUnknown ? "no stanza \(Escaped.text(settings.stanza)): check its name" : nil
                session.heard(latency: reply.took, problem: problem)
                session.send(.group(group, facts.withLock { $0.take(stanza, at: now) }), at: now)
                if isDue(lookedAt, now) {
                    let listings = try await listings(stanza, clock)
                    session.send(
                        .group(
                            group,
                            facts.withLock {
                                $0.take(listings, of: stanza)
                                return $0.take(stanza, at: now)
                            }), at: now)
                }
                try await clock.sleep(until: pace.nextAsk(after: clock.now()))
            }
        }
    }

    private func isDue(_ lookedAt: borrowing Mutex<Timestamp?>, _ now: Timestamp) -> Bool {
        guard let every = settings.archiveEvery else { return false }
        return lookedAt.withLock { last in
            if let known = last, now - known < every { return false }
            last = now
            return true
        }
    }

    private func ask(
        _ words: [String], within deadline: Span, bytesMax: Int, _ clock: any Timekeeper
    ) async throws -> ProgramOutput {
        let program = Program(
            settings.command + ["--stanza=\(settings.stanza)", "--output=json", "--log-level-console=off"] + words)
        let reply = try await program.run(within: deadline, clock: clock, outputBytesMax: bytesMax)
        guard reply.status == 0 else {
            let said = reply.errors.isEmpty ? reply.bytes : reply.errors
            throw FeedError.unreachable(
                endpoint: program.label,
                reason: "\(program.label) \(words[0]) ended with \(reply.status): \(Escaped.text(said))")
        }
        return reply
    }

    private func stanza(_ bytes: [UInt8]) throws -> PgBackRestStanza {
        let all = try PgBackRestStanza.stanzas(bytes)
        guard let one = all.first(where: { $0.name == settings.stanza }) else {
            throw FeedError.refused(
                endpoint: Program(settings.command).label, reason: "no stanza \(Escaped.text(settings.stanza))")
        }
        return one
    }

    /// What of the log is where; a repository that cannot be listed is left out, for `info` has told of it.
    private func listings(
        _ stanza: PgBackRestStanza, _ clock: any Timekeeper
    ) async throws -> [PgBackRestArchiveListing] {
        var made: [PgBackRestArchiveListing] = []
        for archive in stanza.archives where archive.lastSegment != nil {
            do {
                let reply = try await ask(
                    ["--repo=\(archive.repository)", "--recurse", "repo-ls", "archive/\(stanza.name)/\(archive.id)"],
                    within: Self.archiveDeadline, bytesMax: Self.archiveBytesMax, clock)
                made.append(try PgBackRestArchiveListing(reply.bytes))
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                continue
            }
        }
        return made
    }

    private func restoreTest(_ clock: any Timekeeper) async throws -> Timestamp? {
        switch settings.restoreTest {
        case nil: return nil
        case .file(let path):
            guard let file = FileHandle.head(of: path, bytesMax: Self.restoreTestBytesMax) else { return nil }
            return Self.moment(file.bytes) ?? file.writtenAt
        case .command(let words):
            let reply = try? await Program(words).run(
                within: pace.replyDeadline, clock: clock, outputBytesMax: Self.restoreTestBytesMax)
            try Task.checkCancellation()
            guard let reply, reply.status == 0 else { return nil }
            return Self.moment(reply.bytes)
        }
    }

    /// The first line as a moment: `2026-11-21T03:00:00Z`, or seconds since 1970.
    static func moment(_ bytes: [UInt8]) -> Timestamp? {
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") }.filter { $0 != UInt8(ascii: "\r") }
        let text = String(decoding: line, as: UTF8.self)
        if let seconds = Double(text), seconds > 0, seconds < 9e9 { return Timestamp(seconds: seconds) }
        return ISOTime.parse(text)
    }
}

extension PgBackRestStanza {
    /// No repository has heard of it.
    fileprivate var isUnknown: Bool {
        !repositories.isEmpty && repositories.allSatisfy { $0.status.code == 1 } && backups.isEmpty
    }
}

/// A small file that somebody else writes.
private enum FileHandle {
    static func head(of path: String, bytesMax: Int) -> (bytes: [UInt8], writtenAt: Timestamp?)? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let size = attributes[.size] as? UInt64 ?? (attributes[.size] as? Int).map(UInt64.init)
        else { return nil }
        let written = (attributes[.modificationDate] as? Date).map {
            Timestamp(seconds: $0.timeIntervalSince1970)
        }
        guard size <= bytesMax, let data = FileManager.default.contents(atPath: path) else { return ([], written) }
        return ([UInt8](data), written)
    }
}
