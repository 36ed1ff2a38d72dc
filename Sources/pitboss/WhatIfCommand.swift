import ArgumentParser
import Insight
import Report
import Watch

/// `pitboss what-if`.
struct WhatIfCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "what-if", abstract: "What would become of the platform without a node, a site or a member.",
        discussion: "Exits 0 where everything would go on, 1 where something would be down.")

    @Argument(help: "node:X, site:X, group/member, or a name that means one thing.") var target: [String]
    @OptionGroup var options: SettingsOptions
    @Flag(help: "Answer in JSON.") var json = false

    func run() async throws {
        let isDown = try await Interrupt.guarded {
            try await Session.with(options) { session in
                let (snapshot, assessment) = (session.state.snapshot, session.assessment())
                let losses = try Set(target.map { try LossFinder.loss($0, snapshot, assessment) })
                let report = WhatIfReport(losses, snapshot, assessment)
                if json { print(JSONText.of(report)) } else { report.lines.forEach { print($0) } }
                return assessment.without(losses).contains { $0.after == .down }
            }
        }
        if isDown { throw ExitCode(1) }
    }
}
