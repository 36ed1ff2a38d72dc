extension Canvas {
    /// Draws text at `x`, `y` within `width` columns (to the window's edge without one) and returns its width.
    ///
    /// Text that does not fit is cut between grapheme clusters and ends in `…`. Characters that would steer the
    /// terminal are shown as escapes (see `Sanitizer`). Only the text's own cells are written.
    @discardableResult
    public func put(
        _ text: String, x: Int, y: Int, ink: Ink = .plain, width: Int? = nil, align: Align = .left
    ) -> Int {
        let room = min(width ?? Int.max, self.width - x)
        guard room > 0, !text.isEmpty, y >= 0, y < height else { return 0 }
        if let used = putSimple(text, x: x, y: y, ink: ink, room: room, field: width, align: align) { return used }
        let safe = Sanitizer.visible(text)
        let fitted = TextWidth.cut(safe, to: room, glyphs: glyphs)
        let used = TextWidth.of(fitted)
        var at = x + Canvas.offset(of: used, in: min(width ?? used, room), align)
        for character in fitted {
            for unit in TextWidth.units(of: character) { at += put(unit, x: at, y: y, ink: ink) }
        }
        return used
    }

    /// Draws pieces one after the other and returns the width of them all.
    @discardableResult
    public func put(_ pieces: [Piece], x: Int, y: Int, width: Int? = nil) -> Int {
        var used = 0
        let room = min(width ?? Int.max, self.width - x)
        for piece in pieces where used < room {
            used += put(piece.text, x: x + used, y: y, ink: piece.ink, width: room - used)
        }
        return used
    }

    private static func offset(of used: Int, in field: Int, _ align: Align) -> Int {
        switch align {
        case .left: 0
        case .right: max(field - used, 0)
        case .center: max(field - used, 0) / 2
        }
    }

    /// The short way for text whose every scalar is a column; nil for any other.
    private func putSimple(
        _ text: String, x: Int, y: Int, ink: Ink, room: Int, field: Int?, align: Align
    ) -> Int? {
        guard let count = SimpleText.columns(of: text) else { return nil }
        let used = min(count, room)
        let gy = origin.y + y
        guard gy >= clip.y, gy < clip.y + clip.height else { return used }
        let gx = origin.x + x + Canvas.offset(of: used, in: min(field ?? used, room), align)
        let skipped = max(clip.x - gx, 0)
        let shown = min(used, clip.x + clip.width - gx) - skipped
        guard shown > 0 else { return used }
        SimpleText.withScalars(of: text, dropping: skipped, taking: shown) { scalars in
            surface.set(run: scalars, x: gx + skipped, y: gy, ink: ink)
        }
        if count > room, skipped + shown == used, let sign = glyphs.ellipsis.unicodeScalars.first {
            surface.set(run: CollectionOfOne(sign.value), x: gx + used - 1, y: gy, ink: ink)
        }
        return used
    }

    /// Draws one unit and returns its width. Half of a wide character at the window's edge becomes a blank.
    func put(_ unit: CellUnit, x: Int, y: Int, ink: Ink) -> Int {
        let (gx, gy) = (origin.x + x, origin.y + y)
        let cell = unit.cell(ink)
        guard cell.shape == .wide else {
            if contains(gx, gy) { surface.set(cell, x: gx, y: gy) }
            return 1
        }
        switch (contains(gx, gy), contains(gx + 1, gy)) {
        case (true, true): surface.set(cell, x: gx, y: gy)
        case (true, false): surface.set(.blank(ink), x: gx, y: gy)
        case (false, true): surface.set(.blank(ink), x: gx + 1, y: gy)
        case (false, false): break
        }
        return 2
    }
}
