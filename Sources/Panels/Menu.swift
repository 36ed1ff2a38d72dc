/// What keys do, as the command table says it: drawn by footer, help and palette.
public struct Menu: Sendable, Equatable {
    /// One command with its keys.
    public struct Entry: Sendable, Equatable {
        public let id: String
        public let keys: [String]
        public let title: String
        public let summary: String
        /// Why it cannot be used where one stands; nil when it can.
        public let obstacle: String?
        public init(id: String, keys: [String], title: String, summary: String, obstacle: String? = nil) {
            self.id = id
            self.keys = keys
            self.title = title
            self.summary = summary
            self.obstacle = obstacle
        }
    }
    public struct Section: Sendable, Equatable {
        public let title: String
        public let entries: [Entry]
        public init(title: String, entries: [Entry]) {
            self.title = title
            self.entries = entries
        }
    }
    /// The most useful first; as many as fit are drawn.
    public var footer: [Entry] = []
    /// All that can be done where one stands.
    public var help: [Section] = []
    /// What moves in time, for the footer of the past.
    public var rewind: [Entry] = []
    /// The first key of each command, by the command's name.
    public var keys: [String: String] = [:]
    public init() {}

    /// The key of a command, for sentences; the standard one where nobody says otherwise.
    func key(_ command: String, _ standard: String) -> String { keys[command] ?? standard }
}

/// What lies over the page.
public enum Overlay: Sendable, Equatable {
    case help
    case requests
    case sources
    case palette(PaletteView)
    case dialog(PlanDialog)
}

/// The palette as typed so far.
public struct PaletteView: Sendable, Equatable {
    public var typed: String
    public var items: [Menu.Entry]
    public var selected: Int
    public init(typed: String, items: [Menu.Entry], selected: Int) {
        self.typed = typed
        self.items = items
        self.selected = selected
    }
}
