/// What a mouse can be pressed on.
public enum Touch: Hashable, Sendable {
    case row(PaneID, RowID)
    case page(PanelID)
    /// A command in the footer, by its name.
    case command(String)
    /// A line of the palette, counted from 0.
    case item(Int)
    /// A window over the page: what lies under it cannot be reached.
    case overlay
}
