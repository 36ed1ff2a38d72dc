public import Estate
public import Insight

/// All that a screen is drawn from: one moment, as values.
public struct Frame: Sendable {
    public let snapshot: Snapshot
    public let assessment: Assessment
    /// Oldest first.
    public let events: [Event]
    public let histories: any HistoryReading
    public var desk: Desk
    public let view: ViewState
    /// What keys do here, for footer, help and palette.
    public let menu: Menu
    /// The moment that is shown; ages are counted from it.
    public let now: Timestamp
    /// Set while a moment of the past is shown.
    public let past: Past?

    /// What must be said while the past is shown.
    public struct Past: Sendable, Equatable {
        /// The time it really is.
        public var live: Timestamp
        /// The worst verdict as it really is.
        public var liveWorst: Verdict
        /// Nothing older is kept.
        public var isOldest: Bool
        public init(live: Timestamp, liveWorst: Verdict, isOldest: Bool = false) {
            self.live = live
            self.liveWorst = liveWorst
            self.isOldest = isOldest
        }
    }

    /// Silence longer than this from everything makes the whole screen say so.
    public static let silenceDeadline = Span.seconds(10)

    public init(
        snapshot: Snapshot, assessment: Assessment, events: [Event], histories: any HistoryReading, desk: Desk,
        view: ViewState, menu: Menu, now: Timestamp, past: Past? = nil
    ) {
        self.snapshot = snapshot
        self.assessment = assessment
        self.events = events
        self.histories = histories
        self.desk = desk
        self.view = view
        self.menu = menu
        self.now = now
        self.past = past
    }

    /// Nothing on the screen is of now.
    public enum Silence: Equatable, Sendable {
        /// No source has said anything yet.
        case never
        case since(Timestamp)
    }

    /// Why the whole screen is old, if it is: no source said anything past the deadline.
    public var silence: Silence? {
        let heard = snapshot.sources.compactMap { max($0.heardAt ?? .zero, $0.confirmedAt ?? .zero) }.max()
            .flatMap { $0 == .zero ? nil : $0 }
        guard let heard else { return .never }
        let patience = snapshot.sources.map(\.status.freshFor).max() ?? Self.silenceDeadline
        return now - heard > max(patience, Self.silenceDeadline) ? .since(heard) : nil
    }

    /// When the group came into its present verdict, as far as events tell.
    public func since(_ group: GroupID) -> Timestamp? {
        events.last { $0.group == group && $0.kind == .verdict }?.at
    }

    /// The last outage measured in the group.
    public func lastOutage(_ group: GroupID) -> Event? {
        events.last { $0.outage != nil && $0.group == group }
    }

    /// When the newest of what is known of a member was seen, or stood by.
    func seenAt(_ id: MemberID) -> Timestamp? {
        snapshot.member(id)?.sightings.map { max($0.at, snapshot.source($0.by)?.confirmedAt ?? $0.at) }.max()
    }

    public func values(_ subject: HistoryKey.Subject, _ metric: Metric, _ count: Int) -> [Double?] {
        histories.values(HistoryKey(subject, metric), newest: count)
    }

    /// Gone, in the thought that the screen is painted by.
    func isLost(_ row: RowID) -> Bool {
        guard let losses = view.whatIf?.losses else { return false }
        switch row {
        case .member(let id):
            guard let member = assessment.member(id) else { return false }
            return losses.contains(.member(id)) || member.node.map { losses.contains(.node($0)) } ?? false
                || member.site.map { losses.contains(.site($0)) } ?? false
        case .node(let id):
            let site = snapshot.platform.nodes.first { $0.id == id }?.site
            return losses.contains(.node(id)) || site.map { losses.contains(.site($0)) } ?? false
        case .loss(let loss): return losses.contains(loss)
        case .group, .source, .event, .alert, .silence: return false
        }
    }

    /// The row that keys act on in a pane: what was selected, or the first while nothing was. What was selected
    /// and is gone is not replaced: nothing must slip under the cursor.
    public func selection(in pane: PaneID, of rows: [RowID]) -> RowID? {
        guard let chosen = view.selected[pane] else { return rows.first }
        return rows.contains(chosen) ? chosen : nil
    }

    /// `rows` that the filter lets through, in the order that is held while keys are being pressed.
    public func listed(_ rows: [RowID], in pane: PaneID) -> [RowID] {
        var shown = rows
        if !view.filter.isEmpty {
            let wanted = view.filter.lowercased()
            shown = rows.filter { matches($0, wanted) }
        }
        // What is held is nearly always what there is: comparing is cheap, putting in order is not.
        guard let held = view.held[pane], !held.isEmpty, held != shown else { return shown }
        let present = Set(shown)
        let kept = held.filter(present.contains)
        guard kept.count < shown.count else { return kept }
        let known = Set(kept)
        return kept + shown.filter { !known.contains($0) }
    }

    /// The rows of a pane are in their own order, all of them, and none was chosen.
    func isAsGiven(_ pane: PaneID) -> Bool {
        view.filter.isEmpty && view.selected[pane] == nil && (view.held[pane] ?? []).isEmpty
    }

    private func matches(_ row: RowID, _ wanted: String) -> Bool {
        if row.name.lowercased().contains(wanted) { return true }
        switch row {
        case .member(let id):
            guard let member = assessment.member(id) else { return false }
            return [id.group.name, member.site?.name ?? "", member.node?.name ?? "", member.role?.rawValue ?? ""]
                .contains { $0.lowercased().contains(wanted) }
        case .group(let id):
            guard let group = assessment.group(id) else { return false }
            return group.verdict.word.lowercased().contains(wanted)
                || group.members.contains { $0.id.name.lowercased().contains(wanted) }
        case .node(let id):
            return (snapshot.platform.nodes.first { $0.id == id }?.site?.name ?? "").lowercased().contains(wanted)
        case .event(let key): return (key.group?.name ?? "").lowercased().contains(wanted)
        case .source: return false
        case .alert(let id):
            guard let alert = assessment.whole.alerts.first(where: { $0.alert.id == id })?.alert else { return false }
            return [alert.name, alert.group?.name ?? "", alert.node?.name ?? "", alert.summary ?? ""]
                .contains { $0.lowercased().contains(wanted) }
        case .silence(let id):
            guard let silence = assessment.whole.silences.first(where: { $0.id == id }) else { return false }
            return (silence.matchers.map(\.text) + [silence.comment ?? "", silence.createdBy ?? ""])
                .contains { $0.lowercased().contains(wanted) }
        case .loss(let loss):
            return assessment.singlePoints.first { $0.loss == loss }?.text.lowercased().contains(wanted) ?? false
        }
    }
}
