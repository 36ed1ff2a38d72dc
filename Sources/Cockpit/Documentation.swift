import Panels
import Plans

/// Documentation that comes out of the tables.
public enum Documentation {
    /// The text of `docs/commands.md`.
    public static var commands: String {
        var text = """
            # Commands

            Every key, page and command of the dashboard. This file is made from the tables in the program; a test
            compares them. Keys can be changed under `keys:` in the configuration, by the names in the last column.


            """
        for section in Command.Section.allCases {
            text += "## \(section.rawValue)\n\n| keys | what | name |\n| --- | --- | --- |\n"
            for command in CommandCatalogue.all where command.section == section {
                let keys = command.standardKeys.map { "`\($0)`" }.joined(separator: " ")
                text += "| \(keys) | \(command.summary) | `\(command.id)` |\n"
            }
            text += "\n"
        }
        text += "## In a plan\n\nThese are the same whatever the configuration says.\n\n"
        text += "| keys | what |\n| --- | --- |\n"
        for entry in DialogKeys.entries {
            text += "| \(entry.keys.map { "`\($0)`" }.joined(separator: " ")) | \(entry.summary) |\n"
        }
        text += """

            `Ctrl-c` leaves, `Ctrl-z` suspends and `Ctrl-l` paints the screen anew, wherever one stands.

            ## With a mouse

            Where it is switched on, a press selects a row, a second one opens it, the wheel moves, and pages at the top
            and commands at the bottom can be pressed. It confirms nothing: a plan is carried out by keys alone.

            ## What if, and the past

            While something is taken away in thought, or a moment of the past is shown, the screen says so in a line of
            its own colour. In the past nothing can be commanded; what comes in meanwhile is not lost.

            ## On the wall

            `pitboss wall` has no commands; `q` or `Ctrl-c` ends it.

            ## Actions

            The same actions on the command line: `pitboss NAME GROUP[/MEMBER]`.

            | name | on | arguments | what |
            | --- | --- | --- | --- |

            """
        for recipe in PlanCatalogue.all {
            let arguments = recipe.arguments.map { "`--\($0.name) \($0.standard)`: \($0.summary)" }
                .joined(separator: "; ")
            text += "| `\(recipe.id)` | \(recipe.targetWords) | \(arguments) | \(recipe.summary) |\n"
        }
        return text
    }
}
