import Estate
import Grid
import Insight

/// Ways through the network, by group: who carries each, whether it gets through, what it loses, how full it is.
enum NetworkPanel {
    static let pane = PaneID("network.paths")

    static let panel = Panel(
        PanelID("network"), "Network", "Providers per site: up, loss, latency, jitter, load, which is preferred",
        panes: [Pane(pane, "Paths", rows: rows)], draw: draw)

    static let empty = "no network path is watched: name probes for a group of paths in the configuration"

    @Sendable static func rows(_ frame: Frame) -> [RowID] {
        groups(frame).flatMap { group in [.group(group.id)] + ordered(group).map { .member($0.id) } }
    }

    /// They come worst first already.
    static func groups(_ frame: Frame) -> [GroupAssessment] {
        frame.assessment.groups.filter { $0.kind == .paths }
    }

    /// What is down first, then what is not sound, then what is preferred, then by name.
    static func ordered(_ group: GroupAssessment) -> [MemberAssessment] {
        func rank(_ member: MemberAssessment) -> Int {
            if member.isUp != true { return 0 }
            if member.path?.isSound == false { return 1 }
            return member.path?.isPreferred == true ? 2 : 3
        }
        return group.members.sorted { (rank($0), $0.id) < (rank($1), $1.id) }
    }

    enum ID: Hashable {
        case path, provider, state, use, loss, latency, jitter, input, output, load, loadBar, capacity, target, routes,
            seen
    }

    private static let columns = ColumnSet<ID>([
        Column(.path, "path", min: 12, max: 22),
        Column(.provider, "provider", min: 9, max: 18, priority: 3),
        Column(.state, "state", min: 9),
        Column(.use, "use", min: 9, priority: 4, from: 84),
        Column(.loss, "loss", min: 5, align: .right),
        Column(.latency, "latency", min: 7, align: .right),
        Column(.jitter, "jitter", min: 7, align: .right, priority: 2),
        Column(.input, "in", min: 10, align: .right, priority: 5, from: 100),
        Column(.output, "out", min: 10, align: .right, priority: 5, from: 100),
        Column(.load, "load", min: 5, align: .right, priority: 1),
        Column(.loadBar, "", min: 8, max: 20, priority: 6, from: 120),
        Column(.capacity, "can carry", min: 10, align: .right, priority: 7, from: 132),
        Column(.target, "probed", min: 16, max: 28, priority: 8, from: 150),
        Column(.routes, "routes", min: 6, align: .right, priority: 9, from: 170),
        Column(.seen, "seen", min: 7, align: .right, priority: 4, from: 76),
    ])

    @Sendable static func draw(_ frame: Frame, _ canvas: Canvas) {
        let rows = frame.listed(rows(frame), in: pane)
        let listHigh = max(rows.count, 1) + 1 + canvas.paneLines(canvas.height)
        let isSplit = canvas.height - listHigh >= 5
        let parts = isSplit ? canvas.split(rows: [.fixed(listHigh), .fill()]) : [canvas]
        if isSplit, let row = frame.selection(in: pane, of: rows) {
            document(row, frame, width: canvas.width, glyphs: canvas.glyphs).draw(on: parts[1], scroll: 0)
        }
        let paths = groups(frame).flatMap(\.members)
        let up = paths.count { $0.isUp == true }
        let inside = parts[0].pane(
            "Network", trailing: paths.isEmpty ? "" : "\(up) of \(paths.count) paths up", focused: true)
        let placed = columns.placed(in: inside.width - 2)
        var body = inside
        if inside.height > 1, !rows.isEmpty {
            inside.header(placed, x: 2)
            body = inside.inset(top: 1)
        }
        Lists.draw(rows, in: pane, focused: true, frame: frame, on: body, empty: empty) { row, line in
            switch row {
            case .group(let id):
                if let group = frame.assessment.group(id) { heading(group, line) }
            case .member(let id):
                guard let member = frame.assessment.member(id), let path = member.path else { return }
                for column in placed { put(member, path, column, frame, line) }
            default: return
            }
        }
    }

    private static func heading(_ group: GroupAssessment, _ line: Canvas) {
        let sites = Set(group.members.compactMap(\.site)).sorted().map(\.name).joined(separator: ", ")
        line.put(
            [
                Piece(Looks.verdict(group.verdict, line.glyphs) + " ", Ink(Looks.token(group.verdict), .bold)),
                Piece(group.id.name, Ink(.textStrong)),
                Piece(sites.isEmpty ? "" : "  site \(sites)", Ink(.textDim)),
                Piece(
                    "  \(group.serving.text) up",
                    Ink(group.serving.up == group.serving.total ? .textDim : .checkWarn)),
                Piece("  survives \(group.survives.text)", Ink(group.survives.nodes == 0 ? .checkWarn : .textDim)),
            ], x: 0, y: 0)
    }

    private static func put(
        _ member: MemberAssessment, _ path: PathFacts, _ column: PlacedColumn<ID>, _ frame: Frame, _ line: Canvas
    ) {
        let none = line.glyphs.nothing
        let ink = Looks.ink(for: member.freshness, else: .text)
        let dim = Looks.ink(for: member.freshness, else: .textDim)
        func figure(_ text: String?, isBad: Bool = false) {
            line.put(
                text ?? none, in: column, y: 0, ink: isBad && member.freshness == .fresh ? Ink(.checkFail, .bold) : ink)
        }
        switch column.id {
        case .path: line.put("  " + member.id.name, in: column, y: 0, ink: ink)
        case .provider: line.put(path.provider ?? none, in: column, y: 0, ink: dim)
        case .state:
            let state = state(member, line.glyphs)
            line.put(state.text, in: column, y: 0, ink: Looks.ink(for: member.freshness, else: state.token))
        case .use:
            let text = path.isPreferred.map { $0 ? "\(line.glyphs.leader) in use" : "spare" } ?? none
            line.put(text, in: column, y: 0, ink: path.isPreferred == true ? Ink(.roleLeader) : dim)
        case .loss: figure(path.loss.map(Self.loss), isBad: path.loss ?? 0 > PathLimits.lossMax)
        case .latency:
            figure(
                path.latencySeconds.map(Figures.seconds), isBad: path.latencySeconds ?? 0 > PathLimits.latencyMaxSeconds
            )
        case .jitter: figure(path.jitterSeconds.map(Figures.seconds))
        case .input: figure(path.receiveBytesRate.map(Figures.bytesRate))
        case .output: figure(path.transmitBytesRate.map(Figures.bytesRate))
        case .load: figure(path.load.map(Figures.percent), isBad: path.load ?? 0 >= PathLimits.loadMax)
        case .loadBar: line.bar(path.load, x: column.x, y: 0, width: column.width, ink: Ink(Looks.bar(path.load)))
        case .capacity: line.put(path.capacityBytesRate.map(Figures.bytesRate) ?? none, in: column, y: 0, ink: dim)
        case .target: line.put(path.target ?? none, in: column, y: 0, ink: dim)
        case .routes: line.put(path.routeChanges.map(String.init) ?? none, in: column, y: 0, ink: dim)
        case .seen:
            let text = frame.seenAt(member.id).map { Figures.age(from: $0, to: frame.now) } ?? "never"
            line.put(text, in: column, y: 0, ink: Ink(member.freshness == .fresh ? .textDim : .checkWarn))
        }
    }

    private static func state(_ member: MemberAssessment, _ glyphs: Glyphs) -> (text: String, token: Token) {
        switch member.isUp {
        case true where member.path?.isSound == false: ("\(glyphs.warn) unsound", .checkWarn)
        case true: ("\(glyphs.pass) up", .checkPass)
        case false: ("\(glyphs.fail) DOWN", .checkFail)
        default: ("? unknown", .textStale)
        }
    }

    /// A tenth of a percent counts here.
    private static func loss(_ part: Double) -> String {
        guard part.isFinite, part > 0, part < 0.0995 else { return Figures.percent(part) }
        let tenths = Int((part * 1_000).rounded())
        return "\(tenths / 10).\(tenths % 10) %"
    }

    // MARK: - The chosen one

    private static func document(_ row: RowID, _ frame: Frame, width: Int, glyphs: Glyphs) -> Document {
        var document = Document()
        guard let id = row.group, let group = frame.assessment.group(id) else { return document }
        let column = width >= Document.twoColumnsFrom ? width / 2 - 4 : width - 4
        let why = group.reasons.flatMap { reason in
            Document.wrapped(
                reason.text, .plain, width: column,
                lead: [Piece(Looks.sign(reason.severity, glyphs) + " ", Ink(Looks.token(reason.severity), .bold))])
        }
        let fine = [[Piece("\(glyphs.protected) ", Ink(.verdictProtected, .bold)), Piece("all ways out are sound")]]
        document.add("\(id): why", why.isEmpty && group.survives.nodes ?? 0 > 0 ? fine : why)
        guard case .member(let member) = row, let subject = frame.snapshot.member(member) else { return document }
        document.add("\(member.name) by observer", observers(subject, frame, glyphs))
        let provider = frame.assessment.member(member)?.path?.provider
        if let provider { document.add("Without \(provider)", without(provider, frame, column, glyphs)) }
        return document
    }

    private static func observers(_ member: Member, _ frame: Frame, _ glyphs: Glyphs) -> [[Piece]] {
        let head = Piece(
            TextWidth.fit("", to: 26) + TextWidth.fit("state", to: 8) + TextWidth.fit("loss", to: 8, align: .right)
                + TextWidth.fit("latency", to: 10, align: .right) + TextWidth.fit("jitter", to: 10, align: .right)
                + TextWidth.fit("seen", to: 10, align: .right), Ink(.heading))
        return [[head]]
            + member.sightings.prefix(12).map { seen in
                let fresh = frame.snapshot.freshness(of: seen.by, at: seen.at, now: frame.now)
                let path = seen.facts.path
                let state = path?.isUp.map { $0 ? "up" : "DOWN" } ?? "unknown"
                func cell(_ text: String?, _ width: Int) -> String {
                    TextWidth.fit(text ?? glyphs.nothing, to: width, align: .right, glyphs: glyphs)
                }
                let text =
                    TextWidth.fit(Sanitizer.visible(seen.by.description), to: 25, glyphs: glyphs) + " "
                    + TextWidth.fit(state, to: 8) + cell(path?.loss.map(loss), 8)
                    + cell(path?.latencySeconds.map(Figures.seconds), 10)
                    + cell(path?.jitterSeconds.map(Figures.seconds), 10)
                    + cell(Figures.age(from: seen.at, to: frame.now), 10)
                return [Piece(text, Looks.ink(for: fresh, else: path?.isUp == false ? .checkFail : .text))]
            }
    }

    private static func without(_ provider: String, _ frame: Frame, _ width: Int, _ glyphs: Glyphs) -> [[Piece]] {
        frame.assessment.without(.provider(provider)).flatMap { consequence in
            Document.wrapped(
                "\(consequence.group): \(consequence.text)", .plain, width: width,
                lead: [Piece(Looks.sign(consequence.after, glyphs) + " ", Ink(Looks.token(consequence.after), .bold))])
        }
    }
}
