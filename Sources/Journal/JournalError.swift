/// What went wrong with the journal. Each says what happened, to what, and what the operator can do.
public enum JournalError: Error, Equatable, Sendable {
    /// The folder or the file cannot be made or opened.
    case cannotOpen(path: String, reason: String)
    /// A record was not kept. Nothing may be done that it should have preceded.
    case notWritten(path: String, reason: String)
    /// What is kept cannot be read.
    case notRead(path: String, reason: String)
    /// The file was made by a newer version than this one.
    case tooNew(path: String)
    /// More than a record may hold.
    case tooLong(field: String, limitBytes: Int)
}

extension JournalError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason):
            return "the journal \(path) cannot be opened: \(reason); check that its folder exists and is writable"
        case .notWritten(let path, let reason):
            return "the journal \(path) did not take the record: \(reason); free space or mend permissions first"
        case .notRead(let path, let reason):
            return "the journal \(path) cannot be read: \(reason)"
        case .tooNew(let path):
            return "the journal \(path) was written by a newer version; use that version, or move the file away"
        case .tooLong(let field, let limitBytes):
            return "\(field) is longer than \(limitBytes) bytes; say it shorter"
        }
    }
}
