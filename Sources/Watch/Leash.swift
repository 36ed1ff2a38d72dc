/// Holds one running feed: stops it, and tells when it has ended.
final class Leash: Sendable {
    private let stopped: AsyncStream<Void>
    private let stopper: AsyncStream<Void>.Continuation
    private let ended: AsyncStream<Void>
    private let ender: AsyncStream<Void>.Continuation

    init() {
        (stopped, stopper) = AsyncStream.makeStream()
        (ended, ender) = AsyncStream.makeStream()
    }

    func stop() { stopper.finish() }
    func end() { ender.finish() }
    /// Returns when stopped or cancelled.
    func untilStopped() async { for await _ in stopped {} }
    func untilEnded() async { for await _ in ended {} }
}
