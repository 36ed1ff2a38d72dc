/// What fits one cell (or two): a spacing character and at most two marks on it.
struct CellUnit: Hashable, Sendable {
    var base: UInt32
    var mark1: UInt16 = 0
    var mark2: UInt16 = 0
    var isWide: Bool

    func cell(_ ink: Ink) -> Cell {
        Cell(base: base, mark1: mark1, mark2: mark2, ink: ink, shape: isWide ? .wide : .narrow)
    }

    /// The character as a unit one column wide; a blank if it is none.
    static func narrow(_ character: Character) -> CellUnit {
        let units = TextWidth.units(of: character)
        guard units.count == 1, !units[0].isWide, !Sanitizer.isDangerous(Unicode.Scalar(units[0].base) ?? "\0") else {
            return CellUnit(base: 0x20, isWide: false)
        }
        return units[0]
    }
}

/// How many columns text takes, in the one way that terminals agree about.
///
/// A spacing character takes one column, an East Asian wide or fullwidth one or an emoji two, a combining mark
/// none. Of what terminals disagree about only the part is drawn that they all draw alike: the first emoji of
/// a sequence joined by ZWJ, an emoji without its skin tone, a character without its variation selector.
public enum TextWidth {
    /// The columns that `text` takes.
    public static func of(_ text: String) -> Int {
        if let columns = SimpleText.columns(of: text) { return columns }
        return text.reduce(0) { $0 + of($1) }
    }

    /// The columns that one grapheme cluster takes, 0 to 2 for nearly all of them.
    public static func of(_ character: Character) -> Int {
        units(of: character).reduce(0) { $0 + ($1.isWide ? 2 : 1) }
    }

    /// `text` cut between grapheme clusters to at most `width` columns; what was cut ends in `…`.
    public static func cut(_ text: String, to width: Int, glyphs: Glyphs = .utf8) -> String {
        guard width > 0 else { return "" }
        if let columns = SimpleText.columns(of: text), columns <= width { return text }
        var used = 0
        var index = text.startIndex
        // Where the text must end, if it turns out not to fit, to leave a column for the ellipsis.
        var end = index
        while index < text.endIndex {
            let next = used + of(text[index])
            if next > width { return text[..<end] + String(glyphs.ellipsis) }
            used = next
            index = text.index(after: index)
            if used <= width - 1 { end = index }
        }
        return text
    }

    /// `text` cut or filled up with blanks to exactly `width` columns.
    public static func fit(_ text: String, to width: Int, align: Align = .left, glyphs: Glyphs = .utf8) -> String {
        let cut = cut(text, to: width, glyphs: glyphs)
        let spare = max(width - of(cut), 0)
        let before =
            switch align {
            case .left: 0
            case .right: spare
            case .center: spare / 2
            }
        return String(repeating: " ", count: before) + cut + String(repeating: " ", count: spare - before)
    }

    /// `text` broken into lines of at most `width` columns, at blanks where there are any. No line is empty.
    public static func wrap(_ text: String, to width: Int) -> [String] {
        guard width > 0 else { return [] }
        var lines: [String] = []
        var line = ""
        var used = 0
        for word in text.split(separator: " ") {
            let wide = of(String(word))
            if used > 0, used + 1 + wide <= width {
                line += " " + word
                used += 1 + wide
                continue
            }
            if used > 0 { lines.append(line) }
            (line, used) = ("", 0)
            if wide <= width {
                (line, used) = (String(word), wide)
                continue
            }
            for character in word {
                let more = of(character)
                if used + more > width, used > 0 {
                    lines.append(line)
                    (line, used) = ("", 0)
                }
                line.append(character)
                used += more
            }
        }
        if used > 0 { lines.append(line) }
        return lines
    }

    /// The cells that one grapheme cluster is drawn in. Control characters must have been made visible before.
    static func units(of character: Character) -> [CellUnit] {
        let scalars = character.unicodeScalars
        if let first = scalars.first, first.value < 0x7f, scalars.count == 1 {
            return [CellUnit(base: first.value, isWide: false)]
        }
        var units: [CellUnit] = []
        var joined = false
        for scalar in scalars {
            if scalar.value == 0x200d { joined = true }
            switch width(of: scalar) {
            case 0: mark(scalar, on: &units)
            case _ where joined && isPictograph(units): continue
            case _ where isSkinTone(scalar) && !units.isEmpty: continue
            case let wide: units.append(CellUnit(base: scalar.value, isWide: wide == 2))
            }
        }
        return units
    }

    private static func mark(_ scalar: Unicode.Scalar, on units: inout [CellUnit]) {
        guard let last = units.indices.last, let mark = UInt16(exactly: scalar.value), isDrawnMark(scalar) else {
            return
        }
        if units[last].mark1 == 0 {
            units[last].mark1 = mark
        } else if units[last].mark2 == 0 {
            units[last].mark2 = mark
        }
    }

    /// Joiners, variation selectors and the enclosing keycap are not drawn: terminals disagree about them.
    private static func isDrawnMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00ad, 0x034f, 0x061c, 0x115f...0x1160, 0x17b4...0x17b5, 0x180b...0x180f, 0x200b...0x200f,
            0x2028...0x202e, 0x2060...0x206f, 0x20dd...0x20e4, 0x3164, 0xfe00...0xfe0f, 0xfeff, 0xffa0:
            false
        default: true
        }
    }

    private static func isPictograph(_ units: [CellUnit]) -> Bool {
        guard let base = units.last?.base, let scalar = Unicode.Scalar(base) else { return false }
        return scalar.properties.isEmoji
    }

    private static func isSkinTone(_ scalar: Unicode.Scalar) -> Bool { (0x1f3fb...0x1f3ff).contains(scalar.value) }

    /// 0, 1 or 2 columns.
    static func width(of scalar: Unicode.Scalar) -> Int {
        let value = scalar.value
        if value < 0x300 { return value == 0xad ? 0 : 1 }
        if WidthTable.contains(value, WidthTable.zero) { return 0 }
        return WidthTable.contains(value, WidthTable.wide) ? 2 : 1
    }
}
