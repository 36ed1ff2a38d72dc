import Testing

@testable import Grid

@Suite struct TextWidthTests {
    @Test(arguments: [
        ("", 0), ("wallet-db", 9), ("zażółć", 6), ("e\u{301}", 1), ("界", 2), ("한국", 4), ("ﾊﾝｶｸ", 4), ("ＡＢ", 4),
        ("🙂", 2), ("👨‍👩‍👧", 2), ("👍🏽", 2), ("🇩🇪", 2), ("⚠️", 1), ("⚠", 1), ("1️⃣", 1), ("का", 2), ("\u{200b}", 0),
        ("\u{1100}\u{1161}\u{11a8}", 2), ("╭─╮", 3), ("…", 1), ("●▲◆✖", 4), ("⠿", 1), ("שלום", 4), ("x\u{20dd}", 1),
    ])
    func widths(text: String, width: Int) {
        #expect(TextWidth.of(text) == width)
    }

    @Test func marksAreKeptUpToTwo() {
        let units = TextWidth.units(of: "x\u{301}\u{302}\u{303}")
        #expect(units == [CellUnit(base: 0x78, mark1: 0x301, mark2: 0x302, isWide: false)])
    }

    @Test func unitsAreOneSpacingCharacterEach() {
        #expect(TextWidth.units(of: "👨‍👩‍👧").map(\.base) == [0x1f468])
        #expect(TextWidth.units(of: "🇩🇪").map(\.base) == [0x1f1e9, 0x1f1ea])
        #expect(TextWidth.units(of: "⚠️") == [CellUnit(base: 0x26a0, isWide: false)])
    }

    @Test(arguments: [
        ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("abcdef", 1, "…"), ("abcdef", 0, ""), ("界面", 4, "界面"),
        ("界面", 3, "界…"), ("界面", 2, "…"), ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"), ("a👨‍👩‍👧b", 3, "a…"), ("", 3, ""),
    ])
    func cuts(text: String, width: Int, expected: String) {
        #expect(TextWidth.cut(text, to: width) == expected)
    }

    @Test func cutsAndFitsNeverExceed() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<500 {
            let text = Sanitizer.visible(random.text())
            let width = Int.random(in: 0...30, using: &random)
            #expect(TextWidth.of(TextWidth.cut(text, to: width)) <= width)
            #expect(TextWidth.of(TextWidth.fit(text, to: width, align: .right)) == width)
        }
    }

    /// The short way and the long way must agree, also about what follows.
    @Test func simpleTextIsSimple() {
        var simple = 0
        for scalar in (UInt32(0x20)..<0x20000).lazy.compactMap(Unicode.Scalar.init) {
            guard SimpleText.columns(of: String(scalar)) == 1 else { continue }
            simple += 1
            #expect(TextWidth.units(of: Character(scalar)) == [CellUnit(base: scalar.value, isWide: false)])
            #expect(!Sanitizer.isDangerous(scalar))
            let pair = "\(scalar)\(scalar)a"
            #expect(pair.count == 3, "\(scalar.value)")
        }
        #expect(simple > 1_500)
        #expect(SimpleText.columns(of: "wallét–db…★") == 11)
        for text in ["界", "e\u{301}", "⚠️", "\u{1b}", "\t", "\u{ad}", "👍", "\u{200d}", "\u{7f}", "\u{9b}"] {
            #expect(SimpleText.columns(of: text) == nil)
        }
    }

    @Test func wrapsAtBlanks() {
        #expect(
            TextWidth.wrap("only one healthy standby in site lon", to: 12) == [
                "only one", "healthy", "standby in", "site lon",
            ])
        #expect(TextWidth.wrap("abcdefgh xy", to: 3) == ["abc", "def", "gh", "xy"])
        #expect(TextWidth.wrap("界面界", to: 5) == ["界面", "界"])
        #expect(TextWidth.wrap("", to: 5) == [])
        #expect(TextWidth.wrap("a", to: 0) == [])
    }
}

@Suite struct SanitizerTests {
    @Test(arguments: [
        ("plain ü 界", "plain ü 界"), ("a\r\nb", "a\\r\\nb"), ("\u{1b}]0;x\u{7}", "\\e]0;x\\u{7}"), ("\t", "\\t"),
        ("\u{9b}31m", "\\u{9b}31m"), ("a\u{2066}b", "a\\u{2066}b"), ("\u{7f}", "\\u{7f}"), ("\u{feff}x", "\\u{feff}x"),
        ("\u{e0041}", "\\u{e0041}"), ("\u{fffe}", "\\u{fffe}"), ("👨‍👩‍👧", "👨‍👩‍👧"),
    ])
    func showsWhatSteers(text: String, expected: String) {
        #expect(Sanitizer.visible(text) == expected)
    }

    @Test func isLimited() {
        #expect(Sanitizer.visible(String(repeating: "x", count: 50), clustersMax: 10) == "xxxxxxxxxx…")
        let zalgo = "a" + String(repeating: "\u{301}", count: 10_000)
        #expect(Sanitizer.visible(zalgo + "\u{7}").unicodeScalars.count < 40)
    }

    @Test func everyScalarIsSafeAfterwards() {
        let dangerous = (UInt32(0)...0x10ffff).lazy.compactMap(Unicode.Scalar.init).filter(Sanitizer.isDangerous)
        var checked = 0
        for scalar in dangerous where scalar.value < 0xe000 || scalar.value % 997 == 0 {
            #expect(!Sanitizer.visible(String(scalar)).unicodeScalars.contains(where: Sanitizer.isDangerous))
            checked += 1
        }
        #expect(checked > 80)
    }

    @Test func bytesThatAreNotText() {
        #expect(Sanitizer.visible(bytes: Array("ok ü".utf8) + [0xff, 0xc3, 0x28, 0x1b]) == "ok ü\\xff\\xc3(\\e")
        #expect(Sanitizer.visible(bytes: Array("abcdef".utf8), bytesMax: 3) == "abc…")
        #expect(Sanitizer.visible(bytes: [0xe2, 0x82]) == "\\xe2\\x82")
    }
}
