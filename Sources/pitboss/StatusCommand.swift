import ArgumentParser
import Estate
import Foundation
import Report
import Watch

/// `pitboss status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "How the platform stands: verdicts, reasons, members.")

    @OptionGroup var options: SettingsOptions
    @Flag(help: "Answer in JSON.") var json = false
    @Flag(help: "Once. (the default without --every)") var once = false
    @Option(help: "Again and again, each so many seconds; with --json one object a line.") var every: Double?

    func validate() throws {
        if let every, !(every >= 0.1 && every <= 86_400) { throw ValidationError("--every takes 0.1 to 86400.") }
    }

    func run() async throws {
        try await Interrupt.guarded {
            try await Session.with(options) { session in
                try show(session)
                guard let every, !once else { return }
                var due = session.clock.now()
                while true {
                    due = due + .seconds(every)
                    try await session.clock.sleep(until: due)
                    try show(session)
                }
            }
        }
    }

    private func show(_ session: Session) throws {
        let (snapshot, assessment) = (session.state.snapshot, session.assessment())
        if json {
            print(JSONText.of(StatusReport(snapshot, assessment), isOneLine: every != nil))
        } else {
            StatusText.lines(snapshot, assessment).forEach { print($0) }
            if every != nil { print() }
        }
        fflush(nil)
    }
}

/// `pitboss check`.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "One line and an exit code after the conventions of Nagios plugins.",
        discussion: "0 OK, 1 WARNING (at risk), 2 CRITICAL (degraded or down), 3 UNKNOWN.")

    @OptionGroup var options: SettingsOptions
    @Option(help: "Only this group.") var group: String?

    func run() async throws {
        let report: CheckReport
        do {
            report = try await Session.with(options) { CheckReport($0.assessment(), group: group) }
        } catch {
            report = CheckReport(unknown: "\(error)")
        }
        print(report.line)
        throw ExitCode(report.level.rawValue)
    }
}
