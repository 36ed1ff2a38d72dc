public import Estate
import NIOCore
import NIOPosix
import Synchronization

/// The one thread on which everything that comes from the network is read, decoded and reduced. Answers are small and
/// many: handing each from an event loop to a pool of threads and back costs more than all the work on it.
public enum NetworkThread {
    /// Lives as long as the process.
    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    static let loop = group.next()

    /// Runs tasks on that thread: what they await from the network resumes without a change of threads. Work that
    /// blocks, or computes for longer than a frame, does not belong here.
    public static let executor: any TaskExecutor = LoopExecutor(loop)

    /// Waits until `deadline` of a clock that says `now`, on the thread's own timers. Throws `CancellationError`.
    public static func sleep(for span: Span) async throws {
        guard span > .zero else { return try Task.checkCancellation() }
        let alarm = Alarm(loop)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { alarm.set($0, after: .nanoseconds(span.nanoseconds)) }
        } onCancel: {
            alarm.cancel()
        }
    }
}

/// An event loop as the executor of tasks.
private final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop
    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// A timer that may be cancelled from any thread, before it is set too.
private final class Alarm: Sendable {
    private enum State {
        case idle
        case set(CheckedContinuation<Void, any Error>, Scheduled<Void>)
        case over
    }

    private let loop: any EventLoop
    private let state = Mutex(State.idle)

    init(_ loop: any EventLoop) { self.loop = loop }

    func set(_ continuation: CheckedContinuation<Void, any Error>, after amount: TimeAmount) {
        let isOver = state.withLock { state in
            if case .over = state { return true }
            // The lock is held while the timer is made: one that rings at once waits for it.
            state = .set(continuation, loop.scheduleTask(in: amount) { self.end(nil) })
            return false
        }
        if isOver { continuation.resume(throwing: CancellationError()) }
    }

    func cancel() { end(CancellationError()) }

    private func end(_ error: CancellationError?) {
        let waiting: (CheckedContinuation<Void, any Error>, Scheduled<Void>)? = state.withLock { state in
            defer { state = .over }
            if case .set(let continuation, let timer) = state { return (continuation, timer) }
            return nil
        }
        guard let (continuation, timer) = waiting else { return }
        if let error {
            timer.cancel()
            continuation.resume(throwing: error)
        } else {
            continuation.resume()
        }
    }
}
