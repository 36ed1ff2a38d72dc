import ArgumentParser
import Foundation
import Grid
import Settings

/// `pitboss themes`.
struct ThemesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "themes", abstract: "List the themes, or show what one looks like.")

    @Argument(help: "A theme by name, or a theme file.") var name: String?
    @Flag(help: "Show every theme.") var all = false
    @Flag(help: "No colours; $NO_COLOR does the same.") var noColor = false
    @Flag(help: "ASCII alone.") var ascii = false

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let folders = GlassOptions.themeFolders
        let isColored = !noColor && isatty(1) == 1 && environment["NO_COLOR"].map(\.isEmpty) ?? true
        let depth: ColorDepth =
            !isColored ? .none : ["truecolor", "24bit"].contains(environment["COLORTERM"]) ? .direct : .indexed256
        let glyphs: Glyphs = ascii ? .ascii : .utf8
        let names = name.map { [$0] } ?? Theme.known(in: folders)
        let themes = try names.map { try Theme.named($0, directories: folders) }
        if name == nil, !all {
            print(ThemePreview.list(themes, depth: depth, glyphs: glyphs), terminator: "")
        } else {
            for theme in themes { print(ThemePreview.text(theme, depth: depth, glyphs: glyphs)) }
        }
    }
}
