import ArgumentParser
import Estate
import Foundation
import Journal
import Report
import Watch

/// `pitboss events`.
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "What happened: role changes, outages, drains; --follow for what happens.")

    @OptionGroup var options: SettingsOptions
    @Flag(help: "Go on with what happens from now on, until interrupted.") var follow = false
    @Flag(help: "With --follow: keep what happens in the journal too.") var record = false
    @Flag(help: "One JSON object a line.") var json = false
    @Flag(help: "Once, without following. (the default)") var once = false
    @Option(help: "Only this group.") var group: String?
    @Option(help: "So many of the newest kept events.") var last = 100

    func validate() throws {
        if !(0...JournalFilter.limitMax).contains(last) {
            throw ValidationError("--last takes 0 to \(JournalFilter.limitMax).")
        }
        if follow && once { throw ValidationError("--follow and --once contradict each other.") }
    }

    func run() async throws {
        let journal = try Session.journal()
        let filter = JournalFilter(group: group.map { GroupID($0) }, limit: last)
        for entry in try await journal.events(filter) { show(entry.event) }
        guard follow else { return }
        let (events, arrival) = AsyncStream<[Event]>.makeStream(bufferingPolicy: .bufferingOldest(Self.unreadMax))
        let isKept = record
        try await Interrupt.guarded {
            try await Session.with(
                options, settle: false,
                record: { list in
                    arrival.yield(list)
                    if isKept {
                        do { try await journal.record(list) } catch { Output.note("\(error)") }
                    }
                }
            ) { _ in
                for await list in events { list.forEach(show) }
            }
        }
    }

    /// Batches that may wait for a slow reader of our output.
    private static let unreadMax = 10_000

    private func show(_ event: Event) {
        if let group, event.group?.name != group { return }
        let report = EventReport(event)
        print(json ? JSONText.of(report, isOneLine: true) : report.line)
        fflush(nil)
    }
}
