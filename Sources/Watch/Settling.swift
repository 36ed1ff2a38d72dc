public import Estate
import Synchronization

extension Watcher {
    /// Waits until every source has said something, or said why it cannot, and every member that a register names is
    /// subscribed to; for a while at most. Returns whether it came to that. `run` has to be running.
    public func settle(within limit: Span) async -> Bool {
        let (changes, change) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let subscription = subscribe { _ in change.yield() }
        defer { subscription.cancel() }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask { [clock] in
                try? await clock.sleep(for: limit)
                return false
            }
            group.addTask {
                if self.isSettled { return true }
                for await _ in changes {
                    _ = subscription.take()
                    if self.isSettled { return true }
                }
                return false
            }
            let settled = await group.next() ?? false
            group.cancelAll()
            return settled
        }
    }

    /// Nobody is still expected to say something for the first time.
    public var isSettled: Bool {
        core.withLock { core in
            guard !core.expected.isEmpty else { return false }
            for id in core.expected {
                guard let source = core.snapshot.source(id), source.status.state != .connecting else { return false }
                if source.status.state == .live, source.heardAt == nil { return false }
            }
            return core.snapshot.groups.allSatisfy { group in
                guard core.discovery.groups.contains(group.id) else { return true }
                return group.sightings.allSatisfy { sighting in
                    (sighting.facts.roster ?? []).allSatisfy { core.subscribed.contains(MemberID(group.id, $0)) }
                }
            }
        }
    }
}
