public import Estate

/// One thing that was looked at before acting.
public struct Check: Sendable, Equatable, Codable {
    public enum Status: Int, Sendable, Codable, Comparable, CaseIterable {
        case pass, warn, block
        public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
        /// The word beside the symbol.
        public var word: String {
            switch self {
            case .pass: "ok"
            case .warn: "warning"
            case .block: "blocks"
            }
        }
    }

    public var status: Status
    /// What was looked at, in a few words, e.g. `lag within the limit`.
    public var what: String
    /// What was found, with the figure that the gate itself goes by.
    public var figure: String
    /// Who or what can lift it; nil where it passed.
    public var remedy: String?
    /// What lifts it is nothing but time: so much of it; nil where it is something else.
    public var liftsIn: Span?

    public init(_ status: Status, _ what: String, _ figure: String, remedy: String? = nil) {
        self.status = status
        self.what = what
        self.figure = figure
        self.remedy = remedy
    }

    static func pass(_ what: String, _ figure: String) -> Check { Check(.pass, what, figure) }
    static func warn(_ what: String, _ figure: String, remedy: String) -> Check {
        Check(.warn, what, figure, remedy: remedy)
    }
    static func block(_ what: String, _ figure: String, remedy: String) -> Check {
        Check(.block, what, figure, remedy: remedy)
    }
}
