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
    /// What the acting side is at now.
    case desk(Desk)
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
    case execute(Plan, reason: String)
}
