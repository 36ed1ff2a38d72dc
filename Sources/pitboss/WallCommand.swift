import ArgumentParser
import Cockpit
import Feeds
import Settings

/// `pitboss wall`.
struct WallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wall", abstract: "A screen for the wall: large words, pages that turn, no commands.",
        discussion: "Turns to what is news, takes the whole screen for an alarm, and ends when its terminal does.")

    @OptionGroup var options: SettingsOptions
    @OptionGroup var look: GlassOptions
    @Flag(help: "Ring the terminal's bell for an alarm.") var bell = false

    func validate() throws {
        if options.operate { throw ValidationError("A wall has no commands: --operate means nothing to it.") }
    }

    func run() async throws {
        let clock = SystemTimekeeper()
        let settings = try await options.load(clock: clock)
        try await Self.show(.real(settings, clock: clock).readOnly, look: look, settings: settings, bell: bell)
    }

    static func show(_ stage: Stage, look: GlassOptions, settings: PitbossSettings?, bell: Bool) async throws {
        let glass = try await Glass(stage, theme: try look.chosen(settings), options: look.terminal) {
            WallModel(platform: $0, width: $1, height: $2, glyphs: $3, bell: bell, now: $4)
        }
        if let code = await glass.run().exitCode { throw ExitCode(code) }
    }
}
