import Estate

extension Chronicle {
    mutating func observe(
        _ status: SourceStatus, _ update: Update, _ snapshot: Snapshot, _ events: inout [Event]
    ) {
        var memory = sources[update.source] ?? SourceMemory()
        defer { sources[update.source] = memory }
        let isLive = status.state == .live
        (memory.state, memory.problem) = (status.state, status.problem)
        if isLive {
            if let lost = memory.lostAt {
                let text = "\(update.source) is back after \(Say.span(update.at - lost))"
                events.append(event(update.at, .sourceBack, .notice, update.source, text))
            }
            memory.lostAt = nil
            memory.pendingSince = nil
            memory.wasLive = true
        } else if memory.pendingSince == nil, memory.lostAt == nil {
            memory.pendingSince = update.at
        }
        let fails = memory.isLive && (status.state == .failed || status.state == .silent)
        memory.isLive = isLive
        guard fails, let group = Self.group(of: update.source),
            groups[group]?.writes.primary.map({ update.source.name == "\(group.name)/\($0)" }) == true
        else { return }
        sources[update.source] = memory
        doubtWrites(group, update, snapshot, &events)
    }

    private func event(
        _ at: Timestamp, _ kind: Event.Kind, _ severity: Event.Severity, _ source: SourceID, _ text: String
    ) -> Event {
        var event = Event(at: at, kind, severity, group: Self.group(of: source), text: text)
        event.source = source
        return event
    }

    /// `wallet-db` of `sql:wallet-db/pg-ams-1`; nil for a source of something else.
    static func group(of source: SourceID) -> GroupID? {
        guard let slash = source.name.firstIndex(of: "/") else { return nil }
        return GroupID(String(source.name[..<slash]))
    }

    mutating func tickSources(_ now: Timestamp, _ events: inout [Event]) {
        let waiting = sources.filter { $0.value.pendingSince != nil && $0.value.lostAt == nil }
        for (id, memory) in waiting.sorted(by: { $0.key < $1.key }) {
            guard let since = memory.pendingSince else { continue }
            let wait = memory.wasLive ? limits.sourceLostAfter : limits.sourceNeverAfter
            guard now - since >= wait else { continue }
            sources[id]?.lostAt = since
            sources[id]?.pendingSince = nil
            let why = memory.problem.map { ": \($0)" } ?? ""
            let text = "\(id) \(memory.wasLive ? "lost" : memory.state.phrase)\(why)"
            events.append(event(now, .sourceLost, .warning, id, text))
        }
    }
}

extension SourceStatus.State {
    /// What is said of a source that was never live.
    fileprivate var phrase: String {
        switch self {
        case .connecting, .live, .silent, .failed: "does not answer"
        case .refused: "does not let us in"
        case .untrusted: "is not trusted"
        }
    }
}
