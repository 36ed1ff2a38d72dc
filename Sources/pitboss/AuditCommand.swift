import ArgumentParser
import Control
import Estate
import Feeds
import Foundation
import Journal
import Report
import Settings
import Wire

/// `pitboss audit`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Who did what, why, and what came of it.",
        subcommands: [AuditList.self, AuditShow.self, AuditVerify.self, AuditExport.self],
        defaultSubcommand: AuditList.self)
}

/// Which entries.
struct AuditRange: ParsableArguments {
    @Option(help: "Only this group.") var group: String?
    @Option(help: "Only this action, by its id or the beginning of it.") var action: String?
    @Option(help: "From then on: 2026-11-21T08:00:00Z, or so long ago: 2h, 7d.") var since: String?
    @Option(help: "Until then, in the same form.") var until: String?

    func filter(limit: Int) throws -> JournalFilter {
        var filter = JournalFilter(group: group.map { GroupID($0) }, limit: limit)
        filter.actionPrefix = action
        let now = SystemTimekeeper().now()
        filter.since = try since.map { try Self.moment($0, "--since", now) }
        filter.until = try until.map { try Self.moment($0, "--until", now) }
        return filter
    }

    private static func moment(_ text: String, _ name: String, _ now: Timestamp) throws -> Timestamp {
        if let at = ISOTime.parse(text) { return at }
        if let ago = Quantity.duration(text) { return now - ago }
        throw ValidationError("\(name) takes a moment such as 2026-11-21T08:00:00Z, or a length of time such as 2h.")
    }
}

struct AuditList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The entries, oldest first.")
    @OptionGroup var range: AuditRange
    @Flag(help: "One JSON object a line.") var json = false
    @Option(help: "So many of the newest entries.") var last = JournalFilter.limitStandard

    func run() async throws {
        for entry in try await Session.journal().audit(range.filter(limit: last)) {
            let report = AuditReport(entry)
            if json { print(JSONText.of(report, isOneLine: true)) } else { report.lines.forEach { print($0) } }
        }
    }
}

struct AuditShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "All that is kept of one action, with its particulars.")
    @Argument(help: "The action's id, or the beginning of it.") var action: String
    @Flag(help: "One JSON object a line.") var json = false

    func run() async throws {
        var filter = JournalFilter(limit: JournalFilter.limitMax)
        filter.actionPrefix = action
        let entries = try await Session.journal().audit(filter)
        let actions = Set(entries.map(\.record.action))
        guard actions.count == 1 else {
            throw ValidationError(
                actions.isEmpty
                    ? "No action begins with \(action); `pitboss audit list` has those there are."
                    : "\(actions.count) actions begin with \(action); give more of the id.")
        }
        for entry in entries {
            let report = AuditReport(entry)
            if json { print(JSONText.of(report, isOneLine: true)) } else { report.lines.forEach { print($0) } }
        }
    }
}

struct AuditExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Every entry as JSON Lines, oldest first, with its hash and the one before.")
    @OptionGroup var range: AuditRange

    func run() async throws {
        let journal = try Session.journal()
        var filter = try range.filter(limit: JournalFilter.limitMax)
        filter.after = 0
        while true {
            let entries = try await journal.audit(filter)
            for entry in entries { print(JSONText.of(AuditReport(entry), isOneLine: true)) }
            guard let last = entries.last, entries.count == JournalFilter.limitMax else { return }
            filter.after = last.sequence
        }
    }
}

struct AuditVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Go over the whole chain, and hold it against its anchor in etcd; exit 2 where it is broken.",
        discussion: """
            A record that was changed, taken out or moved shows in the chain itself. Records cut off at its end show \
            against the newest hash that was left in etcd; where that cannot be asked, it is said.
            """)
    @OptionGroup var options: SettingsOptions
    @Option(help: "A copy of a journal's file, instead of one's own; it is not held against an anchor.")
    var file: String?
    @Flag(help: "Answer in JSON.") var json = false

    func run() async throws {
        if let file {
            try tell(AuditVerdictReport(try JournalVerifier.verify(fileAt: file), anchor: .none), file)
            return
        }
        let journal = try Session.journal()
        let verdict = try await journal.verify()
        try tell(AuditVerdictReport(verdict, anchor: await anchor(journal)), journal.path)
    }

    private func tell(_ report: AuditVerdictReport, _ path: String) throws {
        print(json ? JSONText.of(report) : "\(path): \(report.text)")
        if !report.isWhole { throw ExitCode(2) }
    }

    private func anchor(_ journal: Journal) async -> AuditVerdictReport.Anchor {
        let clock = SystemTimekeeper()
        do {
            guard let register = EtcdRegister(try await options.load(clock: clock), clock: clock) else {
                return .notChecked("the configuration names no etcd")
            }
            let me = Session.me
            let owner = AnchorOwner(host: me.host, user: me.user, journal: journal.anchorName)
            let anchors = try await register.anchors(of: owner)
            await register.close()
            guard let newest = anchors.max(by: { $0.sequence < $1.sequence }) else {
                return try await journal.head() == nil ? .agrees(0) : .notChecked("etcd has no anchor of it yet")
            }
            for known in anchors {
                if let problem = try await journal.contradicts(sequence: known.sequence, hash: known.hash) {
                    return .contradicts(problem)
                }
            }
            return .agrees(newest.sequence)
        } catch {
            let text = "\(error)".split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            return .notChecked(text)
        }
    }
}
