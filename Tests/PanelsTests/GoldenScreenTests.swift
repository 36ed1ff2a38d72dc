import Estate
import Grid
import Panels
import PitbossTestKit
import Testing

@Suite("Screens as kept")
struct GoldenScreenTests {
    static let pages = PanelCatalogue.all.map(\.id.name)

    @Test("Every page at three sizes", arguments: pages, [(80, 24), (120, 36), (200, 60)])
    func page(_ page: String, _ size: (Int, Int)) throws {
        let grid = Frames.screen(Frames.frame(.failedOver, page), size.0, size.1)
        try Golden.check(grid, "\(page)-failedOver-\(size.0)x\(size.1)")
    }

    @Test("The overview in every state", arguments: SampleEstate.Scene.allCases)
    func overview(_ scene: SampleEstate.Scene) throws {
        try Golden.check(Frames.screen(Frames.frame(scene), 80, 24), "overview-\(scene.rawValue)-80x24")
    }

    @Test("ASCII alone where the terminal has no more", arguments: pages)
    func ascii(_ page: String) throws {
        let grid = Frames.screen(Frames.frame(.failedOver, page), 80, 24, glyphs: .ascii)
        #expect(grid.text.unicodeScalars.allSatisfy { $0.isASCII })
        try Golden.check(grid, "\(page)-ascii-80x24")
    }

    @Test("Servers drained on one balancer of two")
    func drained() throws {
        try Golden.check(Frames.screen(Frames.frame(.drained, "balancers"), 80, 24), "balancers-drained-80x24")
    }

    @Test("Details", arguments: ["group", "member", "server", "node"], [(80, 24), (160, 48)])
    func detail(_ kind: String, _ size: (Int, Int)) throws {
        let rows: [String: RowID] = [
            "group": .group(SampleEstate.wallet), "member": .member(SampleEstate.member("pg-lon-1")),
            "server": .member(SampleEstate.member("api-3")), "node": .node(NodeID("node-lon")),
        ]
        let row = try #require(rows[kind])
        let frame = Frames.frame(kind == "server" ? .drained : .calm) { view, _ in view.opened = [row] }
        try Golden.check(Frames.screen(frame, size.0, size.1), "detail-\(kind)-\(size.0)x\(size.1)")
    }

    @Test("An action in doubt stands in a banner, and the page says to wait")
    func inDoubt() throws {
        let frame = Frames.frame(.calm) { _, desk in
            desk.isArmed = true
            var action = ActionView(
                id: "1", title: "Promote pg-lon-1 in wallet-db", group: SampleEstate.wallet,
                phase: .inDoubt(why: "the connection was cut before the answer"),
                startedAt: SampleEstate.now - .seconds(9),
                changedAt: SampleEstate.now - .seconds(4))
            action.deadline = SampleEstate.now + .seconds(51)
            desk.actions = [action]
        }
        let grid = Frames.screen(frame, 80, 24)
        #expect(grid.text.contains("IN DOUBT"))
        try Golden.check(grid, "overview-inDoubt-80x24")
    }
}
