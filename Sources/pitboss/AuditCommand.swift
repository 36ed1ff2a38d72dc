import ArgumentParser
import Estate
import Journal
import Report

/// `pitboss audit`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Who did what, why, and what came of it.",
        subcommands: [AuditList.self, AuditVerify.self], defaultSubcommand: AuditList.self)
}

struct AuditList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The entries, oldest first.")
    @Flag(help: "One JSON object a line.") var json = false
    @Option(help: "Only this group.") var group: String?
    @Option(help: "Only this action, by its id as the list shows it.") var action: String?
    @Option(help: "So many of the newest entries.") var last = JournalFilter.limitStandard

    func run() async throws {
        var filter = JournalFilter(group: group.map { GroupID($0) }, limit: last)
        // The list shows the beginning of the id only.
        if let action, action.count == 36 { filter.action = action }
        for entry in try await Session.journal().audit(filter) {
            if let action, !entry.record.action.hasPrefix(action) { continue }
            let report = AuditReport(entry)
            if json { print(JSONText.of(report, isOneLine: true)) } else { report.lines.forEach { print($0) } }
        }
    }
}

struct AuditVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Go over the whole chain; exit 2 where it is broken.")
    @Flag(help: "Answer in JSON.") var json = false

    func run() async throws {
        let journal = try Session.journal()
        let report = AuditVerdictReport(try await journal.verify())
        print(json ? JSONText.of(report) : "\(journal.path): \(report.text)")
        if !report.isWhole { throw ExitCode(2) }
    }
}
