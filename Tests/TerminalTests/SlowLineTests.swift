import Glibc
import Grid
import Testing

@testable import Terminal

/// A terminal that does not keep up. In the one suite of the screen, for there is one screen.
extension ScreenTests {
    /// A picture that has nothing in common with the one before: all of it is to be sent.
    private func noise(_ number: Int, width: Int, height: Int) -> Grid {
        Grid.drawn(width: width, height: height) { canvas in
            for y in 0..<height {
                let tokens: [Token] = [.verdictDown, .graph1, .heading]
                let text = String(repeating: "\((number + y) % 10)\((number * 7 + y) % 10) ", count: width / 3)
                canvas.put(text, x: 0, y: y, ink: Ink(tokens[(number + y) % 3]))
            }
            canvas.put(mark(number), x: 0, y: 0)
        }
    }

    /// A word that has no letter where that of another picture has it, so that it is sent whole.
    private func mark(_ number: Int) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        return String(repeating: "\(letters[number % 26])\(letters[(number + 7) % 26])", count: 5)
    }

    /// Reads until a picture has come, or nothing more does.
    @ScreenActor
    private func read(until number: Int) async -> String {
        var text = ""
        for _ in 0..<4_000 {
            let part = String(decoding: pty.read(65_536), as: UTF8.self)
            text += part
            if part.contains(mark(number)) { break }
            await Task.yield()
        }
        return text
    }

    @Test @ScreenActor func drawingNeverWaitsForATerminalThatDoesNotRead() async throws {
        pty.resize(rows: 60, columns: 200)
        let terminal = try Terminal.open(options()) { _ in }
        defer { terminal.close() }
        // Far more than any buffer on the way takes; a write that waits would never come back.
        for number in 0..<120 { terminal.draw(noise(number, width: 200, height: 60), theme: theme) }
        #expect(!terminal.isReady)
        #expect(terminal.framesSkipped > 80)
        // It reads again: the newest picture arrives, and those between never do.
        let text = await read(until: 119)
        #expect(text.contains(mark(0)) && text.contains(mark(119)))
        #expect(!text.contains(mark(80)))
        for _ in 0..<1_000 where !terminal.isReady {
            _ = pty.read(65_536)
            await Task.yield()
        }
        #expect(terminal.isReady)
    }

    @Test @ScreenActor func aTerminalThatAnswersIsSentNoMoreThanItHasDrawn() async throws {
        var keys: [TerminalEvent] = []
        let terminal = try Terminal.open(options(paces: true)) { keys.append($0) }
        defer { terminal.close() }
        terminal.draw(noise(0, width: 80, height: 24), theme: theme)
        let opening = try pty.takeOutput()
        #expect(opening.hasPrefix("\u{1b}[5n") && opening.contains(mark(0)))
        pty.type("\u{1b}[0n")
        for _ in 0..<2_000 where !terminal.hasAnswered { await Task.yield() }
        // The line is read, but what is behind it draws slowly: it does not answer yet.
        for number in 1..<50 { terminal.draw(noise(number, width: 80, height: 24), theme: theme) }
        let before = try pty.takeOutput()
        #expect(before.contains("\u{1b}[5n") && !before.contains(mark(49)))
        #expect(!terminal.isReady)
        // A key is read all the same.
        pty.type("q")
        for _ in 0..<2_000 where keys.isEmpty { await Task.yield() }
        #expect(keys == [.key(.character("q"))])
        pty.type("\u{1b}[0n")
        for _ in 0..<2_000 where !terminal.isReady && terminal.framesSkipped > 0 { await Task.yield() }
        #expect(await read(until: 49).contains(mark(49)))
    }

    @Test @ScreenActor func oneThatNeverAnswersIsSentEveryPictureItReads() async throws {
        let terminal = try Terminal.open(options(paces: true)) { _ in }
        defer { terminal.close() }
        for number in 0..<10 {
            terminal.draw(noise(number, width: 80, height: 24), theme: theme)
            #expect(await read(until: number).contains(mark(number)))
            #expect(terminal.isReady)
        }
        #expect(terminal.framesSkipped == 0 && !terminal.hasAnswered)
    }

    /// That it comes back at all is what is tested.
    @Test(.timeLimit(.minutes(5))) @ScreenActor func theEndDoesNotWaitForEverEither() throws {
        pty.resize(rows: 60, columns: 200)
        let terminal = try Terminal.open(options()) { _ in }
        for number in 0..<40 { terminal.draw(noise(number, width: 200, height: 60), theme: theme) }
        #expect(!terminal.isReady)
        terminal.close()
    }

    @Test @ScreenActor func theBellRings() throws {
        let terminal = try Terminal.open(options()) { _ in }
        defer { terminal.close() }
        terminal.bell()
        #expect(try pty.takeOutput() == "\u{7}")
    }

    @Test @ScreenActor func aStormOfSizesLeavesThePictureOfTheLast() async throws {
        var sizes: [TerminalEvent] = []
        let terminal = try Terminal.open(options()) { sizes.append($0) }
        defer { terminal.close() }
        for round in 0..<60 {
            pty.resize(rows: UInt16(1 + round * 7 % 200), columns: UInt16(1 + round * 31 % 500))
            kill(getpid(), SIGWINCH)
            if round % 3 == 0 { await Task.yield() }
            terminal.draw(noise(round, width: terminal.width, height: terminal.height), theme: theme)
            _ = pty.read(1 << 20)
        }
        pty.resize(rows: 30, columns: 100)
        kill(getpid(), SIGWINCH)
        for _ in 0..<5_000 where terminal.width != 100 {
            _ = pty.read(1 << 20)
            await Task.yield()
        }
        #expect(terminal.width == 100 && terminal.height == 30)
        #expect(sizes.last == .resized(width: 100, height: 30))
        terminal.draw(noise(999, width: 100, height: 30), theme: theme)
        #expect(await read(until: 999).contains(mark(999)))
    }
}

@Suite struct SendWindowTests {
    /// One that has answered the first question.
    private var answering: SendWindow {
        var window = SendWindow()
        window.begin(at: 0)
        window.answered()
        return window
    }

    @Test func aTerminalThatNeverAnswersIsSentEverything() {
        var window = SendWindow()
        window.begin(at: 0)
        let first = window.isWorthAsking(after: 20_000, at: 0.01)
        #expect(!first && window.isOpen(at: 0.1))
        // Where it is given back now, the answer may still be on its way; later none comes.
        #expect(abs(window.expects(at: 0.2) - 0.3) < 1e-9)
        for second in 1..<100 {
            let again = window.isWorthAsking(after: 10_000, at: Double(second))
            #expect(!again && window.isOpen(at: Double(second)))
        }
        #expect(window.expects(at: 50) == 0)
    }

    @Test func aLateFirstAnswerCountsToo() {
        var window = SendWindow()
        window.begin(at: 0)
        _ = window.isWorthAsking(after: 20_000, at: 0.01)
        #expect(window.isOpen(at: 5))
        window.answered()
        let asked = window.isWorthAsking(after: 10, at: 6)
        #expect(asked)
    }

    @Test func oneThatAnswersIsAskedWhenItIsWorthIt() {
        var window = answering
        let asked = [(100, 1.0), (300, 2), (200, 3)].map { window.isWorthAsking(after: $0.0, at: $0.1) }
        #expect(asked == [false, false, true])
        #expect(window.expects(at: 30) > 0)
    }

    @Test func whatMayFollowAQuestionIsLittle() {
        var window = answering
        let large = window.isWorthAsking(after: 5_000, at: 1)
        #expect(large && window.isOpen(at: 1))
        let more = window.isWorthAsking(after: 1_100, at: 2)
        #expect(!more && !window.isOpen(at: 2))
        window.answered()
        #expect(window.isOpen(at: 3))
        // What followed the question counts for the next one.
        let next = window.isWorthAsking(after: 10, at: 4)
        #expect(next)
    }

    @Test func aLostAnswerHoldsNothingUpForEver() {
        var window = answering
        _ = window.isWorthAsking(after: 5_000, at: 1)
        _ = window.isWorthAsking(after: 5_000, at: 2)
        #expect(!window.isOpen(at: 20))
        #expect(window.isOpen(at: 32))
        let anew = window.isWorthAsking(after: 10, at: 32)
        #expect(anew)
    }

    @Test func whatIsGivenBackIsNotWaitedForAfterwards() {
        var window = answering
        _ = window.isWorthAsking(after: 5_000, at: 1)
        _ = window.isWorthAsking(after: 5_000, at: 2)
        window.forget()
        #expect(window.isOpen(at: 3) && window.expects(at: 3) == 0)
    }

    @Test func theAnswerIsNoKey() {
        var decoder = KeyDecoder()
        #expect(decoder.feed(Array("a\u{1b}[0nb".utf8)) == [.key(.character("a")), .ready, .key(.character("b"))])
    }
}
