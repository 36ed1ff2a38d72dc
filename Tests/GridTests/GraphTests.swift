import Testing

@testable import Grid

@Suite struct GraphTests {
    @Test func sparklineShowsGapsAsGaps() {
        #expect(Sparkline.text([0, nil, 50, 100], width: 4, range: 0...100) == "▁ ▅█")
        #expect(Sparkline.text([0, nil, 50, 100], width: 6, range: 0...100) == "  ▁ ▅█")
        #expect(Sparkline.text([9, 0, 50, 100], width: 2, range: 0...100) == "▅█")
        #expect(Sparkline.text([0, nil, 50, 100], width: 4, range: 0...100, glyphs: .ascii) == "_ =#")
        #expect(Sparkline.text([.nan, .infinity, -.infinity, 1], width: 4) == "   █")
        #expect(Sparkline.text([5, 5], width: 2, range: 5...5) == "▁▁")
        #expect(Sparkline.text([1], width: 0) == "")
        #expect(Sparkline.text([-1e308, 1e308], width: 2) == "▁█")
    }

    @Test(arguments: [
        (0.0, "", "░░░░"), (1.0, "████", ""), (0.5, "██", "░░"), (0.001, "▏", "░░░"), (0.999, "███▉", ""),
        (-3, "", "░░░░"), (7, "████", ""),
    ])
    func bars(part: Double, full: String, empty: String) {
        let bar = Bar.text(part, width: 4)
        #expect(bar.full == full)
        #expect(bar.empty == empty)
    }

    @Test func barOfNothingKnownIsBlank() {
        #expect(Bar.text(nil, width: 3) == ("", "   "))
        #expect(Bar.text(.nan, width: 3) == ("", "   "))
        #expect(Bar.text(0.5, width: 4, glyphs: .ascii) == ("##", ".."))
    }

    @Test func plotOfDots() {
        let grid = Grid.drawn(width: 4, height: 1) {
            $0.plot(Plot([.init([0, 1, 2, 3, nil, nil, 3, 0])], range: 0...4))
        }
        #expect(grid.row(0).unicodeScalars.map(\.value) == [0x2860, 0x280a, 0x20, 0x28b1])
    }

    @Test func plotOfColumns() {
        let grid = Grid.drawn(width: 5, height: 2) {
            $0.plot(Plot([.init([0, 8, nil, 12, 16])], range: 0...16, style: .block))
        }
        #expect(grid.text == "   ▄█\n▁█ ██\n")
        let ascii = Grid.drawn(width: 5, height: 2, glyphs: .ascii) {
            $0.plot(Plot([.init([0, 8, nil, 12, 16])], range: 0...16))
        }
        #expect(ascii.text == "   ##\n## ##\n")
    }

    @Test func newestIsAtTheRight() {
        let grid = Grid.drawn(width: 3, height: 1) {
            $0.plot(Plot([.init([9, 9, 9, 0])], range: 0...9, style: .block))
        }
        #expect(grid.row(0) == "██▁")
    }
}

@Suite struct KeyTests {
    @Test(arguments: [
        ("q", Key.character("q")), ("Q", .character("Q")), ("Ctrl-d", .ctrl("d")), ("Alt-x", .alt("x")),
        ("F10", .function(10)),
        ("Enter", .enter), ("Esc", .escape), ("Shift-Tab", .backTab), ("Space", .character(" ")),
        ("PageDown", .pageDown),
        ("\\", .character("\\")), ("?", .character("?")), ("[", .character("[")), ("F", .character("F")),
    ])
    func namesGoBothWays(name: String, key: Key) {
        #expect(Key(named: name) == key)
        #expect(key.name == name)
    }

    @Test func caseOfNamesDoesNotCount() {
        #expect(Key(named: "ctrl-D") == .ctrl("d"))
        #expect(Key(named: "ENTER") == .enter)
    }

    @Test(arguments: ["", "F0", "F99", "Ctrl-", "Hyper-x", "\u{1b}", "word"])
    func nonsenseIsNoKey(name: String) {
        #expect(Key(named: name) == nil)
    }
}
