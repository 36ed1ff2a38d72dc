/// One character cell, twelve bytes: one spacing character with at most two combining marks, and its ink.
///
/// A wide character takes this cell and the next, whose shape is `continuation`. What terminals disagree about
/// (emoji joined by ZWJ, skin tones, variation selectors) never gets this far: `TextWidth` reduces it first.
public struct Cell: Hashable, Sendable {
    /// How many columns the cell's character covers.
    public enum Shape: UInt8, Sendable {
        case narrow
        /// The left half of a wide character.
        case wide
        /// The right half of a wide character; has no character of its own.
        case continuation
    }

    var base: UInt32
    var mark1: UInt16
    var mark2: UInt16
    public var ink: Ink
    public internal(set) var shape: Shape

    init(base: UInt32, mark1: UInt16 = 0, mark2: UInt16 = 0, ink: Ink, shape: Shape = .narrow) {
        self.base = base
        self.mark1 = mark1
        self.mark2 = mark2
        self.ink = ink
        self.shape = shape
    }

    /// An empty cell.
    public static func blank(_ ink: Ink = .plain) -> Cell { Cell(base: 0x20, ink: ink) }

    /// The spacing character; a blank for the right half of a wide one.
    public var scalar: Unicode.Scalar { Unicode.Scalar(base) ?? " " }

    /// Combining marks on the character, 0 to 2 of them; 0 stands for none.
    public var marks: (UInt16, UInt16) { (mark1, mark2) }

    /// The cell's text: empty for the right half of a wide character.
    public var text: String {
        guard shape != .continuation else { return "" }
        var out = String.UnicodeScalarView()
        append(to: &out)
        return String(out)
    }

    func append(to out: inout String.UnicodeScalarView) {
        guard shape != .continuation else { return }
        out.append(scalar)
        if mark1 != 0, let mark = Unicode.Scalar(mark1) { out.append(mark) }
        if mark2 != 0, let mark = Unicode.Scalar(mark2) { out.append(mark) }
    }
}
