import CNcurses
import Glibc
public import Grid

/// The only door to the terminal: draws grids, reports keys and what else happens to it.
///
/// One is open at a time. Everything happens on `ScreenActor`; the handler is called there, without a hop.
@ScreenActor
public final class Terminal {
    public typealias Handler = @ScreenActor (TerminalEvent) -> Void

    /// Columns and rows.
    public private(set) var width = 0
    public private(set) var height = 0
    /// The colours in use.
    public let depth: ColorDepth
    /// The signs to draw with: ASCII where the locale or the terminal asks for it.
    public let glyphs: Glyphs
    /// The terminal type in use.
    public let type: String

    /// True while a picture that is drawn now would be sent now. While it is not (a slow line, a terminal that was
    /// stopped), `draw` keeps the newest picture and sends it when the terminal has caught up: drawing never waits.
    public var isReady: Bool { outlet.isReady }

    /// It has told, when asked, that it has drawn what was sent: it will be sent no more than it keeps up with.
    var hasAnswered: Bool { outlet.hasAnswered }

    /// Pictures that were drawn and never sent, as a newer one took their place.
    public private(set) var framesSkipped = 0

    private let input: Int32
    private let handler: Handler
    private let outlet: Outlet
    /// The newest picture, while the terminal has not caught up with those before.
    private var waiting: (grid: Grid, theme: Theme, cursor: (x: Int, y: Int)?)?
    private var wantsAll = false
    private var decoder: KeyDecoder
    private var signalFd: Int32 = -1
    private var pen: Pen?
    private var shown: Grid?
    private var cursor: (x: Int, y: Int)?
    private var characters: [glass_char] = []
    private var state = State.open

    private enum State {
        case open, suspended, gone, closed
    }

    private static var current: Terminal?

    /// The most cells on a side that are drawn; a larger terminal is left empty beyond.
    public static let sideCellsMax = Grid.sideCellsMax

    private init(options: TerminalOptions, plan: TerminalPlan, type: String, utf8: Bool, handler: @escaping Handler) {
        self.type = type
        self.handler = handler
        input = options.input
        outlet = Outlet(output: options.output, paces: options.paces)
        depth = plan.depth(colors: Int(glass_colors()))
        let ascii =
            switch options.ascii {
            case .on: true
            case .off: !utf8
            case .auto: !utf8 || plan.lacksSigns
            }
        glyphs = ascii ? .ascii : .utf8
        decoder = KeyDecoder(special: Terminal.specialKeys())
    }

    /// Opens the terminal and takes it over until `close`. Takes a few milliseconds at most.
    public static func open(
        _ options: TerminalOptions, handler: @escaping Handler
    ) throws(TerminalError) -> Terminal {
        guard current == nil else { throw .alreadyOpen }
        guard isatty(options.input) == 1, isatty(options.output) == 1 else { throw .notATerminal }
        guard let term = options.environment["TERM"], !term.isEmpty else { throw .noTerminalType }
        let utf8 = glass_locale()
        let plan = TerminalPlan(term: term, options: options)
        let type = plan.types.dropLast().first { glass_knows($0) } ?? term
        var modes = plan.depthMax == .none ? 0 : GLASS_COLORS
        if options.mouse { modes |= GLASS_MOUSE }
        if plan.knowsModes { modes |= GLASS_PASTE }
        if options.reportsFocus, plan.knowsModes { modes |= GLASS_FOCUS }
        try check(glass_open(type, options.input, options.output, Int32(modes)), type: type)
        let terminal = Terminal(options: options, plan: plan, type: type, utf8: utf8, handler: handler)
        terminal.outlet.onReady = { [weak terminal] in terminal?.drawWaiting() }
        terminal.outlet.open()
        terminal.measure()
        terminal.listen()
        current = terminal
        return terminal
    }

    private static func check(_ status: Int32, type: String) throws(TerminalError) {
        let name = Sanitizer.visible(type, clustersMax: 60)
        switch Int(status) {
        case GLASS_OPENED: return
        case GLASS_NOT_A_TTY: throw .notATerminal
        case GLASS_UNKNOWN_TERMINAL: throw .unknownTerminal(name: name)
        case GLASS_NO_DATABASE: throw .noTerminalDatabase(name: name)
        case GLASS_NO_CURSOR_ADDRESSING: throw .cannotPlaceCursor(name: name)
        default: throw .refused(name: name)
        }
    }

    /// Gives the terminal back as it was. Nothing is reported after it; calling it again does nothing.
    public func close() {
        guard state != .closed else { return }
        let loop = ScreenActor.shared.loop
        loop.unwatch(input)
        if signalFd >= 0 { loop.unwatch(signalFd) }
        loop.clearAlarm(.keys)
        glass_signals_close()
        giveBack()
        glass_close()
        outlet.close()
        state = .closed
        shown = nil
        Terminal.current = nil
    }

    // MARK: Drawing

    /// Lights a grid: only what differs from the last one is sent. `cursor` is where the text cursor stands, if
    /// it is to be seen.
    public func draw(_ grid: Grid, theme: Theme, cursor: (x: Int, y: Int)? = nil) {
        guard state == .open else {
            if state == .suspended { shown = grid }
            return
        }
        guard outlet.isReady else {
            if waiting != nil { framesSkipped += 1 }
            waiting = (grid, theme, cursor)
            return
        }
        waiting = nil
        if pen?.theme != theme {
            pen = Pen(theme: theme, depth: depth, pairsMax: Int(glass_color_pairs()))
            shown = nil
        }
        let runs = grid.damage(since: shown ?? Grid(width: 0, height: 0))
        let moved = self.cursor?.x != cursor?.x || self.cursor?.y != cursor?.y
        shown = grid
        self.cursor = cursor
        guard !runs.isEmpty || moved else { return }
        for run in runs { paint(run, of: grid) }
        show()
    }

    /// Sends the whole picture again: for a screen that something else has written on.
    public func redraw() {
        guard state == .open else { return }
        guard outlet.isReady else {
            wantsAll = true
            return
        }
        glass_forget()
        show()
    }

    /// Rings the terminal's bell, or flashes it, as it is set to.
    public func bell() {
        guard state == .open, outlet.isDrained else { return }
        outlet.send([0x07])
    }

    /// The terminal has caught up: it gets the newest picture.
    private func drawWaiting() {
        if wantsAll {
            wantsAll = false
            glass_forget()
            guard waiting != nil else { return show() }
        }
        if let (grid, theme, cursor) = waiting { draw(grid, theme: theme, cursor: cursor) }
    }

    /// Sends what gives the terminal back as it was; what was on its way is dropped, for nobody will see it.
    private func giveBack() {
        outlet.drop()
        glass_end()
        sendTaken(asking: false)
        outlet.finish()
        outlet.awaitAnswer(on: input)
    }

    private func sendTaken(asking: Bool) {
        var bytes: UnsafePointer<UInt8>?
        let count = glass_take(&bytes)
        outlet.send(UnsafeBufferPointer(start: bytes, count: count), asking: asking)
    }

    private func show() {
        if let cursor, cursor.x >= 0, cursor.y >= 0, cursor.x < width, cursor.y < height {
            glass_show(Int32(cursor.y), Int32(cursor.x))
        } else {
            glass_show(-1, -1)
        }
        sendTaken(asking: true)
    }

    /// Paints a run, in pieces of one ink each.
    private func paint(_ run: DamageRun, of grid: Grid) {
        guard run.row < height, var pen else { return }
        self.pen = nil
        defer { self.pen = pen }
        let row = run.row * grid.width
        let end = min(run.columns.upperBound, width)
        var x = run.columns.lowerBound
        while x < end {
            let start = x
            let ink = grid.cells[row + x].ink
            characters.removeAll(keepingCapacity: true)
            while x < end, grid.cells[row + x].ink == ink {
                append(grid.cells[row + x], fits: x + 1 < width)
                x += 1
            }
            let stroke = pen.stroke(ink)
            glass_run(
                Int32(run.row), Int32(start), characters, Int32(characters.count), stroke.attributes, stroke.pair)
        }
    }

    private func append(_ cell: Cell, fits: Bool) {
        switch cell.shape {
        case .continuation: return
        case .wide where glyphs.isASCII || !fits:
            characters.append(glass_char(base: 0x3f, mark1: 0, mark2: 0, width: 1))
            if fits { characters.append(glass_char(base: 0x20, mark1: 0, mark2: 0, width: 1)) }
        case .wide, .narrow:
            let scalar = glyphs.isASCII ? Glyphs.asciiFallback(cell.scalar) : cell.scalar
            let marks = glyphs.isASCII ? (0, 0) : cell.marks
            let width: UInt8 = cell.shape == .wide ? 2 : 1
            characters.append(glass_char(base: scalar.value, mark1: marks.0, mark2: marks.1, width: width))
        }
    }

    // MARK: What comes in

    private func listen() {
        let loop = ScreenActor.shared.loop
        loop.watch(input) { [weak self] isReadable in self?.read(isReadable) }
        signalFd = glass_signals_open()
        guard signalFd >= 0 else { return }
        loop.watch(signalFd) { [weak self] _ in self?.readSignals() }
    }

    private func read(_ isReadable: Bool) {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = isReadable ? Glibc.read(input, &buffer, buffer.count) : 0
        if count > 0 {
            report(decoder.feed(buffer.prefix(count)))
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            vanish()
        }
        guard state != .closed else { return }
        let loop = ScreenActor.shared.loop
        guard decoder.isWaiting else { return loop.clearAlarm(.keys) }
        loop.setAlarm(.keys, after: .milliseconds(decoder.patienceMilliseconds)) { [weak self] in
            guard let self else { return }
            report(decoder.flush())
        }
    }

    private func report(_ events: [KeyDecoder.Event]) {
        for event in events where state != .closed {
            switch event {
            case .key(let key): handler(.key(key))
            case .paste(let text): handler(.paste(text))
            case .mouse(let mouse): handler(.mouse(mouse))
            case .focus(let on): handler(.focus(on))
            case .ready: outlet.answered()
            }
        }
    }

    private func vanish() {
        ScreenActor.shared.loop.unwatch(input)
        guard state == .open || state == .suspended else { return }
        state = .gone
        handler(.gone)
    }

    private func readSignals() {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = Glibc.read(signalFd, &buffer, buffer.count)
        guard count > 0 else { return }
        // Many of one kind are one: sizes and stops are looked at as they are now.
        for signal in Set(buffer.prefix(count).map(Int32.init)).sorted() where state != .closed {
            switch signal {
            case SIGWINCH: resized()
            case SIGTERM: handler(.signal(.terminate))
            case SIGINT: handler(.signal(.interrupt))
            case SIGHUP: handler(.signal(.hangup))
            case SIGTSTP: suspend()
            case SIGCONT: resume()
            default: break
            }
        }
    }

    private func resized() {
        guard state == .open, measure() else { return }
        shown = nil
        handler(.resized(width: width, height: height))
    }

    /// Takes the terminal's size; true if it is another one.
    @discardableResult
    private func measure() -> Bool {
        var rows: Int32 = 0
        var columns: Int32 = 0
        guard glass_size(&rows, &columns) else { return false }
        let size = (width: Int(columns), height: Int(rows))
        guard size.width != width || size.height != height else { return false }
        _ = glass_resize(rows, columns)
        (width, height) = size
        return true
    }

    // MARK: Stop and go on

    /// Gives the terminal back and stops the process, as Ctrl-Z in a shell; goes on when the shell says so.
    public func suspend() {
        guard state == .open else { return }
        state = .suspended
        giveBack()
        waiting = nil
        glass_suspend()
        glass_stop_self(input)
    }

    private func resume() {
        guard state == .open || state == .suspended else { return }
        state = .open
        glass_resume()
        let changed = measure()
        show()
        handler(.resumed)
        if changed {
            shown = nil
            handler(.resized(width: width, height: height))
        }
    }

    // MARK: Keys of this terminal

    private static func specialKeys() -> [[UInt8]: Key] {
        var names: [(String, Key)] = [
            ("kcuu1", .up), ("kcud1", .down), ("kcub1", .left), ("kcuf1", .right), ("khome", .home), ("kend", .end),
            ("kpp", .pageUp), ("knp", .pageDown), ("kich1", .insert), ("kdch1", .delete), ("kcbt", .backTab),
        ]
        for number in 1...12 { names.append(("kf\(number)", .function(number))) }
        var keys: [[UInt8]: Key] = [:]
        for (name, key) in names {
            guard let text = glass_string(name) else { continue }
            let bytes = Array(String(cString: text).utf8)
            // Shorter ones are control characters, which have a meaning of their own.
            if bytes.count > 1, bytes.count <= 8, bytes[0] == 0x1b { keys[bytes] = key }
        }
        return keys
    }
}
