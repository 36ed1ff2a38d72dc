/// A screenful of cells, as a value: what a frame is drawn into, compared with the last one, and tested against.
public struct Grid: Equatable, Sendable {
    public let width: Int
    public let height: Int
    /// Row by row, `width * height` of them.
    public internal(set) var cells: [Cell]
    /// What was drawn where, for a mouse; a later one lies over an earlier. No part of what makes grids equal.
    public internal(set) var touches: [TouchArea] = []

    /// The largest side accepted, in cells; anything larger is cut to it.
    public static let sideCellsMax = 4_096

    /// A blank grid. Negative sides count as 0.
    public init(width: Int, height: Int, ink: Ink = .plain) {
        self.width = min(max(width, 0), Grid.sideCellsMax)
        self.height = min(max(height, 0), Grid.sideCellsMax)
        cells = Array(repeating: .blank(ink), count: self.width * self.height)
    }

    init(surface: Surface) {
        width = surface.width
        height = surface.height
        cells = surface.cells
        touches = surface.touches
    }

    public static func == (a: Grid, b: Grid) -> Bool {
        a.width == b.width && a.height == b.height && a.cells == b.cells
    }

    /// The cell at a place; a blank outside the grid.
    public subscript(x: Int, y: Int) -> Cell {
        guard x >= 0, y >= 0, x < width, y < height else { return .blank() }
        return cells[y * width + x]
    }

    /// The grid that `body` draws on a blank canvas of this size.
    public static func drawn(
        width: Int, height: Int, glyphs: Glyphs = .utf8, ink: Ink = .plain, _ body: (Canvas) throws -> Void
    ) rethrows -> Grid {
        try drawn(over: Grid(width: width, height: height, ink: ink), glyphs: glyphs, body)
    }

    /// `under` with what `body` draws on top of it.
    public static func drawn(
        over under: consuming Grid, glyphs: Glyphs = .utf8, _ body: (Canvas) throws -> Void
    ) rethrows -> Grid {
        let surface = Surface(grid: under)
        try body(Canvas(surface: surface, glyphs: glyphs))
        return Grid(surface: surface)
    }

    /// Row `y` in plain text, `width` columns of it.
    public func row(_ y: Int) -> String {
        guard y >= 0, y < height else { return "" }
        var out = String.UnicodeScalarView()
        for cell in cells[(y * width)..<((y + 1) * width)] { cell.append(to: &out) }
        return String(out)
    }

    /// The whole grid in plain text, blanks at line ends removed, a newline after each row: for golden tests.
    public var text: String {
        var out = ""
        for y in 0..<height {
            var line = row(y)[...]
            while line.last == " " { line.removeLast() }
            out += line
            out += "\n"
        }
        return out
    }
}
