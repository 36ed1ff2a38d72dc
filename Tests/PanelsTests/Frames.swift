import Estate
import Grid
import Insight
import Panels
import PitbossTestKit

/// Frames of the sample estate.
enum Frames {
    static let footer = [
        Menu.Entry(id: "a", keys: ["p"], title: "promote", summary: ""),
        Menu.Entry(id: "b", keys: ["Enter"], title: "open", summary: ""),
        Menu.Entry(id: "c", keys: ["Q"], title: "quit", summary: ""),
    ]

    static func frame(
        _ scene: SampleEstate.Scene, _ panel: String = "overview",
        _ change: (inout ViewState, inout Desk) -> Void = { _, _ in }
    ) -> Frame {
        let estate = SampleEstate(scene)
        return frame(estate.snapshot, events: estate.events, panel, change)
    }

    static func frame(
        _ snapshot: Snapshot, events: [Event] = [], _ panel: String = "overview",
        _ change: (inout ViewState, inout Desk) -> Void = { _, _ in }
    ) -> Frame {
        var view = ViewState(panel: PanelID(panel))
        var desk = Desk()
        change(&view, &desk)
        var menu = Menu()
        menu.footer = footer
        menu.help = [Menu.Section(title: "Act", entries: footer)]
        let assessment = Assessment.of(snapshot, now: SampleEstate.now)
        return Frame(
            snapshot: snapshot, assessment: assessment, events: events, histories: histories(assessment, snapshot),
            desk: desk, view: view, menu: menu, now: SampleEstate.now)
    }

    /// A minute of made up, even curves.
    private static func histories(_ assessment: Assessment, _ snapshot: Snapshot) -> Histories {
        var histories = Histories()
        for second in 0..<60 {
            for group in assessment.groups {
                histories.append(Double(second % 7), to: HistoryKey(.group(group.id), .sessions))
                histories.append(Double(second * 100), to: HistoryKey(.group(group.id), .replayLagBytes))
                for member in group.members {
                    histories.append(Double(second % 5 * 1_000), to: HistoryKey(.member(member.id), .replayLagBytes))
                    histories.append(Double(second % 9), to: HistoryKey(.member(member.id), .sessions))
                }
            }
            for host in snapshot.hosts {
                histories.append(Double(second % 10) / 10, to: HistoryKey(.node(host.id), .cpuBusy))
            }
        }
        return histories
    }

    static func screen(_ frame: Frame, _ width: Int, _ height: Int, glyphs: Glyphs = .utf8) -> Grid {
        Grid.drawn(width: width, height: height, glyphs: glyphs) { Screen.draw(frame, on: $0) }
    }
}
