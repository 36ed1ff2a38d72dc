public import Estate

/// Runs `operation` and throws `error` when `span` has passed on `clock` first. The operation is then cancelled and
/// awaited, so nothing of it lives on: it has to heed cancellation. Cancelling the caller cancels it too.
public func withDeadline<Value: Sendable>(
    _ span: Span, clock: any Timekeeper, orThrow error: TransportError,
    _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await operation() }
        group.addTask {
            try await clock.sleep(for: span)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else {
            try Task.checkCancellation()
            throw error
        }
        return value
    }
}
