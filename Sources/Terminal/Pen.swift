import CNcurses
import Grid

/// How the inks of one theme are drawn on this terminal: attributes and a pair of colours each, found once.
struct Pen {
    struct Stroke {
        let attributes: Int32
        let pair: Int32
    }

    let theme: Theme
    let depth: ColorDepth
    private let pairsMax: Int
    private var pairs: [UInt16: Int32] = [:]
    private var strokes: [Ink: Stroke] = [:]

    init(theme: Theme, depth: ColorDepth, pairsMax: Int) {
        self.theme = theme
        self.depth = depth
        self.pairsMax = pairsMax
    }

    /// Attributes and colours for an ink; where the terminal has no pair left, the attributes of a screen without
    /// colours.
    mutating func stroke(_ ink: Ink) -> Stroke {
        if let known = strokes[ink] { return known }
        let pair = pair(ink)
        let attributes = theme.attributes(of: ink, depth: pair == nil ? .none : depth)
        let stroke = Stroke(attributes: Int32(attributes.rawValue), pair: pair ?? 0)
        strokes[ink] = stroke
        return stroke
    }

    private mutating func pair(_ ink: Ink) -> Int32? {
        let text = theme.color(of: ink.text, depth: depth)
        let back = theme.color(of: ink.back, depth: depth)
        if text < 0, back < 0 { return 0 }
        let key = UInt16(ink.text.rawValue) << 8 | UInt16(ink.back.rawValue)
        if let known = pairs[key] { return known }
        // One more would take a pair away from cells that are lit with it.
        guard pairs.count < pairsMax - 1 else { return nil }
        let made = glass_pair(Int32(text), Int32(back))
        guard made > 0 else { return nil }
        pairs[key] = made
        return made
    }
}
