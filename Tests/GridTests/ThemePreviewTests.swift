import Testing

@testable import Grid

@Suite struct ThemePreviewTests {
    /// Text without its escape sequences.
    private func plain(_ text: String) -> String { text.replacing(/\u{1b}\[[0-9;]*m/, with: "") }

    @Test(arguments: Theme.builtinNames, ColorDepth.allCases)
    func everyThemeIsPrintedAtEveryDepth(name: String, depth: ColorDepth) throws {
        let theme = try Theme.named(name)
        let text = ThemePreview.text(theme, depth: depth)
        let lines = plain(text).split(separator: "\n")
        #expect(lines.count == 19)
        #expect(lines[0].hasPrefix(name))
        #expect(lines.allSatisfy { TextWidth.of(String($0)) <= ThemePreview.width })
        #expect(!plain(text).contains("\u{1b}"))
        // No colour runs on into the next line.
        for line in text.split(separator: "\n") where line.contains("\u{1b}") {
            let last = line.split(separator: "\u{1b}").last ?? ""
            #expect(last.hasPrefix("[0m"))
        }
        #expect(text.contains("38;2;") == (depth == .direct && name != "mono"))
        #expect(text.contains("38;5;") == (depth == .indexed256 && name != "mono"))
    }

    /// Every token has its place in the preview: what is not seen there is not known before it is needed.
    @Test func everyTokenIsSeen() throws {
        let theme = try Theme.named("dark")
        var seen: Set<Token> = []
        let drawn = ThemePreview.grid(theme, glyphs: .utf8)
        for cell in drawn.cells { seen.formUnion([cell.ink.text, cell.ink.back]) }
        #expect(Set(Token.allCases).subtracting(seen) == [])
    }

    @Test func withoutColorsThereAreNone() throws {
        let theme = try Theme.named("dark")
        #expect(!ThemePreview.text(theme, depth: .none, attributes: false).contains("\u{1b}"))
        let ascii = ThemePreview.text(theme, depth: .none, glyphs: .ascii, attributes: false)
        #expect(ascii.unicodeScalars.allSatisfy { $0.isASCII })
        let list = plain(ThemePreview.list([theme, try Theme.named("light")], depth: .indexed256))
        #expect(list.split(separator: "\n").count == 2 && list.contains("dark"))
    }

    @Test func theDepthIsThatOfTheEnvironment() {
        func depth(_ environment: [String: String], _ isTerminal: Bool = true) -> ColorDepth {
            ANSIText.depth(environment: environment, isTerminal: isTerminal)
        }
        #expect(depth(["TERM": "xterm-256color"]) == .indexed256)
        #expect(depth(["TERM": "xterm-256color", "COLORTERM": "truecolor"]) == .direct)
        #expect(depth(["TERM": "xterm-256color", "NO_COLOR": "1"]) == .none)
        #expect(depth(["TERM": "xterm-256color", "NO_COLOR": ""]) == .indexed256)
        #expect(depth(["TERM": "xterm-256color"], false) == .none)
        #expect(depth(["TERM": "linux"]) == .ansi16)
        #expect(depth(["TERM": "dumb"]) == .none && depth([:]) == .none)
    }

    @Test func colorsOfSixteenAreNumberedAsTerminalsDo() throws {
        let theme = try Theme.named("dark")
        let grid = Grid.drawn(width: 2, height: 1) { canvas in
            canvas.put("a", x: 0, y: 0, ink: Ink(.checkPass))
            canvas.put("b", x: 1, y: 0, ink: Ink(.verdictDown, on: .alarmBack))
        }
        let text = ANSIText.of(grid, theme: theme, depth: .ansi16)
        #expect(text == "\u{1b}[32ma\u{1b}[0m\u{1b}[1;91;41mb\u{1b}[0m\n")
    }
}
