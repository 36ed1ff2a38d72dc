/// A window onto the grid being drawn. Drawing is clipped to it, and coordinates are relative to its corner.
///
/// A canvas is passed by value: its pieces (`inset`, `split`, `box`) draw into the same grid, so that a panel is
/// `func draw(_ frame: Frame, on canvas: Canvas)`. Whatever it is given, it emits no control character.
public struct Canvas {
    let surface: Surface
    /// Where the window is on the grid; may reach beyond it.
    let origin: (x: Int, y: Int)
    /// What may be drawn on, in grid coordinates: always within the grid.
    let clip: Box
    public let width: Int
    public let height: Int
    /// The symbols to draw with.
    public let glyphs: Glyphs

    init(surface: Surface, glyphs: Glyphs) {
        self.surface = surface
        origin = (0, 0)
        width = surface.width
        height = surface.height
        clip = Box(x: 0, y: 0, width: width, height: height)
        self.glyphs = glyphs
    }

    private init(parent: Canvas, box: Box) {
        surface = parent.surface
        glyphs = parent.glyphs
        origin = (parent.origin.x + box.x, parent.origin.y + box.y)
        width = box.width
        height = box.height
        clip = parent.clip.intersection(Box(x: origin.x, y: origin.y, width: width, height: height))
    }

    /// True where there is nothing to draw on.
    public var isEmpty: Bool { clip.isEmpty }

    /// The window `box` of this one; what of it lies outside is not drawn on.
    public func window(_ box: Box) -> Canvas { Canvas(parent: self, box: box) }

    /// The window of this size with its corner at `x`, `y`.
    public func window(x: Int, y: Int, width: Int, height: Int) -> Canvas {
        window(Box(x: x, y: y, width: width, height: height))
    }

    /// The window that leaves a margin, in cells.
    public func inset(left: Int = 0, right: Int = 0, top: Int = 0, bottom: Int = 0) -> Canvas {
        window(Box(x: left, y: top, width: width - left - right, height: height - top - bottom))
    }

    /// The window that leaves `margin` cells on every side.
    public func inset(_ margin: Int) -> Canvas {
        inset(left: margin, right: margin, top: margin, bottom: margin)
    }

    /// A window of this size in the middle, cut to what there is: for dialogs.
    public func centered(width: Int, height: Int) -> Canvas {
        let wide = min(width, self.width)
        let high = min(height, self.height)
        return window(Box(x: (self.width - wide) / 2, y: (self.height - high) / 2, width: wide, height: high))
    }

    /// Windows above each other, one for each extent, `gap` cells between them.
    public func split(rows: [Extent], gap: Int = 0) -> [Canvas] {
        Layout.spans(of: height, rows, gap: gap).map {
            window(Box(x: 0, y: $0.lowerBound, width: width, height: $0.count))
        }
    }

    /// Windows beside each other, one for each extent, `gap` cells between them.
    public func split(columns: [Extent], gap: Int = 0) -> [Canvas] {
        Layout.spans(of: width, columns, gap: gap).map {
            window(Box(x: $0.lowerBound, y: 0, width: $0.count, height: height))
        }
    }

    /// The cell at a place; a blank outside the window.
    public func cell(x: Int, y: Int) -> Cell {
        let (gx, gy) = (origin.x + x, origin.y + y)
        guard contains(gx, gy) else { return .blank() }
        return surface.cells[gy * surface.width + gx]
    }

    func contains(_ gx: Int, _ gy: Int) -> Bool {
        gx >= clip.x && gy >= clip.y && gx < clip.x + clip.width && gy < clip.y + clip.height
    }
}
