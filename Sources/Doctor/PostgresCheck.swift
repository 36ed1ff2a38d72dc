import Estate
import Feeds
import Settings
import Synchronization
import Wire

/// A PostgreSQL server, asked by the very feed that will watch it.
extension Doctor {
    func sql(_ member: MemberID, _ endpoint: Endpoint) async -> Finding {
        let subject = "PostgreSQL \(member) \(endpoint.url.prefix { $0 != "?" })"
        if let fault = PostgresLibrary.fault {
            return .fault(
                subject, "libpq cannot be loaded: \(fault)", remedy: "On this machine: \(PostgresLibrary.remedy).")
        }
        let first = FirstStatus()
        let feed = PostgresFeed(member, at: endpoint)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [clock] in await feed.run(into: first, clock: clock) }
            group.addTask { [clock] in await first.wait(clock: clock, within: Self.replyDeadline) }
            await group.next()
            group.cancelAll()
        }
        guard let status = first.status else {
            return .fault(
                subject, "no answer within \(Self.replyDeadline.seconds) s",
                remedy: "It hangs, or packets are dropped on the way: look there first.")
        }
        guard status.state == .live else {
            let problem = status.problem ?? status.state.rawValue
            return .fault(subject, problem, remedy: remedy(status.state))
        }
        guard let problem = status.problem else {
            return .ok(
                subject, "reads all statistics, \(milliseconds(.seconds(status.latencySeconds ?? 0)))")
        }
        return .warning(subject, problem, remedy: "`GRANT pg_monitor TO \(endpoint.username ?? "ROLE");`")
    }
}

extension Doctor {
    private func remedy(_ state: SourceStatus.State) -> String {
        switch state {
        case .untrusted:
            "`sslmode: verify-full` lets nobody else listen in or answer: mend the files rather than the mode."
        case .refused:
            "Let the role in: pg_hba.conf for this address, `CREATE ROLE NAME LOGIN PASSWORD '…' IN ROLE pg_monitor;`, "
                + "and the secret that `postgres:` names."
        case .silent: "It hangs, or packets are dropped on the way: look there first."
        default: "Is it running, is the address right, does a firewall let us through?"
        }
    }
}

/// Keeps the first status that says more than that it is connecting.
private final class FirstStatus: UpdateSink {
    private struct State {
        var status: SourceStatus?
        var waiter: CheckedContinuation<Void, Never>?
        var isOver = false
    }
    private let state = Mutex(State())

    var status: SourceStatus? { state.withLock { $0.status } }

    func send(_ update: Update) {
        guard case .source(let status) = update.body, status.state != .connecting else { return }
        finish(status)
    }

    private func finish(_ status: SourceStatus?) {
        let waiter = state.withLock { state in
            if state.status == nil { state.status = status }
            state.isOver = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns when there is a status, or after the deadline.
    func wait(clock: any Timekeeper, within deadline: Span) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await withTaskCancellationHandler {
                    await withCheckedContinuation { continuation in
                        let isOver = self.state.withLock { state in
                            if !state.isOver { state.waiter = continuation }
                            return state.isOver
                        }
                        if isOver { continuation.resume() }
                    }
                } onCancel: {
                    self.finish(nil)
                }
            }
            group.addTask { try? await clock.sleep(for: deadline) }
            await group.next()
            group.cancelAll()
        }
    }
}
