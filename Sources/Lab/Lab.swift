import Foundation

/// Real servers on loopback, and what breaks them.
///
/// All state lies in one folder. Every method may be called by another process than the one that called `up`: what
/// runs is found by the folder alone. Nothing is ever touched that the lab did not start.
public struct Lab: Sendable {
    /// The folder that holds the lab: an absolute path.
    public let directory: String
    private let paths: LabPaths

    /// - Parameter directory: nil for the standard place, /tmp/pitboss-lab for root and otherwise
    ///   `pitboss/lab` under XDG_STATE_HOME.
    public init(directory: String? = nil) {
        var folder = directory ?? LabPaths.standard()
        if !folder.hasPrefix("/") { folder = FileManager.default.currentDirectoryPath + "/" + folder }
        let clean = folder.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
        self.directory = "/" + clean
        paths = LabPaths(folder: self.directory)
    }

    /// How this very executable is called to be one of the lab's HTTP servers, if it passes what follows
    /// `lab-serve` to `LabHTTPServer.main`.
    public static var serveCommand: [String] {
        [Files.link("/proc/self/exe") ?? CommandLine.arguments[0], "lab-serve"]
    }

    /// The configuration with which pitboss watches this lab.
    public var configuration: String { paths.configuration }

    /// Boots the lab: returns when all of it is well. If it runs already, says so and starts nothing.
    /// - Throws: `LabError`; what had been started is ended again.
    public func up(
        _ plan: LabPlan, serve: [String] = Lab.serveCommand,
        progress: @escaping @Sendable (LabProgress) -> Void = { _ in }
    ) async throws(LabError) -> LabUpReport {
        try await work { engine throws(LabError) in try engine.up(plan: plan, serve: serve, progress: progress) }
    }

    /// Ends every process and removes every file, also of an `up` that broke off. Without a lab it does nothing.
    public func down() async throws(LabError) -> LabDownReport {
        try await work { engine throws(LabError) in try engine.down() }
    }

    /// Asks every member how it is.
    public func status() async throws(LabError) -> LabStatus {
        try await work { engine throws(LabError) in try engine.status() }
    }

    /// SIGKILL: the member and all it started are gone at once.
    public func kill(_ member: String) async throws(LabError) {
        try await work { engine throws(LabError) in try engine.kill(member) }
    }

    /// SIGSTOP: the member hangs, its connections stay open.
    public func pause(_ member: String) async throws(LabError) {
        try await work { engine throws(LabError) in try engine.pause(member) }
    }

    /// Lets a frozen member go on, or starts a dead one again.
    public func resume(_ member: String) async throws(LabError) {
        try await work { engine throws(LabError) in try engine.resume(member) }
    }

    /// Holds a standby's replay back by so many seconds; 0 puts it right again. Needs writes to be seen.
    public func lag(_ member: String, seconds: Double) async throws(LabError) {
        try await work { engine throws(LabError) in try engine.lag(member, seconds: seconds) }
    }

    /// Kills a PostgreSQL member; if it led, its lock is taken away too, and a new leader stands in under a second.
    public func failFast(_ member: String) async throws(LabError) {
        try await work { engine throws(LabError) in try engine.failFast(member) }
    }

    /// Waits until the lab is in a certain state, asking again and again.
    /// - Throws: `LabError.notReady` after `seconds`.
    public func wait(
        seconds: Int, for what: String, until isDone: @escaping @Sendable (LabStatus) -> Bool
    ) async throws(LabError) -> LabStatus {
        try await work { (engine: Engine) throws(LabError) -> LabStatus in
            let state = try engine.running()
            var last: LabStatus?
            try engine.wait(seconds: seconds, everyMilliseconds: 100, what: what, members: [], state) {
                last = try? engine.status()
                return last.map(isDone) ?? false
            }
            if let last { return last }
            return try engine.status()
        }
    }

    /// Does blocking work on a thread of its own; cancelling the task asks it to stop.
    func work<Value: Sendable>(
        _ body: @escaping @Sendable (Engine) throws(LabError) -> Value
    ) async throws(LabError) -> Value {
        let engine = Engine(paths: paths, stop: StopFlag())
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<Value, LabError>, Never>) in
                Thread.detachNewThread {
                    do throws(LabError) {
                        continuation.resume(returning: .success(try body(engine)))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
            }
        } onCancel: {
            engine.stop.raise()
        }
        return try outcome.get()
    }
}
