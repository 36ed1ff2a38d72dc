import Estate
import Grid
import Insight

/// What comes to the edge and what is kept out: a flood looks like a flood here, and a kick-off like a kick-off.
enum EdgePanel {
    static let pane = PaneID("edge.pools")

    static let panel = Panel(
        PanelID("edge"), "Edge", "Requests, denials, errors, failed logins, who asks most, certificates",
        panes: [Pane(pane, "Pools", rows: rows)], draw: draw)

    static let empty = "no edge is watched: name a balancer with limits or metrics in the configuration"

    @Sendable static func rows(_ frame: Frame) -> [RowID] {
        frame.assessment.groups.filter { $0.edge != nil }
            .sorted { ($0.edge?.verdict ?? .protected, $0.id) < ($1.edge?.verdict ?? .protected, $1.id) }
            .map { .group($0.id) }
    }

    enum ID: Hashable {
        case verdict, group, load, requests, denied, deniedShare, errors, errorShare, refused, logins, clients, each
        case connections, connectionBar, certificate
    }

    static func columns(_ glyphs: Glyphs) -> ColumnSet<ID> {
        ColumnSet<ID>([
            Column(.verdict, "edge", min: Looks.verdictWidth(glyphs)),
            Column(.group, "pool", min: 8, max: 20),
            Column(.load, "looks like", min: 11),
            Column(.requests, "requests", min: 8, align: .right),
            Column(.denied, "denied", min: 7, align: .right),
            Column(.deniedShare, "", min: 5, align: .right, priority: 3, from: 92),
            Column(.errors, "5xx", min: 7, align: .right, priority: 1),
            Column(.errorShare, "", min: 5, align: .right, priority: 6, from: 124),
            Column(.refused, "4xx", min: 7, align: .right, priority: 7, from: 132),
            Column(.logins, "logins bad", min: 10, align: .right, priority: 2),
            Column(.clients, "clients", min: 7, align: .right, priority: 2, from: 90),
            Column(.each, "each", min: 7, align: .right, priority: 5, from: 104),
            Column(.connections, "conns", min: 6, align: .right, priority: 6, from: 118),
            Column(.connectionBar, "of most", min: 10, max: 20, priority: 8, from: 146),
            Column(.certificate, "cert left", min: 9, align: .right, priority: 4, from: 100),
        ])
    }

    @Sendable static func draw(_ frame: Frame, _ canvas: Canvas) {
        let rows = frame.listed(rows(frame), in: pane)
        let listHigh = max(rows.count, 1) + 1 + canvas.paneLines(canvas.height)
        let isSplit = canvas.height - listHigh >= 5
        let parts = isSplit ? canvas.split(rows: [.fixed(listHigh), .fill()]) : [canvas]
        if isSplit, let id = frame.selection(in: pane, of: rows)?.group, let group = frame.assessment.group(id) {
            document(group, frame, width: canvas.width, glyphs: canvas.glyphs).draw(on: parts[1], scroll: 0)
        }
        let certificates = frame.assessment.groups.compactMap(\.edge).flatMap(\.certificates)
        let soonest = certificates.map(\.left).min().map { "next certificate in \(Self.left($0))" } ?? ""
        let inside = parts[0].pane("Edge", trailing: rows.isEmpty ? "" : soonest, focused: true)
        let placed = columns(canvas.glyphs).placed(in: inside.width - 2)
        var body = inside
        if inside.height > 1, !rows.isEmpty {
            inside.header(placed, x: 2)
            body = inside.inset(top: 1)
        }
        Lists.draw(rows, in: pane, focused: true, frame: frame, on: body, empty: empty) { row, line in
            guard let id = row.group, let edge = frame.assessment.group(id)?.edge else { return }
            for column in placed { put(id, edge, column, line) }
            if edge.isStale { line.stale() }
        }
    }

    private static func put(_ id: GroupID, _ edge: EdgeAssessment, _ column: PlacedColumn<ID>, _ line: Canvas) {
        let none = line.glyphs.nothing
        func figure(_ text: String?, _ token: Token = .text) {
            line.put(text ?? none, in: column, y: 0, ink: Ink(text == nil ? .textDim : token))
        }
        func share(_ part: Double?, _ limit: Double) {
            figure(part.map(Figures.percent), part ?? 0 >= limit ? .checkFail : .textDim)
        }
        switch column.id {
        case .verdict:
            let text = edge.verdict == .protected ? Looks.sign(.protected, line.glyphs) + " in order" : nil
            line.put(
                text ?? Looks.verdict(edge.verdict, line.glyphs), in: column, y: 0,
                ink: Ink(Looks.token(edge.verdict), .bold))
        case .group: line.put(id.name, in: column, y: 0, ink: Ink(.textStrong))
        case .load:
            let isFlood = edge.load == .flood || edge.load == .loginFlood
            let text = isFlood ? edge.load.rawValue.uppercased() : edge.load.rawValue
            line.put(
                text, in: column, y: 0,
                ink: isFlood ? Ink(.checkFail, .bold) : Ink(edge.load == .unknown ? .textStale : .text))
        case .requests: figure(edge.requestRate.map(Figures.rate))
        case .denied: figure(edge.deniedRate.map(Figures.rate), edge.load == .flood ? .checkFail : .text)
        case .deniedShare: share(edge.deniedShare, EdgeLimits.deniedShareMin)
        case .errors:
            let bad = edge.serverErrorShare ?? 0 >= EdgeLimits.errorShareMax
            figure(edge.serverErrorRate.map(Figures.rate), bad ? .checkFail : .text)
        case .errorShare: share(edge.serverErrorShare, EdgeLimits.errorShareMax)
        case .refused: figure(edge.clientErrorRate.map(Figures.rate), .textDim)
        case .logins: figure(edge.failedLoginRate.map(Figures.rate), edge.load == .loginFlood ? .checkFail : .text)
        case .clients: figure(edge.clients.map { Figures.count(Double($0)) })
        case .each: figure(edge.requestsPerClient.map(Figures.rate), .textDim)
        case .connections: figure(edge.connectionsUsed.map(Figures.percent))
        case .connectionBar:
            let part = edge.connectionsUsed
            line.bar(part, x: column.x, y: 0, width: column.width, ink: Ink(Looks.bar(part)))
        case .certificate:
            guard let first = edge.certificates.first else { return figure(nil) }
            figure(left(first.left), token(first.verdict))
        }
    }

    static func left(_ span: Span) -> String {
        span > .zero ? Figures.seconds(span.seconds) : "EXPIRED"
    }

    private static func token(_ verdict: Verdict) -> Token {
        switch verdict {
        case .protected: .text
        case .atRisk: .checkWarn
        default: .checkFail
        }
    }

    // MARK: - The chosen pool

    private static func document(_ group: GroupAssessment, _ frame: Frame, width: Int, glyphs: Glyphs) -> Document {
        var document = Document()
        guard let edge = group.edge else { return document }
        let column = width >= Document.twoColumnsFrom ? width / 2 - 4 : width - 4
        document.add("\(group.id): why", why(group, edge, column, glyphs))
        document.add("Who asks most", talkers(edge, column, glyphs))
        document.add("Certificates", certificates(edge, glyphs))
        return document
    }

    /// What the mix says, in one line, then the reasons.
    private static func why(
        _ group: GroupAssessment, _ edge: EdgeAssessment, _ width: Int, _ glyphs: Glyphs
    ) -> [[Piece]] {
        let text =
            switch edge.load {
            case .unknown: "no rates are told: floods cannot be told from crowds"
            case .calm: "an ordinary hour: little is turned away"
            case .crowd: "much, by many, and let in: a crowd such as a kick-off brings"
            case .flood: "much of it is turned away: a flood"
            case .loginFlood: "passwords are being tried: many logins fail"
            }
        var lines = Document.wrapped(text, Ink(.textDim), width: width)
        for reason in group.reasons where reason.severity != .protected {
            lines += Document.wrapped(
                reason.text, .plain, width: width,
                lead: [Piece(Looks.sign(reason.severity, glyphs) + " ", Ink(Looks.token(reason.severity), .bold))])
        }
        return lines
    }

    /// The most lines of those who ask most.
    private static let talkersMax = 8

    private static func talkers(_ edge: EdgeAssessment, _ width: Int, _ glyphs: Glyphs) -> [[Piece]] {
        let all = edge.requestRate ?? 0
        let address = min(max(width - 46, 16), 30)
        return edge.talkers.prefix(talkersMax).map { talker in
            let part = all > 0 ? talker.requestRate / all : nil
            let bar = Bar.text(part, width: 12, glyphs: glyphs)
            let over = edge.clientLimitRate.map { talker.requestRate > $0 } ?? false
            func right(_ text: String, _ width: Int) -> String {
                TextWidth.fit(text, to: width, align: .right, glyphs: glyphs)
            }
            return [
                Piece(TextWidth.fit(Sanitizer.visible(talker.address), to: address, glyphs: glyphs), Ink(.text)),
                Piece(right(Figures.rate(talker.requestRate), 9) + " ", Ink(over ? .checkFail : .text)),
                Piece(bar.full, Ink(Looks.bar(part))), Piece(bar.empty, Ink(.barEmpty)),
                Piece(right(part.map(Figures.percent) ?? "", 6), Ink(.textDim)),
                Piece(talker.deniedRate.map { right(Figures.rate($0), 9) + " denied" } ?? "", Ink(.textDim)),
            ]
        }
    }

    private static func certificates(_ edge: EdgeAssessment, _ glyphs: Glyphs) -> [[Piece]] {
        edge.certificates.prefix(10).map { certificate in
            [
                Piece(TextWidth.fit(Sanitizer.visible(certificate.name), to: 30, glyphs: glyphs) + " ", Ink(.text)),
                Piece(
                    TextWidth.fit(left(certificate.left), to: 8, align: .right),
                    Ink(token(certificate.verdict), certificate.verdict == .protected ? [] : .bold)),
                Piece(certificate.left > .zero ? " left, until " : ", on ", Ink(.textDim)),
                Piece(String(Figures.dateTime(certificate.expiresAt).prefix(10)), Ink(.textDim)),
            ]
        }
    }
}
