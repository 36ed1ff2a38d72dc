/// Why a theme cannot be used. Every case names the place and what to do about it.
public enum ThemeError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where in a theme file; line and column count from 1.
    public struct Place: Equatable, Sendable, CustomStringConvertible {
        public let file: String
        public let line: Int
        public let column: Int
        public var description: String { "\(file):\(line):\(column)" }
    }

    case unknownTheme(name: String, known: [String], searched: [String])
    case unreadable(file: String)
    case tooLarge(file: String, bytesMax: Int)
    case syntax(Place, problem: String)
    case unknownKey(Place, key: String, known: [String])
    case unknownToken(Place, name: String, nearest: String)
    case badValue(Place, of: String, value: String, wanted: String)
    case missing(file: String, tokens: [String])

    public var description: String {
        switch self {
        case .unknownTheme(let name, let known, let searched):
            let files = searched.isEmpty ? "" : "; looked for it in \(searched.joined(separator: ", "))"
            return "no theme is called \(name): there are \(known.joined(separator: ", "))\(files)"
        case .unreadable(let file):
            return "\(file) cannot be read: check that it exists and who may read it"
        case .tooLarge(let file, let bytesMax):
            return "\(file) is larger than \(bytesMax) bytes: a theme is a short file"
        case .syntax(let place, let problem):
            return "\(place): not YAML: \(problem)"
        case .unknownKey(let place, let key, let known):
            return "\(place): unknown key \(key); use \(known.joined(separator: ", "))"
        case .unknownToken(let place, let name, let nearest):
            return "\(place): no token is called \(name); did you mean \(nearest)?"
        case .badValue(let place, let subject, let value, let wanted):
            return "\(place): \(subject) is \(value); write \(wanted)"
        case .missing(let file, let tokens):
            return "\(file) leaves out \(tokens.joined(separator: ", ")): add them, or `extends: dark`"
        }
    }
}
