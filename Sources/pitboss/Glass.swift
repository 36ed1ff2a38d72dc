import Cockpit
import Control
import Estate
import Foundation
import Grid
import Insight
import Journal
import Panels
import Plans
import Settings
import Tape
import Terminal
import Watch

/// Joins the model, the terminal, the watch and the executor. All of it on the screen's own thread.
@ScreenActor
final class Glass {
    /// Why the dashboard ended.
    enum Ending: Sendable {
        case quit, signal(TerminalSignal), terminalGone

        /// nil: as asked. A signal ends as the shell expects it, 128 and its number.
        var exitCode: Int32? {
            switch self {
            case .quit: nil
            case .signal(.terminate): 128 + SIGTERM
            case .signal(.interrupt): 128 + SIGINT
            case .signal(.hangup), .terminalGone: 128 + SIGHUP
            }
        }
    }

    /// Frames are at least this far apart, but for those that answer a key.
    static let frameInterval = Span.milliseconds(33)
    /// Figures that moved while nothing happened wait this long for the others: every observer brings its own once a
    /// second, shortly before the second is full, and the clock's frame has them all.
    static let figuresInterval = Span.milliseconds(250)

    private let stage: Stage
    private var theme: Theme
    /// The platform's time; `pace` is the operator's.
    private let clock: any Timekeeper
    private let pace: any Timekeeper
    private var terminal: Terminal?
    private var model: any ScreenModel
    private var grid: Grid
    private var drawnAt = Timestamp.zero
    private var dueAt: Timestamp?
    private var seen: UInt64 = 0
    private var watcher: Watcher?
    private var subscription: Watcher.Subscription?
    private var acting: Acting?
    private var tasks: [Task<Void, Never>] = []
    private var ended: AsyncStream<Ending>.Continuation?

    /// What is shown: the cockpit, or a wall.
    typealias MakeModel = (Platform, _ width: Int, _ height: Int, Glyphs, Timestamp) -> any ScreenModel

    init(
        _ stage: Stage, theme: Theme, options: TerminalOptions, keys: KeyMap = .standard, model other: MakeModel? = nil
    ) throws {
        let make = other ?? { Cockpit(platform: $0, width: $1, height: $2, glyphs: $3, keys: keys, now: $4) }
        self.stage = stage
        self.theme = theme
        (clock, pace) = (stage.clock, stage.pace)
        model = make(stage.platform, 0, 0, .ascii, clock.now())
        grid = Grid(width: 0, height: 0)
        let terminal = try Terminal.open(options) { [weak self] event in self?.take(event) }
        self.terminal = terminal
        model = make(stage.platform, terminal.width, terminal.height, terminal.glyphs, clock.now())
    }

    /// Paints the first frame, then begins to watch: nothing that can hang stands before it.
    func run() async -> Ending {
        let (endings, ended) = AsyncStream.makeStream(of: Ending.self, bufferingPolicy: .bufferingOldest(1))
        self.ended = ended
        var desk = Desk()
        desk.isArmed = stage.isArmed
        desk.simulation = stage.simulation
        apply(model.step(.desk(desk), now: clock.now()))
        draw()
        watch()
        tasks.append(Task { await self.tickForever() })
        var ending = Ending.quit
        for await first in endings {
            ending = first
            break
        }
        terminal?.close()
        for task in tasks { task.cancel() }
        subscription?.cancel()
        return ending
    }

    /// What is under way is not left unseen: waits for it, after the terminal was given back.
    func farewell() async {
        guard let acting, await acting.executor.isBusy else { return }
        for status in await acting.executor.actions where !status.isOver {
            Output.note("\(status.plan.title): still under way; waiting for its outcome (Ctrl-C leaves it in doubt)")
            if let last = await acting.executor.wait(for: status.id), let outcome = last.outcome {
                Output.note("\(last.plan.title): \(outcome.word): \(outcome.text)")
            }
        }
    }

    // MARK: Watching

    private func watch() {
        let journal = SharedJournal(stage.journal)
        let watcher = stage.watcher { events in await journal.record(events) }
        self.watcher = watcher
        subscription = watcher.subscribe { [weak self] isNews in
            Task { @ScreenActor in self?.changed(isNews) }
        }
        let alongside = stage.alongside
        tasks.append(Task.detached { await watcher.run() })
        tasks.append(Task.detached { await alongside(watcher) })
        tasks.append(Task { await self.act(watcher, journal) })
    }

    private func act(_ watcher: Watcher, _ shared: SharedJournal) async {
        let acting: Acting
        do {
            acting = Acting(stage, watcher: watcher, journal: try await shared.opened())
        } catch {
            let event = Event(
                at: clock.now(), .note, .alarm, text: "no journal, so no commands: \(error)")
            watcher.sink.send(Update(SourceID("pitboss", "journal"), at: clock.now(), isEdge: true, .event(event)))
            return
        }
        self.acting = acting
        for await _ in await acting.executor.follow() { await refreshDesk() }
    }

    private func refreshDesk() async {
        guard let acting else { return }
        let desk = await acting.desk()
        apply(model.step(.desk(desk), now: clock.now()))
        drawSoon(at: max(pace.now(), drawnAt + Self.frameInterval))
    }

    // MARK: Events in

    private func changed(_ isNews: Bool) {
        if isNews {
            drawSoon(at: max(pace.now(), drawnAt + Self.frameInterval))
        } else {
            drawSoon(at: pace.now() + Self.figuresInterval)
        }
    }

    private func take(_ event: TerminalEvent) {
        let now = clock.now()
        switch event {
        case .key(let key): apply(model.step(.key(key), now: now))
        case .paste(let text): apply(model.step(.paste(text), now: now))
        case .resized(let width, let height): apply(model.step(.resize(width: width, height: height), now: now))
        case .signal(let signal): end(.signal(signal))
        case .gone: end(.terminalGone)
        case .resumed: break
        case .mouse(let mouse): apply(model.step(.mouse(mouse), now: now))
        case .focus: return
        }
        draw()
    }

    private func apply(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .quit: end(.quit)
            case .suspend: terminal?.suspend()
            case .repaint: terminal?.redraw()
            case .execute(let plan, let order): execute(plan, order)
            case .answer(let offer, let isApproved, let reason): answer(offer, isApproved, reason)
            case .look(let moment): look(at: moment)
            case .theme(let name): wear(name)
            case .bell: terminal?.bell()
            case .redraw: break
            }
        }
    }

    /// Shows what was known at a moment. Its verdicts are worked out as of then.
    private func look(at moment: Timestamp?) {
        guard let moment, let watcher, let (snapshot, oldest) = watcher.past(at: moment) else { return }
        let at = max(moment, oldest)
        let events = watcher.state.events
        let assessment = Assessment.of(snapshot, now: at)
        apply(model.step(.past(snapshot, assessment, events: events, at: at, oldest: oldest), now: clock.now()))
    }

    private func wear(_ name: String) {
        guard let chosen = try? Theme.named(name, directories: GlassOptions.themeFolders) else { return }
        theme = chosen
        terminal?.redraw()
    }

    private func execute(_ plan: Plan, _ order: Order) {
        guard let acting else { return }
        Task { await acting.begin(plan, order) }
    }

    private func answer(_ offer: String, _ isApproved: Bool, _ reason: String) {
        guard let acting else { return }
        Task {
            do {
                _ = try await acting.executor.answer(offer, isApproved: isApproved, reason: reason)
            } catch {
                apply(model.step(.said("\(error)", isBad: true), now: clock.now()))
            }
            await refreshDesk()
        }
    }

    private func end(_ ending: Ending) {
        ended?.yield(ending)
        ended?.finish()
    }

    /// Once a second, on the second, for the clock and for what ages.
    private func tickForever() async {
        var ticks = 0
        while !Task.isCancelled {
            let now = pace.now()
            let second = Int64(1_000_000_000)
            let next = Timestamp(nanoseconds: (now.nanoseconds / second + 1) * second)
            do { try await pace.sleep(until: next) } catch { return }
            apply(model.step(.tick, now: clock.now()))
            ticks += 1
            if IdlePages.areDue(at: ticks) { IdlePages.giveBack() }
            if ticks % 5 == 0, let acting {
                // What the journal cannot tell now it tells at the next look.
                try? await acting.executor.endWhatRanOut()
                await refreshDesk()
            }
            draw()
        }
    }

    // MARK: Frames out

    /// Draws at `at`, or sooner where a frame is due sooner.
    private func drawSoon(at: Timestamp) {
        guard at > pace.now() else { return draw() }
        if let dueAt, dueAt <= at { return }
        dueAt = at
        Task {
            try? await pace.sleep(until: at)
            if dueAt == at { draw() }
        }
    }

    private func draw() {
        guard let terminal else { return }
        let now = clock.now()
        if let latest = subscription?.take(), latest.version != seen {
            seen = latest.version
            let assessment = latest.assessment(now: now)
            apply(model.step(.observed(latest.snapshot, assessment, events: latest.events), now: now))
        }
        drawnAt = pace.now()
        dueAt = nil
        model.render(into: &grid, now: now)
        terminal.draw(grid, theme: theme)
    }
}
