import Estate
import Grid
import Insight

/// Backups of every group that has some or ought to: ages against the policy, copies, the log between them.
enum BackupsPanel {
    static let pane = PaneID("backups.list")

    static let panel = Panel(
        PanelID("backups"), "Backups", "Full and incremental backups, copies off-site, gaps, restore tests",
        panes: [Pane(pane, "Backups", rows: rows)], draw: draw)

    /// What the operator has to do to see something here.
    static let empty = "no backups are watched: name a group's repositories and its policy in the configuration"

    /// Those in trouble first, those that nobody watches last.
    @Sendable static func rows(_ frame: Frame) -> [RowID] {
        let groups = frame.assessment.groups.filter {
            $0.backups != nil || $0.plan.backups != nil || $0.kind == .database
        }
        return groups.sorted { a, b in
            (rank(a), b.backups?.reasons.count ?? 0, a.id) < (rank(b), a.backups?.reasons.count ?? 0, b.id)
        }.map { .group($0.id) }
    }

    private static func rank(_ group: GroupAssessment) -> Int {
        switch verdict(group) {
        case .down, .degraded: 0
        case .atRisk: 1
        case .unknown: 2
        case .protected: 3
        case nil: 4
        }
    }

    /// nil where nobody watches and nobody asks for it.
    static func verdict(_ group: GroupAssessment) -> Verdict? {
        if let backups = group.backups { return backups.policy == nil ? nil : backups.verdict }
        return group.plan.backups == nil ? nil : .atRisk
    }

    enum ID: Hashable {
        case verdict, group, full, fullBar, any, offSite, gap, archived, tested, running, size, stored, count, seen
    }

    static func columns(_ glyphs: Glyphs) -> ColumnSet<ID> {
        ColumnSet<ID>([
            Column(.verdict, "backups", min: Looks.verdictWidth(glyphs)),
            Column(.group, "group", min: 10, max: 22),
            Column(.full, "full", min: 6, align: .right),
            Column(.fullBar, "of that allowed", min: 10, max: 24, priority: 6, from: 118),
            Column(.any, "newest", min: 6, align: .right),
            Column(.offSite, "off-site", min: 8, align: .right),
            Column(.gap, "gaps", min: 4, max: 6, align: .right, priority: 1),
            Column(.archived, "log to", min: 6, align: .right, priority: 2),
            Column(.tested, "tested", min: 6, align: .right, priority: 3),
            Column(.running, "running", min: 12, max: 16, priority: 5, from: 96),
            Column(.size, "database", min: 8, align: .right, priority: 7, from: 130),
            Column(.stored, "stored", min: 8, align: .right, priority: 8, from: 140),
            Column(.count, "kept", min: 4, align: .right, priority: 9, from: 150),
            Column(.seen, "seen", min: 7, align: .right, priority: 4, from: 88),
        ])
    }

    @Sendable static func draw(_ frame: Frame, _ canvas: Canvas) {
        let rows = frame.listed(rows(frame), in: pane)
        let listHigh = max(rows.count, 1) + 1 + canvas.paneLines(canvas.height)
        let isSplit = canvas.height - listHigh >= 6
        let parts = isSplit ? canvas.split(rows: [.fixed(listHigh), .fill()]) : [canvas]
        if isSplit, let id = frame.selection(in: pane, of: rows)?.group, let group = frame.assessment.group(id) {
            BackupDocument.document(group, frame, width: canvas.width, glyphs: canvas.glyphs)
                .draw(on: parts[1], scroll: 0)
        }
        let watched = frame.assessment.groups.count { $0.backups != nil }
        let inside = parts[0].pane("Backups", trailing: "\(watched) of \(rows.count) watched", focused: true)
        let placed = columns(canvas.glyphs).placed(in: inside.width - 2)
        var body = inside
        if inside.height > 1, !rows.isEmpty {
            inside.header(placed, x: 2)
            body = inside.inset(top: 1)
        }
        Lists.draw(rows, in: pane, focused: true, frame: frame, on: body, empty: empty) { row, line in
            guard let id = row.group, let group = frame.assessment.group(id) else { return }
            if let backups = group.backups {
                for column in placed { put(group, backups, column, frame, line) }
            } else {
                for column in placed { put(unwatched: group, column, line) }
            }
        }
    }

    private static func put(unwatched group: GroupAssessment, _ column: PlacedColumn<ID>, _ line: Canvas) {
        switch column.id {
        case .verdict: putVerdict(group, column, line)
        case .group: line.put(group.id.name, in: column, y: 0, ink: Ink(.textStrong))
        case .full, .any, .offSite: line.put("none", in: column, y: 0, ink: Ink(.textDim))
        default: line.put(line.glyphs.nothing, in: column, y: 0, ink: Ink(.textDim))
        }
    }

    private static func putVerdict(_ group: GroupAssessment, _ column: PlacedColumn<ID>, _ line: Canvas) {
        guard let verdict = verdict(group) else {
            let text = group.backups == nil ? "not watched" : "no policy"
            line.put(text, in: column, y: 0, ink: Ink(.textDim))
            return
        }
        // Of backups "protected" says too much: they are as they have to be.
        let text = verdict == .protected ? Looks.sign(verdict, line.glyphs) + " in order" : nil
        line.put(
            text ?? Looks.verdict(verdict, line.glyphs), in: column, y: 0, ink: Ink(Looks.token(verdict), .bold))
    }

    private static func put(
        _ group: GroupAssessment, _ backups: BackupAssessment, _ column: PlacedColumn<ID>, _ frame: Frame,
        _ line: Canvas
    ) {
        let none = line.glyphs.nothing
        let policy = backups.policy
        func age(_ age: Span?, _ most: Span?, missing: String) {
            let token = token(age, most)
            let text = age.map { Figures.seconds($0.seconds) } ?? missing
            line.put(marked(text, token), in: column, y: 0, ink: Ink(token))
        }
        switch column.id {
        case .verdict: putVerdict(group, column, line)
        case .group: line.put(group.id.name, in: column, y: 0, ink: Ink(.textStrong))
        case .full: age(backups.fullAge, policy?.fullAgeMax, missing: "none")
        case .fullBar:
            let part = part(backups.fullAge, policy?.fullAgeMax)
            line.bar(part, x: column.x, y: 0, width: column.width, ink: Ink(part ?? 0 > 1 ? .checkFail : .barFill))
        case .any: age(backups.anyAge, policy?.anyAgeMax, missing: "none")
        case .offSite: offSite(backups, column, line)
        case .gap:
            let missing = backups.facts.missingSegments
            let text = missing.map { $0 == 0 ? "no" : Figures.count(Double($0)) } ?? none
            line.put(
                text, in: column, y: 0, ink: Ink(missing ?? 0 > 0 ? .checkFail : missing == nil ? .textDim : .text))
        case .archived: age(backups.archiveAge, policy.map { _ in .seconds(3_600) }, missing: none)
        case .tested:
            age(
                backups.restoreTestAge, policy?.restoreTestAgeMax,
                missing: policy?.restoreTestAgeMax == nil ? none : "never")
        case .running: line.put(running(backups) ?? none, in: column, y: 0, ink: Ink(.roleSync))
        case .size: line.put(backups.lastFull?.databaseBytes.map(Figures.bytes) ?? none, in: column, y: 0)
        case .stored: line.put(stored(backups).map(Figures.bytes) ?? none, in: column, y: 0)
        case .count: line.put(String(backups.facts.backups.count), in: column, y: 0, ink: Ink(.textDim))
        case .seen:
            line.put(
                Figures.age(from: backups.at, to: frame.now), in: column, y: 0,
                ink: Ink(backups.isStale ? .checkWarn : .textDim))
        }
    }

    static func running(_ backups: BackupAssessment) -> String? {
        guard let running = backups.facts.running else { return nil }
        let short =
            switch running.kind {
            case .incremental: "incr"
            case .differential: "diff"
            case .full: "full"
            case nil: "running"
            }
        return short + (running.progress.map { " \(Figures.percent($0))" } ?? "")
    }

    private static func stored(_ backups: BackupAssessment) -> Int64? {
        let known = backups.facts.repositories.compactMap(\.bytes)
        return known.isEmpty ? nil : known.reduce(0, &+)
    }

    private static func offSite(_ backups: BackupAssessment, _ column: PlacedColumn<ID>, _ line: Canvas) {
        let needs = backups.policy?.needsOffSite == true
        switch backups.offSite {
        case .none: line.put(needs ? "none!" : "none", in: column, y: 0, ink: Ink(needs ? .checkFail : .textDim))
        case .failing: line.put("failing!", in: column, y: 0, ink: Ink(.checkFail))
        case .held(_, let age):
            let text = age.map { Figures.seconds($0.seconds) } ?? "yes"
            let token = needs ? age == nil ? .text : token(age, backups.policy?.fullAgeMax) : .text
            line.put(marked(text, token), in: column, y: 0, ink: Ink(token))
        }
    }

    /// What is over its limit says so without its colour too.
    private static func marked(_ text: String, _ token: Token) -> String { token == .checkFail ? text + "!" : text }

    private static func part(_ age: Span?, _ most: Span?) -> Double? {
        guard let age, let most, most > .zero else { return nil }
        return age.seconds / most.seconds
    }

    private static func token(_ age: Span?, _ most: Span?) -> Token {
        guard let most else { return age == nil ? .textDim : .text }
        guard let part = part(age, most) else { return .checkFail }
        return part > 1 ? .checkFail : part > 0.9 ? .checkWarn : .text
    }
}
