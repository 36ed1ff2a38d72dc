/// A grid as text with escape sequences, for what is printed and not shown on a screen of its own.
public enum ANSIText {
    /// The grid's rows, a newline after each. Without colours (`depth` none) and attributes it is plain text.
    public static func of(_ grid: Grid, theme: Theme, depth: ColorDepth, attributes: Bool = true) -> String {
        var out = ""
        for y in 0..<grid.height {
            var last = ""
            var end = grid.width
            // Blanks at the end that look like nothing are not printed.
            while end > 0, isNothing(grid[end - 1, y], theme, depth) { end -= 1 }
            for x in 0..<end {
                let cell = grid[x, y]
                guard cell.shape != .continuation else { continue }
                let codes = codes(cell.ink, theme, depth, attributes: attributes)
                if codes != last {
                    if !last.isEmpty { out += "\u{1b}[0m" }
                    if !codes.isEmpty { out += "\u{1b}[\(codes)m" }
                    last = codes
                }
                out += cell.text
            }
            out += last.isEmpty ? "\n" : "\u{1b}[0m\n"
        }
        return out
    }

    /// The colours to print with: none where `NO_COLOR` is set (to anything) or the output is no terminal.
    public static func depth(environment: [String: String], isTerminal: Bool) -> ColorDepth {
        let term = environment["TERM"] ?? ""
        guard isTerminal, (environment["NO_COLOR"] ?? "").isEmpty, !["", "dumb", "vt100", "vt102"].contains(term) else {
            return .none
        }
        if ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "") || term.hasSuffix("-direct") {
            return .direct
        }
        return term.contains("256color") ? .indexed256 : .ansi16
    }

    private static func isNothing(_ cell: Cell, _ theme: Theme, _ depth: ColorDepth) -> Bool {
        cell.scalar == " " && cell.shape == .narrow && theme.color(of: cell.ink.back, depth: depth) < 0
            && theme.attributes(of: cell.ink, depth: depth).isDisjoint(with: [.reverse, .underline])
    }

    /// The numbers between `ESC [` and `m`.
    private static func codes(_ ink: Ink, _ theme: Theme, _ depth: ColorDepth, attributes: Bool) -> String {
        var codes: [String] = []
        if attributes {
            let set = theme.attributes(of: ink, depth: depth)
            if set.contains(.bold) { codes.append("1") }
            if set.contains(.dim) { codes.append("2") }
            if set.contains(.underline) { codes.append("4") }
            if set.contains(.reverse) { codes.append("7") }
        }
        codes += color(theme.color(of: ink.text, depth: depth), depth, isBack: false)
        codes += color(theme.color(of: ink.back, depth: depth), depth, isBack: true)
        return codes.joined(separator: ";")
    }

    private static func color(_ color: Int, _ depth: ColorDepth, isBack: Bool) -> [String] {
        guard color >= 0 else { return [] }
        switch depth {
        case .none: return []
        case .direct: return ["\(isBack ? 48 : 38);2;\(color >> 16 & 0xff);\(color >> 8 & 0xff);\(color & 0xff)"]
        case .indexed256: return ["\(isBack ? 48 : 38);5;\(color)"]
        case .ansi8, .ansi16: return ["\((color < 8 ? 30 : 82) + color + (isBack ? 10 : 0))"]
        }
    }
}
