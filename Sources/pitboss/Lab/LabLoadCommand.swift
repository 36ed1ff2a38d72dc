import ArgumentParser
import Foundation
import Lab
import Report

struct LabLoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Write to the database and call bet_api, and count what fails.",
        discussion: "Exit 1 where an acknowledged write is gone or a call failed. Interrupt to end it early.")

    @OptionGroup var options: LabOptions
    @Option(help: "How long.") var seconds: Double = 60
    @Option(help: "Connections that insert through pg_write.") var writers = 2
    @Option(help: "Inserts a second of each writer.") var writesPerSecond: Double = 20
    @Option(help: "Clients of bet_api on each balancer.") var callers = 2
    @Option(help: "Requests a second of each.") var callsPerSecond: Double = 20

    func run() async throws {
        let load = LabLoad(
            seconds: seconds, writers: writers, writesPerSecond: writesPerSecond, callersPerBalancer: callers,
            callsPerSecond: callsPerSecond)
        let isQuiet = options.json
        let report = try await Interrupt.guarded {
            try await options.lab.load(load) { so in
                if !isQuiet { Output.note(LabLoadLines(so).progress) }
            }
        }
        let lines = LabLoadLines(report)
        if options.json { print(JSONText.of(lines)) } else { lines.text.forEach { print($0) } }
        if (report.lost ?? 0) > 0 || report.calls.values.contains(where: { $0.failed > 0 }) { throw ExitCode(1) }
    }
}

/// A load's report as JSON and for people.
struct LabLoadLines: Encodable {
    struct Calls: Encodable {
        let balancer: String
        let answered: Int
        let failed: Int
        let repeated: Int
        let slowestSeconds: Double
        let lastFailure: String?
    }
    let schema = "pitboss.lab.load/1"
    let seconds: Double
    let writesAcknowledged: Int
    let writesRefused: Int
    let writesInDoubt: Int
    /// Acknowledged, and not there afterwards; absent where it could not be counted.
    let writesLost: Int?
    let longestGapSeconds: Double
    let lastRefusal: String?
    let calls: [Calls]

    init(_ report: LabLoadReport) {
        seconds = report.seconds
        writesAcknowledged = report.acknowledged
        writesRefused = report.refused
        writesInDoubt = report.inDoubt
        writesLost = report.lost
        longestGapSeconds = report.longestGapSeconds
        lastRefusal = report.lastRefusal
        calls = report.calls.sorted { $0.key < $1.key }.map { name, calls in
            Calls(
                balancer: name, answered: calls.answered, failed: calls.failed, repeated: calls.repeated,
                slowestSeconds: calls.slowestSeconds, lastFailure: calls.lastFailure)
        }
    }

    var progress: String {
        let answered = calls.map(\.answered).reduce(0, +)
        let failed = calls.map(\.failed).reduce(0, +)
        return "\(RoundedSeconds.text(seconds))  writes \(writesAcknowledged), refused \(writesRefused), "
            + "in doubt \(writesInDoubt); calls \(answered), failed \(failed)"
    }

    var text: [String] {
        var out = [
            "writes: \(writesAcknowledged) acknowledged, \(writesRefused) refused, \(writesInDoubt) in doubt, "
                + "lost \(writesLost.map(String.init) ?? "unknown"); longest gap "
                + RoundedSeconds.text(longestGapSeconds).trimmingCharacters(in: .whitespaces)
        ]
        if let lastRefusal { out.append("  last refusal: \(lastRefusal)") }
        for call in calls {
            out.append(
                "calls through \(call.balancer): \(call.answered) answered, \(call.failed) failed, "
                    + "\(call.repeated) repeated")
            if let failure = call.lastFailure { out.append("  last failure: \(failure)") }
        }
        return out
    }
}
