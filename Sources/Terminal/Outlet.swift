import CNcurses
import Glibc

/// Where bytes leave for the terminal, without ever waiting for it: what it does not take now is sent when it does.
@ScreenActor
final class Outlet {
    private let fd: Int32
    /// The descriptor waits: it is given only little at a time, and only when it says that it has room.
    private let isPatient: Bool
    private var pending: [UInt8] = []
    private var sent = 0
    private var isWatching = false
    private var isGone = false
    private var window = SendWindow()
    private let paces: Bool
    /// Called when all was sent, or when the terminal has caught up.
    var onReady: @ScreenActor () -> Void = {}

    /// The most bytes given at once to a descriptor that waits.
    static let patientBytesMax = 128
    /// How long the last bytes of a screen that is given back may take.
    static let lastMilliseconds: Int32 = 500
    /// How long to wait for an answer of the terminal that would else be typed into the shell.
    static let answerMilliseconds: Int32 = 300

    init(output: Int32, paces: Bool) {
        self.paces = paces
        fd = glass_outlet_open(output)
        isPatient = fd >= 0 && glass_is_patient(fd)
    }

    private var now: Double {
        let parts = ContinuousClock.now.duration(to: Self.start).components
        return -(Double(parts.seconds) + Double(parts.attoseconds) * 1e-18)
    }
    private static let start = ContinuousClock.now

    /// Nothing is left over from before, and the terminal keeps up.
    var isReady: Bool { sent == pending.count && window.isOpen(at: now) }

    /// Everything was handed over to the system, however slow what lies behind it.
    var isDrained: Bool { sent == pending.count }

    var hasAnswered: Bool { window.isAnswering }

    /// Asks the first question, before the first picture: where nothing lies in front of it the answer comes soon.
    func open() {
        guard paces else { return }
        window.begin(at: now)
        send(SendWindow.question)
    }

    /// Sends a picture; part of it may have to wait. Asks the terminal to answer where that is worth it.
    func send(_ bytes: UnsafeBufferPointer<UInt8>, asking: Bool = true) {
        guard fd >= 0, !isGone, !bytes.isEmpty else { return }
        if sent == pending.count {
            pending.removeAll(keepingCapacity: true)
            sent = 0
        }
        pending.append(contentsOf: bytes)
        if asking, paces, window.isWorthAsking(after: bytes.count, at: now) { pending += SendWindow.question }
        push()
    }

    func send(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { send($0, asking: false) } }

    /// The terminal has answered: it has drawn all that was sent before the question.
    func answered() {
        let wasOpen = isReady
        window.answered()
        if !wasOpen, isReady { onReady() }
    }

    /// Drops what waits: something else takes its place.
    func drop() {
        pending.removeAll(keepingCapacity: true)
        sent = 0
        unwatch()
    }

    /// Sends all that waits, for as long as that may take at the end.
    func finish() {
        var left = Self.lastMilliseconds
        while !isGone, sent < pending.count, left > 0 {
            writeSome()
            guard sent < pending.count else { break }
            var poll = pollfd(fd: fd, events: Int16(POLLOUT), revents: 0)
            guard Glibc.poll(&poll, 1, 20) >= 0 else { break }
            left -= 20
        }
        drop()
    }

    /// Waits a little for an answer that is on its way, and forgets it: it would else be taken for typing.
    func awaitAnswer(on input: Int32) {
        defer { window.forget() }
        let left = min(Self.answerMilliseconds, Int32(window.expects(at: now) * 1_000))
        guard left > 0 else { return }
        var poll = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
        if Glibc.poll(&poll, 1, left) > 0 { glass_input_drop(input) }
    }

    func close() {
        unwatch()
        if fd >= 0 { Glibc.close(fd) }
        isGone = true
    }

    private func push() {
        writeSome()
        guard !isGone, sent < pending.count else { return unwatch() }
        guard !isWatching else { return }
        isWatching = true
        ScreenActor.shared.loop.watch(fd, writing: true) { [weak self] _ in self?.resume() }
    }

    private func resume() {
        writeSome()
        guard sent == pending.count || isGone else { return }
        unwatch()
        if isReady { onReady() }
    }

    private func unwatch() {
        guard isWatching else { return }
        isWatching = false
        ScreenActor.shared.loop.unwatch(fd)
    }

    /// Hands over what the system takes without waiting.
    private func writeSome() {
        while sent < pending.count, !isGone {
            var most = pending.count - sent
            if isPatient {
                var poll = pollfd(fd: fd, events: Int16(POLLOUT), revents: 0)
                guard Glibc.poll(&poll, 1, 0) > 0, Int32(poll.revents) & POLLOUT != 0 else { return }
                most = min(most, Self.patientBytesMax)
            }
            let count = pending.withUnsafeBytes { Glibc.write(fd, $0.baseAddress?.advanced(by: sent), most) }
            if count > 0 {
                sent += count
            } else if count < 0, errno == EAGAIN {
                return
            } else if count == 0 || errno != EINTR {
                isGone = true
                return
            }
        }
    }
}
