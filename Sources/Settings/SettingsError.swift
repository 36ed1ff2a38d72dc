/// Why there are no settings. Each case says what happened, to what, and the remedy.
public enum SettingsError: Error, Sendable, Equatable {
    /// No file in any of the places.
    case notFound(searched: [String])
    case unreadable(file: String, reason: String)
    case tooLarge(file: String, bytesMax: Int)
    /// Everything that is wrong with one file, in the order of its lines.
    case mistakes([Mistake])
    /// A secret that another program's file holds cannot be read there.
    case noEntry(file: String, keys: [String], reason: String)

    /// One mistake and its place; line and column count from 1.
    public struct Mistake: Sendable, Equatable, CustomStringConvertible {
        public var file: String
        public var line: Int
        public var column: Int
        /// Where in the structure: `groups[0].tier`; empty for the whole file.
        public var subject: String
        public var problem: String
        /// What was expected there.
        public var expected: String
        /// The valid key or value that is nearest to what stands there.
        public var nearest: String?

        public init(
            file: String, line: Int, column: Int, subject: String, problem: String, expected: String,
            nearest: String? = nil
        ) {
            self.file = file
            self.line = line
            self.column = column
            self.subject = subject
            self.problem = problem
            self.expected = expected
            self.nearest = nearest
        }

        public var description: String {
            let about = subject.isEmpty ? "" : "\(subject): "
            let hint = nearest.map { "; did you mean \($0)?" } ?? "."
            return "\(file):\(line):\(column): \(about)\(problem)\(hint) Expected: \(expected)."
        }
    }
}

extension SettingsError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notFound(let searched):
            "no configuration: looked for \(searched.joined(separator: ", ")). Write one with `pitboss init`, start "
                + "from an existing one with `--patronictl FILE`, or let pitboss find out with `--etcd URL`"
        case .unreadable(let file, let reason):
            "\(file) cannot be read: \(reason)"
        case .tooLarge(let file, let bytesMax):
            "\(file) is larger than \(bytesMax) bytes: is it the right file?"
        case .mistakes(let list):
            list.map(\.description).joined(separator: "\n")
        case .noEntry(let file, let keys, let reason):
            "no secret at \(keys.joined(separator: ".")) in \(file): \(reason)"
        }
    }
}
