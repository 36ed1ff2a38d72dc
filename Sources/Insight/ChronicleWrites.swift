import Estate

/// Who takes writes, since when nobody does, and for how long nobody did.
///
/// | evidence | from the primary itself | from others |
/// | --- | --- | --- |
/// | it takes writes | it says so: believed at once | – |
/// | it does not | it says so (in recovery, stopped): believed at once | lock lost, or its server silent: a doubt |
///
/// A doubt is believed when a second one agrees, or when nothing contradicts it for a while.
///
/// An outage lies between two pairs of observations: the last that saw writes and the first that saw none, the last
/// that saw none and the first that saw them again. The longest span that these allow is given as the figure, and
/// the shortest beside it.
extension Chronicle {
    mutating func writes(
        _ id: MemberID, isWritable: Bool, _ update: Update, _ snapshot: Snapshot, _ events: inout [Event]
    ) {
        let was = members[id]?.isWritable
        let noAt = members[id]?.notWritableAt
        members[id, default: MemberMemory()].isWritable = isWritable
        var writes = groups[id.group, default: GroupMemory()].writes
        defer { groups[id.group]?.writes = writes }
        guard isWritable else {
            members[id]?.notWritableAt = update.at
            if writes.primary == id.name, !writes.isDeclared {
                writes.goneSince = writes.goneSince ?? update.at
                declare(&writes, id.group, update.at, update.source, &events)
            }
            return
        }
        guard let primary = writes.primary, let seen = writes.seenAt else {
            (writes.primary, writes.seenAt) = (id.name, update.at)
            return
        }
        if primary == id.name {
            if writes.isDeclared { back(writes, id, update, noAt, seen, &events) }
            writes = WritesMemory(primary: id.name, seenAt: update.at)
        } else if was != true {
            back(writes, id, update, noAt, seen, &events)
            writes = WritesMemory(primary: id.name, seenAt: update.at)
        }
    }

    private func declare(
        _ writes: inout WritesMemory, _ group: GroupID, _ at: Timestamp, _ by: SourceID?, _ events: inout [Event]
    ) {
        writes.isDeclared = true
        guard let primary = writes.primary, let seen = writes.seenAt else { return }
        var event = Event(
            at: at, .writesLost, .alarm, group: group, member: MemberID(group, primary),
            text: "writes lost: \(primary) last took them \(Say.span(at - seen)) before")
        event.source = by
        events.append(event)
    }

    private func back(
        _ writes: WritesMemory, _ id: MemberID, _ update: Update, _ noAt: Timestamp?, _ seen: Timestamp,
        _ events: inout [Event]
    ) {
        let longest = max(update.at - seen, .zero)
        let gone = writes.goneSince ?? seen
        let shortest = writes.goneSince == nil ? Span.zero : max((noAt ?? gone) - gone, .zero)
        let least = shortest > .zero ? "between \(Say.span(shortest)) and \(Say.span(longest))" : "at most"
        let text =
            shortest > .zero
            ? "writes back on \(id.name): out \(least)" : "writes back on \(id.name): out at most \(Say.span(longest))"
        var event = Event(at: update.at, .writesBack, .warning, group: id.group, member: id, text: text)
        event.outage = longest
        event.source = update.source
        events.append(event)
    }

    /// The lock is gone, or a source of the primary's own failed.
    mutating func doubtWrites(
        _ group: GroupID, _ update: Update, _ snapshot: Snapshot, _ events: inout [Event]
    ) {
        guard var writes = groups[group]?.writes, let primary = writes.primary, !writes.isDeclared else { return }
        defer { groups[group]?.writes = writes }
        writes.goneSince = writes.goneSince ?? update.at
        let lockLost = groups[group]?.leader.map { $0.value != primary } ?? false
        let own = "\(group.name)/\(primary)"
        let mine = snapshot.sources.filter { $0.id.name == own }
        let silent = mine.count { $0.status.state == .failed || $0.status.state == .silent }
        let isAgreed = lockLost ? silent > 0 : silent > 0 && silent == mine.count && mine.count > 1
        if isAgreed { declare(&writes, group, update.at, update.source, &events) }
    }

    mutating func tickWrites(_ group: GroupID, _ now: Timestamp, _ events: inout [Event]) {
        guard var memory = groups[group], let seen = memory.writes.seenAt, !memory.writes.isDeclared else { return }
        if memory.writes.goneSince == nil, let leader = memory.leader, leader.value == nil,
            now - seen > limits.writesDoubtMax
        {
            memory.writes.goneSince = max(memory.leaderLostAt ?? seen, seen)
        }
        if let gone = memory.writes.goneSince, now - gone > limits.writesDoubtMax, seen <= gone {
            declare(&memory.writes, group, now, nil, &events)
        }
        groups[group] = memory
    }
}
