import CNcurses
import Glibc
import Synchronization

/// A thread that waits for descriptors and runs the actor's jobs. Descriptors have precedence: they are looked at
/// after every `jobsPerTurnMax` jobs.
final class ScreenLoop: SerialExecutor, @unchecked Sendable {
    private struct Watch {
        let fd: Int32
        let events: Int16
        /// Told whether there is something to read; if not, the other side is gone or the descriptor broke.
        let handler: @ScreenActor (_ isReadable: Bool) -> Void
    }

    /// What one waits for; of each kind there is one alarm.
    enum AlarmKind: Hashable {
        /// The rest of a sequence of bytes that is typed.
        case keys
    }

    private struct Inbox {
        var jobs: [UnownedJob] = []
        var started = false
    }

    private static let jobsPerTurnMax = 64

    private let inbox = Mutex(Inbox())
    private let wakeFd = glass_wake_open()
    private let thread = Mutex<pthread_t?>(nil)

    // Only the loop's own thread touches these; the actor's isolation sees to it.
    private var watches: [Watch] = []
    private var alarms: [AlarmKind: (at: ContinuousClock.Instant, handler: @ScreenActor () -> Void)] = [:]
    private var pending: [UnownedJob] = []
    /// The inbox has called, and has not been looked into since.
    private var isCalled = false

    // MARK: Executor

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let (wake, start) = inbox.withLock { inbox in
            defer { inbox.started = true }
            inbox.jobs.append(job)
            return (inbox.jobs.count == 1, !inbox.started)
        }
        if start { startThread() }
        if wake { glass_wake_post(wakeFd) }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    func checkIsolated() {
        precondition(isOnThread, "this runs on the screen's thread only")
    }

    func isIsolatingCurrentContext() -> Bool? { isOnThread }

    private var isOnThread: Bool {
        thread.withLock { known in known.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
    }

    // MARK: Descriptors, from the actor only

    /// Calls `handler` whenever `fd` can be read (or written) or is gone, until `unwatch`.
    @ScreenActor
    func watch(_ fd: Int32, writing: Bool = false, _ handler: @escaping @ScreenActor (_ isReadable: Bool) -> Void) {
        unwatch(fd)
        watches.append(Watch(fd: fd, events: Int16(writing ? POLLOUT : POLLIN), handler: handler))
    }

    @ScreenActor
    func unwatch(_ fd: Int32) {
        watches.removeAll { $0.fd == fd }
    }

    /// Calls `handler` once after `delay`; a new alarm takes the place of the old one of its kind.
    @ScreenActor
    func setAlarm(_ kind: AlarmKind, after delay: Duration, _ handler: @escaping @ScreenActor () -> Void) {
        alarms[kind] = (ContinuousClock.now + delay, handler)
    }

    @ScreenActor
    func clearAlarm(_ kind: AlarmKind) { alarms[kind] = nil }

    // MARK: The thread

    private func startThread() {
        var created = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let status = pthread_create(
            &created, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<ScreenLoop>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context)
        precondition(status == 0, "the system grants no thread for the screen")
    }

    private func run() {
        thread.withLock { $0 = pthread_self() }
        glass_name_thread("screen")
        while true {
            runJobs()
            wait()
        }
    }

    private func runJobs() {
        if pending.isEmpty {
            // The call is answered only now: with jobs still in hand it has to stand, or those it is for wait for ever.
            if isCalled { glass_wake_take(wakeFd) }
            isCalled = false
            inbox.withLock { swap(&$0.jobs, &pending) }
            pending.reverse()
        }
        var left = ScreenLoop.jobsPerTurnMax
        while left > 0, let job = pending.popLast() {
            job.runSynchronously(on: asUnownedSerialExecutor())
            left -= 1
        }
    }

    private func wait() {
        var polls = [pollfd(fd: wakeFd, events: Int16(POLLIN), revents: 0)]
        polls += watches.map { pollfd(fd: $0.fd, events: $0.events, revents: 0) }
        guard poll(&polls, nfds_t(polls.count), pollMilliseconds) >= 0 else { return }
        if polls[0].revents != 0 { isCalled = true }
        for ready in polls.dropFirst() where ready.revents != 0 {
            // A handler before this one may have ended the watch.
            guard let watch = watches.first(where: { $0.fd == ready.fd }) else { continue }
            let isReadable = ready.revents & watch.events != 0
            ScreenActor.assumeIsolated { watch.handler(isReadable) }
        }
        guard !alarms.isEmpty else { return }
        let now = ContinuousClock.now
        for (kind, alarm) in alarms where now >= alarm.at {
            // A handler before this one may have cleared or set it anew.
            guard let due = alarms[kind], now >= due.at else { continue }
            alarms[kind] = nil
            ScreenActor.assumeIsolated { due.handler() }
        }
    }

    /// How long to wait: not at all with jobs in hand, until the alarm, or for ever (-1).
    private var pollMilliseconds: Int32 {
        if !pending.isEmpty { return 0 }
        guard let first = alarms.values.map(\.at).min() else { return -1 }
        let left = first - ContinuousClock.now
        guard left > .zero else { return 0 }
        let parts = left.components
        return Int32(clamping: parts.seconds * 1_000 + parts.attoseconds / 1_000_000_000_000_000 + 1)
    }
}
