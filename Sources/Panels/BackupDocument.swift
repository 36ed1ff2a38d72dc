import Estate
import Grid
import Insight

/// The backups of one group: why they stand as they do, when they were made, where they are kept.
enum BackupDocument {
    /// How far back the timeline goes.
    static let timelineSpan = Span.seconds(7 * 86_400)
    /// The most backups listed.
    static let backupsMax = 12

    static func document(_ group: GroupAssessment, _ frame: Frame, width: Int, glyphs: Glyphs) -> Document {
        var document = Document()
        let column = width >= Document.twoColumnsFrom ? width / 2 - 4 : width - 4
        guard let backups = group.backups else {
            let why =
                group.reasons.first { $0.text.hasPrefix("no backup is known") }?.text
                ?? "\(group.id): no backups are watched and no policy asks for any"
            document.add("Why", Document.wrapped(why, .plain, width: column))
            return document
        }
        document.add("Why", why(group, backups, width: column, glyphs: glyphs))
        document.add("\(group.id), the last 7 days", timeline(backups, frame, width: column, glyphs: glyphs))
        document.add("Repositories", repositories(backups, frame, glyphs))
        document.add("Newest backups", newest(backups, frame, glyphs))
        return document
    }

    private static func why(
        _ group: GroupAssessment, _ backups: BackupAssessment, width: Int, glyphs: Glyphs
    ) -> [[Piece]] {
        var lines = backups.reasons.flatMap { reason in
            Document.wrapped(
                reason.text, .plain, width: width,
                lead: [Piece(Looks.sign(reason.severity, glyphs) + " ", Ink(Looks.token(reason.severity), .bold))])
        }
        guard let policy = backups.policy else {
            return lines + [[Piece("no policy says what they have to be: nothing is judged", Ink(.textDim))]]
        }
        if lines.isEmpty {
            let sign = Piece(glyphs.protected + " ", Ink(.verdictProtected, .bold))
            lines.append([sign, Piece("all that the policy asks for is there", .plain)])
        }
        let tested = policy.restoreTestAgeMax.map { ", a restore tested every \(Figures.seconds($0.seconds))" } ?? ""
        let text =
            "asked for: a full one every \(Figures.seconds(policy.fullAgeMax.seconds)), any every "
            + Figures.seconds(policy.anyAgeMax.seconds) + (policy.needsOffSite ? ", a copy off-site" : "") + tested
        return lines + Document.wrapped(text, Ink(.textDim), width: width)
    }

    // MARK: - Timeline

    /// One line a kind: a block where backups ended, dots over the time in which the newest has to lie.
    private static func timeline(
        _ backups: BackupAssessment, _ frame: Frame, width: Int, glyphs: Glyphs
    ) -> [[Piece]] {
        let nameWidth = 10
        let room = min(max(width - nameWidth, 14), 84)
        let away = Set(backups.facts.repositories.filter(\.isOffSite).map(\.name))
        let all = backups.facts.backups
        let policy = backups.policy
        let lines: [(String, [Backup], Span?)] = [
            ("full", all.filter { $0.kind == .full }, policy?.fullAgeMax),
            ("any", all, policy?.anyAgeMax),
            (
                "off-site", all.filter { $0.repository.map { away.contains($0) } ?? false },
                policy?.needsOffSite == true ? policy?.fullAgeMax : nil
            ),
        ]
        var drawn = lines.filter { !$0.1.isEmpty || $0.2 != nil }.map { name, made, most in
            [Piece(TextWidth.fit(name, to: nameWidth), Ink(.textDim))]
                + line(made, allowed: most, frame, room: room, glyphs: glyphs)
        }
        guard !drawn.isEmpty else { return [] }
        let (left, right) = ("7 d ago", "now")
        let gap = String(repeating: " ", count: max(room - left.count - right.count, 1))
        drawn.append([Piece(String(repeating: " ", count: nameWidth) + left + gap + right, Ink(.textDim))])
        return drawn
    }

    private static func line(
        _ made: [Backup], allowed: Span?, _ frame: Frame, room: Int, glyphs: Glyphs
    ) -> [Piece] {
        enum Mark: Equatable { case nothing, allowed, made, failed }
        var marks = [Mark](repeating: .nothing, count: room)
        func place(_ age: Double) -> Int? {
            let part = age / timelineSpan.seconds
            guard part >= 0, part <= 1 else { return nil }
            return min(room - 1, Int(Double(room) * (1 - part)))
        }
        let isMet = allowed.map { most in made.contains { !$0.hasError && frame.now - $0.endedAt <= most } } ?? true
        if let allowed {
            for cell in (place(min(allowed.seconds, timelineSpan.seconds)) ?? 0)..<room { marks[cell] = .allowed }
        }
        for backup in made {
            guard let cell = place(max((frame.now - backup.endedAt).seconds, 0)) else { continue }
            if marks[cell] != .made { marks[cell] = backup.hasError ? .failed : .made }
        }
        let full = String(glyphs.barParts[glyphs.barParts.count - 1])
        var pieces: [Piece] = []
        for mark in marks {
            let (text, ink): (String, Ink) =
                switch mark {
                case .nothing: (" ", .plain)
                case .allowed: (String(glyphs.barEmpty), Ink(isMet ? .textDim : .checkFail))
                case .made: (full, Ink(.graph1))
                case .failed: (String(glyphs.fail), Ink(.checkFail))
                }
            if let last = pieces.last, last.ink == ink {
                pieces[pieces.count - 1] = Piece(last.text + text, ink)
            } else {
                pieces.append(Piece(text, ink))
            }
        }
        return pieces
    }

    // MARK: - Lists

    private static func repositories(_ backups: BackupAssessment, _ frame: Frame, _ glyphs: Glyphs) -> [[Piece]] {
        backups.facts.repositories.prefix(8).map { repository in
            let newest = backups.facts.backups.last { $0.repository == repository.name && !$0.hasError }
            let ok: (String, Token) =
                switch repository.isOK {
                case true: ("\(glyphs.pass) sound", .checkPass)
                case false: ("\(glyphs.fail) not sound", .checkFail)
                default: ("? not checked", .textStale)
                }
            return [
                Piece(TextWidth.fit(repository.name, to: 14, glyphs: glyphs) + " ", Ink(.text)),
                Piece(TextWidth.fit(ok.0, to: 13, glyphs: glyphs) + " ", Ink(ok.1)),
                Piece(repository.isOffSite ? "off-site " : "on site  ", Ink(repository.isOffSite ? .text : .textDim)),
                Piece(TextWidth.fit(repository.site?.name ?? "", to: 10, glyphs: glyphs) + " ", Ink(.textDim)),
                Piece(
                    TextWidth.fit(
                        repository.bytes.map(Figures.bytes) ?? glyphs.nothing, to: Figures.bytesWidth, align: .right),
                    Ink(.text)),
                Piece(
                    newest.map { "  newest \(Figures.age(from: $0.endedAt, to: frame.now)) ago" } ?? "", Ink(.textDim)),
            ]
        }
    }

    private static func newest(_ backups: BackupAssessment, _ frame: Frame, _ glyphs: Glyphs) -> [[Piece]] {
        // One that went to several repositories is one backup.
        var lines: [(backup: Backup, places: [String])] = []
        for backup in backups.facts.backups.reversed() {
            if let i = lines.firstIndex(where: {
                $0.backup.kind == backup.kind && $0.backup.endedAt == backup.endedAt
                    && $0.backup.hasError == backup.hasError
            }) {
                lines[i].places += [backup.repository].compactMap { $0 }
            } else if lines.count < backupsMax {
                lines.append((backup, [backup.repository].compactMap { $0 }))
            } else {
                break
            }
        }
        return lines.map { backup, places in
            let took = Figures.seconds(max((backup.endedAt - backup.startedAt).seconds, 0))
            return [
                Piece(Figures.dateTime(backup.endedAt) + "Z ", Ink(.textDim)),
                Piece(TextWidth.fit(backup.kind.rawValue, to: 13), Ink(backup.kind == .full ? .textStrong : .text)),
                Piece(
                    TextWidth.fit("took " + took, to: 13, glyphs: glyphs) + " ", Ink(.textDim)),
                Piece(
                    TextWidth.fit(
                        backup.storedBytes.map(Figures.bytes) ?? glyphs.nothing, to: Figures.bytesWidth, align: .right),
                    Ink(.text)),
                Piece("  " + places.sorted().joined(separator: ", "), Ink(.textDim)),
                Piece(backup.hasError ? "  ERRORS" : "", Ink(.checkFail, .bold)),
            ]
        }
    }
}
