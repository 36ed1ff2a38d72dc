import Cockpit
import Estate
import Grid
import Insight
import Panels
import PitbossTestKit
import Plans

/// A cockpit on the sample estate, driven by keys as they are spelled.
struct Flow {
    var cockpit: Cockpit
    var now = SampleEstate.now
    private(set) var effects: [Effect] = []

    init(_ scene: SampleEstate.Scene = .calm, armed: Bool = true, keys: KeyMap = .standard) {
        let estate = SampleEstate(scene)
        cockpit = Cockpit(
            platform: estate.snapshot.platform, width: 120, height: 36, glyphs: .utf8, keys: keys, now: now)
        var desk = Desk()
        desk.isArmed = armed
        step(.desk(desk))
        observe(estate.snapshot, estate.events)
    }

    mutating func step(_ event: CockpitEvent) {
        effects += cockpit.step(event, now: now)
    }

    mutating func observe(_ snapshot: Snapshot, _ events: [Event] = []) {
        step(.observed(snapshot, Assessment.of(snapshot, now: now), events: events))
    }

    mutating func observe(_ scene: SampleEstate.Scene) {
        let estate = SampleEstate(scene)
        observe(estate.snapshot, estate.events)
    }

    /// Presses keys: names apart by blanks.
    mutating func press(_ names: String) {
        for name in names.split(separator: " ") {
            if let key = Key(named: String(name)) { step(.key(key)) }
        }
    }

    mutating func type(_ text: String) {
        for character in text { step(.key(.character(character))) }
    }

    mutating func forget() { effects = [] }

    var screen: String {
        var cockpit = cockpit
        var grid = Grid(width: 0, height: 0)
        cockpit.render(into: &grid, now: now)
        return grid.text
    }

    var executed: [(plan: Plan, reason: String)] {
        effects.compactMap { effect in
            if case .execute(let plan, let order) = effect { (plan, order.reason) } else { nil }
        }
    }

    var dialog: PlanDialog? {
        if case .dialog(let dialog)? = cockpit.viewState.overlay { dialog } else { nil }
    }

    /// From the start to the row of a member on its page.
    mutating func select(_ member: String) {
        press(member.hasPrefix("pg") ? "3" : "4")
        press("g")
        for _ in 0..<20 {
            if case .member(let id)? = selected, id.name == member { return }
            press("j")
        }
    }

    var selected: RowID? {
        let view = cockpit.viewState
        guard let pane = PanelCatalogue.panel(view.panel)?.panes[view.pane] else { return nil }
        return view.selected[pane.id]
    }
}
