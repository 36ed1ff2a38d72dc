import Yams

/// What the dashboard makes of other keys for its commands.
public struct KnownKeys: Sendable {
    /// What commands are called.
    public var commands: [String]
    /// The first thing that is wrong with a map of commands to keys, with the command that it is about; nil: nothing.
    public var problem: @Sendable (_ keys: [String: [String]]) -> (command: String, text: String)?

    public init(
        commands: [String],
        problem: @escaping @Sendable (_ keys: [String: [String]]) -> (command: String, text: String)?
    ) {
        self.commands = commands
        self.problem = problem
    }
}

extension SettingsParser {
    /// `keys`: commands of the dashboard, each with one key, a list of them, or an empty list for none.
    func keys(_ top: YAMLScope) -> [String: [String]] {
        guard let node = top["keys"] else { return [:] }
        let example = "commands of docs/commands.md, each with its keys: {act.promote: F5, look.open: [Enter, o]}"
        guard let map = node.mapping else {
            mistakes.add(node, "keys", "\(YAMLScope.kind(node)) stands here", expected: example)
            return [:]
        }
        var made: [String: [String]] = [:]
        var places: [String: YAMLNode] = [:]
        for (key, value) in map {
            let command = key.scalar?.string ?? ""
            if let known = known?.commands, !known.contains(command) {
                mistakes.add(
                    key, "keys", "there is no command \(Escape.visible(command))",
                    expected: "a name of docs/commands.md",
                    nearest: Nearest.word(to: command, among: known))
                continue
            }
            let subject = "keys.\(command)"
            let wanted = "a key (j, Ctrl-d, F5, Enter, Space), or a list of keys"
            made[command] =
                value.sequence.map { $0.compactMap { top.text($0, subject, expected: wanted) } }
                ?? top.text(value, subject, expected: wanted).map { [$0] }
            places[command] = value
        }
        if let problem = known?.problem(made) {
            mistakes.add(places[problem.command] ?? node, "keys.\(problem.command)", problem.text, expected: example)
        }
        return made
    }
}
