public import Estate

/// What will be sent, exactly, without the credentials that are added when it is.
public enum Request: Sendable, Equatable, Codable {
    /// A request to a group's REST door (`http(s)://host:port`, no slash at the end). `expects` are the statuses that
    /// mean it was taken; the body is JSON, or empty.
    case http(group: GroupID, door: String, method: String, path: String, body: String, expects: [Int])
    /// A line on the runtime socket of the balancer that this source watches. Silence means it was taken.
    case line(balancer: SourceID, text: String)
    /// A command for a cache server or for one of those who watch over it, at `door` (`host:port`): its words, each
    /// sent as it is. An answer that is an error means it was not taken.
    case command(group: GroupID, door: String, words: [String])
    /// A statement for a database server of the group at `door` (`host:port`) that answers with one value. `expects`
    /// is the value that means it was done; another means that the server itself does not know.
    case sql(group: GroupID, door: String, statement: String, expects: String)

    /// The request on lines of their own, as the preview and the request log show it.
    public var lines: [String] {
        switch self {
        case .http(_, let door, let method, let path, let body, _):
            return body.isEmpty ? ["\(method) \(door)\(path)"] : ["\(method) \(door)\(path)", "  \(body)"]
        case .line(let balancer, let text):
            return ["\(balancer.name): \(text)"]
        case .sql(_, let door, let statement, _):
            return ["\(door): \(statement)"]
        case .command(_, let door, let words):
            return ["\(door): \(words.map(Quoted.word).joined(separator: " "))"]
        }
    }
}

/// One request and what is to be observed after it.
public struct Step: Sendable, Equatable, Codable {
    /// What it does, in plain words.
    public var summary: String
    public var request: Request
    /// How long the answer may take.
    public var replyDeadline: Span
    /// How long what it brings about may take, from the moment it is sent.
    public var deadline: Span
    /// What shows that it worked.
    public var expectation: Expectation
    /// What it takes away, to be given back by the way back.
    public var takes: Taken?

    public init(
        _ summary: String, _ request: Request, replyDeadline: Span, deadline: Span, expectation: Expectation,
        takes: Taken? = nil
    ) {
        self.summary = summary
        self.request = request
        self.replyDeadline = replyDeadline
        self.deadline = deadline
        self.expectation = expectation
        self.takes = takes
    }
}
