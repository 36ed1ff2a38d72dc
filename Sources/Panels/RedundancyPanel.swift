import Estate
import Grid
import Insight

/// What one loss alone would take down, worst first; and where the members of each group stand.
enum RedundancyPanel {
    static let points = PaneID("redundancy.points")
    static let matrix = PaneID("redundancy.matrix")

    static let panel = Panel(
        PanelID("redundancy"), "Redundancy", "Single points of failure, and the members of each group by site",
        panes: [Pane(points, "Single points of failure", rows: pointRows), Pane(matrix, "Sites", rows: matrixRows)],
        draw: draw)

    @Sendable static func pointRows(_ frame: Frame) -> [RowID] { frame.assessment.singlePoints.map(row) }

    @Sendable static func matrixRows(_ frame: Frame) -> [RowID] { frame.assessment.groups.map { .group($0.id) } }

    private static func row(_ point: SinglePoint) -> RowID {
        switch point.loss {
        case .node(let id): .node(id)
        case .member(let id): .member(id)
        case .group(let id): .group(id)
        case .site, .balancer, .provider: .loss(point.loss)
        }
    }

    /// Lines that the chosen one mostly has enough of.
    private static let chosenWanted = 9

    @Sendable static func draw(_ frame: Frame, _ canvas: Canvas) {
        let found = frame.listed(pointRows(frame), in: points)
        let groups = frame.listed(matrixRows(frame), in: matrix)
        let lines = canvas.paneLines(canvas.height / 2)
        // What the other two do not need is the matrix's, so that no group is hidden above an empty page.
        let left = canvas.height - (max(found.count, 1) + 1 + lines) - chosenWanted
        let matrixHigh = min(max(groups.count, 1) + 1 + lines, max(canvas.height * 2 / 5, left, 3))
        let chosenHigh = canvas.height >= 16 ? 4 : 0
        let pointsHigh = min(max(found.count, 1) + 1 + lines, max(canvas.height - matrixHigh - chosenHigh, 3))
        let parts = canvas.split(rows: [.fixed(pointsHigh), .fixed(matrixHigh), .fill()])
        drawPoints(found, frame, parts[0])
        drawMatrix(groups, frame, parts[1])
        drawChosen(found, groups, frame, parts[2])
    }

    // MARK: - Single points of failure

    enum PointID: Hashable { case sign, what, kind, takes, remedy }

    private static func pointColumns(_ glyphs: Glyphs) -> ColumnSet<PointID> {
        ColumnSet<PointID>([
            Column(.sign, "", min: glyphs.verdictWidth),
            Column(.kind, "lost", min: 8, priority: 3, from: 70),
            Column(.what, "", min: 12, max: 26),
            Column(.takes, "what goes with it", min: 24, max: 48),
            Column(.remedy, "remedy", min: 30, max: 80, priority: 2, from: 110),
        ])
    }

    private static func drawPoints(_ rows: [RowID], _ frame: Frame, _ canvas: Canvas) {
        let focused = frame.view.pane == 0
        let found = frame.assessment.singlePoints
        let against = found.count { $0.isAgainstPlan }
        let inside = canvas.pane(
            "Single points of failure", trailing: found.isEmpty ? "" : "\(against) against the plan", focused: focused)
        let placed = pointColumns(canvas.glyphs).placed(in: inside.width - 2)
        var body = inside
        if inside.height > 2, !rows.isEmpty {
            inside.header(placed, x: 2)
            body = inside.inset(top: 1)
        }
        let byRow = Dictionary(found.map { (row($0), $0) }, uniquingKeysWith: { first, _ in first })
        let serving = frame.assessment.groups.contains { $0.serving.isServing == true }
        let empty =
            serving
            ? "none: every group that serves survives the loss of any one node, balancer and provider"
            : "no group is known to serve: nothing can be said yet"
        Lists.draw(rows, in: points, focused: focused, frame: frame, on: body, empty: empty) { row, line in
            guard let point = byRow[row] else { return }
            for column in placed { put(point, column, line) }
        }
    }

    private static func put(_ point: SinglePoint, _ column: PlacedColumn<PointID>, _ line: Canvas) {
        switch column.id {
        case .sign:
            let verdict: Verdict = point.outages.isEmpty ? .atRisk : .down
            let token = point.isAgainstPlan ? Looks.token(verdict) : .textDim
            line.put(Looks.sign(verdict, line.glyphs), in: column, y: 0, ink: Ink(token, .bold))
        case .kind: line.put(kind(point.loss), in: column, y: 0, ink: Ink(.textDim))
        case .what: line.put(name(point.loss), in: column, y: 0, ink: Ink(point.isAgainstPlan ? .textStrong : .text))
        case .takes: line.put(point.text, in: column, y: 0)
        case .remedy: line.put(point.remedy, in: column, y: 0, ink: Ink(.footerKey))
        }
    }

    private static func kind(_ loss: Loss) -> String {
        switch loss {
        case .member: "member"
        case .node: "node"
        case .site: "site"
        case .group: "store"
        case .balancer: "balancer"
        case .provider: "provider"
        }
    }

    private static func name(_ loss: Loss) -> String {
        switch loss {
        case .member(let id): id.description
        case .node(let id): id.name
        case .site(let id): id.name
        case .group(let id): id.name
        case .balancer(let id): id.name
        case .provider(let name): name
        }
    }

    // MARK: - Groups by sites

    enum CellID: Hashable { case verdict, group, asks, nodes, sites, elsewhere, site(SiteID), margin }

    /// The most sites that get a column of their own.
    private static let sitesMax = 8

    private static func columns(_ sites: [SiteID], hasElsewhere: Bool, _ glyphs: Glyphs) -> ColumnSet<CellID> {
        var columns: [Column<CellID>] = [
            Column(.verdict, "verdict", min: Looks.verdictWidth(glyphs), priority: 3, from: 76),
            Column(.group, "group", min: 10, max: 24),
        ]
        columns += sites.prefix(sitesMax).enumerated().map { n, site in
            Column(.site(site), site.name, min: 7, max: 10, align: .right, priority: n < 4 ? 0 : 4)
        }
        if hasElsewhere { columns.append(Column(.elsewhere, "no site", min: 7, align: .right, priority: 2)) }
        return ColumnSet(
            columns + [
                Column(.nodes, "survives", min: 11, priority: 1),
                Column(.sites, "sites", min: 8, priority: 1),
                Column(.asks, "asked for", min: 9, priority: 4, from: 90),
                Column(.margin, "limited by", min: 24, max: 70, priority: 6, from: 118),
            ])
    }

    private static func drawMatrix(_ rows: [RowID], _ frame: Frame, _ canvas: Canvas) {
        let focused = frame.view.pane == 1
        let inside = canvas.pane(
            "Members up by site", trailing: "\(canvas.glyphs.leader) takes writes", focused: focused)
        var named = frame.snapshot.platform.sites.map(\.id)
        let members = frame.assessment.groups.flatMap(\.members)
        for site in Set(members.compactMap(\.site)).subtracting(named).sorted() { named.append(site) }
        let hasElsewhere = members.contains { $0.site == nil }
        let placed = columns(named, hasElsewhere: hasElsewhere, canvas.glyphs).placed(in: inside.width - 2)
        var body = inside
        if inside.height > 2, !rows.isEmpty {
            inside.header(placed, x: 2)
            body = inside.inset(top: 1)
        }
        Lists.draw(
            rows, in: matrix, focused: focused, frame: frame, on: body, empty: "no group is known yet"
        ) { row, line in
            guard let id = row.group, let group = frame.assessment.group(id) else { return }
            for column in placed { put(group, column, line) }
        }
    }

    private static func put(_ group: GroupAssessment, _ column: PlacedColumn<CellID>, _ line: Canvas) {
        let glyphs = line.glyphs
        switch column.id {
        case .verdict:
            line.put(
                Looks.verdict(group.verdict, glyphs), in: column, y: 0, ink: Ink(Looks.token(group.verdict), .bold))
        case .group: line.put(group.id.name, in: column, y: 0, ink: Ink(.textStrong))
        case .site(let site): cell(group, group.members.filter { $0.site == site }, column, line)
        case .elsewhere: cell(group, group.members.filter { $0.site == nil }, column, line)
        case .nodes:
            let bad = group.survives.nodes == 0
            line.put(
                group.survives.text, in: column, y: 0,
                ink: Ink(group.survives.nodes == nil ? .textStale : bad ? .checkWarn : .text))
        case .sites:
            let sites = group.survives.sites
            let bad = sites == 0 && asksForSite(group)
            let unknown = group.kind == .paths ? glyphs.nothing : "unknown"
            let text = sites.map { Figures.counted($0, "site") } ?? unknown
            line.put(text, in: column, y: 0, ink: Ink(bad ? .checkFail : sites == nil ? .textStale : .text))
        case .asks:
            let text = group.kind == .paths ? "a path" : asksForSite(group) ? "a site" : "a node"
            line.put(text, in: column, y: 0, ink: Ink(.textDim))
        case .margin: line.put(group.survives.limitedBy ?? glyphs.nothing, in: column, y: 0, ink: Ink(.textDim))
        }
    }

    private static func asksForSite(_ group: GroupAssessment) -> Bool {
        group.plan.survivesSite || group.plan.tier == .critical
    }

    /// `2` of which all are up, `1/2` where not; a star where one of them takes writes.
    private static func cell(
        _ group: GroupAssessment, _ members: [MemberAssessment], _ column: PlacedColumn<CellID>, _ line: Canvas
    ) {
        guard !members.isEmpty else {
            line.put(line.glyphs.nothing, in: column, y: 0, ink: Ink(.textDim))
            return
        }
        // Who waits for his turn is there.
        let up = members.count { $0.isUp == true || $0.isStandingBy }
        let hasPrimary = group.primary.map { primary in members.contains { $0.id == primary } } ?? false
        let count = up == members.count ? "\(up)" : "\(up)/\(members.count)"
        line.put(
            (hasPrimary ? "\(line.glyphs.leader) " : "") + count, in: column, y: 0,
            ink: Ink(up == members.count ? hasPrimary ? .roleLeader : .text : up == 0 ? .checkFail : .checkWarn))
    }

    // MARK: - The chosen one

    private static func drawChosen(_ found: [RowID], _ groups: [RowID], _ frame: Frame, _ canvas: Canvas) {
        guard canvas.height >= 3 else { return }
        var document = Document()
        let column = canvas.width >= Document.twoColumnsFrom ? canvas.width / 2 - 4 : canvas.width - 4
        let glyphs = canvas.glyphs
        if frame.view.pane == 0, let chosen = frame.selection(in: points, of: found),
            let point = frame.assessment.singlePoints.first(where: { row($0) == chosen })
        {
            let lines = point.hurt.flatMap { consequence in
                Document.wrapped(
                    "\(consequence.group): \(consequence.text)", .plain, width: column,
                    lead: [
                        Piece(Looks.sign(consequence.after, glyphs) + " ", Ink(Looks.token(consequence.after), .bold))
                    ])
            }
            let remedy = Document.wrapped(
                point.remedy, Ink(.footerKey), width: column, lead: [Piece("remedy: ", Ink(.textDim))])
            document.add("Without \(point.loss.text)", lines + remedy)
        } else if let id = frame.selection(in: matrix, of: groups)?.group {
            let lines = frame.assessment.singlePoints(of: id).map { point in
                [
                    Piece(TextWidth.fit(point.loss.text, to: 24, glyphs: glyphs) + " ", Ink(.text)),
                    Piece(point.remedy, Ink(.footerKey)),
                ]
            }
            let none = [[Piece("no single loss takes \(id) down", Ink(.textDim))]]
            document.add("\(id) falls without any of", lines.isEmpty ? none : lines)
        }
        document.draw(on: canvas, scroll: 0)
    }
}
