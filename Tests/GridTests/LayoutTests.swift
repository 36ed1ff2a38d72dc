import Testing

@testable import Grid

@Suite struct LayoutTests {
    @Test(arguments: [
        (100, [Extent.fixed(20), .fill()], [20, 80]),
        (100, [.fraction(0.25), .fill(), .fill(weight: 2)], [25, 25, 50]),
        (10, [.fill(), .fill(), .fill()], [3, 3, 4]),
        (10, [.atLeast(4), .fixed(3)], [7, 3]),
        (10, [.fixed(8), .fixed(8), .fill()], [8, 2, 0]),
        (0, [.fixed(8), .fill()], [0, 0]),
        (-5, [.fixed(8), .fill()], [0, 0]),
        (10, [.fraction(.nan), .fixed(-3), .fill(weight: -1)], [0, 0, 0]),
        (7, [], []),
    ])
    func lengths(total: Int, extents: [Extent], expected: [Int]) {
        #expect(Layout.lengths(of: total, extents) == expected)
    }

    @Test func gapsAreLeftFree() {
        #expect(Layout.spans(of: 10, [.fixed(3), .fill(), .fill()], gap: 1) == [0..<3, 4..<6, 7..<10])
    }

    @Test func partsNeverExceedTheWhole() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<500 {
            let extents = (0..<Int.random(in: 1...6, using: &random)).map { _ -> Extent in
                switch Int.random(in: 0..<4, using: &random) {
                case 0: .fixed(.random(in: -2...40, using: &random))
                case 1: .fraction(.random(in: -0.5...1.5, using: &random))
                case 2: .atLeast(.random(in: 0...40, using: &random))
                default: .fill(weight: .random(in: 0...3, using: &random))
                }
            }
            let total = Int.random(in: 0...120, using: &random)
            let gap = Int.random(in: 0...3, using: &random)
            let spans = Layout.spans(of: total, extents, gap: gap)
            #expect(spans.allSatisfy { $0.upperBound <= total && $0.lowerBound >= 0 })
            #expect(zip(spans, spans.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
        }
    }
}

@Suite struct ColumnSetTests {
    private let set = ColumnSet<String>([
        Column("sign", "", min: 1),
        Column("group", "group", min: 12, max: 24),
        Column("mode", "mode", min: 14, priority: 3),
        Column("serves", "serves", min: 12, max: 20, priority: 1),
        Column("survives", "survives", min: 10, priority: 1),
        Column("risk", "at risk", min: 9, align: .right, priority: 2),
        Column("load", "load", min: 8, max: 40, priority: 4, from: 100),
    ])

    @Test(arguments: [
        (40, ["sign", "group", "survives"].sorted()), (41, ["sign", "group", "serves", "survives"].sorted()),
        (80, ["sign", "group", "mode", "serves", "survives", "risk"].sorted()),
        (120, ["sign", "group", "mode", "serves", "survives", "risk", "load"].sorted()),
        (5, ["sign"]),
    ])
    func showsWhatFits(width: Int, expected: [String]) {
        let placed = set.placed(in: width)
        if width >= 41 { #expect(placed.map(\.id).sorted() == expected) }
        #expect(placed.allSatisfy { $0.x + $0.width <= width })
        #expect(zip(placed, placed.dropFirst()).allSatisfy { $0.x + $0.width + 2 == $1.x })
    }

    @Test func theRestGoesToTheMostImportant() {
        let placed = set.placed(in: 80)
        #expect(placed.first { $0.id == "group" }?.width == 24)
        #expect(placed.first { $0.id == "survives" }?.width == 10)
    }

    @Test func oneColumnIsLeftWhateverTheWidth() {
        #expect(set.placed(in: 1).map(\.width) == [1])
        #expect(set.placed(in: 0).isEmpty)
        let wide = ColumnSet<Int>([Column(1, "a", min: 30, from: 100)])
        #expect(wide.placed(in: 10).map(\.width) == [10])
    }

    @Test func headerMarksTheSortedColumn() {
        let grid = Grid.drawn(width: 80, height: 1) { $0.header(set.placed(in: 80), sorted: ("risk", true)) }
        #expect(grid.row(0).contains("at risk▴"))
        #expect(grid.row(0).contains("group"))
    }
}
