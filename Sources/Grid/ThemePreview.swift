/// What a theme looks like: a small screen that has everything on it that meets on a real one.
public enum ThemePreview {
    public static let width = 78

    /// One theme, as printed: its name, whom it is for, and the sample.
    public static func text(
        _ theme: Theme, depth: ColorDepth, glyphs: Glyphs = .utf8, attributes: Bool = true
    ) -> String {
        ANSIText.of(grid(theme, glyphs: glyphs), theme: theme, depth: depth, attributes: attributes)
    }

    static func grid(_ theme: Theme, glyphs: Glyphs) -> Grid {
        Grid.drawn(width: width, height: height, glyphs: glyphs) { draw(theme, on: $0) }
    }

    /// A line for each theme, for a list.
    public static func list(_ themes: [Theme], depth: ColorDepth, glyphs: Glyphs = .utf8) -> String {
        themes.map { theme in
            let grid = Grid.drawn(width: width, height: 1, glyphs: glyphs) { canvas in
                canvas.put(theme.name, x: 0, y: 0, ink: Ink(.textStrong, .bold), width: 16)
                var x = 17
                for (sign, token) in signs(glyphs) { x += canvas.put(sign + " ", x: x, y: 0, ink: Ink(token)) }
                canvas.put(theme.summary, x: x + 1, y: 0, ink: Ink(.textDim))
            }
            return ANSIText.of(grid, theme: theme, depth: depth)
        }.joined()
    }

    private static let height = 19

    private static func signs(_ glyphs: Glyphs) -> [(String, Token)] {
        let all: [(String, Token)] = [
            (glyphs.protected, .verdictProtected), (glyphs.atRisk, .verdictAtRisk),
            (glyphs.degraded, .verdictDegraded), (glyphs.down, .verdictDown), (glyphs.unknown, .verdictUnknown),
        ]
        return glyphs.isASCII ? all.map { (String($0.0.prefix(1)), $0.1) } : all
    }

    private static func draw(_ theme: Theme, on canvas: Canvas) {
        canvas.put("\(theme.name): \(theme.summary)", x: 0, y: 0, ink: Ink(.textStrong, .bold), width: width)
        let screen = canvas.inset(top: 1)
        screen.fill(ink: .plain)
        let head = Ink(.header, on: .headerBack)
        screen.fill(Box(x: 0, y: 0, width: width, height: 1), ink: head)
        screen.put(
            [
                Piece(" platform ", head.bold), Piece(" AT RISK ", Ink(.verdictAtRisk, on: .headerBack, .bold)),
                Piece("survives no further loss", head), Piece("  14:02:11Z", head),
                Piece("  ARMED ", Ink(.armed, on: .headerBack)), Piece(" read-only", Ink(.readOnly, on: .headerBack)),
            ], x: 0, y: 0)
        screen.put(
            [Piece(" 1 Overview ", Ink(.tabActive, [.bold, .underline])), Piece(" 2 Nodes  3 Events", Ink(.tab))], x: 0,
            y: 1)
        screen.fill(Box(x: 0, y: 2, width: width, height: 1), ink: Ink(.bannerText, on: .bannerBack))
        screen.put(" a banner: automation paused until 15:00Z", x: 0, y: 2, ink: Ink(.bannerText, on: .bannerBack))
        groups(screen.window(x: 0, y: 3, width: width / 2, height: 8))
        events(screen.window(x: width / 2, y: 3, width: width - width / 2, height: 8))
        dialog(screen.window(x: 0, y: 11, width: width / 2, height: 5))
        graphs(screen.window(x: width / 2, y: 11, width: width - width / 2, height: 5))
        screen.fill(Box(x: 0, y: 16, width: width, height: 1), ink: Ink(.alarmText, on: .alarmBack, .bold))
        screen.put(" NO DATA since 14:01:03Z", x: 0, y: 16, ink: Ink(.alarmText, on: .alarmBack, .bold))
        screen.put(
            [
                Piece(" p", Ink(.footerKey)), Piece(" promote  ", Ink(.footerText)), Piece("Q", Ink(.footerKey)),
                Piece(" quit", Ink(.footerText)),
            ], x: 0, y: 17)
    }

    private static func groups(_ canvas: Canvas) {
        let inside = canvas.box(title: "Groups", trailing: "focused", focused: true)
        let rows: [(Token, String, String, Token)] = [
            (.verdictProtected, "PROTECTED", "leader", .roleLeader),
            (.verdictAtRisk, "AT RISK", "standby", .roleStandbyLeader),
            (.verdictDegraded, "DEGRADED", "synchronous", .roleSync), (.verdictDown, "DOWN", "replica", .roleReplica),
            (.verdictUnknown, "UNKNOWN", "unknown", .roleUnknown),
        ]
        for (y, row) in rows.enumerated() {
            inside.put(row.1, x: 1, y: y, ink: Ink(row.0, .bold))
            inside.put(row.2, x: 12, y: y, ink: Ink(row.3))
            inside.put("1.2 KiB", x: 24, y: y, ink: Ink(y == 4 ? .textStale : .text))
        }
        inside.put("selected", x: 1, y: 5, ink: .plain)
        inside.select(row: 5)
    }

    private static func events(_ canvas: Canvas) {
        let inside = canvas.box(title: "Events")
        let rows: [(Token, String)] = [
            (.eventInfo, "information"), (.eventNotice, "notice"), (.eventWarning, "warning"), (.eventAlarm, "alarm"),
            (.textStale, "stale, no longer true perhaps"), (.marked, "marked"),
        ]
        for (y, row) in rows.enumerated() {
            inside.put("14:01:5\(y)", x: 1, y: y, ink: Ink(.textDim))
            inside.put(row.1, x: 10, y: y, ink: Ink(row.0))
        }
        inside.put("match", x: 20, y: 5, ink: Ink(.match))
        inside.put(
            [Piece("pass ", Ink(.checkPass)), Piece("warn ", Ink(.checkWarn)), Piece("fail", Ink(.checkFail))], x: 20,
            y: 1
        )
    }

    private static func dialog(_ canvas: Canvas) {
        let ink = Ink(.dialogText, on: .dialogBack)
        canvas.fill(ink: ink)
        let inside = canvas.box(title: "Promote", ink: Ink(.dialogBorder, on: .dialogBack), titleInk: ink.bold)
        inside.put("what will be sent, and what is at risk", x: 1, y: 0, ink: ink)
        inside.put("dim ", x: 1, y: 1, ink: Ink(.textDim, on: .dialogBack))
        inside.put("fail ", x: 5, y: 1, ink: Ink(.checkFail, on: .dialogBack))
        inside.fill(Box(x: 1, y: 2, width: inside.width - 2, height: 1), ink: Ink(.inputText, on: .inputBack))
        inside.put("typed_", x: 1, y: 2, ink: Ink(.inputText, on: .inputBack))
    }

    private static func graphs(_ canvas: Canvas) {
        let inside = canvas.box(title: "Graphs")
        let values = (0..<60).map { Double(($0 * 37) % 29) }
        for (place, token) in [Token.graph1, .graph2, .graph3, .graph4].enumerated() {
            inside.sparkline(values, x: 1 + place * 9, y: 0, width: 8, ink: Ink(token))
        }
        inside.bar(0.6, x: 1, y: 1, width: 11, ink: Ink(.barFill))
        inside.bar(0.8, x: 13, y: 1, width: 11, ink: Ink(.barWarn))
        inside.bar(0.95, x: 25, y: 1, width: 11, ink: Ink(.barFull))
        inside.put("heading", x: 1, y: 2, ink: Ink(.heading))
        inside.put("strong", x: 10, y: 2, ink: Ink(.textStrong, .bold))
    }
}
