extension Canvas {
    /// Fills the whole window with a character one column wide (anything else counts as a blank).
    public func fill(_ character: Character = " ", ink: Ink) {
        fill(Box(x: 0, y: 0, width: width, height: height), character, ink: ink)
    }

    /// Fills a box of the window.
    public func fill(_ box: Box, _ character: Character = " ", ink: Ink) {
        let area = clip.intersection(
            Box(x: origin.x + box.x, y: origin.y + box.y, width: box.width, height: box.height))
        guard !area.isEmpty else { return }
        surface.fill(area, CellUnit.narrow(character).cell(ink))
    }

    /// A line from `x` to the right.
    public func rule(x: Int = 0, y: Int, width: Int? = nil, ink: Ink) {
        fill(Box(x: x, y: y, width: width ?? self.width - x, height: 1), glyphs.horizontal, ink: ink)
    }

    /// A frame around the window with a title in its upper edge; returns the window inside of it.
    ///
    /// Round corners in UTF-8, `+ - |` in ASCII. A focused box has the focus colour and a bold title.
    @discardableResult
    public func box(
        title: String = "", trailing: String = "", ink: Ink? = nil, titleInk: Ink? = nil, focused: Bool = false
    ) -> Canvas {
        let line = ink ?? Ink(focused ? .borderFocus : .border)
        let (right, bottom) = (width - 1, height - 1)
        guard width >= 2, height >= 2 else { return inset(1) }
        fill(Box(x: 1, y: 0, width: width - 2, height: 1), glyphs.horizontal, ink: line)
        fill(Box(x: 1, y: bottom, width: width - 2, height: 1), glyphs.horizontal, ink: line)
        fill(Box(x: 0, y: 1, width: 1, height: height - 2), glyphs.vertical, ink: line)
        fill(Box(x: right, y: 1, width: 1, height: height - 2), glyphs.vertical, ink: line)
        fill(Box(x: 0, y: 0, width: 1, height: 1), glyphs.topLeft, ink: line)
        fill(Box(x: right, y: 0, width: 1, height: 1), glyphs.topRight, ink: line)
        fill(Box(x: 0, y: bottom, width: 1, height: 1), glyphs.bottomLeft, ink: line)
        fill(Box(x: right, y: bottom, width: 1, height: 1), glyphs.bottomRight, ink: line)
        var room = width - 4
        if !title.isEmpty, room > 2 {
            let heading = titleInk ?? Ink(.heading, on: line.back, focused ? .bold : [])
            let used = put(" \(TextWidth.cut(title, to: room - 2, glyphs: glyphs)) ", x: 1, y: 0, ink: heading)
            room -= used
        }
        if !trailing.isEmpty, room > 4, TextWidth.of(trailing) + 2 <= room {
            let text = " \(trailing) "
            put(text, x: right - 1 - TextWidth.of(text), y: 0, ink: Ink(.textDim, on: line.back))
        }
        return inset(1)
    }

    /// Changes the ink of a box of cells and leaves their characters.
    public func reink(_ box: Box, _ change: (Ink) -> Ink) {
        let area = clip.intersection(
            Box(x: origin.x + box.x, y: origin.y + box.y, width: box.width, height: box.height))
        guard !area.isEmpty else { return }
        let wide = surface.width
        surface.cells.withUnsafeMutableBufferPointer { cells in
            for y in area.y..<(area.y + area.height) {
                for at in (y * wide + area.x)..<(y * wide + area.x + area.width) {
                    cells[at].ink = change(cells[at].ink)
                }
            }
        }
    }

    /// Shows row `y` as the selected one: one bar in reverse video, which needs no colour to be seen.
    public func select(row y: Int) {
        reink(Box(x: 0, y: y, width: width, height: 1)) { ink in
            Ink(.selection, on: .background, ink.attributes.intersection(.bold).union(.reverse))
        }
    }

    /// Marks the whole window as old: every ink becomes the stale one, backs stay.
    public func stale() {
        reink(Box(x: 0, y: 0, width: width, height: height)) { Ink(.textStale, on: $0.back, $0.attributes) }
    }
}
