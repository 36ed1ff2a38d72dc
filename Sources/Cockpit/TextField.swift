public import Grid

/// One line of text being typed.
public struct TextField: Equatable, Sendable {
    public private(set) var text = ""
    /// The most characters taken; more are refused with a bell.
    public static let charactersMax = 200

    public init(_ text: String = "") { self.text = String(text.prefix(Self.charactersMax)) }

    /// What a key did to the text.
    public enum Outcome: Equatable, Sendable {
        case changed, ignored, full
    }

    public mutating func press(_ key: Key) -> Outcome {
        switch key {
        case .character(let c):
            // A control character pasted in would be drawn as an escape and sent as itself: neither is wanted.
            guard c.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else { return .ignored }
            guard text.count < Self.charactersMax else { return .full }
            text.append(c)
            return .changed
        case .backspace, .delete, .ctrl("h"):
            guard !text.isEmpty else { return .ignored }
            text.removeLast()
            return .changed
        case .ctrl("u"):
            text = ""
            return .changed
        case .ctrl("w"):
            while text.last == " " { text.removeLast() }
            while let last = text.last, last != " " { text.removeLast() }
            return .changed
        default:
            return .ignored
        }
    }
}
