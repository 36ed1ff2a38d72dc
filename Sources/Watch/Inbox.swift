public import Estate
import Synchronization

/// Where feeds put updates and the watcher takes them. Never waits. A level that nobody has taken yet is replaced by
/// the newer one of the same source and subject, in its place in the queue; an edge is always kept, and nothing a
/// source says moves over an edge of the same source. What does not fit is counted and told as a gap.
public final class Inbox: UpdateSink {
    /// The most updates that wait; levels may take three quarters of it, so that edges find room.
    public static let inboxUpdatesMax = 65_536
    /// Who tells of gaps.
    public static let gapSource = SourceID("pitboss", "inbox")

    private enum Subject: Hashable { case member(MemberID), node(NodeID), group(GroupID), platform, status }

    private struct State {
        var queue: [Update] = []
        /// Where in the queue a level waits that may still be replaced.
        var waiting: [SourceID: [Subject: Int]] = [:]
        var dropped = 0
        var droppedAt = Timestamp.zero
        var coalesced = 0
    }

    private let state = Mutex(State())
    private let updatesMax: Int
    private let levelsMax: Int
    private let wake: @Sendable () -> Void

    /// `wake` is called, on the sender's thread, whenever something waits in what was empty.
    public init(updatesMax: Int = Inbox.inboxUpdatesMax, wake: @escaping @Sendable () -> Void) {
        self.updatesMax = max(updatesMax, 2)
        levelsMax = max(updatesMax / 4 * 3, 1)
        self.wake = wake
    }

    public func send(_ update: Update) {
        let isFirst = state.withLock { state -> Bool in
            let wasEmpty = state.queue.isEmpty && state.dropped == 0
            put(update, &state)
            return wasEmpty
        }
        if isFirst { wake() }
    }

    private func put(_ update: Update, _ state: inout State) {
        let subject = update.isEdge ? nil : Self.subject(update.body)
        guard let subject else {
            state.waiting[update.source] = nil
            append(update, to: &state, atMost: updatesMax)
            return
        }
        if let place = state.waiting[update.source]?[subject] {
            state.queue[place] = update
            state.coalesced += 1
        } else if append(update, to: &state, atMost: levelsMax) {
            state.waiting[update.source, default: [:]][subject] = state.queue.count - 1
        }
    }

    @discardableResult
    private func append(_ update: Update, to state: inout State, atMost limit: Int) -> Bool {
        guard state.queue.count < limit else {
            state.dropped += 1
            state.droppedAt = update.at
            return false
        }
        state.queue.append(update)
        return true
    }

    /// nil: never to be coalesced.
    private static func subject(_ body: Update.Body) -> Subject? {
        switch body {
        case .member(let id, _): return .member(id)
        case .node(let id, _): return .node(id)
        case .group(let id, _): return .group(id)
        case .platform: return .platform
        case .source: return .status
        case .memberGone, .sourceGone, .event, .gap: return nil
        }
    }

    /// Everything that waits, in order; last a gap where something did not fit.
    public func take() -> [Update] {
        state.withLock { state in
            var taken = state.queue
            if state.dropped > 0 {
                taken.append(
                    Update(Self.gapSource, at: state.droppedAt, isEdge: true, .gap(state.dropped)))
            }
            state.queue = []
            state.waiting.removeAll(keepingCapacity: true)
            state.dropped = 0
            return taken
        }
    }

    public var isEmpty: Bool { state.withLock { $0.queue.isEmpty && $0.dropped == 0 } }
    /// Levels that a newer one replaced before anybody took them, since the start.
    public var coalescedCount: Int { state.withLock { $0.coalesced } }
}
