import Grid

/// A list of a page that has a selection.
public struct Pane: Sendable {
    public let id: PaneID
    public let title: String
    /// Its rows in the order in which they are drawn, before filter and hold.
    public let rows: @Sendable (Frame) -> [RowID]

    init(_ id: PaneID, _ title: String, rows: @escaping @Sendable (Frame) -> [RowID]) {
        self.id = id
        self.title = title
        self.rows = rows
    }
}

/// A page: one file, one line in the catalogue.
public struct Panel: Sendable {
    public let id: PanelID
    public let title: String
    /// One line for help and the palette.
    public let summary: String
    /// In the order in which Tab goes through them; at least one.
    public let panes: [Pane]
    let draw: @Sendable (Frame, Canvas) -> Void

    init(
        _ id: PanelID, _ title: String, _ summary: String, panes: [Pane],
        draw: @escaping @Sendable (Frame, Canvas) -> Void
    ) {
        self.id = id
        self.title = title
        self.summary = summary
        self.panes = panes
        self.draw = draw
    }
}

/// Every page there is, in the order of the digits that open them.
public enum PanelCatalogue {
    public static let all: [Panel] = [
        OverviewPanel.panel,
        NodesPanel.panel,
        ReplicationPanel.panel,
        BalancersPanel.panel,
        EventsPanel.panel,
        BackupsPanel.panel,
        NetworkPanel.panel,
        EdgePanel.panel,
        RedundancyPanel.panel,
        AlertsPanel.panel,
    ]

    public static func panel(_ id: PanelID) -> Panel? { all.first { $0.id == id } }
}
