/// What can be wrong with a recording.
public enum TapeError: Error, Equatable, CustomStringConvertible {
    /// It ends within a record, or says something that cannot be.
    case torn

    public var description: String {
        switch self {
        case .torn: return "the recording is damaged; what comes before the damage can be shown"
        }
    }
}
