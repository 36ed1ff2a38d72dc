import Grid
import Panels

extension Stage {
    /// A page, as the glass would show it now.
    func screen(_ page: String, width: Int, height: Int) -> Grid {
        let frame = Frame(
            snapshot: snapshot, assessment: assessment, events: events, histories: histories, desk: Desk(),
            view: ViewState(panel: PanelID(page)), menu: Menu(), now: now)
        return Grid.drawn(width: width, height: height) { Screen.draw(frame, on: $0) }
    }
}
