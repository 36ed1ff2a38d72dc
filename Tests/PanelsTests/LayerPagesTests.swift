import Estate
import Grid
import Insight
import Panels
import PitbossTestKit
import Testing

@Suite("Pages of the layers that redundancy stands on")
struct LayerPagesTests {
    static let pages = ["backups", "network", "edge", "redundancy", "alerts"]

    static func frame(
        _ scene: SampleLayers.Scene, _ page: String,
        _ change: (inout ViewState, inout Desk) -> Void = { _, _ in }
    ) -> Frame { Frames.frame(SampleLayers(scene).snapshot, page, change) }

    @Test("In order and in trouble, at two sizes", arguments: pages, [(80, 24), (160, 48)])
    func page(_ page: String, _ size: (Int, Int)) throws {
        for scene in SampleLayers.Scene.allCases {
            let grid = Frames.screen(Self.frame(scene, page), size.0, size.1)
            try Golden.check(grid, "layers-\(page)-\(scene.rawValue)-\(size.0)x\(size.1)")
        }
    }

    @Test("At every width, in both alphabets", arguments: pages)
    func widths(_ page: String) {
        for scene in SampleLayers.Scene.allCases {
            for width in [40, 60, 80, 100, 120, 140, 160, 200, 300] {
                for height in [10, 16, 24, 60] {
                    let frame = Self.frame(scene, page) { view, _ in view.pane = height == 16 ? 1 : 0 }
                    let grid = Frames.screen(frame, width, height, glyphs: width % 40 == 0 ? .ascii : .utf8)
                    if width % 40 == 0 { #expect(grid.text.unicodeScalars.allSatisfy { $0.isASCII }) }
                }
            }
        }
    }

    @Test("Empty pages say what to configure", arguments: pages)
    func empty(_ page: String) throws {
        let frame = Frames.frame(LargeEstate.snapshot(members: 30, at: SampleEstate.now), page)
        let text = Frames.screen(frame, 100, 24).text
        let wanted = [
            "backups": "no backups are watched:", "network": "no network path is watched:",
            "edge": "no edge is watched:", "redundancy": "Single points of failure", "alerts": "no alerts are watched:",
        ]
        #expect(text.contains(try #require(wanted[page])))
    }

    @Test("A host's disks and arrays", arguments: [(80, 24), (160, 48)])
    func node(_ size: (Int, Int)) throws {
        let frame = Self.frame(.trouble, "nodes") { view, _ in view.opened = [.node(NodeID("db-ams"))] }
        try Golden.check(Frames.screen(frame, size.0, size.1), "layers-node-trouble-\(size.0)x\(size.1)")
    }

    @Test("What a single point takes down is said before it is pressed, and can be filtered by")
    func points() throws {
        let frame = Self.frame(.calm, "redundancy")
        let rows = try #require(PanelCatalogue.panel(PanelID("redundancy"))?.panes[0].rows(frame))
        #expect(rows.contains(.loss(.site(SiteID("ams")))))
        let filtered = Self.frame(.calm, "redundancy") { view, _ in view.filter = "ledger" }
        #expect(filtered.listed(rows, in: PaneID("redundancy.points")).count < rows.count)
        #expect(filtered.listed(rows, in: PaneID("redundancy.points")).contains(.loss(.site(SiteID("ams")))))
    }

    @Test("Key figures stand above the groups, those beyond their limits marked", arguments: [(80, 24), (160, 48)])
    func figures(_ size: (Int, Int)) throws {
        for scene in SampleLayers.Scene.allCases {
            let grid = Frames.screen(Self.frame(scene, "overview"), size.0, size.1)
            try Golden.check(grid, "layers-overview-\(scene.rawValue)-\(size.0)x\(size.1)")
        }
    }
}
