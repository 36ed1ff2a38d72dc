import Estate

/// What shows that an alert is quiet, and that a program has done what it was asked.
extension Expectation {
    func quiet(_ alerts: [String], _ by: SourceID, _ snapshot: Snapshot, _ since: Timestamp) -> State {
        guard let seen = snapshot.whole.sighting(by: by), seen.at >= since else {
            return .pending("\(by.name) not heard since")
        }
        let loud = seen.facts.alerts.filter { alerts.contains($0.id) && $0.silencedBy.isEmpty }
        return loud.isEmpty ? .met("quiet at \(by.name)") : .pending("\(Figures.list(loud.map(\.name))) still loud")
    }

    func silencesOver(_ ids: [String], _ by: SourceID, _ snapshot: Snapshot, _ since: Timestamp) -> State {
        guard let seen = snapshot.whole.sighting(by: by), seen.at >= since else {
            return .pending("\(by.name) not heard since")
        }
        let left = seen.facts.silences.filter { ids.contains($0.id) }.count
        return left == 0 ? .met("over at \(by.name)") : .pending("\(Figures.count(left, "silence")) still in force")
    }

    func heard(_ by: SourceID, _ group: GroupID, _ snapshot: Snapshot, _ since: Timestamp) -> State {
        let told = snapshot.group(group)?.sighting(by: by)?.at ?? snapshot.whole.sighting(by: by)?.at ?? .zero
        return told > since ? .met("\(by.name) has told of it again") : .pending("\(by.name) not heard since")
    }
}
