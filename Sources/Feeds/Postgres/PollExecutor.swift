#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif
import Synchronization

/// One thread that runs actors' jobs and waits for descriptors in `poll`. Everything that touches libpq runs here and
/// never blocks, so one hung server delays no other.
///
/// The thread starts with the first job and lives as long as the process, like the network library's event loops.
final class PollExecutor: SerialExecutor {
    /// The one that all database connections share.
    static let shared = PollExecutor()

    /// What a wait is for.
    enum Direction: Sendable {
        case readable
        case writable

        fileprivate var events: Int16 {
            switch self {
            case .readable: return Int16(POLLIN)
            case .writable: return Int16(POLLOUT)
            }
        }
    }

    private struct Wait {
        let id: UInt64
        let descriptor: CInt
        let events: Int16
        /// Resumed with false when the wait was given up.
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var jobs: [UnownedJob] = []
        var waits: [Wait] = []
        var lastID: UInt64 = 0
        /// Given up before they began.
        var abandoned: Set<UInt64> = []
        var isStarted = false
        /// The thread is in `poll`, or about to be: a byte in the pipe wakes it.
        var isAsleep = false
    }

    private let state = Mutex(State())
    private let wakeRead: CInt
    private let wakeWrite: CInt

    private init() {
        var ends: [CInt] = [-1, -1]
        // Without a pipe the thread looks for work every 50 ms instead: slower, never wrong.
        if pipe(&ends) == 0 {
            for end in ends {
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            }
        }
        (wakeRead, wakeWrite) = (ends[0], ends[1])
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let (wakes, starts) = state.withLock { state in
            state.jobs.append(job)
            defer {
                state.isAsleep = false
                state.isStarted = true
            }
            return (state.isAsleep, !state.isStarted)
        }
        if starts { start() }
        if wakes { wake() }
    }

    /// Waits until the descriptor is ready. False when the task was cancelled first.
    func wait(for direction: Direction, of descriptor: CInt) async -> Bool {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let isReady = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isAbandoned = state.withLock { state in
                    if state.abandoned.contains(id) { return true }
                    state.waits.append(
                        Wait(
                            id: id, descriptor: descriptor, events: direction.events, continuation: continuation))
                    return false
                }
                if isAbandoned { continuation.resume(returning: false) } else { wakeIfAsleep() }
            }
        } onCancel: {
            let given: Wait? = state.withLock { state in
                guard let index = state.waits.firstIndex(where: { $0.id == id }) else {
                    state.abandoned.insert(id)
                    return nil
                }
                return state.waits.remove(at: index)
            }
            given?.continuation.resume(returning: false)
            // The thread must not go on waiting for a descriptor that its owner is about to close.
            wakeIfAsleep()
        }
        state.withLock { _ = $0.abandoned.remove(id) }
        return isReady
    }

    private func wakeIfAsleep() {
        let wakes = state.withLock { state in
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        if wakes { wake() }
    }

    private func wake() {
        var byte: UInt8 = 1
        // A full pipe wakes as well.
        _ = write(wakeWrite, &byte, 1)
    }

    private func start() {
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let unmanaged = Unmanaged.passRetained(self)
        let made = pthread_create(&thread, nil, { PollExecutor.threadMain($0) }, unmanaged.toOpaque())
        if made != 0 {
            unmanaged.release()
            // No thread to be had now: the next job tries again.
            state.withLock { $0.isStarted = false }
        }
    }

    #if canImport(Darwin)
        private static func threadMain(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
            Unmanaged<PollExecutor>.fromOpaque(argument).takeRetainedValue().loop()
        }
    #else
        private static func threadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
            guard let argument else { return nil }
            Unmanaged<PollExecutor>.fromOpaque(argument).takeRetainedValue().loop()
        }
    #endif

    private func loop() -> Never {
        let executor = asUnownedSerialExecutor()
        while true {
            let (jobs, descriptors) = turn()
            for job in jobs { job.runSynchronously(on: executor) }
            wait(descriptors, hurried: !jobs.isEmpty)
        }
    }

    private func turn() -> (jobs: [UnownedJob], descriptors: [pollfd]) {
        state.withLock { state in
            let jobs = state.jobs
            state.jobs.removeAll(keepingCapacity: true)
            state.isAsleep = jobs.isEmpty
            let descriptors =
                [pollfd(fd: wakeRead, events: Int16(POLLIN), revents: 0)]
                + state.waits.map { pollfd(fd: $0.descriptor, events: $0.events, revents: 0) }
            return (jobs, descriptors)
        }
    }

    private func wait(_ descriptors: [pollfd], hurried: Bool) {
        var descriptors = descriptors
        let timeoutMilliseconds: CInt = hurried ? 0 : (wakeRead < 0 ? 50 : -1)
        let count = poll(&descriptors, nfds_t(descriptors.count), timeoutMilliseconds)
        guard count > 0 else { return }
        if descriptors[0].revents != 0 {
            var bytes = [UInt8](repeating: 0, count: 64)
            while read(wakeRead, &bytes, bytes.count) == bytes.count {}
        }
        let ready = Set(descriptors.dropFirst().filter { $0.revents != 0 }.map(\.fd))
        guard !ready.isEmpty else { return }
        let woken: [Wait] = state.withLock { state in
            state.isAsleep = false
            let woken = state.waits.filter { ready.contains($0.descriptor) }
            state.waits.removeAll { ready.contains($0.descriptor) }
            return woken
        }
        for wait in woken { wait.continuation.resume(returning: true) }
    }
}
