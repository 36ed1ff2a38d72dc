import Estate
import Grid
import Insight

/// What each observer says of a member, side by side: where two differ, one sees who says what and how old it is.
enum FactTable {
    typealias Reader = @Sendable (MemberFacts) -> String?

    private static let facts: [(name: String, read: Reader)] = [
        ("role", { $0.role?.rawValue }),
        ("state", { $0.stateDetail ?? $0.state?.rawValue }),
        ("in recovery", { $0.replication?.inRecovery.map { $0 ? "yes" : "no" } }),
        ("timeline", { $0.replication?.timeline.map(String.init) }),
        ("written", { $0.replication?.writtenLSN?.description }),
        ("received", { $0.replication?.receivedLSN?.description }),
        ("replayed", { $0.replication?.replayedLSN?.description }),
        ("receive lag", { $0.replication?.receiveLagBytes.map(Figures.bytes) }),
        ("replay lag", { $0.replication?.replayLagBytes.map(Figures.bytes) }),
        ("replay lag time", { $0.replication?.replayLagSeconds.map(Figures.seconds) }),
        ("sync state", { $0.replication?.syncState?.rawValue }),
        ("streaming", { $0.replication?.streaming.map { $0 ? "yes" : "no" } }),
        ("replay paused", { $0.replication?.replayPaused.map { $0 ? "yes" : "no" } }),
        ("streams from", { $0.replication?.upstream }),
        ("archived", { $0.replication?.archive?.archivedCount.map(String.init) }),
        ("archive failures", { $0.replication?.archive?.failedCount.map(String.init) }),
        ("admin state", { $0.traffic?.admin?.rawValue }),
        ("check", { $0.traffic?.check?.rawValue }),
        ("last check", { $0.traffic?.checkDetail }),
        ("ejected", { $0.traffic?.ejected.map { $0 ? "for errors in traffic" : "no" } }),
        ("says itself", { $0.service.map { ($0.isWell ? "well: " : "not well: ") + ($0.status ?? "no word") } }),
        ("answers within", { $0.service?.latencySeconds.map(Figures.seconds) }),
        ("started", { $0.startedAt.map { Figures.clock($0) } }),
        ("sessions", { $0.traffic?.sessions.map(String.init) }),
        ("queue", { $0.traffic?.queue.map(String.init) }),
        ("new sessions", { $0.traffic?.sessionRate.map(Figures.rate) }),
        ("weight", { $0.traffic?.weight.map(String.init) }),
        ("errors", { $0.traffic?.errorsTotal.map(String.init) }),
        ("known there as", { $0.traffic?.handle }),
        ("voter", { $0.quorum?.isVoter.map { $0 ? "yes" : "no" } }),
        ("term", { $0.quorum?.term.map(String.init) }),
        ("store size", { $0.quorum?.databaseBytes.map(Figures.bytes) }),
        ("alarms", { ($0.quorum?.alarms).flatMap { $0.isEmpty ? nil : $0.joined(separator: ", ") } }),
        ("address", { $0.address }),
        ("door", { $0.door }),
        ("version", { $0.version }),
    ]

    /// The most named figures and notes shown of one observer.
    static let extrasMax = 12

    static func lines(_ member: Member, _ frame: Frame, width: Int) -> [[Piece]] {
        let nameWidth = 17
        let shown = member.sightings.prefix(max((width - nameWidth) / 16, 1))
        guard !shown.isEmpty else { return [[Piece("nobody has said anything of it", Ink(.textStale))]] }
        let cell = min(max((width - nameWidth) / shown.count - 1, 8), 34)
        var lines: [[Piece]] = []
        let ages = shown.map { frame.snapshot.freshness(of: $0.by, at: $0.at, now: frame.now) }
        lines.append(
            [Piece(TextWidth.fit("", to: nameWidth))]
                + shown.map { Piece(TextWidth.fit(name(of: $0.by, in: cell), to: cell) + " ", Ink(.heading)) })
        lines.append(
            [Piece(TextWidth.fit("seen ago", to: nameWidth), Ink(.textDim))]
                + zip(shown, ages).map { seen, freshness in
                    let age = Figures.age(from: seen.at, to: frame.now)
                    let text = freshness == .fresh ? age : "\(age) \(freshness == .stale ? "STALE" : "UNKNOWN")"
                    return Piece(
                        TextWidth.fit(text, to: cell) + " ", Ink(freshness == .fresh ? .textDim : .checkWarn))
                })
        for fact in facts {
            let values = shown.map { fact.read($0.facts) }
            guard values.contains(where: { $0 != nil }) else { continue }
            var line = [Piece(TextWidth.fit(fact.name, to: nameWidth), Ink(.textDim))]
            for (value, freshness) in zip(values, ages) {
                let text = TextWidth.fit(Sanitizer.visible(value ?? ""), to: cell) + " "
                line.append(Piece(text, Looks.ink(for: freshness, else: .text)))
            }
            lines.append(line)
        }
        return lines
    }

    /// An observer's name; where it is too long the end of it, for there the observers of a member differ.
    static func name(of observer: SourceID, in width: Int) -> String {
        let full = observer.description
        guard TextWidth.of(full) > width, let slash = observer.name.lastIndex(of: "/") else { return full }
        return "\(observer.system):…\(observer.name[slash...])"
    }

    /// Figures and notes that no column above has.
    static func extras(_ member: Member) -> [[Piece]] {
        var lines: [[Piece]] = []
        for seen in member.sightings {
            for (name, value) in seen.facts.figures.sorted(by: { $0.key < $1.key }).prefix(extrasMax) {
                let isBytes = name.hasSuffix("Bytes") && abs(value) < 9e18
                let text = isBytes ? Figures.bytes(Int64(value)) : Figures.count(value)
                lines.append(Document.pair(name, "\(text)  (\(seen.by))", width: 22))
            }
            for (name, value) in seen.facts.notes.sorted(by: { $0.key < $1.key }).prefix(extrasMax) {
                lines.append(Document.pair(name, "\(value)  (\(seen.by))", width: 22))
            }
        }
        return lines
    }
}
