/// A part of a whole as a horizontal bar.
public enum Bar {
    /// `width` characters: what is full, and what is empty. `nil` (not known) is all blank.
    ///
    /// Anything above nothing shows at least the smallest mark, and only a whole fills the last cell.
    public static func text(_ part: Double?, width: Int, glyphs: Glyphs = .utf8) -> (full: String, empty: String) {
        guard width > 0 else { return ("", "") }
        guard let part, !part.isNaN else { return ("", String(repeating: " ", count: width)) }
        let parts = glyphs.barParts
        let clamped = min(max(part, 0), 1)
        var steps = Int((clamped * Double(width * parts.count)).rounded())
        if clamped > 0 { steps = max(steps, 1) }
        if clamped < 1 { steps = min(steps, max(width * parts.count - 1, 1)) }
        var full = String(repeating: parts[parts.count - 1], count: steps / parts.count)
        if steps % parts.count > 0 { full.append(parts[steps % parts.count - 1]) }
        return (full, String(repeating: glyphs.barEmpty, count: width - full.count))
    }
}

extension Canvas {
    /// Draws a bar of `width` columns; `part` is 0 to 1, `nil` when it is not known.
    public func bar(
        _ part: Double?, x: Int, y: Int, width: Int, ink: Ink = Ink(.barFill), empty: Ink = Ink(.barEmpty)
    ) {
        let text = Bar.text(part, width: width, glyphs: glyphs)
        put([Piece(text.full, ink), Piece(text.empty, empty)], x: x, y: y, width: width)
    }
}
