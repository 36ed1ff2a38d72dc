import ArgumentParser
import Lab
import Report

/// `pitboss lab …`: real servers on loopback.
struct LabCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab",
        abstract: "Boot real PostgreSQL, Patroni, etcd and HAProxy on loopback, and break them.",
        subcommands: [
            LabUp.self, LabDown.self, LabStatusCommand.self, LabKill.self, LabPause.self, LabResume.self, LabLag.self,
            LabPartition.self, LabHeal.self, LabLoadCommand.self,
        ])
}

/// Which lab.
struct LabOptions: ParsableArguments {
    @Option(name: .customLong("dir"), help: "The folder that holds the lab. (default: the standard place)")
    var directory: String?

    @Flag(help: "Answer in JSON.")
    var json = false

    var lab: Lab { Lab(directory: directory) }

    /// Says that it is done.
    func done(_ verb: String, _ member: String, _ text: String) {
        print(json ? JSONText.of(LabDone(command: verb, member: member)) : text)
    }
}

struct LabDone: Encodable {
    let schema = "pitboss.lab.done/1"
    let command: String
    let member: String
}

struct LabUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Boot the lab and wait until all of it is well.")

    @OptionGroup var options: LabOptions
    @OptionGroup var place: LabPlaceOptions

    func run() async throws {
        let quiet = options.json
        let report = try await Interrupt.guarded {
            try await options.lab.up(place.plan()) { step in
                if !quiet { Output.note("\(RoundedSeconds.text(step.seconds))  \(step.text)") }
            }
        }
        if options.json {
            print(JSONText.of(LabStatusReport(report.status)))
            return
        }
        let over = report.status.plan.isSecured ? ", over TLS," : ""
        print(
            report.wasRunning
                ? "The lab in \(report.status.directory)\(over) runs already."
                : "The lab is up\(over) after \(RoundedSeconds.text(report.seconds)).")
        print("  pitboss --config \(report.status.configuration)")
        print("  patronictl -c \(report.status.patronictl) list")
    }
}

/// Where a lab's servers stand.
struct LabPlaceOptions: ParsableArguments {
    @Option(help: "Second octet of every address: labs side by side need different ones.")
    var block = 0

    @Option(help: "Added to every port.")
    var portOffset = 0

    @Option(help: "A virtual environment with bin/patroni to use instead of Debian's package.")
    var patroniVenv: String?

    @Flag(help: "Boot every server there is beside the core.")
    var all = false

    @Option(
        name: .customLong("with"),
        help: ArgumentHelp(
            "Boot this one beside the core; can be given again.",
            discussion: "There are: \(LabPlan.allExtras.joined(separator: ", "))."))
    var extras: [String] = []

    @Flag(
        name: .customLong("tls"),
        help: ArgumentHelp(
            "etcd, Patroni and PostgreSQL over TLS, with certificates of the lab's own authority.",
            discussion: "pitboss shows a certificate to etcd, and to Patroni when it commands."))
    var isSecured = false

    func plan() throws -> LabPlan {
        try LabPlan(
            block: block, portOffset: portOffset, patroni: patroniVenv.map { .venv($0) } ?? .debian,
            extras: all ? LabPlan.allExtras : extras, isSecured: isSecured)
    }
}

struct LabDown: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "End every process of the lab and remove every file.")

    @OptionGroup var options: LabOptions

    private struct Answer: Encodable {
        let schema = "pitboss.lab.down/1"
        let wasThere: Bool
        let processesEnded: Int
    }

    func run() async throws {
        let lab = options.lab
        let report = try await lab.down()
        if options.json {
            print(JSONText.of(Answer(wasThere: report.wasThere, processesEnded: report.processesEnded)))
        } else if report.wasThere {
            print("The lab in \(lab.directory) is gone: \(report.processesEnded) processes ended, no file left.")
        } else {
            print("There was no lab in \(lab.directory).")
        }
    }
}

struct LabStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Ask every member of the lab how it is; exit 1 if not all is well.")

    @OptionGroup var options: LabOptions

    func run() async throws {
        let status = try await options.lab.status()
        let report = LabStatusReport(status)
        if options.json { print(JSONText.of(report)) } else { report.lines.forEach { print($0) } }
        if !status.isHealthy { throw ExitCode(1) }
    }
}
