import Estate

/// What is wrong with a consensus store beside its votes: alarms, its size, its disks, versions that differ.
extension Assessor {
    /// 99 of 100 writes of the log should be done within 10 ms; from here on leaders are lost under load.
    static let logWriteSecondsMax = 0.1
    /// Of the size at which it takes no more writes.
    static let databaseUsedMax = 0.8

    func judgeStore(_ g: inout GroupDraft, _ members: [Member]) {
        var versions: [String: [String]] = [:]
        for member in members {
            let name = member.id.name
            if let version = newest(member, { $0.version }) { versions[version, default: []].append(name) }
            for alarm in newest(member, { $0.quorum })?.alarms ?? [] { g.reasons.append(reason(alarm, member)) }
            let figures = newest(member, { $0.figures.isEmpty ? nil : $0.figures }) ?? [:]
            if let size = figures["databaseBytes"], let limit = figures["databaseLimitBytes"], limit > 0,
                size >= limit * Self.databaseUsedMax
            {
                let share = "\(Int((100 * size / limit).rounded())) %"
                g.reasons.append(
                    Reason(
                        .atRisk, "\(name)'s database is at \(share) of its limit, beyond which it takes no writes",
                        member: member.id, figure: share))
            }
            if let seconds = figures["logWriteSeconds"], seconds >= Self.logWriteSecondsMax {
                let time = "\(Int((seconds * 1000).rounded())) ms"
                g.reasons.append(
                    Reason(
                        .atRisk, "slow disk on \(name): one write of its log in a hundred takes \(time) or more",
                        member: member.id, figure: time))
            }
        }
        if versions.count > 1 {
            let list = versions.sorted { $0.key < $1.key }.map { "\($0.key) (\(Say.list($0.value.sorted())))" }
            g.reasons.append(Reason(.protected, "its members' versions differ: \(Say.list(list))"))
        }
    }

    private func reason(_ alarm: String, _ member: Member) -> Reason {
        let name = member.id.name
        switch alarm {
        case "NOSPACE":
            return Reason(
                .degraded, "\(name)'s database is full: no writes are taken until it is compacted and the alarm lifted",
                member: member.id)
        case "CORRUPT":
            return Reason(.degraded, "\(name)'s data differs from the others'", member: member.id)
        default:
            return Reason(.degraded, "alarm \(alarm) on \(name)", member: member.id)
        }
    }
}
