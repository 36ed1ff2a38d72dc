import ArgumentParser
import Lab

struct LabKill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kill", abstract: "SIGKILL a member and all it started.")
    @OptionGroup var options: LabOptions
    @Flag(help: "Take a database leader's key out of the consensus store too: another leads within a second.")
    var fast = false
    @Argument(help: "The member's name.") var member: String

    func run() async throws {
        if fast { try await options.lab.failFast(member) } else { try await options.lab.kill(member) }
        options.done("kill", member, "\(member) is dead. `pitboss lab resume \(member)` starts it again.")
    }
}

struct LabPause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "SIGSTOP a member: it hangs, its connections stay open.")
    @OptionGroup var options: LabOptions
    @Argument(help: "The member's name.") var member: String

    func run() async throws {
        try await options.lab.pause(member)
        options.done("pause", member, "\(member) is frozen. `pitboss lab resume \(member)` lets it go on.")
    }
}

struct LabResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let a frozen member go on, or start a dead one again.")
    @OptionGroup var options: LabOptions
    @Argument(help: "The member's name.") var member: String

    func run() async throws {
        try await options.lab.resume(member)
        options.done("resume", member, "\(member) goes on.")
    }
}

struct LabLag: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lag", abstract: "Hold a standby's replay back by so many seconds; 0 puts it right.")
    @OptionGroup var options: LabOptions
    @Argument(help: "The member's name.") var member: String
    @Argument(help: "Seconds, 0 for none.") var seconds: Double

    func run() async throws {
        try await options.lab.lag(member, seconds: seconds)
        options.done(
            "lag", member, "\(member) replays \(seconds) s late; `pitboss lab load` writes, so that it shows.")
    }
}

struct LabPartition: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "partition", abstract: "Let the kernel drop all packets from and to a member (needs root).")
    @OptionGroup var options: LabOptions
    @Argument(help: "The member's name.") var member: String

    func run() async throws {
        try await options.lab.partition(member)
        options.done("partition", member, "\(member) is cut off. `pitboss lab heal \(member)` joins it again.")
    }
}

struct LabHeal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "heal", abstract: "End a member's partition.")
    @OptionGroup var options: LabOptions
    @Argument(help: "The member's name.") var member: String

    func run() async throws {
        try await options.lab.heal(member)
        options.done("heal", member, "\(member) is joined again.")
    }
}
