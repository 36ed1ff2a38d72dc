/// A table column that may be shown.
public struct Column<ID: Hashable & Sendable>: Sendable {
    public let id: ID
    public let title: String
    /// The fewest cells it is of use in.
    public let minWidth: Int
    /// The most cells it makes use of.
    public let maxWidth: Int
    public let align: Align
    /// 0 is always shown, as long as it fits; the higher, the sooner it is left out.
    public let priority: Int
    /// The table width, in cells, from which it is shown at all.
    public let from: Int

    public init(
        _ id: ID, _ title: String, min: Int, max: Int? = nil, align: Align = .left, priority: Int = 0, from: Int = 0
    ) {
        self.id = id
        self.title = title
        minWidth = Swift.max(min, 1)
        maxWidth = Swift.max(max ?? min, minWidth)
        self.align = align
        self.priority = priority
        self.from = from
    }
}

/// A column that is shown, and where.
public struct PlacedColumn<ID: Hashable & Sendable>: Sendable {
    public let id: ID
    public let title: String
    public let x: Int
    public let width: Int
    public let align: Align

    /// This column with the room of the one after it.
    public func reaching(over next: PlacedColumn) -> PlacedColumn {
        PlacedColumn(id: id, title: title, x: x, width: next.x + next.width - x, align: align)
    }
}

/// The columns a table may have. Which ones are shown is chosen by the width there is: a narrow table has fewer
/// columns, not cut ones.
public struct ColumnSet<ID: Hashable & Sendable>: Sendable {
    public let columns: [Column<ID>]
    /// Cells between two columns.
    public let gap: Int

    public init(_ columns: [Column<ID>], gap: Int = 2) {
        self.columns = columns
        self.gap = max(gap, 0)
    }

    /// The columns for a table of `width` cells, in their own order, and where they are.
    ///
    /// The least important are left out until the rest has its minimum; what is left over then goes to those that
    /// can use it, the most important first. Always at least one column, cut to the width if it must be.
    public func placed(in width: Int) -> [PlacedColumn<ID>] {
        var shown = columns.indices.filter { columns[$0].from <= width }
        if shown.isEmpty, let first = columns.indices.min(by: { columns[$0].priority < columns[$1].priority }) {
            shown = [first]
        }
        while shown.count > 1, minimum(of: shown) > width, let last = leastImportant(of: shown) {
            shown.remove(at: last)
        }
        guard width > 0, !shown.isEmpty else { return [] }
        var widths = shown.map { min(columns[$0].minWidth, width) }
        var left = width - minimum(of: shown)
        let byImportance = shown.indices.sorted {
            (columns[shown[$0]].priority, $0) < (columns[shown[$1]].priority, $1)
        }
        for index in byImportance where left > 0 {
            let more = min(columns[shown[index]].maxWidth - widths[index], left)
            widths[index] += max(more, 0)
            left -= max(more, 0)
        }
        var x = 0
        return zip(shown, widths).map { index, width in
            defer { x += width + gap }
            let column = columns[index]
            return PlacedColumn(id: column.id, title: column.title, x: x, width: width, align: column.align)
        }
    }

    private func minimum(of shown: [Int]) -> Int {
        shown.reduce(gap * max(shown.count - 1, 0)) { $0 + columns[$1].minWidth }
    }

    /// The rightmost of those with the highest priority number.
    private func leastImportant(of shown: [Int]) -> Int? {
        shown.indices.max { (columns[shown[$0]].priority, $0) < (columns[shown[$1]].priority, $1) }
    }
}

extension Canvas {
    /// Draws the titles of `columns` in row `y`; `sorted` gets the sort mark.
    public func header<ID>(
        _ columns: [PlacedColumn<ID>], y: Int = 0, x: Int = 0, ink: Ink = Ink(.textDim), sorted: (ID, Bool)? = nil
    ) {
        for column in columns {
            var title = column.title
            if let sorted, sorted.0 == column.id {
                title.append(sorted.1 ? glyphs.sortUp : glyphs.sortDown)
            }
            put(title, x: x + column.x, y: y, ink: ink, width: column.width, align: column.align)
        }
    }

    /// Draws a value in its column.
    @discardableResult
    public func put<ID>(_ text: String, in column: PlacedColumn<ID>, x: Int = 0, y: Int, ink: Ink = .plain) -> Int {
        put(text, x: x + column.x, y: y, ink: ink, width: column.width, align: column.align)
    }
}
