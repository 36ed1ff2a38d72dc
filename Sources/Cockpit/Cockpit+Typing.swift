import Estate
import Grid
import Panels

/// The palette: what was typed and what is chosen.
struct Palette: Sendable, Equatable {
    var field = TextField()
    var selected = 0
}

/// Palette and filter: what keys mean while text is being typed.
extension Cockpit {
    mutating func openPalette(_ now: Timestamp) -> [Effect] {
        palette = Palette()
        showPalette(now)
        return [.redraw]
    }

    private func items(_ now: Timestamp) -> [Choice] {
        Array(Fuzzy.ranked(palette?.field.text ?? "", choices, name: \.name).prefix(Self.choicesMax))
    }

    private mutating func showPalette(_ now: Timestamp) {
        guard var palette else { return }
        // Obstacles are those of the page below, not of the palette itself.
        view.overlay = nil
        let call = Command.Call(trigger: "", now: now, selected: selectedRow(now))
        let items = items(now).map { entry($0, call) }
        palette.selected = min(max(palette.selected, 0), max(items.count - 1, 0))
        self.palette = palette
        view.overlay = .palette(PaletteView(typed: palette.field.text, items: items, selected: palette.selected))
    }

    private mutating func closePalette() {
        palette = nil
        view.overlay = nil
    }

    mutating func pressInPalette(_ key: Key, now: Timestamp) -> [Effect] {
        switch key {
        case .escape:
            closePalette()
            return [.redraw]
        case .enter:
            let found = items(now)
            guard let selected = palette?.selected, found.indices.contains(selected) else { return [.bell] }
            closePalette()
            return choose(found[selected], trigger: key.name, now)
        case .ctrl("@"): break
        case .down, .tab, .ctrl("n"): palette?.selected += 1
        case .up, .backTab, .ctrl("p"): palette?.selected -= 1
        default:
            guard let outcome = palette?.field.press(key), outcome == .changed else { return [.bell] }
            palette?.selected = 0
        }
        showPalette(now)
        return [.redraw]
    }

    mutating func pressInFilter(_ key: Key, now: Timestamp) -> [Effect] {
        switch key {
        case .escape:
            view.isTypingFilter = false
            view.filter = ""
            return [.redraw]
        case .enter, .tab, .down:
            view.isTypingFilter = false
            return [.redraw]
        default:
            var field = TextField(view.filter)
            guard field.press(key) == .changed else { return [.bell] }
            view.filter = field.text
            view.held = [:]
            return [.redraw]
        }
    }
}
