import Estate
import Grid
import Insight

/// What fires by somebody else's rules, on which group and node; and what is kept quiet, until when and by whom.
enum AlertsPanel {
    static let alerts = PaneID("alerts.firing")
    static let silences = PaneID("alerts.silences")

    static let panel = Panel(
        PanelID("alerts"), "Alerts", "Alerts that fire, tied to group and node; silences and when they end",
        panes: [Pane(alerts, "Alerts", rows: alertRows), Pane(silences, "Silences", rows: silenceRows)], draw: draw)

    static let empty = "no alerts are watched: name an Alertmanager in the configuration"

    @Sendable static func alertRows(_ frame: Frame) -> [RowID] {
        frame.assessment.whole.alerts.map { .alert($0.alert.id) }
    }

    @Sendable static func silenceRows(_ frame: Frame) -> [RowID] {
        frame.assessment.whole.silences.map { .silence($0.id) }
    }

    @Sendable static func draw(_ frame: Frame, _ canvas: Canvas) {
        let firing = frame.listed(alertRows(frame), in: alerts)
        let quiet = frame.listed(silenceRows(frame), in: silences)
        let lines = canvas.paneLines(canvas.height / 2)
        let quietHigh = min(max(quiet.count, 1) + 1 + lines, max(canvas.height / 3, 3))
        let chosenHigh = canvas.height >= 18 ? max(canvas.height / 4, 6) : 0
        let firingHigh = max(min(firing.count + 1 + lines, canvas.height - quietHigh - chosenHigh), 3)
        let parts = canvas.split(rows: [.fixed(firingHigh), .fixed(quietHigh), .fill()])
        drawAlerts(firing, frame, parts[0])
        drawSilences(quiet, frame, parts[1])
        guard parts[2].height >= 3 else { return }
        chosen(firing, quiet, frame, width: parts[2].width - 4).draw(on: parts[2], scroll: 0)
    }

    // MARK: - What fires

    enum AlertID: Hashable { case sign, name, age, group, node, summary, state }

    private static func columns(_ glyphs: Glyphs) -> ColumnSet<AlertID> {
        ColumnSet<AlertID>([
            Column(.sign, "", min: glyphs.verdictWidth),
            Column(.age, "for", min: 9, align: .right),
            Column(.name, "alert", min: 14, max: 22),
            Column(.group, "group", min: 10, max: 14, priority: 1),
            Column(.node, "node", min: 9, max: 18, priority: 3, from: 100),
            Column(.summary, "says", min: 16, max: 200, priority: 2, from: 60),
            Column(.state, "state", min: 12, max: 30, priority: 4, from: 90),
        ])
    }

    private static func drawAlerts(_ rows: [RowID], _ frame: Frame, _ canvas: Canvas) {
        let platform = frame.assessment.whole
        let focused = frame.view.pane == 0
        let loud = platform.alerts.count { !$0.alert.isQuiet }
        let left = platform.leftOut > 0 ? ", \(platform.leftOut) beyond the limit not shown" : ""
        let inside = canvas.pane(
            "Alerts", trailing: platform.by.isEmpty ? "" : "\(loud) loud of \(platform.alerts.count)\(left)",
            focused: focused)
        let placed = columns(canvas.glyphs).placed(in: inside.width - 2)
        var body = inside
        if inside.height > 1, !rows.isEmpty {
            inside.header(placed, x: 2)
            body = inside.inset(top: 1)
        }
        let byID = Dictionary(platform.alerts.map { ($0.alert.id, $0) }, uniquingKeysWith: { first, _ in first })
        let none = platform.by.isEmpty ? empty : "nothing fires"
        Lists.draw(rows, in: alerts, focused: focused, frame: frame, on: body, empty: none) { row, line in
            guard case .alert(let id) = row, let one = byID[id] else { return }
            for column in placed { put(one, column, frame, line) }
            if one.freshness == .unknown { line.stale() }
        }
    }

    private static func put(
        _ one: PlatformAssessment.FiringAlert, _ column: PlacedColumn<AlertID>, _ frame: Frame, _ line: Canvas
    ) {
        let alert = one.alert
        let isLoud = !alert.isQuiet && alert.acknowledgedBy == nil
        switch column.id {
        case .sign:
            let look = look(alert)
            line.put(
                Looks.sign(look, line.glyphs), in: column, y: 0,
                ink: isLoud ? Ink(Looks.token(look), .bold) : Ink(.textDim))
        case .age:
            let text = one.age.map { Figures.duration($0.seconds) } ?? line.glyphs.nothing
            line.put(text, in: column, y: 0, ink: Ink(.textDim))
        case .name: line.put(alert.name, in: column, y: 0, ink: Ink(isLoud ? .textStrong : .textDim))
        case .group:
            let guess = alert.isGuessed ? " ?" : ""
            line.put((alert.group?.name ?? line.glyphs.nothing) + guess, in: column, y: 0)
        case .node: line.put(alert.node?.name ?? line.glyphs.nothing, in: column, y: 0)
        case .summary: line.put(alert.summary ?? "", in: column, y: 0, ink: Ink(isLoud ? .text : .textDim))
        case .state: line.put(state(alert), in: column, y: 0, ink: Ink(isLoud ? .text : .textDim))
        }
    }

    /// As the verdicts look: critical like what is down, for whoever reads the page knows those signs.
    private static func look(_ alert: Alert) -> Verdict {
        switch alert.severity {
        case .critical: .down
        case .warning: .atRisk
        case .notice: .unknown
        }
    }

    static func state(_ alert: Alert) -> String {
        if let who = alert.acknowledgedBy { return "taken by \(who)" }
        if !alert.silencedBy.isEmpty { return "silenced" }
        return alert.isInhibited ? "inhibited" : "loud"
    }

    // MARK: - What is quiet

    enum SilenceID: Hashable { case state, ends, matches, by, comment }

    private static let silenceColumns = ColumnSet<SilenceID>([
        Column(.state, "", min: 7),
        Column(.ends, "ends in", min: 8, align: .right),
        Column(.matches, "matches", min: 20, max: 80),
        Column(.by, "by", min: 8, max: 24, priority: 2, from: 60),
        Column(.comment, "why", min: 12, max: 120, priority: 3, from: 80),
    ])

    private static func drawSilences(_ rows: [RowID], _ frame: Frame, _ canvas: Canvas) {
        let focused = frame.view.pane == 1
        let inside = canvas.pane("Silences", focused: focused)
        let placed = silenceColumns.placed(in: inside.width - 2)
        var body = inside
        if inside.height > 1, !rows.isEmpty {
            inside.header(placed, x: 2)
            body = inside.inset(top: 1)
        }
        let byID = Dictionary(
            frame.assessment.whole.silences.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        Lists.draw(rows, in: silences, focused: focused, frame: frame, on: body, empty: "nothing is silenced") {
            row, line in
            guard case .silence(let id) = row, let one = byID[id] else { return }
            for column in placed { put(one, column, frame, line) }
        }
    }

    private static func put(
        _ one: Silence, _ column: PlacedColumn<SilenceID>, _ frame: Frame, _ line: Canvas
    ) {
        switch column.id {
        case .state:
            line.put(one.isActive ? "silent" : "planned", in: column, y: 0, ink: Ink(one.isActive ? .text : .textDim))
        case .ends:
            let text = one.endsAt.map { Figures.age(from: frame.now, to: $0) } ?? line.glyphs.nothing
            line.put(text, in: column, y: 0)
        case .matches:
            line.put(one.matchers.map(\.text).joined(separator: " "), in: column, y: 0, ink: Ink(.textStrong))
        case .by: line.put(one.createdBy ?? "", in: column, y: 0, ink: Ink(.textDim))
        case .comment: line.put(one.comment ?? "", in: column, y: 0)
        }
    }

    // MARK: - The chosen one

    private static func chosen(_ firing: [RowID], _ quiet: [RowID], _ frame: Frame, width: Int) -> Document {
        var document = Document()
        let platform = frame.assessment.whole
        if frame.view.pane == 0, case .alert(let id) = frame.selection(in: alerts, of: firing),
            let one = platform.alerts.first(where: { $0.alert.id == id })
        {
            let alert = one.alert
            var lines: [[Piece]] = []
            if let summary = alert.summary { lines += Document.wrapped(summary, Ink(.text), width: width) }
            let began = alert.startedAt.map { ", since \(Figures.dateTime($0))Z" } ?? ""
            lines.append(Document.pair("state", state(alert) + began))
            if alert.isGuessed {
                lines.append(Document.pair("group", "by likeness of names: no rule of the configuration says so"))
            }
            let labels = alert.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            lines += Document.wrapped(
                labels.joined(separator: "  "), Ink(.textDim), width: width, lead: [Piece("labels ", Ink(.textDim))])
            document.add("\(alert.name), as \(one.by) tells it", lines)
        } else if frame.view.pane == 1, case .silence(let id) = frame.selection(in: silences, of: quiet) {
            let kept = platform.alerts.filter { $0.alert.silencedBy.contains(id) }
            let names = kept.map {
                [Piece($0.alert.name, Ink(.text)), Piece("  \($0.alert.summary ?? "")", Ink(.textDim))]
            }
            document.add(
                "Kept quiet by it", names.isEmpty ? [[Piece("nothing that fires now", Ink(.textDim))]] : names)
        }
        return document
    }
}
