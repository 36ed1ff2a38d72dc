import Testing

@testable import Grid

@Suite struct BigTextTests {
    @Test func lettersAreMadeOfBlocks() {
        let grid = Grid.drawn(width: 12, height: 3) { $0.big("Hi", size: .small, ink: .plain) }
        #expect(grid.text == "█   █ ▀█▀\n█▀▀▀█  █\n▀   ▀ ▀▀▀\n")
        let ascii = Grid.drawn(width: 12, height: 5, glyphs: .ascii) { $0.big("I!", size: .small, ink: .plain) }
        #expect(ascii.text == "### #\n #  #\n #  #\n #\n### #\n")
    }

    @Test func sizesAreWhatTheySay() {
        let text = BigText("OK")
        #expect(BigText.Size.allCases.map { text.columns($0) } == [11, 22, 44, 66])
        #expect(text.fitting(width: 80, height: 40, glyphs: .utf8) == .huge)
        #expect(text.fitting(width: 80, height: 40, glyphs: .utf8, largest: .medium) == .medium)
        #expect(text.fitting(width: 80, height: 12, glyphs: .utf8) == .large)
        #expect(text.fitting(width: 80, height: 3, glyphs: .utf8) == .small)
        #expect(text.fitting(width: 80, height: 3, glyphs: .ascii) == nil)
        #expect(text.fitting(width: 10, height: 40, glyphs: .utf8) == nil)
        #expect(BigText("").columns(.huge) == 0)
    }

    @Test func everyLetterThatVerdictsAndTimesNeedIsThere() {
        let unknown = BigFont.letter("?").rows
        for scalar in "ABCDEFGHIJKLMNOPQRSTUVWXYZabc0123456789:.,-/%!+_ ()=".unicodeScalars {
            #expect(BigFont.letter(scalar).rows != unknown, "\(scalar)")
        }
        #expect(BigFont.letter("é").rows == BigFont.letter("E").rows)
        #expect(BigFont.letter("界").rows == unknown)
    }

    @Test func whatDoesNotFitIsPlainAndNothingIsDrawnOutside() {
        let plain = Grid.drawn(width: 8, height: 2) { $0.headline("too long", y: 0, height: 2, ink: .plain) }
        #expect(plain.row(0) == "too long")
        var random = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            let grid = Grid.drawn(width: Int.random(in: 0...90, using: &random), height: 8) { canvas in
                let inner = canvas.inset(left: 2, right: 2, top: 1, bottom: 1)
                let size = BigText.Size.allCases.randomElement(using: &random) ?? .small
                inner.big(random.text(), size: size, x: -3, y: 2, ink: .plain)
                inner.headline(random.text(), y: 0, height: 4, ink: .plain, align: .right)
            }
            #expect(grid.faults.isEmpty)
            #expect(grid.row(0).allSatisfy { $0 == " " } && grid.row(7).allSatisfy { $0 == " " })
        }
    }
}
