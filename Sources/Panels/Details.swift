/// What can be opened, and the list that it has.
public enum Details {
    public static let pane = GroupDetail.pane

    /// The rows of what is opened; nil where it has no list of its own.
    public static func rows(of opened: RowID, _ frame: Frame) -> [RowID]? {
        switch opened {
        case .group(let id): GroupDetail.rows(id, frame)
        case .node(let id): NodeDetail.rows(id, frame)
        case .member, .source, .event, .loss, .alert, .silence: nil
        }
    }
}
