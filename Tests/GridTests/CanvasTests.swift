import Testing

@testable import Grid

@Suite struct CanvasTests {
    @Test func boxHasRoundCornersAndItsTitle() {
        let grid = Grid.drawn(width: 14, height: 3) { canvas in
            canvas.box(title: "Groups").put("wallet-db longer", x: 0, y: 0)
        }
        #expect(grid.text == "╭ Groups ────╮\n│wallet-db l…│\n╰────────────╯\n")
    }

    @Test func boxInASCII() {
        let grid = Grid.drawn(width: 14, height: 3, glyphs: .ascii) { canvas in
            canvas.box(title: "Groups").put("wallet-db longer", x: 0, y: 0)
        }
        #expect(grid.text == "+ Groups ----+\n|wallet-db l~|\n+------------+\n")
    }

    @Test func focusedBoxIsSeenWithoutColor() {
        let grid = Grid.drawn(width: 10, height: 3) { $0.box(title: "A", focused: true) }
        #expect(grid[0, 0].ink.text == .borderFocus)
        #expect(grid[2, 0].ink.attributes.contains(.bold))
    }

    @Test func trailingTitleGivesWay() {
        let roomy = Grid.drawn(width: 24, height: 2) { $0.box(title: "Nodes", trailing: "3 of 9") }
        #expect(roomy.row(0) == "╭ Nodes ────── 3 of 9 ─╮")
        let tight = Grid.drawn(width: 14, height: 2) { $0.box(title: "Nodes", trailing: "3 of 9") }
        #expect(tight.row(0) == "╭ Nodes ─────╮")
    }

    @Test(arguments: [
        (Align.left, "ab   "), (.right, "   ab"), (.center, " ab  "),
    ])
    func aligns(align: Align, expected: String) {
        let grid = Grid.drawn(width: 5, height: 1) { $0.put("ab", x: 0, y: 0, width: 5, align: align) }
        #expect(grid.row(0) == expected)
    }

    @Test func wideTextAlignsByColumns() {
        let grid = Grid.drawn(width: 6, height: 1) { $0.put("界面", x: 0, y: 0, width: 6, align: .right) }
        #expect(grid.row(0) == "  界面")
        #expect(grid[2, 0].shape == .wide)
        #expect(grid[3, 0].shape == .continuation)
    }

    @Test func cutsBetweenClusters() {
        let grid = Grid.drawn(width: 6, height: 1) { $0.put("ab界面x", x: 0, y: 0, width: 5) }
        #expect(grid.row(0) == "ab界… ")
        let narrower = Grid.drawn(width: 6, height: 1) { $0.put("ab界面x", x: 0, y: 0, width: 4) }
        #expect(narrower.row(0) == "ab…   ")
    }

    @Test func overwritingHalfOfAWideCharacterClearsTheOther() {
        let right = Grid.drawn(width: 4, height: 1) {
            $0.put("界", x: 1, y: 0)
            $0.put("x", x: 2, y: 0)
        }
        #expect(right.row(0) == "  x ")
        let left = Grid.drawn(width: 4, height: 1) {
            $0.put("界", x: 1, y: 0)
            $0.put("x", x: 1, y: 0)
        }
        #expect(left.row(0) == " x  ")
        let both = Grid.drawn(width: 5, height: 1) {
            $0.put("界界", x: 0, y: 0)
            $0.put("面", x: 1, y: 0)
        }
        #expect(both.row(0) == " 面  ")
        #expect(both.faults.isEmpty)
    }

    @Test func controlCharactersBecomeVisible() {
        let grid = Grid.drawn(width: 20, height: 1) { $0.put("a\u{1b}[2Jb\n\u{202e}c", x: 0, y: 0) }
        #expect(grid.row(0) == "a\\e[2Jb\\n\\u{202e}c  ")
    }

    @Test func selectionIsReverseVideo() {
        let grid = Grid.drawn(width: 4, height: 2) {
            $0.put("ab", x: 0, y: 0, ink: Ink(.verdictDown).bold)
            $0.select(row: 0)
        }
        #expect((0..<4).allSatisfy { grid[$0, 0].ink.attributes.contains(.reverse) })
        #expect(grid[0, 0].ink.attributes.contains(.bold))
        #expect(!grid[0, 1].ink.attributes.contains(.reverse))
        #expect(grid.row(0) == "ab  ")
    }

    @Test func splitsCoverTheirCanvas() {
        let grid = Grid.drawn(width: 10, height: 3) { canvas in
            let parts = canvas.split(columns: [.fixed(3), .fill(), .fill(weight: 2)], gap: 1)
            for (index, part) in parts.enumerated() { part.fill(Character("\(index)"), ink: .plain) }
            let rows = canvas.split(rows: [.fill(), .fixed(1)])
            rows[1].fill("x", ink: .plain)
        }
        #expect(grid.text == "000 1 2222\n000 1 2222\nxxxxxxxxxx\n")
    }

    @Test func nothingIsDrawnOutsideOfAWindow() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<400 {
            let box = Box(
                x: .random(in: -5...25, using: &random), y: .random(in: -3...9, using: &random),
                width: .random(in: 0...20, using: &random), height: .random(in: 0...8, using: &random))
            let under = Grid.drawn(width: 24, height: 8) { $0.fill("#", ink: .plain) }
            let grid = Grid.drawn(over: under) { canvas in
                let window = canvas.window(box)
                for _ in 0..<12 {
                    window.put(
                        random.text(), x: .random(in: -6...24, using: &random), y: .random(in: -3...9, using: &random),
                        width: Bool.random(using: &random) ? nil : .random(in: -2...30, using: &random),
                        align: [.left, .right, .center].randomElement(using: &random) ?? .left)
                }
                window.box(title: random.text()).plot(Plot([.init([1, nil, 3, 2])]))
                window.stale()
            }
            for y in 0..<8 {
                for x in 0..<24 where x < box.x || y < box.y || x >= box.x + box.width || y >= box.y + box.height {
                    #expect(grid[x, y] == under[x, y], "\(x),\(y) outside \(box)")
                }
            }
            #expect(grid.faults == [])
        }
    }

    @Test func anySizeIsDrawnOn() {
        for width in 0..<6 {
            for height in 0..<4 {
                let grid = Grid.drawn(width: width, height: height) { canvas in
                    canvas.box(title: "界 title", trailing: "9").put("text", x: 0, y: 0)
                    canvas.centered(width: 9, height: 9).fill("x", ink: .plain)
                    canvas.sparkline([1, 2], x: 0, y: 0, width: 9)
                    canvas.plot(Plot([.init([1, 2, 3])]))
                    canvas.bar(0.5, x: -1, y: 0, width: 9)
                }
                #expect(grid.width == width && grid.height == height)
            }
        }
        #expect(Grid(width: -4, height: 3).text == "\n\n\n")
        #expect(Grid(width: 9_999_999, height: 1).width == Grid.sideCellsMax)
    }
}
