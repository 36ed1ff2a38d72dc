/// A piece of text in one ink, as `Canvas.put` takes them.
public struct Piece: Hashable, Sendable {
    public var text: String
    public var ink: Ink

    public init(_ text: String, _ ink: Ink = .plain) {
        self.text = text
        self.ink = ink
    }
}
