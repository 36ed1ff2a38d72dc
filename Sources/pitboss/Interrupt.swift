import ArgumentParser
import Dispatch
import Foundation
import Report
import Synchronization

/// Turns SIGINT and SIGTERM into the cancelling of a task, so that a command ends in order.
enum Interrupt {
    static func guarded<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let task = Task { try await work() }
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { task.cancel() }
            source.resume()
            return source
        }
        defer {
            for source in sources { source.cancel() }
            signal(SIGINT, SIG_DFL)
            signal(SIGTERM, SIG_DFL)
        }
        do {
            return try await task.value
        } catch is CancellationError {
            // What a shell expects of a command that SIGINT ended.
            throw ExitCode(128 + SIGINT)
        }
    }

    /// Does work that must not be cut off by chance: the first SIGINT only warns, the second ends the process with
    /// the exit code for what is in doubt.
    static func warned<Value: Sendable>(
        _ warning: String, andThen: @escaping @Sendable () -> Void = {}, _ work: @Sendable () async -> Value
    ) async -> Value {
        signal(SIGINT, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        let wasWarned = Mutex(false)
        source.setEventHandler {
            let isSecond = wasWarned.withLock { was in
                defer { was = true }
                return was
            }
            if isSecond { exit(ActionReport.inDoubtExitCode) }
            Output.note(warning)
            andThen()
        }
        source.resume()
        defer {
            source.cancel()
            signal(SIGINT, SIG_DFL)
        }
        return await work()
    }
}
