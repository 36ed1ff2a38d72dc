import Synchronization

/// A value that tests can wait on: no sleeping, no polling. A test that waits in vain is ended by its time limit.
public final class Observed<State: Sendable>: Sendable {
    private struct Waiter {
        let id: Int
        let isSatisfied: @Sendable (State) -> Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct Box {
        var state: State
        var waiters: [Waiter] = []
        var cancelled: Set<Int> = []
        var nextID = 0
    }

    private let box: Mutex<Box>

    public init(_ state: State) { box = Mutex(Box(state: state)) }

    public var value: State { box.withLock { $0.state } }

    /// Changes the value and wakes who waited for what it now is.
    @discardableResult
    public func update<Result: Sendable>(_ body: @Sendable (inout State) -> Result) -> Result {
        let (result, woken) = box.withLock { box in
            let result = body(&box.state)
            let state = box.state
            let woken = box.waiters.filter { $0.isSatisfied(state) }
            let ids = Set(woken.map(\.id))
            box.waiters.removeAll { ids.contains($0.id) }
            return (result, woken)
        }
        for waiter in woken { waiter.continuation.resume() }
        return result
    }

    /// The first thing `test` finds in the value, now or later. Throws `CancellationError`.
    public func wait<Found: Sendable>(_ test: @escaping @Sendable (State) -> Found?) async throws -> Found {
        while true {
            try Task.checkCancellation()
            if let found = test(value) { return found }
            let id = box.withLock { box in
                box.nextID += 1
                return box.nextID
            }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isDone = box.withLock { box in
                        if test(box.state) != nil || box.cancelled.remove(id) != nil { return true }
                        box.waiters.append(
                            Waiter(id: id, isSatisfied: { test($0) != nil }, continuation: continuation))
                        return false
                    }
                    if isDone { continuation.resume() }
                }
            } onCancel: {
                let waiter = box.withLock { box -> Waiter? in
                    if let index = box.waiters.firstIndex(where: { $0.id == id }) {
                        return box.waiters.remove(at: index)
                    }
                    box.cancelled.insert(id)
                    return nil
                }
                waiter?.continuation.resume()
            }
        }
    }
}
