import Estate
import Grid
import Insight

/// The overview as it would be were something gone: every group's verdict before and after, who would serve, what
/// would be lost, worst first.
enum WhatIfPanel {
    static func rows(_ whatIf: WhatIf, _ frame: Frame) -> [RowID] {
        let touched = whatIf.consequences.map(\.group)
        let known = Set(touched)
        let others = frame.assessment.groups.map(\.id).filter { !known.contains($0) }
        return (touched + others).map { .group($0) }
    }

    static func draw(_ whatIf: WhatIf, _ frame: Frame, _ canvas: Canvas) {
        let rows = frame.listed(rows(whatIf, frame), in: OverviewPanel.groups)
        let lines = canvas.paneLines(canvas.height / 2)
        let high = min(rows.count + 1 + lines, max(canvas.height * 2 / 3, 4))
        let parts = canvas.split(rows: [.fixed(high), .fill()])
        drawGroups(whatIf, rows, frame, parts[0])
        drawText(whatIf, frame, parts[1])
    }

    enum ID: Hashable { case after, was, group, serves, loss, survives, lost, text }

    static func columns(_ glyphs: Glyphs) -> ColumnSet<ID> {
        ColumnSet<ID>([
            Column(.was, "now", min: Looks.verdictWidth(glyphs), priority: 2, from: 60),
            Column(.after, "would be", min: Looks.verdictWidth(glyphs) + 2),
            Column(.group, "group", min: 10, max: 24),
            Column(.serves, "served by", min: 14, max: 22, priority: 1),
            Column(.loss, "lost", min: 8, align: .right, priority: 1),
            Column(.survives, "survives", min: 8, max: 9, priority: 3),
            Column(.lost, "gone", min: 12, max: 40, priority: 6, from: 110),
            Column(.text, "what happens", min: 30, max: 70, priority: 7, from: 130),
        ])
    }

    private static func drawGroups(_ whatIf: WhatIf, _ rows: [RowID], _ frame: Frame, _ canvas: Canvas) {
        let count = whatIf.consequences.count
        let inside = canvas.pane(
            "Groups without \(whatIf.title)", trailing: "\(count) of \(rows.count) touched", focused: true)
        let placed = columns(canvas.glyphs).placed(in: inside.width - 2)
        var body = inside
        if inside.height > 2 {
            inside.header(placed, x: 2)
            body = inside.inset(top: 1)
        }
        Lists.draw(
            rows, in: OverviewPanel.groups, focused: true, frame: frame, on: body, empty: "no group is known yet"
        ) { row, line in
            guard case .group(let id) = row, let group = frame.assessment.group(id) else { return }
            if let consequence = whatIf.consequences.first(where: { $0.group == id }) {
                for column in placed { put(consequence, group, column, line) }
            } else {
                for column in placed { put(untouched: group, column, line) }
            }
        }
    }

    private static func put(
        _ consequence: Consequence, _ group: GroupAssessment, _ column: PlacedColumn<ID>, _ line: Canvas
    ) {
        let glyphs = line.glyphs
        switch column.id {
        case .was:
            let text = Looks.verdict(consequence.before, glyphs)
            line.put(text, in: column, y: 0, ink: Ink(Looks.token(consequence.before)))
        case .after:
            let text = "\(glyphs.arrowRight) " + Looks.verdict(consequence.after, glyphs)
            line.put(text, in: column, y: 0, ink: Ink(Looks.token(consequence.after), .bold))
        case .group: line.put(group.id.name, in: column, y: 0, ink: Ink(.textStrong))
        case .serves:
            let (text, token) = serves(consequence, group, glyphs)
            line.put(text, in: column, y: 0, ink: Ink(token))
        case .loss:
            guard group.isDatabase else { return }
            let text = consequence.bytesLost.map(Figures.bytes) ?? (consequence.serves == false ? "" : "unknown")
            let over = (consequence.bytesLost ?? 0) > (group.plan.rpoBytes ?? .max)
            line.put(text, in: column, y: 0, ink: Ink(over ? .checkFail : .text))
        case .survives:
            let bad = consequence.survivesAfter.nodes == 0
            line.put(consequence.survivesAfter.text, in: column, y: 0, ink: Ink(bad ? .checkWarn : .text))
        case .lost:
            line.put(consequence.lost.map(\.name).joined(separator: " "), in: column, y: 0, ink: Ink(.textStale))
        case .text: line.put(consequence.text, in: column, y: 0)
        }
    }

    private static func serves(
        _ consequence: Consequence, _ group: GroupAssessment, _ glyphs: Glyphs
    ) -> (String, Token) {
        switch consequence.serves {
        case nil: return ("unknown", .textStale)
        case false: return ("nobody", .checkFail)
        default: break
        }
        if let next = consequence.successor { return ("\(next.name) \(glyphs.leader)", .roleLeader) }
        guard group.isDatabase, let leader = group.primary ?? group.leader else { return ("goes on", .text) }
        return ("\(leader.name) \(glyphs.leader)", .roleLeader)
    }

    /// A group that loses nothing stays as it is.
    private static func put(untouched group: GroupAssessment, _ column: PlacedColumn<ID>, _ line: Canvas) {
        let ink = Ink(.textDim)
        switch column.id {
        case .was, .after:
            let lead = column.id == .after ? "  " : ""
            line.put(
                lead + Looks.verdict(group.verdict, line.glyphs), in: column, y: 0, ink: Ink(Looks.token(group.verdict))
            )
        case .group: line.put(group.id.name, in: column, y: 0, ink: ink)
        case .serves: line.put("not touched", in: column, y: 0, ink: ink)
        case .survives: line.put(group.survives.text, in: column, y: 0, ink: ink)
        case .loss, .lost, .text: return
        }
    }

    /// What would happen to each group, in sentences.
    private static func drawText(_ whatIf: WhatIf, _ frame: Frame, _ canvas: Canvas) {
        guard canvas.height > 1 else { return }
        let inside = canvas.pane("What would happen", trailing: "nothing has; Esc leaves it")
        var lines: [[Piece]] = []
        if whatIf.consequences.isEmpty {
            lines = [[Piece("no group has anything there: nothing would change", Ink(.textDim))]]
        }
        for consequence in whatIf.consequences {
            let sign = Looks.sign(consequence.after, canvas.glyphs)
            lines += Document.wrapped(
                sentence(consequence), .plain, width: inside.width - 2,
                lead: [
                    Piece(TextWidth.fit(sign, to: canvas.glyphs.verdictWidth + 1), Ink(Looks.token(consequence.after))),
                    Piece(consequence.group.name + " ", Ink(.textStrong)),
                ])
        }
        for (y, line) in lines.prefix(inside.height).enumerated() { inside.put(line, x: 1, y: y) }
        let hidden = lines.count - inside.height
        guard hidden > 0 else { return }
        let more = " +\(hidden) more "
        inside.put(
            more, x: inside.width - TextWidth.of(more), y: inside.height - 1, ink: Ink(.textStrong, .reverse))
    }

    private static func sentence(_ consequence: Consequence) -> String {
        let change =
            consequence.before == consequence.after
            ? "stays \(consequence.after.word)" : "\(consequence.before.word) becomes \(consequence.after.word)"
        let lost = consequence.lost.isEmpty ? "" : "; gone: " + consequence.lost.map(\.name).joined(separator: ", ")
        return "\(change): \(consequence.text)\(lost)"
    }
}
