import Estate
import Panels

/// One command of the cockpit: a line in the catalogue, from which keys, footer, help, palette and documentation come.
public struct Command: Sendable, Identifiable {
    public enum Section: String, Sendable, CaseIterable {
        case act = "Act"
        case look = "Look"
        case time = "Time"
        case move = "Move"
        case pages = "Pages"
        case leave = "Leave"
    }

    /// How it was called.
    struct Call: Sendable {
        /// The key that called it, as it is spelled.
        let trigger: String
        let now: Timestamp
        /// The row that it would act on, looked up once for all that ask.
        let selected: RowID?
    }

    /// What configurations call it.
    public let id: String
    /// The word in footer and palette.
    public let title: String
    /// One line for help, palette and documentation.
    public let summary: String
    public let section: Section
    /// As they are unless a configuration says otherwise.
    public let standardKeys: [String]
    /// Place in the footer, the lowest first; nil: not there.
    let footerRank: Int?
    let run: @Sendable (inout Cockpit, Call) -> [Effect]
    let obstacle: @Sendable (Cockpit, Call) -> String?

    init(
        _ id: String, _ title: String, _ section: Section, keys: [String], footer: Int? = nil, _ summary: String,
        obstacle: @escaping @Sendable (Cockpit, Call) -> String? = { _, _ in nil },
        run: @escaping @Sendable (inout Cockpit, Call) -> [Effect]
    ) {
        self.id = id
        self.title = title
        self.summary = summary
        self.section = section
        standardKeys = keys
        footerRank = footer
        self.run = run
        self.obstacle = obstacle
    }
}
