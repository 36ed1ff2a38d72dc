import Grid

/// Which rows of a list are seen.
enum Lists {
    /// The rows in view of `count`, in `height` lines. It moves by half a screen at a time: a step of the cursor
    /// then changes two lines and not all of them, which a slow line notices.
    static func window(count: Int, selected: Int?, height: Int) -> Range<Int> {
        guard height > 0, count > 0 else { return 0..<0 }
        guard count > height else { return 0..<count }
        let at = min(max(selected ?? 0, 0), count - 1)
        let step = max(height / 2, 1)
        let top = at < height ? 0 : (at - height) / step * step + step
        let first = min(max(top, 0), count - height)
        return first..<(first + height)
    }

    /// An arrow at the first and the last row in view, where more of them lie beyond.
    private static func more(_ index: Int, _ window: Range<Int>, of count: Int, isMarked: Bool, _ line: Canvas) {
        guard !isMarked else { return }
        let isMoreAbove = index == window.lowerBound && index > 0
        let isMoreBelow = index == window.upperBound - 1 && index < count - 1
        guard isMoreAbove || isMoreBelow else { return }
        let arrow = isMoreBelow ? line.glyphs.arrowDown : line.glyphs.arrowUp
        line.put(String(arrow), x: 1, y: 0, ink: Ink(.footerKey, .bold))
    }

    /// `3–12 of 1000` where not everything is in view.
    static func position(_ window: Range<Int>, of count: Int) -> String {
        guard window.count < count, !window.isEmpty else { return "" }
        return "\(window.lowerBound + 1)-\(window.upperBound) of \(count)"
    }

    /// Draws the rows in view, each in a window one line high beside a gutter of two cells for cursor and mark.
    static func draw(
        _ rows: [RowID], in pane: PaneID, focused: Bool, frame: Frame, on canvas: Canvas, empty: String,
        line: (RowID, Canvas) -> Void
    ) {
        guard !canvas.isEmpty else { return }
        guard !rows.isEmpty else {
            let text = frame.view.filter.isEmpty ? empty : "nothing here matches /\(frame.view.filter)"
            canvas.put(text, x: 2, y: 0, ink: Ink(.textDim))
            return
        }
        let chosen = frame.selection(in: pane, of: rows)
        let at = chosen.flatMap { rows.firstIndex(of: $0) }
        let window = window(count: rows.count, selected: at, height: canvas.height)
        for (y, index) in window.enumerated() {
            let row = rows[index]
            let whole = canvas.window(x: 0, y: y, width: canvas.width, height: 1)
            canvas.touch(Touch.row(pane, row), x: 0, y: y, width: canvas.width)
            line(row, whole.inset(left: 2))
            if frame.view.whatIf != nil, frame.isLost(row) {
                whole.stale()
                whole.put(String(canvas.glyphs.fail), x: 0, y: 0, ink: Ink(.checkFail, .bold))
            }
            if frame.view.marks.contains(row) {
                whole.put(String(canvas.glyphs.marked), x: 1, y: 0, ink: Ink(.marked, .bold))
            }
            // Where the keys are not, only what was chosen on purpose is shown as chosen.
            more(index, window, of: rows.count, isMarked: frame.view.marks.contains(row), whole)
            guard row == chosen, focused || frame.view.selected[pane] != nil else { continue }
            whole.put(String(canvas.glyphs.cursor), x: 0, y: 0, ink: Ink(.textStrong))
            if focused { canvas.select(row: y) }
        }
    }
}

extension Canvas {
    /// Frames a pane and returns what is inside of it: a box where there is room for one, else one line with the
    /// title, for on a small screen every line counts.
    func pane(_ title: String, trailing: String = "", focused: Bool = false, isRoomy: Bool = false) -> Canvas {
        if isRoomy || width >= 100, height >= 5 { return box(title: title, trailing: trailing, focused: focused) }
        guard height >= 1 else { return self }
        rule(y: 0, ink: Ink(focused ? .borderFocus : .border))
        let used = put(" \(title) ", x: 1, y: 0, ink: Ink(.heading, focused ? .bold : []), width: width - 2)
        let room = width - used - 4
        if !trailing.isEmpty, TextWidth.of(trailing) + 2 <= room {
            put(" \(trailing) ", x: width - TextWidth.of(trailing) - 3, y: 0, ink: Ink(.textDim))
        }
        return inset(top: 1)
    }

    /// Lines that the frame of a pane takes.
    func paneLines(_ height: Int) -> Int { width >= 100 && height >= 5 ? 2 : 1 }
}
