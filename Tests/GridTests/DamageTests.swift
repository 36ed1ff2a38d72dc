import Testing

@testable import Grid

@Suite struct DamageTests {
    @Test func nothingChanged() {
        let grid = Grid.drawn(width: 20, height: 4) { $0.box(title: "界").put("text", x: 0, y: 0) }
        #expect(grid.damage(since: grid) == [])
        #expect(grid == grid)
    }

    @Test func runsAreWhereItChanged() {
        let old = Grid.drawn(width: 10, height: 2) { $0.put("14:02:11Z", x: 0, y: 0) }
        let new = Grid.drawn(width: 10, height: 2) { $0.put("14:02:19Z", x: 0, y: 0) }
        #expect(new.damage(since: old) == [DamageRun(row: 0, columns: 7..<8)])
    }

    @Test func inkAloneIsDamage() {
        let old = Grid.drawn(width: 3, height: 1) { $0.put("abc", x: 0, y: 0) }
        let new = Grid.drawn(width: 3, height: 1) { $0.put("abc", x: 0, y: 0, ink: Ink(.verdictDown)) }
        #expect(new.damage(since: old) == [DamageRun(row: 0, columns: 0..<3)])
    }

    @Test func runsTakeWholeCharacters() {
        let old = Grid.drawn(width: 6, height: 1) { $0.put("a界b", x: 0, y: 0) }
        let new = Grid.drawn(width: 6, height: 1) { $0.put("a面b", x: 0, y: 0) }
        #expect(new.damage(since: old) == [DamageRun(row: 0, columns: 1..<3)])
        let gone = Grid.drawn(width: 6, height: 1) { $0.put("a  b", x: 0, y: 0) }
        #expect(gone.damage(since: old) == [DamageRun(row: 0, columns: 1..<3)])
    }

    @Test func anotherSizeIsAllDamage() {
        #expect(Grid(width: 3, height: 2).damage(since: Grid(width: 2, height: 2)).count == 2)
        #expect(Grid(width: 0, height: 2).damage(since: Grid(width: 2, height: 2)).isEmpty)
    }

    @Test func damageIsEnoughToCatchUp() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<300 {
            let old = Grid.drawn(width: 30, height: 5) { canvas in
                for y in 0..<5 { canvas.put(random.text(), x: 0, y: y) }
            }
            let new = Grid.drawn(over: old) { canvas in
                for _ in 0..<3 {
                    canvas.put(
                        random.text(lengthMax: 4), x: .random(in: 0..<30, using: &random),
                        y: .random(in: 0..<5, using: &random))
                }
            }
            var mended = old
            for run in new.damage(since: old) {
                for x in run.columns { mended.cells[run.row * 30 + x] = new[x, run.row] }
                #expect(new[run.columns.lowerBound, run.row].shape != .continuation)
            }
            #expect(mended == new)
            #expect(mended.faults == [])
        }
    }
}
