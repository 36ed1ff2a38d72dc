import FoundationEssentials

extension Theme {
    /// The largest theme file read.
    public static let fileBytesMax = 64 * 1_024

    /// The theme used when none is asked for.
    public static let defaultName = "dark"

    /// The names of the themes that the program has in itself.
    public static var builtinNames: [String] { BuiltinThemes.all.map(\.name) }

    /// The theme called `name`: a file `name.yaml` in one of `directories`, else a built-in one. A name with a
    /// slash in it is a path.
    public static func named(_ name: String, directories: [String] = []) throws(ThemeError) -> Theme {
        if name.contains("/") { return try file(name, directories: directories) }
        let safe = Sanitizer.visible(name, clustersMax: 80)
        let paths = directories.map { "\($0)/\(name).yaml" }
        for path in paths where FileManager.default.fileExists(atPath: path) {
            return try file(path, directories: directories)
        }
        guard let theme = builtin(name) else {
            throw .unknownTheme(name: safe, known: known(in: directories), searched: paths)
        }
        return theme
    }

    /// The theme in a file.
    public static func file(_ path: String, directories: [String] = []) throws(ThemeError) -> Theme {
        guard let data = FileManager.default.contents(atPath: path) else { throw .unreadable(file: path) }
        guard data.count <= fileBytesMax else { throw .tooLarge(file: path, bytesMax: fileBytesMax) }
        return try parse(String(decoding: data, as: UTF8.self), file: path)
    }

    /// The theme in a YAML text; `file` is what errors call it. It may extend the built-in themes.
    public static func parse(_ yaml: String, file: String) throws(ThemeError) -> Theme {
        let reader = ThemeReader(file: file) { (name) throws(ThemeError) in
            guard let theme = builtin(name) else {
                throw .unknownTheme(name: Sanitizer.visible(name, clustersMax: 80), known: builtinNames, searched: [])
            }
            return theme
        }
        return try reader.read(yaml)
    }

    /// All the themes there are: built in, and files in `directories`.
    public static func known(in directories: [String]) -> [String] {
        var names = builtinNames
        for directory in directories {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            for file in files.sorted() where file.hasSuffix(".yaml") {
                let name = Sanitizer.visible(String(file.dropLast(5)), clustersMax: 80)
                if !names.contains(name) { names.append(name) }
            }
        }
        return names
    }

    /// A theme without any colour, for where none can be read.
    public static let colorless = Theme(
        name: "none", summary: "no colours", terminalText: RGB(0xd0d0d0), terminalBack: RGB(0), usesColor: false,
        looks: Token.allCases.map {
            Look(shade: .terminal, attributes: [], mono: $0.isBack && $0 != .background ? .reverse : [])
        })

    private static func builtin(_ name: String) -> Theme? {
        BuiltinThemes.all.first { $0.name == name }.map(Theme.init(packed:))
    }
}
