/// A graph of values over time in a box of cells.
public struct Plot: Sendable {
    /// Values in order, the newest last; `nil` where nothing was measured.
    public struct Line: Sendable {
        public let values: [Double?]
        public let ink: Ink

        public init(_ values: [Double?], ink: Ink = Ink(.graph1)) {
            self.values = values
            self.ink = ink
        }
    }

    /// How a graph is drawn: dots of a quarter cell, or filled columns. ASCII screens get columns of `#`.
    public enum Style: Sendable {
        case braille, block
    }

    public let lines: [Line]
    public let range: ClosedRange<Double>
    public let style: Style

    /// Without a range: 0 (or the smallest value) to the largest of all lines.
    public init(_ lines: [Line], range: ClosedRange<Double>? = nil, style: Style = .braille) {
        self.lines = lines
        self.range = range ?? Scale.range(of: lines.flatMap(\.values))
        self.style = style
    }

    /// Values a box of `width` columns has room for.
    public static func capacity(width: Int, style: Style, glyphs: Glyphs = .utf8) -> Int {
        style == .braille && !glyphs.isASCII ? max(width, 0) * 2 : max(width, 0)
    }
}

extension Canvas {
    /// Draws a graph over the whole window, the newest value at its right edge. A later line lies over an earlier.
    public func plot(_ plot: Plot) {
        guard !isEmpty else { return }
        for line in plot.lines {
            let shown = Array(line.values.suffix(Plot.capacity(width: width, style: plot.style, glyphs: glyphs)))
            if plot.style == .braille, !glyphs.isASCII {
                dots(shown, range: plot.range, ink: line.ink)
            } else {
                columns(shown, range: plot.range, ink: line.ink)
            }
        }
    }

    /// Two by four dots a cell; neighbouring values are joined by the dots between them, gaps are not.
    private func dots(_ values: [Double?], range: ClosedRange<Double>, ink: Ink) {
        let rows = height * 4
        let start = width * 2 - values.count
        var cells: [Int: UInt32] = [:]
        var previous: Int?
        for (index, value) in values.enumerated() {
            guard let value, value.isFinite else {
                previous = nil
                continue
            }
            let level = min(Int(Scale.part(value, in: range) * Double(rows)), rows - 1)
            let from = previous.map { $0 < level ? $0 + 1 : $0 > level ? $0 - 1 : level } ?? level
            for dot in min(from, level)...max(from, level) {
                let (dx, dy) = (start + index, rows - 1 - dot)
                cells[dy / 4 * width + dx / 2, default: 0] |= Canvas.brailleBit(column: dx % 2, row: dy % 4)
            }
            previous = level
        }
        for (at, bits) in cells {
            let (x, y) = (at % width, at / width)
            let under = cell(x: x, y: y)
            let kept = (0x2800...0x28ff).contains(under.base) ? under.base & 0xff : 0
            _ = put(CellUnit(base: 0x2800 | bits | kept, isWide: false), x: x, y: y, ink: ink)
        }
    }

    private static func brailleBit(column: Int, row: Int) -> UInt32 {
        let bits: [[UInt32]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
        return bits[column][row]
    }

    /// A filled column for each value, in eighths of a cell.
    private func columns(_ values: [Double?], range: ClosedRange<Double>, ink: Ink) {
        let parts = glyphs.isASCII ? ["#"] : glyphs.spark
        let steps = height * parts.count
        for (index, value) in values.enumerated() {
            guard let value, value.isFinite else { continue }
            var level = Int((Scale.part(value, in: range) * Double(steps)).rounded())
            if level == 0 { level = 1 }
            for row in 0..<height where level > row * parts.count {
                let part = parts[min(level - row * parts.count, parts.count) - 1]
                _ = put(CellUnit.narrow(part), x: width - values.count + index, y: height - 1 - row, ink: ink)
            }
        }
    }
}
