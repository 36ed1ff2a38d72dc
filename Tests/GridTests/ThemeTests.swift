import Foundation
import Testing

@testable import Grid

@Suite struct ThemeTests {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "themes")

    /// With PITBOSS_WRITE_THEMES set, writes Sources/Grid/BuiltinThemes.swift from the files instead.
    @Test func builtinThemesAreTheFiles() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
            .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
        // Those that others extend stand first.
        let names = ["dark", "light"] + files.sorted().filter { $0 != "dark" && $0 != "light" }
        #expect(files.count >= 8)
        let themes = try names.map(Self.read)
        if ProcessInfo.processInfo.environment["PITBOSS_WRITE_THEMES"] != nil {
            let target = Self.folder.appending(path: "../Sources/Grid/BuiltinThemes.swift")
            try Self.source(of: themes).write(to: target, atomically: true, encoding: .utf8)
            return
        }
        #expect(Theme.builtinNames == names)
        for theme in themes {
            let isSame = try Theme.named(theme.name) == theme
            #expect(isSame, "\(theme.name).yaml was changed: run PITBOSS_WRITE_THEMES=1 swift test --filter ThemeTests")
        }
    }

    private static func read(_ name: String) throws(ThemeError) -> Theme {
        let file = folder.appending(path: "\(name).yaml").path
        guard let data = FileManager.default.contents(atPath: file) else { throw .unreadable(file: file) }
        return try ThemeReader(file: file, base: read).read(String(decoding: data, as: UTF8.self))
    }

    private static func source(of themes: [Theme]) -> String {
        var out = "// Written from themes/*.yaml by ThemeTests with PITBOSS_WRITE_THEMES=1: edit those.\n"
        out += "enum BuiltinThemes {\n    static let all: [PackedTheme] = ["
        out += themes.map { theme in
            let looks = theme.looks.map { "0x" + String($0.packed, radix: 16) }
            let rows = stride(from: 0, to: looks.count, by: 7).map { start in
                "                " + looks[start..<min(start + 7, looks.count)].joined(separator: ", ") + ",\n"
            }
            let (text, back) = (
                String(theme.terminalText.value, radix: 16), String(theme.terminalBack.value, radix: 16)
            )
            return """

                        PackedTheme(
                            name: "\(theme.name)",
                            summary: "\(theme.summary)",
                            text: 0x\(text), back: 0x\(back), usesColor: \(theme.usesColor),
                            looks: [
                \(rows.joined())            ])
                """
        }.joined(separator: ",")
        return out + ",\n    ]\n}\n"
    }

    @Test(arguments: Theme.builtinNames)
    func builtinThemesLoad(name: String) throws {
        let theme = try Theme.named(name)
        #expect(theme.name == name)
        #expect(!theme.summary.isEmpty)
        #expect(theme.looks.count == Token.allCases.count)
    }

    /// Text, the back it stands on, and how well it must be read: 4.5 for text, 3 for lines and graphs (WCAG 1.4.3 and
    /// 1.4.11); what is written all the time has more.
    private static let meetings: [(Token, Token, Double)] =
        Token.allCases.filter { !$0.isBack }.map { token in
            switch token {
            case .border, .borderFocus, .graph1, .graph2, .graph3, .graph4, .barFill, .barWarn, .barFull:
                (token, .background, 3)
            // The part of a bar that is empty says nothing that the full part does not.
            case .barEmpty: (token, .background, 1.5)
            case .header: (token, .headerBack, 7)
            case .bannerText: (token, .bannerBack, 4.5)
            case .alarmText: (token, .alarmBack, 4.5)
            case .dialogText: (token, .dialogBack, 7)
            case .dialogBorder: (token, .dialogBack, 3)
            case .inputText: (token, .inputBack, 4.5)
            default: (token, .background, 4.5)
            }
        }
        + [
            .textDim, .textStrong, .textStale, .heading, .checkPass, .checkWarn, .checkFail, .footerKey, .readOnly,
            .verdictProtected, .verdictAtRisk, .verdictDegraded, .verdictDown, .verdictUnknown,
        ].map { ($0, .dialogBack, 4.5) }
        + [
            .textDim, .textStale, .checkWarn, .armed, .readOnly, .verdictProtected, .verdictAtRisk, .verdictDegraded,
            .verdictDown, .verdictUnknown,
        ].map { ($0, .headerBack, 4.5) }

    @Test(arguments: Theme.builtinNames, [ColorDepth.direct, .indexed256])
    func textCanBeRead(name: String, depth: ColorDepth) throws {
        let theme = try Theme.named(name)
        for (token, back, least) in Self.meetings {
            let least = name == "high-contrast" && least == 4.5 ? 7 : least
            let ratio = theme.appearance(of: token, depth: depth, isBack: false)
                .contrast(with: theme.appearance(of: back, depth: depth, isBack: true))
            #expect(ratio >= least, "\(name): \(token) on \(back) at \(depth) has \(ratio), wants \(least)")
        }
    }

    /// Two verdicts are told apart by more than their hue only where colours fail: no two look alike.
    @Test(arguments: Theme.builtinNames, ColorDepth.allCases)
    func verdictsLookDifferent(name: String, depth: ColorDepth) throws {
        guard depth != .none, name != "mono" else { return }
        let theme = try Theme.named(name)
        let verdicts: [Token] = [.verdictProtected, .verdictAtRisk, .verdictDegraded, .verdictDown, .verdictUnknown]
        let looks = verdicts.map { token in
            [theme.color(of: token, depth: depth), Int(theme.attributes(of: Ink(token), depth: depth).rawValue)]
        }
        #expect(Set(looks).count == verdicts.count, "\(name) at \(depth): \(looks)")
    }

    @Test func withoutColorsAttributesStandIn() throws {
        let dark = try Theme.named("dark")
        #expect(dark.color(of: .verdictDown, depth: .none) == -1)
        #expect(dark.attributes(of: Ink(.verdictDown), depth: .none).isSuperset(of: [.bold, .reverse]))
        #expect(!dark.attributes(of: Ink(.verdictDown), depth: .indexed256).contains(.reverse))
        #expect(dark.attributes(of: Ink(.text, on: .bannerBack), depth: .none).contains(.reverse))
        let mono = try Theme.named("mono")
        #expect(Token.allCases.allSatisfy { mono.color(of: $0, depth: .direct) == -1 })
        #expect(mono.attributes(of: Ink(.verdictDown), depth: .direct).contains(.reverse))
    }

    @Test func eightColorsMakeBrightOnesBold() throws {
        let dark = try Theme.named("dark")
        #expect(dark.color(of: .verdictDown, depth: .ansi8) == 1)
        #expect(dark.attributes(of: Ink(.verdictDown), depth: .ansi8).contains(.bold))
        #expect(dark.color(of: .border, depth: .ansi8) == -1)
        #expect(dark.attributes(of: Ink(.border), depth: .ansi8).contains(.dim))
    }

    @Test(arguments: [
        (
            "extends: dark\ntokens:\n  verdictDwon: \"#ff0000\"\n",
            "t.yaml:3:3: no token is called verdictDwon; did you mean verdictDown?"
        ),
        ("extends: dark\ntokens:\n  text: red\n", "t.yaml:3:9: text is red; write \"#rrggbb\" or default"),
        ("extends: dark\ntokens:\n  text: { 256: 300 }\n", "t.yaml:3:16: text 256 is 300; write 0 to 255 or default"),
        (
            "extends: dark\ntokens:\n  text: { colour: 3 }\n",
            "t.yaml:3:11: unknown key colour; use rgb, 256, 16, attributes, mono"
        ),
        (
            "extends: dark\ntoken: {}\n",
            "t.yaml:2:1: unknown key token; use name, summary, extends, colors, terminal, tokens"
        ),
        ("extends: drak\n", "no theme is called drak: there are \(Theme.builtinNames.joined(separator: ", "))"),
        ("tokens: { text: default\n", "t.yaml:2:1: not YAML: did not find expected ',' or '}'"),
        ("", "t.yaml:1:1: not YAML: the file is empty"),
        ("- a\n", "t.yaml:1:1: a theme is not a single value; write name, summary and tokens, each with its value"),
        (
            "extends: dark\ntokens:\n  text: { mono: [blink] }\n",
            "t.yaml:3:18: text attributes is blink; write bold, dim, underline, reverse"
        ),
    ])
    func errorsSayWhere(yaml: String, message: String) {
        #expect {
            try Theme.parse(yaml, file: "t.yaml")
        } throws: { error in
            let text = "\(error)"
            #expect(text == message)
            return error is ThemeError
        }
    }

    @Test func leavingTokensOutIsAnError() {
        #expect {
            try Theme.parse("name: x\ntokens: { text: default }\n", file: "t.yaml")
        } throws: { error in
            "\(error)".hasPrefix("t.yaml leaves out textStrong, textDim") && "\(error)".hasSuffix("`extends: dark`")
        }
    }

    @Test func filesTakePrecedenceAndMayExtend() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "themes-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let yaml = "name: production\nextends: dark\ntokens:\n  headerBack: \"#5f0000\"\n"
        try yaml.write(to: folder.appending(path: "prod.yaml"), atomically: true, encoding: .utf8)
        let theme = try Theme.named("prod", directories: [folder.path])
        #expect(theme.name == "production")
        #expect(theme.color(of: .headerBack, depth: .direct) == 0x5f0000)
        #expect(theme.color(of: .headerBack, depth: .indexed256) == 52)
        let dark = try Theme.named("dark")
        #expect(theme.look(.verdictDown) == dark.look(.verdictDown))
        #expect(Theme.known(in: [folder.path]).contains("prod"))
        let byPath = try Theme.named(folder.appending(path: "prod.yaml").path)
        #expect(byPath == theme)
        #expect(throws: ThemeError.unreadable(file: "/nowhere/x.yaml")) { try Theme.named("/nowhere/x.yaml") }
        #expect(throws: ThemeError.self) { try Theme.named("nothing", directories: [folder.path]) }
        try Data(count: Theme.fileBytesMax + 1).write(to: folder.appending(path: "big.yaml"))
        #expect(throws: ThemeError.tooLarge(file: "\(folder.path)/big.yaml", bytesMax: Theme.fileBytesMax)) {
            try Theme.named("big", directories: [folder.path])
        }
    }

    @Test func contrastIsThatOfWCAG() {
        #expect(abs(RGB(0xffffff).contrast(with: RGB(0x000000)) - 21) < 0.01)
        #expect(abs(RGB(0x777777).contrast(with: RGB(0xffffff)) - 4.48) < 0.01)
        #expect(abs(RGB(0x0000ff).contrast(with: RGB(0xffffff)) - 8.59) < 0.01)
    }

    @Test func paletteFindsItsOwnColors() {
        for index in UInt8(16)...255 {
            #expect(Palette.rgb(Palette.nearest256(Palette.rgb(index))) == Palette.rgb(index))
        }
        #expect(Palette.nearest16(RGB(0xff0000)) == 9)
        #expect(RGB(hex: "#12g456") == nil)
        #expect(RGB(hex: "123456") == nil)
        #expect(RGB(hex: "#1a2B3c")?.value == 0x1a2b3c)
    }
}

@Suite struct GlyphTests {
    @Test func everySymbolHasItsWidth() {
        for glyphs in [Glyphs.utf8, .ascii] {
            let single: [Character] =
                [
                    glyphs.leader, glyphs.standbyLeader, glyphs.replica, glyphs.sync, glyphs.cursor, glyphs.marked,
                    glyphs.pass,
                    glyphs.warn, glyphs.fail, glyphs.paused, glyphs.lock, glyphs.ellipsis, glyphs.none, glyphs.dot,
                    glyphs.arrowUp, glyphs.arrowDown, glyphs.arrowLeft, glyphs.arrowRight, glyphs.sortUp,
                    glyphs.sortDown,
                    glyphs.horizontal, glyphs.vertical, glyphs.topLeft, glyphs.topRight, glyphs.bottomLeft,
                    glyphs.bottomRight,
                    glyphs.teeRight, glyphs.branch, glyphs.branchLast, glyphs.scrollThumb, glyphs.scrollTrack,
                    glyphs.barEmpty,
                ] + glyphs.spark + glyphs.barParts + glyphs.spinner
            #expect(single.allSatisfy { TextWidth.of($0) == 1 })
            if glyphs.isASCII { #expect(single.allSatisfy { $0.isASCII }) }
        }
        #expect(Glyphs.utf8.verdictWidth == 1)
        #expect(Glyphs.ascii.verdictWidth == 4)
    }

    @Test func somethingInASCIIStandsForTheSigns() {
        #expect("╭─╮★…Żółć界".unicodeScalars.map { Glyphs.asciiFallback($0) }.allSatisfy { $0.isASCII })
        #expect(Glyphs.asciiFallback("Ż") == "Z")
        #expect(Glyphs.asciiFallback("界") == "?")
    }
}
