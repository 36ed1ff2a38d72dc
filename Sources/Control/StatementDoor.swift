public import Estate
public import Settings

/// The seam to a database server, for one statement that answers with one value. Where it is not given, statements
/// are not sent.
public protocol StatementDoor: Sendable {
    /// Sends once. The answer's text is the value; of an error that the server itself gave, `-` and its words.
    func run(_ statement: String, at endpoint: Endpoint, within deadline: Span) async -> Delivery
}
