/// How many colours a screen has.
public enum ColorDepth: Sendable, Hashable, CaseIterable {
    /// None at all: attributes only.
    case none
    /// 8 colours; the bright ones are drawn bold.
    case ansi8
    case ansi16
    case indexed256
    /// Any `0xRRGGBB`.
    case direct
}

/// What every token looks like, at every depth of colour.
public struct Theme: Equatable, Sendable {
    /// One colour, at every depth. `nil` is the terminal's own.
    public struct Shade: Equatable, Sendable {
        public var rgb: RGB?
        public var index256: UInt8?
        public var index16: UInt8?

        /// The terminal's own colour.
        public static let terminal = Shade(rgb: nil, index256: nil, index16: nil)
    }

    /// What one token looks like.
    public struct Look: Equatable, Sendable {
        public var shade: Shade
        /// Attributes it always has.
        public var attributes: Ink.Attributes
        /// Attributes that stand for its colour where there is none.
        public var mono: Ink.Attributes

        static let plain = Look(shade: .terminal, attributes: [], mono: [])
    }

    public let name: String
    /// One line that says whom it is for.
    public let summary: String
    /// What the terminal's own colours are taken to be, to know contrasts.
    public let terminalText: RGB
    public let terminalBack: RGB
    /// False for a theme that wants no colours however many there are.
    public let usesColor: Bool
    /// In the order of `Token.allCases`.
    let looks: [Look]

    /// What a token looks like.
    public func look(_ token: Token) -> Look { looks[Int(token.rawValue)] }

    /// A token's colour number at a depth: an index, `0xRRGGBB` at `direct`, or -1 for the terminal's own.
    public func color(of token: Token, depth: ColorDepth) -> Int {
        guard usesColor else { return -1 }
        let shade = look(token).shade
        switch depth {
        case .none: return -1
        case .ansi8:
            guard let index = shade.index16, index != Theme.brightBlack else { return -1 }
            return Int(index % 8)
        case .ansi16: return shade.index16.map(Int.init) ?? -1
        case .indexed256: return shade.index256.map(Int.init) ?? -1
        case .direct: return shade.rgb?.value ?? -1
        }
    }

    /// All the attributes a cell is drawn with: the ink's own, the tokens', and what stands for missing colours.
    public func attributes(of ink: Ink, depth: ColorDepth) -> Ink.Attributes {
        let text = look(ink.text)
        let back = look(ink.back)
        var all = ink.attributes.union(text.attributes).union(back.attributes)
        if depth == .none || !usesColor { all.formUnion(text.mono.union(back.mono)) }
        if depth == .ansi8, usesColor, let index = text.shade.index16, index >= 8 {
            // Bold black is invisible on some screens of 8 colours: faint text of the terminal's own colour is not.
            all.insert(index == Theme.brightBlack ? .dim : .bold)
        }
        return all
    }

    /// What a token's colour is taken to look like at a depth; `isBack` says which of the terminal's own it is.
    public func appearance(of token: Token, depth: ColorDepth, isBack: Bool) -> RGB {
        let color = color(of: token, depth: depth)
        guard color >= 0 else { return isBack ? terminalBack : terminalText }
        return depth == .direct ? RGB(color) : Palette.rgb(UInt8(color))
    }

    private static let brightBlack: UInt8 = 8
}
