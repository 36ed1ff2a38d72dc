import Estate
import Grid
import Panels

/// The mouse: it selects, opens, turns pages and proposes; it confirms nothing.
extension Cockpit {
    /// Two presses on one thing within this are a double click.
    static let doubleClickWithin = Span.milliseconds(400)
    /// Rows that one turn of the wheel goes.
    static let wheelRows = 3

    mutating func press(_ mouse: Mouse, now: Timestamp) -> [Effect] {
        switch mouse.action {
        case .release: return []
        case .wheelUp: return wheel(-Self.wheelRows, mouse, now)
        case .wheelDown: return wheel(Self.wheelRows, mouse, now)
        case .press: return mouse.button == 0 ? click(mouse, now) : []
        }
    }

    private func touch(at mouse: Mouse) -> Touch? {
        let found = touches.last {
            mouse.x >= $0.box.x && mouse.y >= $0.box.y && mouse.x < $0.box.x + $0.box.width
                && mouse.y < $0.box.y + $0.box.height
        }
        return found?.target as? Touch
    }

    private mutating func click(_ mouse: Mouse, _ now: Timestamp) -> [Effect] {
        view.isNew = false
        knownActing = nil
        guard let touch = touch(at: mouse) else { return [] }
        let isDouble = clicked.map { $0.touch == touch && now - $0.at <= Self.doubleClickWithin } ?? false
        clicked = isDouble ? nil : (touch, now)
        switch touch {
        case .overlay:
            return isDialogOpen ? [.bell] : []
        case .page(let id):
            guard !isDialogOpen else { return [.bell] }
            return run("page." + id.name, now)
        case .command(let id):
            guard view.overlay == nil else { return [.bell] }
            return run(id, now)
        case .item(let index):
            guard palette != nil else { return [] }
            palette?.selected = index
            return pressInPalette(isDouble ? .enter : .ctrl("@"), now: now)
        case .row(let pane, let row):
            guard view.overlay == nil else { return [] }
            if view.opened.isEmpty, let panes = PanelCatalogue.panel(view.panel)?.panes,
                let place = panes.firstIndex(where: { $0.id == pane })
            {
                view.pane = place
            }
            hold(now)
            view.selected[pane] = row
            return isDouble ? open(row, now) : [.redraw]
        }
    }

    private mutating func run(_ id: String, _ now: Timestamp) -> [Effect] {
        guard let command = CommandCatalogue.command(id) else { return [] }
        hold(now)
        return run(command, trigger: "mouse", now: now)
    }

    private mutating func wheel(_ rows: Int, _ mouse: Mouse, _ now: Timestamp) -> [Effect] {
        if case .dialog(var dialog) = view.overlay {
            dialog.scroll = max(0, dialog.scroll + rows)
            view.overlay = .dialog(dialog)
            return [.redraw]
        }
        if palette != nil { return pressInPalette(rows < 0 ? .up : .down, now: now) }
        if view.overlay != nil {
            view.scroll = min(max(0, view.scroll + rows), Self.scrollLinesMax)
            return [.redraw]
        }
        if case .row(let pane, _)? = touch(at: mouse), view.opened.isEmpty,
            let place = PanelCatalogue.panel(view.panel)?.panes.firstIndex(where: { $0.id == pane })
        {
            view.pane = place
        }
        hold(now)
        return move(now) { at, _ in at + rows }
    }
}
