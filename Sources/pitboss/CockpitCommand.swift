import ArgumentParser
import Cockpit
import Control
import Estate
import Feeds
import Foundation
import Grid
import Settings
import Terminal

/// The cockpit: what `pitboss` alone opens.
struct CockpitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cockpit", abstract: "Open the dashboard. (the default)")

    @OptionGroup var options: SettingsOptions
    @OptionGroup var look: GlassOptions

    func run() async throws {
        let clock = SystemTimekeeper()
        let settings = try await options.load(clock: clock)
        let theme = try look.chosen(settings)
        let glass = try await Glass(
            .real(settings, clock: clock), theme: theme, options: look.terminal,
            keys: KeyMap(changing: settings.keys))
        let ending = await glass.run()
        await glass.farewell()
        if let code = ending.exitCode { throw ExitCode(code) }
    }
}

extension GlassOptions {
    /// The theme asked for here, else in the configuration, else the standard one.
    func chosen(_ settings: PitbossSettings?) throws -> Theme {
        try Theme.named(theme ?? settings?.theme ?? Theme.defaultName, directories: Self.themeFolders)
    }

    /// Where a user's, then the machine's own themes are.
    static var themeFolders: [String] {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["XDG_CONFIG_HOME"] ?? environment["HOME"].map { $0 + "/.config" }
        return [home.map { $0 + "/pitboss/themes" }, "/etc/pitboss/themes"].compactMap { $0 }
    }

    var terminal: TerminalOptions {
        TerminalOptions(
            color: noColor ? .none : .auto, ascii: ascii ? .on : .auto, mouse: mouse,
            environment: ProcessInfo.processInfo.environment
        )
    }
}
