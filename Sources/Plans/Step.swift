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

    /// The request on lines of their own, as the preview and the request log show it.
    public var lines: [String] {
        switch self {
        case .http(_, let door, let method, let path, let body, _):
            return body.isEmpty ? ["\(method) \(door)\(path)"] : ["\(method) \(door)\(path)", "  \(body)"]
        case .line(let balancer, let text):
            return ["\(balancer.name): \(text)"]
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

    public init(
        _ summary: String, _ request: Request, replyDeadline: Span, deadline: Span, expectation: Expectation
    ) {
        self.summary = summary
        self.request = request
        self.replyDeadline = replyDeadline
        self.deadline = deadline
        self.expectation = expectation
    }
}
