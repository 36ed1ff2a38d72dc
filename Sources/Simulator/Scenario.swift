public import Estate

/// A course of events: what happens to the platform when, and what is expected to be seen.
public struct Scenario: Sendable, Equatable {
    public let name: String
    public let summary: String
    /// When it begins; nil: at the usual moment.
    public let start: Timestamp?
    public let seed: UInt64?
    public let steps: [ScenarioStep]
    public let expectations: [ScenarioExpectation]

    init(
        name: String, summary: String, start: Timestamp? = nil, seed: UInt64? = nil, steps: [ScenarioStep] = [],
        expectations: [ScenarioExpectation] = []
    ) {
        self.name = name
        self.summary = summary
        self.start = start
        self.seed = seed
        self.steps = steps
        self.expectations = expectations
    }

    /// Nothing but people who bet.
    public static let calm = Scenario(name: "calm", summary: "Nothing happens but bets.")

    /// From its beginning to the last of its steps and expectations.
    public var lasts: Span { max(steps.map(\.at).max() ?? .zero, expectations.map(\.at).max() ?? .zero) }
}

/// One thing that happens.
public struct ScenarioStep: Sendable, Equatable {
    /// From the beginning.
    public let at: Span
    /// As it was written, in one line: `kill wallet-db/leader`.
    public let text: String
    let action: ScenarioAction
}

/// What must be seen, or must not.
public struct ScenarioExpectation: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// At that moment the group has this verdict, in the words of the glass: `AT RISK`.
        case verdict(String)
        /// By that moment this has happened.
        case event(Event.Kind)
        /// Until that moment this has not happened.
        case never(Event.Kind)
        /// At that moment this page of the glass, by its name.
        case screen(String)
    }
    public let at: Span
    public let kind: Kind
    public let group: GroupID?
    /// Part of the event's text, for a verdict of one of its reasons, for a page of what it shows; nil: any.
    public let says: String?
    /// Line of the file.
    public let line: Int
}
