public import Estate

/// Keeps every update, and lets a test wait for one.
public final class RecordingSink: UpdateSink {
    private let updates = Observed<[Update]>([])

    public init() {}

    public func send(_ update: Update) { updates.update { $0.append(update) } }

    public var all: [Update] { updates.value }

    /// How many came so far: a mark to wait from.
    public var mark: Int { updates.value.count }

    /// The first update from `mark` on that `test` accepts.
    @discardableResult
    public func wait(from mark: Int = 0, for test: @escaping @Sendable (Update) -> Bool) async throws -> Update {
        try await updates.wait { updates in
            mark < updates.count ? updates[mark...].first(where: test) : nil
        }
    }

    /// The first source status from `mark` on with this state.
    @discardableResult
    public func waitForStatus(_ wanted: SourceStatus.State, from mark: Int = 0) async throws -> SourceStatus {
        try await waitForStatus(from: mark) { $0.state == wanted }
    }

    /// The first source status from `mark` on that `test` accepts.
    @discardableResult
    public func waitForStatus(
        from mark: Int = 0, _ test: @escaping @Sendable (SourceStatus) -> Bool
    ) async throws -> SourceStatus {
        try await updates.wait { updates in
            guard mark < updates.count else { return nil }
            for update in updates[mark...] {
                if case .source(let status) = update.body, test(status) { return status }
            }
            return nil
        }
    }

    /// Waits for so many source statuses with this state, from `mark` on.
    public func waitForStatuses(_ wanted: SourceStatus.State, _ count: Int, from mark: Int = 0) async throws {
        _ = try await updates.wait { updates -> Bool? in
            guard mark < updates.count else { return nil }
            let found = updates[mark...].count { update in
                if case .source(let status) = update.body { return status.state == wanted }
                return false
            }
            return found >= count ? true : nil
        }
    }

    /// Source statuses so far, in order.
    public var statuses: [SourceStatus] {
        all.compactMap { update in
            if case .source(let status) = update.body { return status }
            return nil
        }
    }
}
