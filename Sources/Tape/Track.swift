import Estate

/// What a record is of: one observer's word on one subject.
struct Track: Hashable, Sendable {
    enum Subject: Hashable, Sendable {
        case member(MemberID)
        case node(NodeID)
        case group(GroupID)
        case platform
        case source
    }
    let source: SourceID
    let subject: Subject

    init(_ source: SourceID, _ subject: Subject) {
        self.source = source
        self.subject = subject
    }

    /// nil for what is no word on a subject: events have their own book, and gaps are events.
    init?(_ update: Update) {
        source = update.source
        switch update.body {
        case .member(let id, _), .memberGone(let id): subject = .member(id)
        case .node(let id, _): subject = .node(id)
        case .group(let id, _): subject = .group(id)
        case .platform: subject = .platform
        case .source, .sourceGone: subject = .source
        case .event, .gap: return nil
        }
    }
}
