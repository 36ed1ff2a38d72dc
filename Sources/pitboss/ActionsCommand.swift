import ArgumentParser
import Control
import Estate
import Journal
import Plans
import Report
import Watch

/// `pitboss actions`.
struct ActionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "actions", abstract: "Actions that were begun here and are not settled, with the way on and back.",
        subcommands: [ActionsList.self, ActionsResume.self, ActionsUndo.self], defaultSubcommand: ActionsList.self)

    /// Concludes what can be told by now; what is still settling is waited for.
    static let settleMax = Span.seconds(60)

    static func open(_ executor: Executor, _ clock: any Timekeeper) async throws -> [OpenAction] {
        let end = clock.now() + settleMax
        while true {
            let list = try await executor.open()
            let isSettling = list.contains { if case .settling = $0.state { true } else { false } }
            if !isSettling || clock.now() >= end { return list }
            try await clock.sleep(for: .seconds(1))
        }
    }

    /// The action whose id begins so.
    static func find(_ id: String, _ list: [OpenAction]) throws -> OpenAction {
        let found = list.filter { $0.id.hasPrefix(id) && !$0.state.isSettled }
        guard let first = found.first, found.count == 1 else {
            throw ValidationError(
                found.isEmpty
                    ? "no open action begins with \(SafeText.line(id)); `pitboss actions` lists them"
                    : "\(found.count) open actions begin with \(SafeText.line(id)); give more of the id")
        }
        return first
    }

    static func follow(
        _ kind: Followed.Kind, _ id: String, _ options: SettingsOptions, _ action: ActionOptions
    ) async throws {
        let code = try await Session.with(options) { session in
            let executor = session.executor(try Session.journal(), session.courier())
            let open = try find(id, try await ActionsCommand.open(executor, session.clock))
            let verb = kind == .resumes ? "resume" : "undo"
            switch await executor.plan(kind, open) {
            case .failure(let refusal): return action.refuse(verb, open.plan.target.description, refusal.description)
            case .success(let plan):
                if action.dryRun {
                    PlanReport(plan, after: Prospect.of(plan, in: session.state.snapshot, now: session.clock.now()))
                        .lines.forEach { print($0) }
                    return 0
                }
                return try await action.carryOut(plan, session, following: Followed(kind, open.id))
            }
        }
        if code != 0 { throw ExitCode(code) }
    }
}

struct ActionsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "What is not settled; exit 1 where there is something.")
    @OptionGroup var options: SettingsOptions
    @Flag(help: "One JSON object a line.") var json = false

    func run() async throws {
        let isOpen = try await Interrupt.guarded {
            try await Session.with(options) { session in
                let executor = session.executor(try Session.journal(), session.courier())
                let list = try await ActionsCommand.open(executor, session.clock)
                for open in list {
                    let report = OpenActionReport(open)
                    if json { print(JSONText.of(report, isOneLine: true)) } else { report.lines.forEach { print($0) } }
                }
                return list.contains { !$0.state.isSettled }
            }
        }
        if isOpen { throw ExitCode(1) }
    }
}

struct ActionsResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Carry an open action on from what is observed now.")
    @OptionGroup var options: SettingsOptions
    @OptionGroup var action: ActionOptions
    @Argument(help: "The id, or its beginning.") var id: String

    func run() async throws { try await ActionsCommand.follow(.resumes, id, options, action) }
}

struct ActionsUndo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Take back what is in effect of an open action.")
    @OptionGroup var options: SettingsOptions
    @OptionGroup var action: ActionOptions
    @Argument(help: "The id, or its beginning.") var id: String

    func run() async throws { try await ActionsCommand.follow(.undoes, id, options, action) }
}
