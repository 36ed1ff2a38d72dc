import ArgumentParser
import Drills
import Estate
import Feeds
import Foundation
import Insight
import Journal
import Lab
import Report
import Settings
import Simulator

/// `pitboss drill`.
struct DrillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill", abstract: "Break something on purpose, measure what comes of it, put it back.",
        subcommands: [DrillRun.self, DrillList.self], defaultSubcommand: DrillList.self)

    /// How a drill is named in the audit.
    static let verb = "drill"
    /// Begins the outcome of one that passed.
    static let passed = "passed: "
}

enum DrillGround: String, ExpressibleByArgument, CaseIterable { case simulator, lab, platform }

struct DrillRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Hold a drill: on the simulated platform, on the lab's real servers, or on your own.",
        discussion: """
            On your own platform there is one drill, handover: the leader hands over to its best standby and takes the \
            lead back. Only in groups that platform_drills names in the configuration, and only after a second operator \
            has approved it. Exits 0 where all objectives were kept, nothing was lost and all is as it was, 1 otherwise.
            """)
    @Argument(help: "As `pitboss drill list` names them.") var scenario: String
    @Option(help: "simulator, lab or platform.") var on: DrillGround = .simulator
    @Option(help: "On the platform: which group.") var group: String?
    @Option(help: "On the platform: why; kept in the audit, and shown to the second operator.") var reason: String?
    @OptionGroup var options: SettingsOptions
    @Option(name: .customLong("dir"), help: "The lab's folder. (default: the standard place)") var directory: String?
    @Flag(help: "Answer in JSON.") var json = false

    func run() async throws {
        let clock = SystemTimekeeper()
        let began = clock.now()
        let result: DrillResult
        switch on {
        case .simulator:
            guard let played = SimulatedDrill.run(try Scenario.named(scenario)) else {
                throw ValidationError("Nothing happens in the scenario \(scenario): there is nothing to measure.")
            }
            result = played
        case .lab:
            guard let drill = LabDrill.all.first(where: { $0.name == scenario }) else {
                let names = LabDrill.all.map(\.name).joined(separator: ", ")
                throw ValidationError("The lab has no drill \(scenario); it has \(names).")
            }
            let lab = Lab(directory: directory)
            result = try await Interrupt.guarded { try await DrillOnLab(lab: lab, drill: drill, clock: clock).run() }
        case .platform:
            guard scenario == DrillOnPlatform.name else {
                throw ValidationError("On the platform there is one drill: \(DrillOnPlatform.name).")
            }
            guard let group, let reason, !reason.isEmpty else {
                throw ValidationError("--group and --reason are needed for a drill on the platform.")
            }
            let drill = DrillOnPlatform(group: GroupID(group), reason: reason, clock: clock)
            let settings = try await options.load(clock: clock)
            result = try await drill.run(settings)
        }
        let path = try await file(result, began)
        if json {
            print(JSONText.of(result))
        } else {
            print(DrillDocument.markdown(result, at: RFC3339.text(began)))
            Output.note("filed: \(path).md, .json")
        }
        if !result.isPassed { throw ExitCode(1) }
    }

    /// Two files in the state folder, and a record.
    private func file(_ result: DrillResult, _ began: Timestamp) async throws -> String {
        let folder = JournalFile.folder(environment: ProcessInfo.processInfo.environment) + "/drills"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let stamp = RFC3339.text(began).replacing(":", with: "")
        let path = "\(folder)/\(stamp)-\(result.ground)-\(result.scenario)"
        try Data(DrillDocument.markdown(result, at: RFC3339.text(began)).utf8).write(
            to: URL(fileURLWithPath: path + ".md"))
        try Data(JSONText.of(result).utf8).write(to: URL(fileURLWithPath: path + ".json"))
        let word = result.isPassed ? DrillCommand.passed : "not passed: "
        try await Session.journal().append(
            AuditRecord(
                action: UUID().uuidString.lowercased(), .note, at: SystemTimekeeper().now(), who: Session.who,
                target: result.scenario, verb: DrillCommand.verb, text: word + result.headline,
                details: [.init("ground", result.ground), .init("fault", result.fault), .init("report", path + ".md")]))
        return path
    }
}

struct DrillList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Which drills there are, when each was last held, which are overdue.",
        discussion: "Exits 1 where one is overdue.")
    @OptionGroup var options: SettingsOptions
    @Flag(help: "Answer in JSON.") var json = false

    private struct Answer: Encodable {
        let schema = "pitboss.drills/1"
        let drills: [DrillCalendar.Line]
        let simulator: [String]
        let lab: [String]
    }

    func run() async throws {
        let clock = SystemTimekeeper()
        let asked: [DrillSettings]
        do {
            asked = try await options.load(clock: clock).guards.drills
        } catch SettingsError.notFound {
            // Without a configuration nothing is asked for; what was held is still told.
            asked = []
        }
        let filter = JournalFilter(limit: JournalFilter.limitMax)
        let runs = try await Session.journal().audit(filter).filter { $0.record.verb == DrillCommand.verb }.map {
            entry in
            DrillCalendar.Run(
                scenario: entry.record.target ?? "", at: entry.record.at,
                isPassed: entry.record.text.hasPrefix(DrillCommand.passed))
        }
        let lines = DrillCalendar.lines(asked, runs, now: clock.now())
        let simulated = Scenario.all.filter { !$0.steps.isEmpty }
        if json {
            print(
                JSONText.of(
                    Answer(drills: lines, simulator: simulated.map(\.name), lab: LabDrill.all.map(\.name))))
        } else {
            lines.forEach { print(SafeText.line($0.text)) }
            print("\non the simulator")
            for scenario in simulated { print("  \(scenario.name): \(scenario.summary)") }
            print("\non the lab")
            for drill in LabDrill.all { print("  \(drill.name): \(drill.summary)") }
            print("\non the platform, where platform_drills names the group")
            print("  \(DrillOnPlatform.name): \(DrillOnPlatform.summary)")
        }
        if lines.contains(where: \.isOverdue) { throw ExitCode(1) }
    }
}
