public import Estate

/// Why a verdict is what it is, in one line that names the member and the figure.
public struct Reason: Sendable, Equatable {
    /// One line in plain words, without the group's name.
    public var text: String
    /// The verdict that this reason alone would bring; `.protected` for what is only worth knowing.
    public var severity: Verdict
    public var member: MemberID?
    /// The figure in `text` with its unit, e.g. `41 MiB`.
    public var figure: String?

    public init(_ severity: Verdict, _ text: String, member: MemberID? = nil, figure: String? = nil) {
        self.text = text
        self.severity = severity
        self.member = member
        self.figure = figure
    }
}
