import Estate
import Grid

/// What the keys do where one stands.
enum HelpPanel {
    static func draw(_ frame: Frame, on canvas: Canvas) {
        var document = Document()
        let inside = OverlayBox.open("Help", on: canvas, width: 150)
        let column = inside.width >= Document.twoColumnsFrom ? inside.width / 2 - 4 : inside.width - 2
        for section in frame.menu.help {
            document.add(section.title, section.entries.flatMap { lines($0, width: column) })
        }
        document.draw(on: inside, scroll: frame.view.scroll)
    }

    /// What a command does and, on lines of its own, why it cannot be used here: nothing of it is cut.
    private static func lines(_ entry: Menu.Entry, width: Int) -> [[Piece]] {
        let keys = Piece(TextWidth.fit(entry.keys.joined(separator: " "), to: 16) + " ", Ink(.footerKey))
        let ink = Ink(entry.obstacle == nil ? .text : .textStale)
        let what = Document.wrapped(entry.summary, ink, width: width, lead: [keys])
        guard let obstacle = entry.obstacle else { return what }
        let blank = Piece(String(repeating: " ", count: 17))
        return what + Document.wrapped("(\(obstacle))", Ink(.textStale), width: width, lead: [blank])
    }
}

/// Every request that commands sent, newest first.
enum RequestsPanel {
    static func draw(_ frame: Frame, on canvas: Canvas) {
        var document = Document()
        let inside = OverlayBox.open("Requests sent", on: canvas, width: 140)
        let lines = frame.desk.requests.suffix(Desk.requestsMax).reversed().flatMap { request in
            [
                [
                    Piece(Figures.clock(request.at) + "Z ", Ink(.textDim)),
                    Piece(request.endpoint + " ", Ink(.heading)),
                    Piece(request.text, Ink(.text)),
                ],
                [
                    Piece("         ", Ink(.text)),
                    Piece(request.answer ?? "no answer yet", Ink(token(request))),
                    Piece(request.seconds.map { "  in \(Figures.seconds($0))" } ?? "", Ink(.textDim)),
                ],
            ]
        }
        document.add(
            "Newest first", lines.isEmpty ? [[Piece("no command has sent anything yet", Ink(.textDim))]] : lines)
        document.draw(on: inside, scroll: frame.view.scroll)
    }
}

extension RequestsPanel {
    private static func token(_ request: RequestView) -> Token {
        request.isBad ? .checkFail : request.answer == nil ? .textStale : .checkPass
    }
}

/// Every subscription: whether it lives, and what is wrong with it.
enum SourcesPanel {
    static func draw(_ frame: Frame, on canvas: Canvas) {
        let inside = OverlayBox.open("Sources", on: canvas, width: 140)
        let ordered = frame.snapshot.sources.sorted {
            ($0.status.state == .live ? 1 : 0, $0.id) < ($1.status.state == .live ? 1 : 0, $1.id)
        }
        var lines: [[Piece]] = []
        for source in ordered {
            let isLive = source.status.state == .live
            let heard = source.heardAt.map { "heard \(Figures.age(from: $0, to: frame.now)) ago" } ?? "never heard"
            lines.append([
                Piece(
                    TextWidth.fit(source.status.state.rawValue, to: 11),
                    Ink(isLive ? .checkPass : source.status.state == .connecting ? .checkWarn : .checkFail, .bold)),
                Piece(TextWidth.fit(source.id.description, to: 28) + " ", Ink(.textStrong)),
                Piece(TextWidth.fit(heard, to: 18) + " ", Ink(.textDim)),
                Piece("\(Figures.age(from: source.since, to: frame.now)) so  ", Ink(.textDim)),
                Piece(source.status.endpoint ?? "", Ink(.textDim)),
            ])
            if let problem = source.status.problem {
                lines += Document.wrapped(
                    problem, Ink(.checkWarn), width: inside.width - 4, lead: [Piece("           ")])
            }
        }
        var document = Document()
        document.add("Dead ones first", lines.isEmpty ? [[Piece("no source is configured", Ink(.checkWarn))]] : lines)
        document.draw(on: inside, scroll: frame.view.scroll)
    }
}

/// Every command and page, by a few letters of its name.
enum PalettePanel {
    static func draw(_ palette: PaletteView, _ frame: Frame, on canvas: Canvas) {
        let inside = OverlayBox.open(
            "Do", on: canvas, width: 90, height: max(canvas.height * 2 / 3, 8), back: .dialogBack)
        guard inside.height > 1 else { return }
        inside.put(
            TextWidth.fit(": " + palette.typed + "_", to: inside.width - 2, glyphs: canvas.glyphs), x: 1, y: 0,
            ink: Ink(.inputText, on: .inputBack))
        let body = inside.inset(top: 1)
        if palette.items.isEmpty {
            body.put("nothing is called so", x: 2, y: 0, ink: Ink(.textDim, on: .dialogBack))
        }
        let window = Lists.window(count: palette.items.count, selected: palette.selected, height: body.height)
        for (y, index) in window.enumerated() {
            let item = palette.items[index]
            let able = item.obstacle == nil
            body.put(
                [
                    Piece(
                        TextWidth.fit(item.keys.first ?? "", to: 9, glyphs: canvas.glyphs) + " ",
                        Ink(.footerKey, on: .dialogBack)),
                    Piece(
                        TextWidth.fit(item.title, to: 22, glyphs: canvas.glyphs) + " ",
                        Ink(able ? .textStrong : .textStale, on: .dialogBack)),
                    Piece(item.obstacle ?? item.summary, Ink(able ? .dialogText : .textStale, on: .dialogBack)),
                ], x: 2, y: y)
            body.touch(Touch.item(index), x: 0, y: y, width: body.width)
            if index == palette.selected { body.select(row: y) }
        }
    }
}

enum OverlayBox {
    /// A window over the page with a frame of its own.
    static func open(
        _ title: String, on canvas: Canvas, width: Int, height: Int? = nil, back: Token = .background
    ) -> Canvas {
        let window = canvas.centered(width: min(width, canvas.width), height: height ?? canvas.height)
        let ink = Ink(.dialogText, on: back)
        window.fill(ink: ink)
        canvas.touch(Touch.overlay, x: 0, y: 0, width: canvas.width, height: canvas.height)
        return window.box(
            title: title, trailing: "Esc closes", ink: Ink(.dialogBorder, on: back), titleInk: ink.bold)
    }
}
