/// Neighbouring cells of one row that changed.
public struct DamageRun: Hashable, Sendable {
    public let row: Int
    public let columns: Range<Int>

    public init(row: Int, columns: Range<Int>) {
        self.row = row
        self.columns = columns
    }
}

extension Grid {
    /// The runs of cells that differ from `old`, top to bottom and left to right.
    ///
    /// A run begins and ends at whole characters. With another size, every row is one run.
    public func damage(since old: Grid) -> [DamageRun] {
        guard old.width == width, old.height == height else {
            return width == 0 ? [] : (0..<height).map { DamageRun(row: $0, columns: 0..<width) }
        }
        var runs: [DamageRun] = []
        cells.withUnsafeBufferPointer { new in
            old.cells.withUnsafeBufferPointer { old in
                for y in 0..<height { Grid.damage(new: new, old: old, width: width, row: y, into: &runs) }
            }
        }
        return runs
    }

    private static func damage(
        new: UnsafeBufferPointer<Cell>, old: UnsafeBufferPointer<Cell>, width: Int, row: Int,
        into runs: inout [DamageRun]
    ) {
        let start = row * width
        var x = 0
        while x < width {
            guard !same(new[start + x], old[start + x]) else {
                x += 1
                continue
            }
            var from = x
            if from > 0, new[start + from].shape == .continuation { from -= 1 }
            x += 1
            while x < width, !same(new[start + x], old[start + x]) { x += 1 }
            if x < width, new[start + x].shape == .continuation { x += 1 }
            if let last = runs.last, last.row == row, last.columns.upperBound >= from {
                runs[runs.count - 1] = DamageRun(row: row, columns: last.columns.lowerBound..<x)
            } else {
                runs.append(DamageRun(row: row, columns: from..<x))
            }
        }
    }

    @inline(__always)
    private static func same(_ a: Cell, _ b: Cell) -> Bool {
        a.base == b.base && a.ink == b.ink && a.mark1 == b.mark1 && a.mark2 == b.mark2 && a.shape == b.shape
    }
}
