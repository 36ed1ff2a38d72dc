/// A key press, as a key map speaks of it. (Here rather than in the terminal's room, for the model to know it.)
public enum Key: Hashable, Sendable {
    /// Something that was typed; a blank is one too.
    case character(Character)
    /// A letter or sign with Ctrl, in lower case.
    case ctrl(Character)
    /// A character with Alt (or after Esc).
    case alt(Character)
    /// F1 and on.
    case function(Int)
    case enter, escape, tab, backTab, backspace, delete, insert
    case up, down, left, right, home, end, pageUp, pageDown

    private static let named: [(name: String, key: Key)] = [
        ("Enter", .enter), ("Esc", .escape), ("Tab", .tab), ("Shift-Tab", .backTab), ("Backspace", .backspace),
        ("Delete", .delete), ("Insert", .insert), ("Up", .up), ("Down", .down), ("Left", .left), ("Right", .right),
        ("Home", .home), ("End", .end), ("PageUp", .pageUp), ("PageDown", .pageDown), ("Space", .character(" ")),
    ]

    /// The key as documentation and configuration write it: `q`, `Ctrl-d`, `Alt-x`, `F10`, `Enter`, `Space`.
    public var name: String {
        if let found = Key.named.first(where: { $0.key == self }) { return found.name }
        return switch self {
        case .character(let character): String(character)
        case .ctrl(let character): "Ctrl-\(character)"
        case .alt(let character): "Alt-\(character)"
        case .function(let number): "F\(number)"
        default: ""
        }
    }

    /// The key written as `name`; upper and lower case count only in a single character.
    public init?(named name: String) {
        if name.count == 1, let character = name.first, !Sanitizer.visible(name).hasPrefix("\\") || name == "\\" {
            self = .character(character)
            return
        }
        let lower = name.lowercased()
        if let found = Key.named.first(where: { $0.name.lowercased() == lower }) {
            self = found.key
        } else if lower.hasPrefix("f"), let number = Int(lower.dropFirst()), (1...63).contains(number) {
            self = .function(number)
        } else if lower.hasPrefix("ctrl-"), lower.count == 6, let character = lower.last {
            self = .ctrl(character)
        } else if lower.hasPrefix("alt-"), name.count == 5, let character = name.last {
            self = .alt(character)
        } else {
            return nil
        }
    }
}

/// What a mouse did, in grid coordinates.
public struct Mouse: Hashable, Sendable {
    public enum Action: Hashable, Sendable {
        case press, release, wheelUp, wheelDown
    }

    public let action: Action
    /// 0 is the left button.
    public let button: Int
    public let x: Int
    public let y: Int

    public init(_ action: Action, button: Int = 0, x: Int, y: Int) {
        self.action = action
        self.button = button
        self.x = x
        self.y = y
    }
}
