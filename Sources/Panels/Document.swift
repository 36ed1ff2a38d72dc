import Grid

/// Text in sections, laid out in one or two columns and scrolled: what details and overlays are made of.
struct Document {
    struct Section {
        var title: String
        var lines: [[Piece]]
    }
    var sections: [Section] = []

    mutating func add(_ title: String, _ lines: [[Piece]]) {
        guard !lines.isEmpty else { return }
        sections.append(Section(title: title, lines: lines))
    }

    /// The width from which sections stand in two columns.
    static let twoColumnsFrom = 130

    /// Draws from line `scroll` on; says how much more there is.
    func draw(on canvas: Canvas, scroll: Int) {
        guard !canvas.isEmpty else { return }
        guard canvas.width >= Self.twoColumnsFrom, sections.count > 1 else {
            Self.draw(sections, on: canvas, scroll: scroll)
            return
        }
        let total = sections.reduce(0) { $0 + $1.lines.count + 2 }
        var left: [Section] = []
        var lines = 0
        for section in sections where lines < (total + 1) / 2 {
            left.append(section)
            lines += section.lines.count + 2
        }
        let halves = canvas.split(columns: [.fill(), .fill()], gap: 2)
        Self.draw(left, on: halves[0], scroll: scroll)
        Self.draw(Array(sections.dropFirst(left.count)), on: halves[1], scroll: scroll)
    }

    private static func draw(_ sections: [Section], on canvas: Canvas, scroll: Int) {
        let total = sections.reduce(0) { $0 + $1.lines.count + 1 }
        // The last line stays in view however far one scrolls.
        var y = -min(max(scroll, 0), max(total - canvas.height, 0))
        let hidden = total + y - canvas.height
        for section in sections {
            if y >= 0, y < canvas.height {
                canvas.rule(y: y, ink: Ink(.border))
                canvas.put(" \(section.title) ", x: 1, y: y, ink: Ink(.heading), width: canvas.width - 2)
            }
            y += 1
            for line in section.lines {
                if y >= 0, y < canvas.height { canvas.put(spelled(line, canvas.glyphs), x: 1, y: y) }
                y += 1
            }
        }
        guard hidden > 0 else { return }
        let more = " +\(hidden) more: PageDown "
        canvas.put(
            more, x: canvas.width - TextWidth.of(more) - 1, y: canvas.height - 1, ink: Ink(.textStrong, .reverse))
    }

    /// Cut text ends in the ellipsis that the screen has.
    private static func spelled(_ line: [Piece], _ glyphs: Glyphs) -> [Piece] {
        guard glyphs.isASCII else { return line }
        return line.map { Piece($0.text.replacing("…", with: String(glyphs.ellipsis)), $0.ink) }
    }

    /// A name and a value beside it.
    static func pair(_ name: String, _ value: String, _ token: Token = .text, width: Int = 18) -> [Piece] {
        [Piece(TextWidth.fit(name, to: width) + " ", Ink(.textDim)), Piece(value, Ink(token))]
    }

    /// Text broken into lines, the later ones indented.
    static func wrapped(_ text: String, _ ink: Ink = .plain, width: Int, lead: [Piece] = []) -> [[Piece]] {
        let indent = lead.reduce(0) { $0 + TextWidth.of($1.text) }
        let lines = TextWidth.wrap(Sanitizer.visible(text), to: max(width - indent, 12))
        guard !lines.isEmpty else { return [lead] }
        return lines.enumerated().map { index, line in
            (index == 0 ? lead : [Piece(String(repeating: " ", count: indent))]) + [Piece(line, ink)]
        }
    }
}
