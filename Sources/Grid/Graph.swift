/// A graph of values over time with its axes: what the figures are and how long ago is written at its edges.
///
///     8 MiB ┤      ⢀⡀
///     4 MiB ┤⣀⣀⡠⠔⠊⠉⠈⠢⣀
///       0 B ┼─────────┴─────────
///           5 min   2 min    now
public struct Graph: Sendable {
    /// Values at even distances, the newest last; `nil` where nothing was measured.
    public struct Line: Sendable {
        public let values: [Double?]
        public let ink: Ink
        /// What it is of, for the legend; empty for a graph of one line.
        public let label: String

        public init(_ values: [Double?], ink: Ink = Ink(.graph1), label: String = "") {
            self.values = values
            self.ink = ink
            self.label = label
        }
    }

    public let lines: [Line]
    /// Seconds between two values.
    public let secondsPerValue: Double
    /// What the lowest and the highest place stand for; nil: from 0 to the largest value, rounded up by `ceiling`.
    public let range: ClosedRange<Double>?
    public let style: Plot.Style
    /// A value with its unit, as it stands at the axis: `4.0 MiB`.
    public let unit: @Sendable (Double) -> String
    /// Counted in powers of two, as bytes are: decides which figures the axis has.
    public let isBinary: Bool
    /// A level that matters (a limit, an objective), drawn as a line across.
    public let limit: Double?
    /// A number that rises by one with every value: columns that stand for several values then keep their content
    /// while the graph moves, instead of trembling. Seconds since any time will do for a value a second.
    public let phase: Int

    /// The narrowest and the lowest box that a graph is drawn in.
    public static let widthMin = 12
    public static let heightMin = 3

    public init(
        _ lines: [Line], secondsPerValue: Double = 1, range: ClosedRange<Double>? = nil, style: Plot.Style = .braille,
        isBinary: Bool = false, limit: Double? = nil, phase: Int = 0, unit: @escaping @Sendable (Double) -> String
    ) {
        self.lines = lines
        self.secondsPerValue = secondsPerValue.isFinite && secondsPerValue > 0 ? min(secondsPerValue, 1e9) : 1
        self.range = range
        self.style = style
        self.unit = unit
        self.isBinary = isBinary
        self.limit = limit
        self.phase = phase
    }

    /// The scale that is drawn: never empty, and it has room for the limit when values come near it.
    public var scale: ClosedRange<Double> {
        if let range { return range }
        let range = Scale.range(of: lines.lazy.flatMap(\.values))
        guard let limit, limit.isFinite, range.upperBound > limit / 2 else {
            return range.lowerBound...Graph.ceiling(range.upperBound, isBinary: isBinary)
        }
        return range.lowerBound...Graph.ceiling(max(range.upperBound, limit * 1.1), isBinary: isBinary)
    }

    /// The next of 1, 2, 5 times a power of ten, or power of two: a whole figure, and a scale that does not change
    /// with every value.
    static func ceiling(_ value: Double, isBinary: Bool) -> Double {
        guard value.isFinite, value > 0, value < 1e300 else { return value == .infinity || value >= 1e300 ? value : 1 }
        var power = 1.0
        let base = isBinary ? 2.0 : 10
        while power < value { power *= base }
        while power / base >= value, power > 1e-300 { power /= base }
        guard !isBinary else { return power }
        return power / 5 >= value ? power / 5 : power / 2 >= value ? power / 2 : power
    }

    /// `values` in at most `count` places: the largest of those that share a place, for a peak must not be lost.
    static func reduced(_ values: [Double?], to count: Int, phase: Int = 0) -> (values: [Double?], each: Int) {
        guard count > 0 else { return ([], 1) }
        guard values.count > count else { return (values, 1) }
        let each = (values.count + count - 1) / count
        // Places end where the phase is a multiple of `each`, whichever values are there now.
        let last = (phase % each + each) % each + 1
        var out: [Double?] = []
        var end = values.count
        var size = last
        while end > 0, out.count < count {
            let part = values[max(end - size, 0)..<end].compactMap { $0 }.filter(\.isFinite)
            out.append(part.max())
            end -= size
            size = each
        }
        return (out.reversed(), each)
    }

    /// A length of time at the axis: `now`, `30 s`, `5 min`, `2 h`.
    static func age(_ seconds: Double) -> String {
        switch seconds.rounded() {
        case ..<1: return "now"
        case ..<120: return "\(Int(seconds.rounded())) s"
        case ..<7_200: return tidy(seconds / 60) + " min"
        case ..<172_800: return tidy(seconds / 3_600) + " h"
        default: return tidy(min(seconds / 86_400, 1e6)) + " d"
        }
    }

    private static func tidy(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}

extension Canvas {
    /// Draws a graph with its axes over the whole window; without them where there is no room.
    public func graph(_ graph: Graph) {
        guard !isEmpty else { return }
        let scale = graph.scale
        guard width >= Graph.widthMin, height >= Graph.heightMin else {
            plot(Plot(graph.lines.map { Plot.Line($0.values, ink: $0.ink) }, range: scale, style: graph.style))
            return
        }
        let hasLegend = graph.lines.contains { !$0.label.isEmpty } && height >= Graph.heightMin + 2
        let middle = scale.lowerBound + (scale.upperBound - scale.lowerBound) / 2
        let names = [scale.upperBound, middle, scale.lowerBound].map(graph.unit)
        let gutter = min(names.map { TextWidth.of($0) }.max() ?? 0, width / 3)
        let rows = height - 1 - (hasLegend ? 1 : 0)
        if hasLegend { legend(graph, x: gutter + 2) }
        let field = window(x: gutter + 2, y: hasLegend ? 1 : 0, width: width - gutter - 2, height: rows)
        let whole = window(x: 0, y: hasLegend ? 1 : 0, width: width, height: rows + 1)
        whole.axis(names, gutter: gutter, rows: rows)
        let capacity = Plot.capacity(width: field.width, style: graph.style, glyphs: glyphs)
        let each = graph.lines.map { Graph.reduced($0.values, to: capacity, phase: graph.phase).each }.max() ?? 1
        if let limit = graph.limit { field.limitLine(limit, scale) }
        let lines = graph.lines.map { line in
            Plot.Line(Graph.reduced(line.values, to: capacity, phase: graph.phase).values, ink: line.ink)
        }
        field.plot(Plot(lines, range: scale, style: graph.style))
        let perColumn = Double(each) * graph.secondsPerValue * Double(capacity) / Double(max(field.width, 1))
        whole.ages(secondsPerColumn: perColumn, x: gutter + 2, y: rows)
    }

    /// The names of the lines above the field, each in its colour.
    private func legend(_ graph: Graph, x: Int) {
        var at = x
        for line in graph.lines where !line.label.isEmpty && at < width {
            at += put("\(glyphs.isASCII ? "#" : "━") \(line.label)  ", x: at, y: 0, ink: line.ink)
        }
    }

    /// Figures and ticks at the left: at the top, in the middle where there is room, and at the bottom.
    private func axis(_ names: [String], gutter: Int, rows: Int) {
        let ink = Ink(.textDim)
        let edge = Ink(.border)
        for y in 0..<rows { put(String(glyphs.vertical), x: gutter + 1, y: y, ink: edge) }
        put(names[0], x: 0, y: 0, ink: ink, width: gutter, align: .right)
        if rows >= 5 { put(names[1], x: 0, y: rows / 2, ink: ink, width: gutter, align: .right) }
        if rows >= 2 { put(names[2], x: 0, y: rows - 1, ink: ink, width: gutter, align: .right) }
    }

    /// A dotted line at a level of the scale.
    private func limitLine(_ limit: Double, _ scale: ClosedRange<Double>) {
        guard limit.isFinite, scale.contains(limit), height > 0 else { return }
        let level = min(Int(Scale.part(limit, in: scale) * Double(height)), height - 1)
        fill(
            Box(x: 0, y: height - 1 - level, width: width, height: 1), glyphs.isASCII ? "-" : "╌",
            ink: Ink(.barWarn))
    }

    /// How long ago, under the field: at its left edge, its middle and its right one.
    private func ages(secondsPerColumn: Double, x: Int, y: Int) {
        let field = width - x
        let oldest = Graph.age(secondsPerColumn * Double(field))
        let half = Graph.age(secondsPerColumn * Double(field) / 2)
        let ink = Ink(.textDim)
        put("now", x: x, y: y, ink: ink, width: field, align: .right)
        guard field >= TextWidth.of(oldest) + 5 else { return }
        put(oldest, x: x, y: y, ink: ink)
        guard field >= TextWidth.of(oldest) + TextWidth.of(half) + 12 else { return }
        put(half, x: x + field / 2 - TextWidth.of(half) / 2, y: y, ink: ink)
    }
}
