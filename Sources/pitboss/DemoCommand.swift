import ArgumentParser
import Estate
import Feeds
import Foundation
import Settings
import Simulator

/// `pitboss demo`: the cockpit on a platform that is simulated in this process.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Open the cockpit on a simulated betting platform.",
        discussion: """
            Three sites, two databases, balancers, a cache, a store, lines and backups, and people who bet. It obeys \
            every command as the real thing would. Nothing real is watched or touched, and nothing is kept.
            """)

    /// Simulated seconds a second, at most.
    static let speedMax = 60.0

    @Option(help: "What happens: a scenario's name, or a file.")
    var scenario: String = Scenario.usualName

    @Option(help: "How fast the platform's time passes, 0.1 to 60.")
    var speed: Double = 1

    @Option(help: "Another course of the same events.")
    var seed: UInt64?

    @Flag(help: "List the scenarios.")
    var list = false

    @Flag(help: "Look only: no commands.")
    var readOnly = false

    @Flag(help: "Show it as `pitboss wall` does.")
    var wall = false

    @OptionGroup var look: GlassOptions

    func validate() throws {
        guard (0.1...Self.speedMax).contains(speed) else {
            throw ValidationError("--speed is 0.1 to \(Int(Self.speedMax)), and \(speed) is not.")
        }
    }

    func run() async throws {
        if list {
            for scenario in Scenario.all { print("\(scenario.name)\n    \(scenario.summary)") }
            return
        }
        let simulated = try SimulatedStage(try chosen(), seed: seed, speed: speed, pace: SystemTimekeeper())
        defer { simulated.remove() }
        let stage = readOnly ? simulated.stage.readOnly : simulated.stage
        if wall { return try await WallCommand.show(stage.readOnly, look: look, settings: nil, bell: false) }
        let glass = try await Glass(stage, theme: try look.chosen(nil), options: look.terminal)
        let ending = await glass.run()
        await glass.farewell()
        if let code = ending.exitCode { throw ExitCode(code) }
    }

    /// By name, or a file where it looks like one.
    private func chosen() throws -> Scenario {
        guard scenario.contains("/") || scenario.hasSuffix(".yaml") || scenario.hasSuffix(".yml") else {
            return try Scenario.named(scenario)
        }
        let text: String
        do {
            text = try String(contentsOfFile: scenario, encoding: .utf8)
        } catch {
            throw ValidationError("\(scenario) cannot be read: \(error.localizedDescription)")
        }
        return try Scenario(parsing: text)
    }
}
