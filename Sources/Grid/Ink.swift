/// What a cell is drawn with: tokens for its text and its back, and attributes. No colours here.
public struct Ink: Hashable, Sendable {
    /// Attributes that every terminal has in some form; any combination.
    public struct Attributes: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let bold = Attributes(rawValue: 1 << 0)
        public static let dim = Attributes(rawValue: 1 << 1)
        public static let underline = Attributes(rawValue: 1 << 2)
        public static let reverse = Attributes(rawValue: 1 << 3)

        static let names: [(String, Attributes)] = [
            ("bold", .bold), ("dim", .dim), ("underline", .underline), ("reverse", .reverse),
        ]
    }

    public var text: Token
    public var back: Token
    public var attributes: Attributes

    public init(_ text: Token, on back: Token = .background, _ attributes: Attributes = []) {
        self.text = text
        self.back = back
        self.attributes = attributes
    }

    /// Plain text on the plain back.
    public static let plain = Ink(.text)

    /// The same ink in bold.
    public var bold: Ink { adding(.bold) }
    /// The same ink underlined.
    public var underlined: Ink { adding(.underline) }
    /// The same ink with text and back exchanged.
    public var reversed: Ink { adding(.reverse) }

    /// The same ink with `more` attributes.
    public func adding(_ more: Attributes) -> Ink { Ink(text, on: back, attributes.union(more)) }

    /// The same ink on another back.
    public func on(_ back: Token) -> Ink { Ink(text, on: back, attributes) }
}
