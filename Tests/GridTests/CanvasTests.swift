import Testing

@testable import Grid

@Suite struct CanvasTests {
    @Test func boxHasRoundCornersAndItsTitle() {
        let grid = Grid.drawn(width: 14, height: 3) { canvas in
            let inner = canvas.box(title: "Groups")
            inner.put("wallet-db longer", x: 0, y: 0)
        }
        #expect(grid.text == "╭ Groups ────╮\n│wallet-db l…│\n╰────────────╯\n")
    }
}
