/// The storage that canvases share while one frame is drawn. It never leaves `Grid.drawn`.
final class Surface {
    let width: Int
    let height: Int
    var cells: [Cell]
    var touches: [TouchArea] = []

    init(grid: consuming Grid) {
        width = grid.width
        height = grid.height
        cells = grid.cells
    }

    /// Writes one cell, or two for a wide one, mending what a wide character underneath would leave half of.
    /// The caller has checked that the place is on the surface, both halves of it.
    func set(_ cell: Cell, x: Int, y: Int) {
        let row = y * width
        let at = row + x
        if cells[at].shape == .continuation, x > 0 { clear(at - 1) }
        let last = cell.shape == .wide ? x + 1 : x
        if cells[row + last].shape == .wide, last + 1 < width { clear(row + last + 1) }
        if cell.shape != .wide, cells[at].shape == .wide, x + 1 < width { clear(at + 1) }
        cells[at] = cell
        if cell.shape == .wide {
            cells[at + 1] = Cell(base: 0x20, ink: cell.ink, shape: .continuation)
        }
    }

    /// Writes one narrow cell all over a box, which has been clipped already.
    func fill(_ box: Box, _ cell: Cell) {
        let width = width
        cells.withUnsafeMutableBufferPointer { cells in
            for y in box.y..<(box.y + box.height) {
                let first = y * width + box.x
                let last = first + box.width - 1
                // Halves of wide characters that the box cuts through.
                if cells[first].shape == .continuation, box.x > 0 { cells[first - 1] = .blank(cells[first - 1].ink) }
                if cells[last].shape == .wide, box.x + box.width < width {
                    cells[last + 1] = .blank(cells[last + 1].ink)
                }
                for at in first...last { cells[at] = cell }
            }
        }
    }

    /// Writes characters that are one column wide each, from `x` on; they have been clipped already.
    func set(run scalars: some Sequence<UInt32>, x: Int, y: Int, ink: Ink) {
        let width = width
        let row = y * width
        cells.withUnsafeMutableBufferPointer { cells in
            var at = x
            for scalar in scalars where at < width {
                let index = row + at
                let old = cells[index].shape
                if old != .narrow {
                    let other = old == .wide ? index + 1 : index - 1
                    if cells.indices.contains(other) { cells[other] = .blank(cells[other].ink) }
                }
                cells[index] = Cell(base: scalar, ink: ink)
                at += 1
            }
        }
    }

    private func clear(_ index: Int) {
        cells[index] = .blank(cells[index].ink)
    }
}
