import Glibc
import Grid
import Testing

@testable import Terminal

/// The terminal on a pseudo terminal. One at a time: the process has one screen.
@Suite(.serialized)
struct ScreenTests: Sendable {
    let pty: PseudoTerminal
    let theme: Theme

    init() throws {
        pty = try PseudoTerminal()
        theme = try Theme.named("dark")
    }

    func options(
        _ term: String = "xterm-256color", color: TerminalOptions.ColorMode = .auto,
        ascii: TerminalOptions.Switch = .auto,
        noColor: Bool = false, mouse: Bool = false, paces: Bool = false
    ) -> TerminalOptions {
        var environment = ["TERM": term]
        if noColor { environment["NO_COLOR"] = "1" }
        return TerminalOptions(
            color: color, ascii: ascii, mouse: mouse, paces: paces, input: pty.terminal, output: pty.terminal,
            environment: environment)
    }

    @ScreenActor
    private func clock(_ time: String, on terminal: Terminal, ink: Ink = Ink(.verdictAtRisk)) -> Grid {
        Grid.drawn(width: terminal.width, height: terminal.height, glyphs: terminal.glyphs) { canvas in
            let inner = canvas.box(title: "Groups")
            inner.put("wallet-db 界 Żółć", x: 1, y: 0, ink: ink)
            inner.put(time, x: 0, y: 3, width: inner.width, align: .right)
        }
    }

    @Test @ScreenActor func opensDrawsAndCloses() throws {
        let before = pty.settings
        let terminal = try Terminal.open(options()) { _ in }
        defer { terminal.close() }
        #expect(pty.settings != before)
        #expect(terminal.width == 80 && terminal.height == 24)
        #expect(terminal.depth == .indexed256)
        terminal.draw(clock("14:02:11Z", on: terminal), theme: theme)
        let output = try pty.takeOutput()
        #expect(output.contains("wallet-db 界 Żółć"))
        #expect(output.contains("14:02:11Z"))
        #expect(output.contains("╭"))
        #expect(output.contains("\u{1b}[?1049h"))
        terminal.close()
        #expect(pty.settings == before)
        let end = try pty.takeOutput()
        #expect(end.contains("\u{1b}[?1049l"))
        #expect(end.contains("\u{1b}[?2004l"))
        #expect(end.contains("\u{1b}[34h") || end.contains("\u{1b}[?25h"))
    }

    @Test @ScreenActor func drawsOnlyWhatChanged() throws {
        let terminal = try Terminal.open(options()) { _ in }
        defer { terminal.close() }
        terminal.draw(clock("14:02:11Z", on: terminal), theme: theme)
        _ = try pty.takeOutput()
        terminal.draw(clock("14:02:11Z", on: terminal), theme: theme)
        #expect(try pty.takeOutput() == "")
        terminal.draw(clock("14:02:12Z", on: terminal), theme: theme)
        let tick = try pty.takeOutput()
        #expect(tick.contains("2"))
        #expect(tick.utf8.count < 60)
        terminal.draw(clock("14:02:12Z", on: terminal, ink: Ink(.verdictDown)), theme: theme)
        let recolored = try pty.takeOutput()
        #expect(recolored.contains("wallet-db 界 Żółć") && recolored.utf8.count < 100)
    }

    @Test @ScreenActor func redrawSendsEverything() throws {
        let terminal = try Terminal.open(options()) { _ in }
        defer { terminal.close() }
        terminal.draw(clock("14:02:11Z", on: terminal), theme: theme)
        _ = try pty.takeOutput()
        terminal.redraw()
        #expect(try pty.takeOutput().contains("wallet-db 界 Żółć"))
    }

    @Test @ScreenActor func anotherThemeRecolors() throws {
        let terminal = try Terminal.open(options()) { _ in }
        defer { terminal.close() }
        let grid = clock("14:02:11Z", on: terminal)
        terminal.draw(grid, theme: theme)
        _ = try pty.takeOutput()
        terminal.draw(grid, theme: try Theme.named("deuteranopia"))
        #expect(try pty.takeOutput().contains("38;5;228"))
    }

    @Test @ScreenActor func theCursorIsShownWhereItIsAskedFor() throws {
        let terminal = try Terminal.open(options()) { _ in }
        defer { terminal.close() }
        let grid = clock("14:02:11Z", on: terminal)
        terminal.draw(grid, theme: theme)
        _ = try pty.takeOutput()
        terminal.draw(grid, theme: theme, cursor: (x: 4, y: 9))
        let shown = try pty.takeOutput()
        #expect(shown.contains("\u{1b}[10;5H") && shown.contains("?25h"))
        terminal.draw(grid, theme: theme)
        #expect(try pty.takeOutput().contains("\u{1b}[?25l"))
    }

    @Test(arguments: ["xterm-256color", "linux", "screen", "tmux", "vt100", "xterm"]) @ScreenActor
    func manyTerminals(term: String) throws {
        let terminal = try Terminal.open(options(term)) { _ in }
        defer { terminal.close() }
        terminal.draw(clock("14:02:11Z", on: terminal), theme: theme)
        let output = try pty.takeOutput()
        #expect(output.contains("wallet-db "))
        #expect(output.contains("14:02:11Z"))
        if term == "vt100" { #expect(terminal.depth == .none) }
        if term == "linux" { #expect(terminal.depth == .ansi8 && output.utf8.allSatisfy { $0 < 0x80 }) }
    }

    @Test @ScreenActor func withoutColorsNoneAreSent() throws {
        let terminal = try Terminal.open(options(noColor: true)) { _ in }
        defer { terminal.close() }
        #expect(terminal.depth == .none)
        terminal.draw(clock("14:02:11Z", on: terminal), theme: theme)
        let output = try pty.takeOutput()
        #expect(!output.contains("38;5") && !output.contains("39;49m") && output.contains("wallet-db"))
    }

    @Test @ScreenActor func inASCIIOnlyASCIIIsSent() throws {
        let terminal = try Terminal.open(options(ascii: .on)) { _ in }
        defer { terminal.close() }
        #expect(terminal.glyphs.isASCII)
        terminal.draw(clock("14:02:11Z", on: terminal), theme: theme)
        let output = try pty.takeOutput()
        #expect(output.utf8.allSatisfy { $0 < 0x80 })
        #expect(output.contains("wallet-db ?  Zolc"))
    }

    @Test @ScreenActor func refusesWhatIsNoScreen() throws {
        #expect(throws: TerminalError.cannotPlaceCursor(name: "dumb")) { try Terminal.open(options("dumb")) { _ in } }
        #expect(throws: TerminalError.unknownTerminal(name: "no-such-thing\\e[2J")) {
            try Terminal.open(options("no-such-thing\u{1b}[2J")) { _ in }
        }
        #expect(throws: TerminalError.noTerminalType) { try Terminal.open(options("")) { _ in } }
        var file = options()
        file.output = open("/dev/null", O_WRONLY)
        defer { close(file.output) }
        #expect(throws: TerminalError.notATerminal) { try Terminal.open(file) { _ in } }
        let terminal = try Terminal.open(options()) { _ in }
        defer { terminal.close() }
        #expect(throws: TerminalError.alreadyOpen) { try Terminal.open(options()) { _ in } }
        #expect(try pty.takeOutput() == "" || terminal.width == 80)
    }

    @Test @ScreenActor func opensAgainAfterClosing() throws {
        for round in 0..<5 {
            let terminal = try Terminal.open(options()) { _ in }
            terminal.draw(clock("round-\(round)", on: terminal), theme: theme)
            terminal.close()
            terminal.close()
            #expect(try pty.takeOutput().contains("round-\(round)"))
        }
    }

    @Test @ScreenActor func keysArriveInOrder() async throws {
        let (events, feed) = AsyncStream.makeStream(of: TerminalEvent.self, bufferingPolicy: .bufferingOldest(100))
        let terminal = try Terminal.open(options(mouse: true)) { feed.yield($0) }
        defer { terminal.close() }
        pty.type("q\u{1b}OA\u{4}\u{1b}[<0;3;4M\u{1b}[200~x\ny\u{1b}[201~\u{1b}")
        var iterator = events.makeAsyncIterator()
        var got: [TerminalEvent] = []
        for _ in 0..<6 { got.append(try #require(await iterator.next())) }
        #expect(
            got == [
                .key(.character("q")), .key(.up), .key(.ctrl("d")), .mouse(Mouse(.press, x: 2, y: 3)), .paste("x\ny"),
                .key(.escape),
            ])
    }

    @Test @ScreenActor func aResizeIsReportedAndDrawn() async throws {
        let (events, feed) = AsyncStream.makeStream(of: TerminalEvent.self, bufferingPolicy: .bufferingOldest(100))
        let terminal = try Terminal.open(options()) { feed.yield($0) }
        defer { terminal.close() }
        terminal.draw(clock("14:02:11Z", on: terminal), theme: theme)
        _ = try pty.takeOutput()
        pty.resize(rows: 30, columns: 100)
        kill(getpid(), SIGWINCH)
        var iterator = events.makeAsyncIterator()
        #expect(await iterator.next() == .resized(width: 100, height: 30))
        #expect(terminal.width == 100 && terminal.height == 30)
        terminal.draw(clock("14:02:12Z", on: terminal), theme: theme)
        #expect(try pty.takeOutput().contains("14:02:12Z"))
        // A grid made for another size is cut, not drawn outside.
        let large = Grid.drawn(width: 300, height: 99) { $0.fill("界", ink: .plain) }
        terminal.draw(large, theme: theme)
        _ = try pty.takeOutput()
    }

    @Test @ScreenActor func signalsToEndAreReported() async throws {
        let (events, feed) = AsyncStream.makeStream(of: TerminalEvent.self, bufferingPolicy: .bufferingOldest(100))
        let terminal = try Terminal.open(options()) { feed.yield($0) }
        defer { terminal.close() }
        var iterator = events.makeAsyncIterator()
        for (number, signal) in [(SIGTERM, TerminalSignal.terminate), (SIGHUP, .hangup), (SIGINT, .interrupt)] {
            kill(getpid(), number)
            #expect(await iterator.next() == .signal(signal))
        }
    }

    @Test @ScreenActor func aVanishedTerminalIsReported() async throws {
        let (events, feed) = AsyncStream.makeStream(of: TerminalEvent.self, bufferingPolicy: .bufferingOldest(100))
        let terminal = try Terminal.open(options()) { feed.yield($0) }
        defer { terminal.close() }
        terminal.draw(clock("14:02:11Z", on: terminal), theme: theme)
        pty.hangUp()
        var iterator = events.makeAsyncIterator()
        #expect(await iterator.next() == .gone)
        terminal.draw(clock("14:02:12Z", on: terminal), theme: theme)
    }

    @Test func otherTasksHopOntoTheScreen() async {
        let sum = await withTaskGroup(of: Int.self) { group in
            for number in 0..<200 {
                group.addTask { await ScreenTests.onTheScreen(number) }
            }
            return await group.reduce(0, +)
        }
        #expect(sum == 19_900)
    }

    /// More than one turn's jobs are in hand when another comes.
    @Test func whatComesWhileManyWaitIsRun() async {
        let sum = await Task { @ScreenActor in
            let tasks = (0..<200).map { number in
                Task { @ScreenActor in number == 0 ? await Task { @ScreenActor in 7 }.value : 1 }
            }
            var sum = 0
            for task in tasks { sum += await task.value }
            return sum
        }.value
        #expect(sum == 206)
    }

    nonisolated private static func onTheScreen(_ number: Int) async -> Int {
        await Task { @ScreenActor in
            ScreenActor.shared.preconditionIsolated()
            return number
        }.value
    }
}
