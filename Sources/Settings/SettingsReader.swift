import FoundationEssentials
import Yams

/// Reads `pitboss.yaml`. Everything that is wrong is reported at once, each mistake with its place.
public enum SettingsReader {
    /// Largest file that is read, bytes.
    public static let fileBytesMax = 1 << 20

    /// Reads the file at `path`; relative paths in it are relative to its folder.
    /// Names of commands in it are checked against `commands`, those of time zones against `zones`, keys by `keys`.
    public static func read(
        path: String, commands: [String]? = nil, zones: KnownZones? = nil, keys: KnownKeys? = nil
    ) throws(SettingsError) -> PitbossSettings {
        let text = try text(of: path)
        return try read(text, file: path, folder: folder(of: path), commands: commands, zones: zones, keys: keys)
    }

    /// Reads the text of a file. `file` names it in mistakes; relative paths in it start from `folder`.
    public static func read(
        _ yaml: String, file: String, folder: String, commands: [String]? = nil, zones: KnownZones? = nil,
        keys: KnownKeys? = nil
    ) throws(SettingsError) -> PitbossSettings {
        let mistakes = MistakeList(file: file)
        guard let root = compose(yaml, mistakes) else { throw .mistakes(mistakes.sorted()) }
        var parser = SettingsParser(mistakes: mistakes, folder: folder)
        parser.commands = commands
        parser.zones = zones
        parser.known = keys
        let settings = parser.parse(root)
        guard let settings, mistakes.isEmpty else { throw .mistakes(mistakes.sorted()) }
        return settings
    }

    static func text(of path: String) throws(SettingsError) -> String {
        guard FileManager.default.fileExists(atPath: path) else {
            throw .unreadable(file: path, reason: "there is no such file")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .unreadable(file: path, reason: "not readable for this user; check its owner and mode")
        }
        guard data.count <= fileBytesMax else { throw .tooLarge(file: path, bytesMax: fileBytesMax) }
        guard let text = String(data: data, encoding: .utf8) else {
            throw .unreadable(file: path, reason: "it is not text in UTF-8")
        }
        return text
    }

    /// The absolute folder of a file.
    static func folder(of path: String) -> String {
        let absolute = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        let parts = absolute.split(separator: "/").dropLast()
        return "/" + parts.joined(separator: "/")
    }

    static func compose(_ yaml: String, _ mistakes: MistakeList) -> YAMLNode? {
        do {
            if let node = try Yams.compose(yaml: yaml, .basic), node.null == nil { return node }
            mistakes.add(line: 1, column: 1, "", "the file is empty", expected: "platform, groups and the rest")
        } catch let error as YamlError {
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                mistakes.add(
                    line: mark.line, column: mark.column, "", "not YAML: \(problem)",
                    expected: "YAML; look at indentation, quotes and brackets above this place")
            case .duplicatedKeysInMapping(let keys, let context):
                mistakes.add(
                    line: context.mark.line, column: context.mark.column, "",
                    "\(keys.map(Escape.visible).joined(separator: ", ")) appears more than once",
                    expected: "each key once")
            default:
                let problem = "not YAML: \(Escape.visible("\(error)"))"
                mistakes.add(line: 1, column: 1, "", problem, expected: "YAML in UTF-8")
            }
        } catch {
            mistakes.add(line: 1, column: 1, "", "not YAML: \(Escape.visible("\(error)"))", expected: "YAML in UTF-8")
        }
        return nil
    }
}

/// The time zones that this machine knows.
public struct KnownZones: Sendable {
    /// For the nearest name to a mistyped one.
    public var names: @Sendable () -> [String]
    public var isKnown: @Sendable (String) -> Bool
    public init(names: @escaping @Sendable () -> [String], isKnown: @escaping @Sendable (String) -> Bool) {
        self.names = names
        self.isKnown = isKnown
    }
}
