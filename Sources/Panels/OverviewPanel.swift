import Estate
import Grid
import Insight

/// What is wrong, why, and what just happened, on one page.
enum OverviewPanel {
    static let groups = PaneID("overview.groups")
    static let events = PaneID("overview.events")

    static let panel = Panel(
        PanelID("overview"), "Overview", "All groups worst first, why, and what just happened",
        panes: [
            Pane(groups, "Groups") { frame in
                frame.view.whatIf.map { WhatIfPanel.rows($0, frame) } ?? frame.assessment.groups.map { .group($0.id) }
            },
            Pane(events, "Events") { frame in frame.events.suffix(200).reversed().map { .event(EventKey($0)) } },
        ],
        draw: draw)

    @Sendable static func draw(_ frame: Frame, _ canvas: Canvas) {
        if let whatIf = frame.view.whatIf {
            WhatIfPanel.draw(whatIf, frame, canvas)
            return
        }
        let rows = frame.listed(frame.assessment.groups.map { .group($0.id) }, in: groups)
        let figuresHigh = KeyFiguresPane.height(frame, canvas)
        let parts = canvas.split(rows: [.fixed(figuresHigh), .fill()])
        KeyFiguresPane.draw(frame, on: parts[0])
        drawRest(rows, frame, parts[1])
    }

    private static func drawRest(_ rows: [RowID], _ frame: Frame, _ canvas: Canvas) {
        if canvas.width >= 150 {
            wide(rows, frame, canvas)
            return
        }
        let why = WhyPane.lines(frame, width: canvas.width - 4, glyphs: canvas.glyphs)
        let frameLines = canvas.paneLines(canvas.height / 3)
        let groupsHigh = min(rows.count + 1 + frameLines, max(canvas.height / 2, 5))
        let whyHigh = min(why.count + frameLines, max((canvas.height - groupsHigh) / 2, 3))
        let parts = canvas.split(rows: [.fixed(groupsHigh), .fixed(whyHigh), .fill()])
        drawGroups(rows, frame, parts[0])
        WhyPane.draw(why, frame, on: parts[1])
        drawEvents(frame, parts[2])
    }

    /// Side by side: groups, why, and the members of the selected group at the left, events at the right.
    private static func wide(_ rows: [RowID], _ frame: Frame, _ canvas: Canvas) {
        let sides = canvas.split(columns: [.fixed(max(92, canvas.width * 11 / 20)), .fill()])
        let why = WhyPane.lines(frame, width: sides[0].width - 4, glyphs: canvas.glyphs)
        let high = canvas.height
        let groupsHigh = min(rows.count + 3, max(high / 2, 6))
        let whyHigh = min(why.count + 2, max((high - groupsHigh) / 2, 4))
        let parts = sides[0].split(rows: [.fixed(groupsHigh), .fixed(whyHigh), .fill()])
        drawGroups(rows, frame, parts[0])
        WhyPane.draw(why, frame, on: parts[1])
        drawEvents(frame, sides[1], isRoomy: true)
        guard parts[2].height >= 4, let chosen = frame.selection(in: groups, of: rows)?.group,
            let group = frame.assessment.group(chosen)
        else { return }
        let members = GroupDetail.rows(chosen, frame)
        let lower = GroupGraph.room(in: parts[2], rows: members.count)
        let inside = lower[0].pane("Members of \(chosen)", trailing: "Enter opens")
        MemberList.draw(members, group, frame, on: inside, focused: false)
        if lower.count > 1 { GroupGraph.draw(group, frame, on: lower[1]) }
    }

    private static func drawEvents(_ frame: Frame, _ canvas: Canvas, isRoomy: Bool = false) {
        let focused = frame.view.pane == 1
        let inside = canvas.pane("Events", focused: focused, isRoomy: isRoomy)
        let newest = Array(frame.events.suffix(frame.isAsGiven(events) ? canvas.height : 200).reversed())
        EventsPanel.draw(newest, in: events, focused: focused, frame: frame, on: inside, titled: false)
    }

    enum ID: Hashable { case verdict, group, mode, serves, survives, risk, since, out, sessions, spark }

    static func columns(_ glyphs: Glyphs) -> ColumnSet<ID> {
        ColumnSet<ID>([
            Column(.verdict, "verdict", min: Looks.verdictWidth(glyphs)),
            Column(.group, "group", min: 10, max: 28),
            Column(.since, "for", min: 7, align: .right, priority: 3, from: 70),
            Column(.serves, "serves", min: 12, max: 22, priority: 1),
            Column(.survives, "survives", min: 8, max: 9, priority: 1),
            Column(.risk, "at risk", min: 8, align: .right, priority: 2),
            Column(.mode, "mode", min: 14, priority: 6, from: 110),
            Column(.out, "last out", min: 8, align: .right, priority: 5, from: 90),
            Column(.sessions, "sessions", min: 8, align: .right, priority: 7, from: 100),
            Column(.spark, "trend", min: 8, max: 16, priority: 8, from: 108),
        ])
    }

    private static func drawGroups(_ rows: [RowID], _ frame: Frame, _ canvas: Canvas) {
        let focused = frame.view.pane == 0
        let serving = frame.assessment.groups.count { $0.serving.isServing == true }
        let inside = canvas.pane(
            "Groups", trailing: "\(serving) of \(frame.assessment.groups.count) serve", focused: focused)
        let placed = columns(canvas.glyphs).placed(in: inside.width - 2)
        var body = inside
        if inside.height > 2 {
            inside.header(placed, x: 2)
            body = inside.inset(top: 1)
        }
        Lists.draw(
            rows, in: groups, focused: focused, frame: frame, on: body,
            empty: "no group is known yet: waiting for the sources"
        ) { row, line in
            guard case .group(let id) = row, let group = frame.assessment.group(id) else { return }
            for column in placed { put(group, column, frame, line) }
        }
    }

    private static func put(
        _ group: GroupAssessment, _ column: PlacedColumn<ID>, _ frame: Frame, _ line: Canvas
    ) {
        let glyphs = line.glyphs
        switch column.id {
        case .verdict:
            line.put(
                Looks.verdict(group.verdict, glyphs), in: column, y: 0, ink: Ink(Looks.token(group.verdict), .bold))
        case .group: line.put(group.id.name, in: column, y: 0, ink: Ink(.textStrong))
        case .mode: line.put(group.mode.rawValue, in: column, y: 0, ink: Ink(.textDim))
        case .serves: serves(group, column, line)
        case .survives:
            let bad = group.survives.nodes == 0
            let ink = Ink(group.survives.nodes == nil ? .textStale : bad ? .checkWarn : .text)
            line.put(group.survives.text, in: column, y: 0, ink: ink)
        case .risk:
            let text = group.dataAtRiskBytes.map(Figures.bytes) ?? glyphs.nothing
            let over = (group.dataAtRiskBytes ?? 0) > (group.plan.rpoBytes ?? .max)
            line.put(text, in: column, y: 0, ink: Ink(over ? .checkFail : .text))
        case .since:
            let text = frame.since(group.id).map { Figures.age(from: $0, to: frame.now) } ?? glyphs.nothing
            line.put(text, in: column, y: 0, ink: Ink(.textDim))
        case .out:
            let text = frame.lastOutage(group.id)?.outage.map { Figures.seconds($0.seconds) } ?? glyphs.nothing
            line.put(text, in: column, y: 0, ink: Ink(.textDim))
        case .sessions:
            line.put(group.sessions.map { Figures.count(Double($0)) } ?? glyphs.nothing, in: column, y: 0)
        case .spark:
            let metric: Metric = group.isDatabase ? .replayLagBytes : .sessions
            line.sparkline(
                frame.values(.group(group.id), metric, column.width), x: column.x, y: 0, width: column.width)
        }
    }

    private static func serves(_ group: GroupAssessment, _ column: PlacedColumn<ID>, _ line: Canvas) {
        if group.isDatabase {
            if let leader = group.leader {
                let ink = Ink(group.isLeaderStale ? .textStale : .roleLeader)
                let sign = group.isLeaderStale ? "?" : String(line.glyphs.leader)
                let used = line.put(leader.name, x: column.x, y: 0, ink: ink, width: max(column.width - 2, 1))
                line.put(sign, x: column.x + used + 1, y: 0, ink: ink, width: column.width - used - 1)
            } else if let primary = group.primary, !group.isLeaderless {
                // Where nobody keeps a lock, who takes writes is who leads.
                line.put(primary.name, in: column, y: 0, ink: Ink(.roleLeader))
            } else {
                line.put(
                    group.isLeaderless ? "no leader" : "unknown", in: column, y: 0,
                    ink: Ink(group.isLeaderless ? .checkFail : .textStale))
            }
            return
        }
        let ink = Ink(group.serving.isServing == nil ? .textStale : Looks.isWhole(group) ? .text : .checkWarn)
        line.put(group.serving.text, in: column, y: 0, ink: ink)
    }
}
