/// The symbols a screen is drawn with: one set for UTF-8, one for ASCII.
///
/// A class because every canvas refers to one, and canvases are copied often.
public final class Glyphs: Equatable, Sendable {
    public let isASCII: Bool

    // Verdicts: a sign of one column, and the short word that stands in a narrow table.
    public let protected: String
    public let atRisk: String
    public let degraded: String
    public let down: String
    public let unknown: String

    public let leader: Character
    public let standbyLeader: Character
    public let replica: Character
    public let sync: Character
    public let cursor: Character
    public let marked: Character
    public let pass: Character
    public let warn: Character
    public let fail: Character
    public let paused: Character
    public let lock: Character

    public let ellipsis: Character
    public let none: Character
    public let dot: Character
    public let arrowUp: Character
    public let arrowDown: Character
    public let arrowLeft: Character
    public let arrowRight: Character
    public let sortUp: Character
    public let sortDown: Character

    public let horizontal: Character
    public let vertical: Character
    public let topLeft: Character
    public let topRight: Character
    public let bottomLeft: Character
    public let bottomRight: Character
    public let teeRight: Character
    public let branch: Character
    public let branchLast: Character
    public let scrollThumb: Character
    public let scrollTrack: Character

    /// From lowest to highest.
    public let spark: [Character]
    /// Parts of a bar's last cell, from least to full.
    public let barParts: [Character]
    public let barEmpty: Character
    /// One each step of something that is going on.
    public let spinner: [Character]

    private init(
        isASCII: Bool, protected: String, atRisk: String, degraded: String, down: String, unknown: String,
        leader: Character, standbyLeader: Character, replica: Character, sync: Character, cursor: Character,
        marked: Character, pass: Character, warn: Character, fail: Character, paused: Character,
        lock: Character, ellipsis: Character, none: Character, dot: Character, arrowUp: Character,
        arrowDown: Character, arrowLeft: Character, arrowRight: Character, sortUp: Character,
        sortDown: Character, horizontal: Character, vertical: Character, topLeft: Character,
        topRight: Character, bottomLeft: Character, bottomRight: Character, teeRight: Character,
        branch: Character, branchLast: Character, scrollThumb: Character, scrollTrack: Character,
        spark: [Character], barParts: [Character], barEmpty: Character, spinner: [Character]
    ) {
        self.isASCII = isASCII
        self.protected = protected
        self.atRisk = atRisk
        self.degraded = degraded
        self.down = down
        self.unknown = unknown
        self.leader = leader
        self.standbyLeader = standbyLeader
        self.replica = replica
        self.sync = sync
        self.cursor = cursor
        self.marked = marked
        self.pass = pass
        self.warn = warn
        self.fail = fail
        self.paused = paused
        self.lock = lock
        self.ellipsis = ellipsis
        self.none = none
        self.dot = dot
        self.arrowUp = arrowUp
        self.arrowDown = arrowDown
        self.arrowLeft = arrowLeft
        self.arrowRight = arrowRight
        self.sortUp = sortUp
        self.sortDown = sortDown
        self.horizontal = horizontal
        self.vertical = vertical
        self.topLeft = topLeft
        self.topRight = topRight
        self.bottomLeft = bottomLeft
        self.bottomRight = bottomRight
        self.teeRight = teeRight
        self.branch = branch
        self.branchLast = branchLast
        self.scrollThumb = scrollThumb
        self.scrollTrack = scrollTrack
        self.spark = spark
        self.barParts = barParts
        self.barEmpty = barEmpty
        self.spinner = spinner
    }

    public static func == (a: Glyphs, b: Glyphs) -> Bool { a.isASCII == b.isASCII }

    public static let utf8 = Glyphs(
        isASCII: false,
        protected: "●", atRisk: "▲", degraded: "◆", down: "✖", unknown: "?",
        leader: "★", standbyLeader: "☆", replica: "·", sync: "=", cursor: "▸", marked: "•",
        pass: "✔", warn: "!", fail: "✖", paused: "‖", lock: "§",
        ellipsis: "…", none: "–", dot: "·", arrowUp: "↑", arrowDown: "↓", arrowLeft: "←", arrowRight: "→",
        sortUp: "▴", sortDown: "▾",
        horizontal: "─", vertical: "│", topLeft: "╭", topRight: "╮", bottomLeft: "╰", bottomRight: "╯",
        teeRight: "├", branch: "├", branchLast: "└", scrollThumb: "┃", scrollTrack: "│",
        spark: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
        barParts: ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"], barEmpty: "░",
        spinner: ["⠋", "⠙", "⠸", "⠴", "⠦", "⠇"])

    public static let ascii = Glyphs(
        isASCII: true,
        protected: "OK", atRisk: "WARN", degraded: "DEGR", down: "DOWN", unknown: "UNKN",
        leader: "*", standbyLeader: "+", replica: "-", sync: "=", cursor: ">", marked: "+",
        pass: "+", warn: "!", fail: "x", paused: "=", lock: "#",
        ellipsis: "~", none: "-", dot: ".", arrowUp: "^", arrowDown: "v", arrowLeft: "<", arrowRight: ">",
        sortUp: "^", sortDown: "v",
        horizontal: "-", vertical: "|", topLeft: "+", topRight: "+", bottomLeft: "+", bottomRight: "+",
        teeRight: "+", branch: "|", branchLast: "`", scrollThumb: "#", scrollTrack: "|",
        spark: ["_", ".", ":", "-", "=", "+", "*", "#"],
        barParts: ["#"], barEmpty: ".",
        spinner: ["|", "/", "-", "\\"])

    /// The widest verdict sign, in columns: 1 in UTF-8, 4 in ASCII. Tables reserve it.
    public var verdictWidth: Int {
        [protected, atRisk, degraded, down, unknown].map { TextWidth.of($0) }.max() ?? 1
    }

    /// What stands for a character on a screen that has only ASCII; `?` for what nothing stands for.
    public static func asciiFallback(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard scalar.value >= 0x80 else { return scalar }
        return fallbacks[scalar] ?? letterFallback(scalar)
    }

    private static let fallbacks: [Unicode.Scalar: Unicode.Scalar] = [
        "…": "~", "–": "-", "—": "-", "‘": "'", "’": "'", "“": "\"", "”": "\"", "·": ".", "•": "*", "●": "o",
        "▲": "!", "◆": "%", "✖": "X", "★": "*", "☆": "+", "✔": "+", "→": ">", "←": "<", "↑": "^", "↓": "v",
        "─": "-", "│": "|", "╭": "+", "╮": "+", "╰": "+", "╯": "+", "├": "+", "┤": "+", "└": "`", "┌": "+",
        "┐": "+", "┘": "+", "┼": "+", "┬": "+", "┴": "+", "█": "#", "░": ".", "▒": ":", "▓": "#", "▸": ">",
        "▴": "^", "▾": "v", "‖": "=", "×": "x", "µ": "u", "°": "o", "≤": "<", "≥": ">", "±": "+", "∞": "8",
    ]

    /// An accented Latin letter without its accent.
    private static func letterFallback(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard scalar.value < 0x250 else { return "?" }
        return latin[scalar] ?? "?"
    }

    private static let latin: [Unicode.Scalar: Unicode.Scalar] = {
        let rows: [(Unicode.Scalar, String)] = [
            ("a", "àáâãäåāăą"), ("A", "ÀÁÂÃÄÅĀĂĄ"), ("c", "çćĉċč"), ("C", "ÇĆĈĊČ"), ("d", "ďđð"), ("D", "ĎĐÐ"),
            ("e", "èéêëēĕėęě"), ("E", "ÈÉÊËĒĔĖĘĚ"), ("g", "ĝğġģ"), ("G", "ĜĞĠĢ"), ("i", "ìíîïĩīĭįı"),
            ("I", "ÌÍÎÏĨĪĬĮİ"), ("l", "ĺļľŀł"), ("L", "ĹĻĽĿŁ"), ("n", "ñńņň"), ("N", "ÑŃŅŇ"),
            ("o", "òóôõöøōŏő"), ("O", "ÒÓÔÕÖØŌŎŐ"), ("r", "ŕŗř"), ("R", "ŔŖŘ"), ("s", "śŝşšșß"), ("S", "ŚŜŞŠȘ"),
            ("t", "ţťŧț"), ("T", "ŢŤŦȚ"), ("u", "ùúûüũūŭůűų"), ("U", "ÙÚÛÜŨŪŬŮŰŲ"), ("y", "ýÿ"), ("Y", "ÝŸ"),
            ("z", "źżž"), ("Z", "ŹŻŽ"),
        ]
        var table: [Unicode.Scalar: Unicode.Scalar] = [:]
        for (plain, accented) in rows {
            for scalar in accented.unicodeScalars { table[scalar] = plain }
        }
        return table
    }()
}
