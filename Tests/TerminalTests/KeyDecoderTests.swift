import Grid
import Testing

@testable import Terminal

@Suite struct KeyDecoderTests {
    private static let special: [[UInt8]: Key] = [Array("\u{1b}OA".utf8): .up, Array("\u{1b}[11~".utf8): .function(1)]

    private func decode(_ text: String) -> [KeyDecoder.Event] {
        var decoder = KeyDecoder(special: Self.special)
        return decoder.feed(Array(text.utf8)) + decoder.flush()
    }

    @Test(arguments: [
        ("q", Key.character("q")), ("Q", .character("Q")), (" ", .character(" ")), ("ü", .character("ü")),
        ("界", .character("界")),
        ("🙂", .character("🙂")), ("\r", .enter), ("\n", .enter), ("\t", .tab), ("\u{7f}", .backspace),
        ("\u{8}", .backspace),
        ("\u{4}", .ctrl("d")), ("\u{1a}", .ctrl("z")), ("\u{0}", .ctrl(" ")), ("\u{1c}", .ctrl("\\")),
        ("\u{1b}", .escape),
        ("\u{1b}x", .alt("x")), ("\u{1b}[A", .up), ("\u{1b}OA", .up), ("\u{1b}OB", .down), ("\u{1b}[1;5C", .right),
        ("\u{1b}[D", .left), ("\u{1b}[H", .home), ("\u{1b}[4~", .end), ("\u{1b}[5~", .pageUp), ("\u{1b}[6~", .pageDown),
        ("\u{1b}[3~", .delete), ("\u{1b}[2~", .insert), ("\u{1b}[Z", .backTab), ("\u{1b}OP", .function(1)),
        ("\u{1b}[11~", .function(1)), ("\u{1b}[15~", .function(5)), ("\u{1b}[17~", .function(6)),
        ("\u{1b}[21~", .function(10)),
        ("\u{1b}[24~", .function(12)), ("\u{1b}[[A", .function(1)), ("\u{1b}[[E", .function(5)), ("\u{1b}O", .alt("O")),
        ("\u{1b}[", .alt("[")),
    ])
    func oneKey(bytes: String, key: Key) {
        #expect(decode(bytes) == [.key(key)])
    }

    @Test func sequencesMayComeInPieces() {
        var whole: [KeyDecoder.Event] = []
        var decoder = KeyDecoder(special: Self.special)
        for byte in Array("\u{1b}[A界\u{1b}OP".utf8) { whole += decoder.feed([byte]) }
        #expect(whole == [.key(.up), .key(.character("界")), .key(.function(1))])
        #expect(!decoder.isWaiting)
    }

    @Test func escapeWaitsForWhatFollows() {
        var decoder = KeyDecoder()
        #expect(decoder.feed([0x1b]) == [])
        #expect(decoder.isWaiting)
        #expect(decoder.patienceMilliseconds == 25)
        #expect(decoder.flush() == [.key(.escape)])
        #expect(!decoder.isWaiting)
        #expect(decode("\u{1b}\u{1b}[A") == [.key(.escape), .key(.up)])
    }

    @Test func mouseInBothLanguages() {
        #expect(decode("\u{1b}[<0;12;4M") == [.mouse(Mouse(.press, x: 11, y: 3))])
        #expect(decode("\u{1b}[<0;12;4m") == [.mouse(Mouse(.release, x: 11, y: 3))])
        #expect(decode("\u{1b}[<65;1;1M") == [.mouse(Mouse(.wheelDown, x: 0, y: 0))])
        #expect(decode("\u{1b}[M ,$") == [.mouse(Mouse(.press, x: 11, y: 3))])
        #expect(decode("\u{1b}[<0;12M") == [])
    }

    @Test func focusComesAndGoes() {
        #expect(decode("\u{1b}[I\u{1b}[O") == [.focus(true), .focus(false)])
    }

    @Test func pasteIsNotKeys() {
        #expect(decode("\u{1b}[200~dq\r\u{1b}x\u{1b}[201~j") == [.paste("dq\r\u{1b}x"), .key(.character("j"))])
        var decoder = KeyDecoder()
        var events: [KeyDecoder.Event] = []
        for byte in Array("\u{1b}[200~ab\u{1b}[201~".utf8) { events += decoder.feed([byte]) }
        #expect(events == [.paste("ab")])
    }

    @Test func pasteIsLimitedAndEndsByItself() {
        var decoder = KeyDecoder()
        _ = decoder.feed(Array("\u{1b}[200~".utf8))
        let long = [UInt8](repeating: 0x61, count: KeyDecoder.pasteBytesMax + 10)
        #expect(decoder.feed(long) == [])
        #expect(decoder.isWaiting)
        #expect(decoder.patienceMilliseconds == 2_000)
        let events = decoder.flush()
        #expect(events == [.paste(String(repeating: "a", count: KeyDecoder.pasteBytesMax))])
        #expect(decoder.feed([0x62]) == [.key(.character("b"))])
    }

    @Test func nonsenseMeansNothing() {
        #expect(decode("\u{1b}[99~\u{1b}[?1;2cx") == [.key(.character("x"))])
        var decoder = KeyDecoder()
        #expect(decoder.feed([0xff, 0xfe, 0xc3, 0x28, 0xe2, 0x82]) + decoder.flush() == [.key(.character("("))])
        #expect(decode("\u{1b}[12\u{1b}[A") == [.key(.up)])
    }

    @Test func anyBytesAreDecodedToTheEnd() {
        var state: UInt64 = 42
        for _ in 0..<2_000 {
            var decoder = KeyDecoder(special: Self.special)
            for _ in 0..<40 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let pool: [UInt8] = [
                    0x1b, 0x5b, 0x4d, 0x3c, 0x3b, 0x32, 0x30, 0x7e, 0xc3, 0xff, 0x4f, 0x41, UInt8(state >> 56),
                ]
                _ = decoder.feed([pool[Int(state >> 33) % pool.count]])
            }
            _ = decoder.flush()
            #expect(!decoder.isWaiting)
        }
    }
}

@Suite struct TerminalPlanTests {
    private func plan(_ term: String, _ color: TerminalOptions.ColorMode = .auto, noColor: String? = nil)
        -> TerminalPlan
    {
        var environment = ["TERM": term]
        environment["NO_COLOR"] = noColor
        return TerminalPlan(term: term, options: TerminalOptions(color: color, environment: environment))
    }

    @Test func colorsAreThoseOfTheTerminal() {
        #expect(plan("xterm-256color").depth(colors: 256) == .indexed256)
        #expect(plan("linux").depth(colors: 8) == .ansi8)
        #expect(plan("vt100").depth(colors: 0) == .none)
        #expect(plan("xterm-direct").depth(colors: 1 << 24) == .direct)
        #expect(plan("xterm-16color").depth(colors: 16) == .ansi16)
    }

    @Test func noColorCountsUnlessColorsAreAskedFor() {
        #expect(plan("xterm-256color", noColor: "1").depth(colors: 256) == .none)
        #expect(plan("xterm-256color", noColor: "").depth(colors: 256) == .indexed256)
        #expect(plan("xterm-256color", .indexed256, noColor: "1").depth(colors: 256) == .indexed256)
        #expect(plan("xterm-256color", .none).depth(colors: 256) == .none)
    }

    @Test func moreColorsThanTermSaysAreTried() {
        #expect(plan("xterm", .indexed256).types == ["xterm-256color", "xterm"])
        #expect(plan("tmux-256color", .direct).types == ["tmux-direct", "tmux-256color"])
        #expect(plan("vt100", .direct).types == ["vt100"])
        #expect(plan("xterm-256color", .ansi16).depth(colors: 256) == .ansi16)
    }

    @Test func withoutPairsAttributesStandIn() throws {
        var pen = Pen(theme: try Theme.named("dark"), depth: .indexed256, pairsMax: 1)
        let down = pen.stroke(Ink(.verdictDown))
        #expect(down.pair == 0)
        #expect(Ink.Attributes(rawValue: UInt8(down.attributes)).contains(.reverse))
        #expect(pen.stroke(.plain).attributes == 0)
    }

    @Test func theConsoleLacksSigns() {
        #expect(plan("linux").lacksSigns)
        #expect(plan("vt220").lacksSigns)
        #expect(!plan("screen").lacksSigns)
        #expect(!plan("tmux-256color").lacksSigns)
    }
}
