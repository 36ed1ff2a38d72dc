import Cockpit
import Estate
import Foundation
import Grid
import Insight
import PitbossTestKit
import Terminal

/// `Bench glass`: the cockpit on 1,000 members, on this terminal, for whoever measures from a key to the lit cell.
@ScreenActor
final class LargeGlass {
    private var cockpit: Cockpit
    private var grid = Grid(width: 0, height: 0)
    private var terminal: Terminal?
    private let theme: Theme
    private let now: Timestamp
    private var ended: CheckedContinuation<Void, Never>?

    init(at now: Timestamp) throws {
        self.now = now
        theme = try Theme.named(Theme.defaultName, directories: [])
        let large = LargeEstate.snapshot(members: 1_000, at: now)
        cockpit = Cockpit(platform: large.platform, width: 0, height: 0, glyphs: .utf8, now: now)
        _ = cockpit.step(.observed(large, Assessment.of(large, now: now), events: []), now: now)
        terminal = try Terminal.open(TerminalOptions(environment: ProcessInfo.processInfo.environment)) {
            [weak self] in self?.take($0)
        }
    }

    /// Until `Q`.
    func run() async {
        if let terminal {
            _ = cockpit.step(.resize(width: terminal.width, height: terminal.height), now: now)
        }
        draw()
        await withCheckedContinuation { ended = $0 }
        terminal?.close()
    }

    private func take(_ event: TerminalEvent) {
        switch event {
        case .key(let key):
            if cockpit.step(.key(key), now: now).contains(.quit) { end() }
        case .resized(let width, let height): _ = cockpit.step(.resize(width: width, height: height), now: now)
        case .signal, .gone: end()
        default: return
        }
        draw()
    }

    private func end() {
        ended?.resume()
        ended = nil
    }

    private func draw() {
        cockpit.render(into: &grid, now: now)
        terminal?.draw(grid, theme: theme)
    }
}
