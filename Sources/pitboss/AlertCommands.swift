import ArgumentParser
import Estate
import Plans
import Report

struct SilenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "silence", abstract: "Keep a group's alerts quiet for a time.")
    @OptionGroup var options: SettingsOptions
    @OptionGroup var action: ActionOptions
    @Argument(help: "The group.") var group: String
    @Option(help: "One alert's name; without it all that fire for the group.") var alert: String?
    @Option(help: "Matchers of your own instead, e.g. 'service=\"odds\",severity!=\"page\"'.") var match: String?
    @Option(name: .customLong("for"), help: "How long, e.g. 2h.") var span: String?
    @Option(help: "Why, as Alertmanager shows it.") var comment: String?

    func run() async throws {
        try await action.perform("silence", named: group, options) { finder in
            let given = ["alert": alert, "match": match, "for": span, "comment": comment]
            return PlanCall("silence", .group(try finder.group(group)), arguments: given.compactMapValues { $0 })
        }
    }
}

struct AcknowledgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acknowledge", abstract: "Say that somebody looks after a group's alerts.")
    @OptionGroup var options: SettingsOptions
    @OptionGroup var action: ActionOptions
    @Argument(help: "The group.") var group: String
    @Option(help: "One alert's name; without it all that fire for the group.") var alert: String?
    @Option(name: .customLong("for"), help: "How long, e.g. 1h.") var span: String?
    @Option(help: "What is being done.") var comment: String?

    func run() async throws {
        try await action.perform("acknowledge", named: group, options) { finder in
            let given = ["alert": alert, "for": span, "comment": comment]
            return PlanCall("acknowledge", .group(try finder.group(group)), arguments: given.compactMapValues { $0 })
        }
    }
}

struct UnsilenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unsilence", abstract: "End the silences that keep a group's alerts quiet.")
    @OptionGroup var options: SettingsOptions
    @OptionGroup var action: ActionOptions
    @Argument(help: "The group.") var group: String
    @Option(help: "One alert's name; without it all of the group.") var alert: String?

    func run() async throws {
        try await action.perform("unsilence", named: group, options) { finder in
            PlanCall(
                "unsilence", .group(try finder.group(group)), arguments: ["alert": alert].compactMapValues { $0 })
        }
    }
}

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Have a program that observes a group carry out a command that it offers.")
    @OptionGroup var options: SettingsOptions
    @OptionGroup var action: ActionOptions
    @Argument(help: "The group.") var group: String
    @Argument(help: "The command's name; may be left out where there is one only.") var command: String?

    func run() async throws {
        try await action.perform("run", named: group, options) { finder in
            PlanCall(
                "run", .group(try finder.group(group)), arguments: ["command": command].compactMapValues { $0 })
        }
    }
}
