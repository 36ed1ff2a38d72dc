public import Estate
public import Plans

/// What became of a request on its way.
public enum Delivery: Sendable, Equatable {
    /// The peer answered.
    case answered(Answer)
    /// It never left: nothing can have happened.
    case notSent(reason: String)
    /// It may have arrived, and no answer came back: in doubt.
    case lost(reason: String)
}

/// An answer in the peer's own words.
public struct Answer: Sendable, Equatable {
    /// HTTP status; nil for an answer on a line socket.
    public var status: Int?
    /// As sent, cut at a limit. Escaped where it is shown. Of a command: with the mark that tells errors (`-`) from
    /// what was taken (`+`, or a value in words).
    public var text: String
    public init(status: Int?, text: String) {
        self.status = status
        self.text = text
    }
}

/// The one seam to the network. Credentials are added behind it.
public protocol Courier: Sendable {
    /// Sends once, and never again by itself.
    func send(_ request: Request, within deadline: Span) async -> Delivery
}

/// Where the newest observations are read.
public protocol Observations: Sendable {
    func snapshot() async -> Snapshot
}
