import ArgumentParser
import Lab

/// `pitboss demo`: the lab, booted where it is not up, and the cockpit on it.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Boot the lab if it is not up, and open the cockpit on it.")

    @OptionGroup var options: LabOptions
    @OptionGroup var place: LabPlaceOptions

    func run() async throws {
        let report = try await Interrupt.guarded {
            try await options.lab.up(place.plan()) { step in
                Output.note("\(RoundedSeconds.text(step.seconds))  \(step.text)")
            }
        }
        var cockpit = try Pitboss.parseAsRoot(["--config", report.status.configuration, "--operate"])
        if var command = cockpit as? any AsyncParsableCommand {
            try await command.run()
        } else {
            try cockpit.run()
        }
        Output.note("The lab still runs; `pitboss lab down` ends it.")
    }
}
