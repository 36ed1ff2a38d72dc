public import Estate
public import Grid
public import Insight
public import Panels
public import Plans

/// What happens to the model.
public enum CockpitEvent: Sendable {
    case key(Key)
    /// Text that was pasted: taken where text is being typed, refused elsewhere, for keys in it would be commands.
    case paste(String)
    case resize(width: Int, height: Int)
    /// What is known of the platform now. Events are all that are kept, oldest first.
    case observed(Snapshot, Assessment, events: [Event])
    /// What was known at a moment that was asked for with `Effect.look(at:)`. `at` is the moment that was found: not
    /// later than the one asked for, unless that lies before `oldest`, the oldest that is kept. Later events may be
    /// among `events`; they are left out. An answer that comes after another question is taken all the same.
    case past(Snapshot, Assessment, events: [Event], at: Timestamp, oldest: Timestamp)
    /// What a mouse did.
    case mouse(Mouse)
    /// What the acting side is at now.
    case desk(Desk)
    /// Something to be said in the footer.
    case said(String, isBad: Bool)
    /// About once a second.
    case tick
}

/// What the model wants done.
public enum Effect: Sendable, Equatable {
    case quit
    case suspend
    /// Something on the screen is different.
    case redraw
    /// Paint every cell anew, for when something else has drawn on the terminal.
    case repaint
    case bell
    case execute(Plan, Order)
    /// Approve another operator's plan, or deny it.
    case answer(offer: String, isApproved: Bool, reason: String)
    /// Wants to be told with `CockpitEvent.past` what was known at a moment; nil: the past is left.
    case look(at: Timestamp?)
    /// Draw with the theme of this name from now on.
    case theme(String)
}

/// What the operator said when a plan was confirmed.
public struct Order: Sendable, Equatable {
    public var reason: String
    /// Why a change freeze is overridden; nil: none holds.
    public var overridesFreeze: String?
    /// The action that was left open and is carried on, or taken back, by this one.
    public var follows: String?
    public var takesBack = false
    public init(reason: String) { self.reason = reason }
}
