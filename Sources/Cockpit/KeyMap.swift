public import Grid

/// Which key calls which command.
public struct KeyMap: Sendable {
    private let commands: [Key: Command]
    private let keysByCommand: [String: [Key]]

    /// As the catalogue has it.
    public static let standard: KeyMap = {
        var table: [Key: Command] = [:]
        var keys: [String: [Key]] = [:]
        for command in CommandCatalogue.all {
            keys[command.id] = command.standardKeys.compactMap { Key(named: $0) }
            for key in keys[command.id] ?? [] { table[key] = command }
        }
        return KeyMap(commands: table, keysByCommand: keys)
    }()

    private init(commands: [Key: Command], keysByCommand: [String: [Key]]) {
        self.commands = commands
        self.keysByCommand = keysByCommand
    }

    /// The standard map with other keys for some commands: command names to the keys that call them, an empty list
    /// for none. Throws the first thing that is wrong with it.
    public init(changing changes: [String: [String]]) throws(KeyMapError) {
        var keys = Self.standard.keysByCommand
        for (id, names) in changes.sorted(by: { $0.key < $1.key }) {
            guard CommandCatalogue.command(id) != nil else {
                throw .unknownCommand(id, known: CommandCatalogue.all.map(\.id))
            }
            var parsed: [Key] = []
            for name in names {
                guard let key = Key(named: name) else { throw .unknownKey(name, command: id) }
                guard !Self.reserved.contains(key) else { throw .reserved(name, command: id) }
                parsed.append(key)
            }
            keys[id] = parsed
        }
        // A key that a change takes is taken away from the command that had it by standard.
        var taken: [Key: String] = [:]
        for id in changes.keys.sorted() {
            for key in keys[id] ?? [] {
                if let other = taken[key] { throw .takenTwice(key.name, other, id) }
                taken[key] = id
            }
        }
        var table: [Key: Command] = [:]
        for command in CommandCatalogue.all {
            let own = (keys[command.id] ?? []).filter { taken[$0] == nil || taken[$0] == command.id }
            keys[command.id] = own
            for key in own { table[key] = command }
        }
        self.init(commands: table, keysByCommand: keys)
    }

    /// Keys that work everywhere and cannot be given away.
    static let reserved: [Key] = [.ctrl("c"), .ctrl("z"), .ctrl("l"), .escape]

    public func command(for key: Key) -> Command? { commands[key] }

    /// The first key of each command that has one, by the command's name.
    public var firstNames: [String: String] { keysByCommand.compactMapValues { $0.first?.name } }

    /// The keys of a command, as they are spelled.
    public func names(of command: Command) -> [String] { (keysByCommand[command.id] ?? []).map(\.name) }
}

/// What is wrong with a key map.
public enum KeyMapError: Error, Equatable, Sendable, CustomStringConvertible {
    case unknownCommand(String, known: [String])
    case unknownKey(String, command: String)
    case reserved(String, command: String)
    case takenTwice(String, String, String)

    /// The command that it is about.
    public var command: String {
        switch self {
        case .unknownCommand(let id, _), .unknownKey(_, let id), .reserved(_, let id), .takenTwice(_, _, let id): id
        }
    }

    public var description: String {
        switch self {
        case .unknownCommand(let id, let known):
            "there is no command “\(id)”; there are \(known.joined(separator: ", "))"
        case .unknownKey(let key, let id):
            "“\(key)” for \(id) is no key; write j, Ctrl-d, F5, Enter, Space, PageDown"
        case .reserved(let key, let id): "\(key) cannot be given to \(id): it works the same everywhere"
        case .takenTwice(let key, let one, let other): "\(key) is given to both \(one) and \(other)"
        }
    }
}
