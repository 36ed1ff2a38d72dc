import ArgumentParser
import Estate
import Plans
import Report

struct PromoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Make a replica the leader: a switchover, nothing is lost.")
    @OptionGroup var options: SettingsOptions
    @OptionGroup var action: ActionOptions
    @Argument(help: "The group.") var group: String
    @Option(help: "The member; without it the best eligible one.") var candidate: String?

    func run() async throws {
        try await action.perform("promote", named: group, options) { finder in
            let id = try finder.group(group)
            let member = try candidate.map { try finder.member($0, in: id) } ?? finder.candidate(of: id)
            return PlanCall("promote", .member(member))
        }
    }
}

struct FailoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failover", abstract: "Force a member to be leader: may lose data.")
    @OptionGroup var options: SettingsOptions
    @OptionGroup var action: ActionOptions
    @Argument(help: "The group.") var group: String
    @Option(help: "The member that is to lead; it has to be named.") var candidate: String

    func run() async throws {
        try await action.perform("failover", named: group, options) { finder in
            PlanCall("failover", .member(try finder.member(candidate, in: try finder.group(group))))
        }
    }
}

struct DrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Take a server, a replica or all of a node out of service, and wait until sessions have ended.")
    @OptionGroup var options: SettingsOptions
    @OptionGroup var action: ActionOptions
    @Argument(help: "The member, group/member, or node:NODE.") var target: String
    @Option(help: "How long sessions may take to end, e.g. 2m.") var wait: String?
    @Flag(help: "Cut the sessions that have not ended by then.") var shutSessions = false

    func run() async throws {
        try await action.perform("drain", named: target, options) { finder in
            PlanCall(
                "drain", try finder.memberOrNode(target),
                arguments: given(["wait": wait, "sessions": shutSessions ? "shut" : nil]))
        }
    }
}

struct MaintenanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "maintenance",
        abstract: "Drain a server or a node for a time, then keep traffic and checks away from it.")
    @OptionGroup var options: SettingsOptions
    @OptionGroup var action: ActionOptions
    @Argument(help: "The member, group/member, or node:NODE.") var target: String
    @Option(name: .customLong("for"), help: "How long, e.g. 2h.") var span: String?
    @Option(help: "How long sessions may take to end, e.g. 2m.") var wait: String?
    @Flag(help: "Cut the sessions that have not ended by then.") var shutSessions = false

    func run() async throws {
        try await action.perform("maintenance", named: target, options) { finder in
            PlanCall(
                "maintenance", try finder.memberOrNode(target),
                arguments: given(["for": span, "wait": wait, "sessions": shutSessions ? "shut" : nil]))
        }
    }
}

struct MoveLeaderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move-leader", abstract: "Move the lead of a consensus group to another voter.")
    @OptionGroup var options: SettingsOptions
    @OptionGroup var action: ActionOptions
    @Argument(help: "The voter that is to lead, or group/voter.") var target: String

    func run() async throws {
        try await action.perform("move-leader", named: target, options) { finder in
            PlanCall("move-leader", .member(try finder.member(target)))
        }
    }
}

struct UndrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undrain", abstract: "Give back what was taken from a server or a node, and wait until it serves.")
    @OptionGroup var options: SettingsOptions
    @OptionGroup var action: ActionOptions
    @Argument(help: "The member, group/member, or node:NODE.") var target: String
    @Option(help: "How long its checks may take to come up, e.g. 1m.") var wait: String?
    @Flag(help: "Give leads back, too: costs a switchover.") var leadBack = false

    func run() async throws {
        try await action.perform("undrain", named: target, options) { finder in
            PlanCall(
                "undrain", try finder.memberOrNode(target),
                arguments: given(["wait": wait, "lead": leadBack ? "back" : nil]))
        }
    }
}

struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Switch a group's automation off for a time: nothing fails over by itself.")
    @OptionGroup var options: SettingsOptions
    @OptionGroup var action: ActionOptions
    @Argument(help: "The group.") var group: String
    @Option(name: .customLong("for"), help: "How long, e.g. 30m.") var span: String?

    func run() async throws {
        try await action.perform("pause", named: group, options) { finder in
            PlanCall("pause", .group(try finder.group(group)), arguments: given(["for": span]))
        }
    }
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Switch a group's automation on again.")
    @OptionGroup var options: SettingsOptions
    @OptionGroup var action: ActionOptions
    @Argument(help: "The group.") var group: String

    func run() async throws {
        try await action.perform("resume", named: group, options) { finder in
            PlanCall("resume", .group(try finder.group(group)))
        }
    }
}

private func given(_ arguments: [String: String?]) -> [String: String] { arguments.compactMapValues { $0 } }
