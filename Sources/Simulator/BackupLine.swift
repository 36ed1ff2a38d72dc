import Estate

/// How the backups of a database go on.
enum BackupConduct: String, Sendable, CaseIterable {
    case running
    /// Nobody starts them any more, and nobody says so.
    case stopped
    case failing
}

/// The backups of one database: a full one each night, increments each six hours, copies in two places.
struct BackupLine: Sendable {
    static let everySeconds = 6 * 3_600.0
    /// Of the full one, after midnight UTC.
    static let fullAtSeconds = 3 * 3_600.0
    static let keptSeconds = 3 * 86_400.0
    static let failuresMax = 16

    let group: GroupID
    private(set) var facts = BackupFacts()
    private var conduct = BackupConduct.running
    private var next: Timestamp
    private var endsAt: Timestamp?
    private let databaseBytes: Double
    private var chance: Chance

    init(_ plan: AcmeBets.DatabasePlan, seed: UInt64, now: Timestamp) {
        group = plan.id
        databaseBytes = plan.databaseBytes
        chance = Chance(seed: seed, "backup \(plan.id)")
        facts.repositories = [
            BackupRepository(
                name: "repo1", site: SiteID("fra"), isOffSite: false, isOK: true, bytes: Int64(databaseBytes * 2.9)),
            BackupRepository(
                name: "repo2", site: SiteID("s3-dublin"), isOffSite: true, isOK: true, bytes: Int64(databaseBytes * 6.1)
            ),
        ]
        facts.missingSegments = 0
        facts.lastArchivedAt = now
        facts.restoreTestedAt = now - .seconds(9.3 * 86_400)
        // Back to the first slot that is kept, and from there on what is over by now.
        let first = (now.seconds - Self.keptSeconds - Self.fullAtSeconds) / Self.everySeconds
        next = Timestamp(seconds: first.rounded(.up) * Self.everySeconds + Self.fullAtSeconds)
        while next <= now {
            begin(at: next)
            if let endsAt, endsAt <= now { finish(at: endsAt) }
            next = next + .seconds(Self.everySeconds)
        }
    }

    mutating func set(_ new: BackupConduct, since: Span?, at now: Timestamp) {
        conduct = new
        facts.problem = nil
        guard new != .running, let since else { return }
        // It has been so for a while already: what would have been made since then is not there.
        facts.backups.removeAll { $0.endedAt > now - since }
        facts.running = nil
        endsAt = nil
    }

    /// Once a second.
    mutating func step(_ s: Surroundings, isLogWritten: Bool) {
        if isLogWritten, conduct != .failing { facts.lastArchivedAt = s.now }
        if let endsAt, s.now >= endsAt { finish(at: s.now) }
        if let running = facts.running, let from = running.startedAt, let endsAt {
            facts.running?.progress = min(1, (s.now - from).seconds / max(1, (endsAt - from).seconds))
        }
        guard s.now >= next else { return }
        next = next + .seconds(Self.everySeconds)
        if conduct != .stopped { begin(at: s.now) }
    }

    private func isFull(_ at: Timestamp) -> Bool {
        let ofDay = at.seconds.truncatingRemainder(dividingBy: 86_400)
        return ofDay >= Self.fullAtSeconds && ofDay < Self.fullAtSeconds + Self.everySeconds
    }

    private mutating func begin(at: Timestamp) {
        let isFull = isFull(at)
        let bytes = isFull ? databaseBytes : databaseBytes * 0.03
        facts.running = RunningBackup(kind: isFull ? .full : .incremental, startedAt: at, progress: 0)
        endsAt = at + .seconds(25 + bytes / 900e6 * chance.wobble(0.2))
    }

    private mutating func finish(at: Timestamp) {
        defer { (facts.running, endsAt) = (nil, nil) }
        guard let running = facts.running, let kind = running.kind, let from = running.startedAt else { return }
        let isFull = kind == .full
        let full = facts.newest(.full)?.label
        var label = Self.label(from) + "F"
        if !isFull, let full { label = "\(full)_\(Self.label(from))I" }
        var backup = Backup(label: label, kind: kind, startedAt: from, endedAt: at)
        backup.databaseBytes = Int64(databaseBytes)
        backup.storedBytes = Int64(databaseBytes * (isFull ? 0.34 : 0.011) * chance.wobble(0.2))
        if conduct == .failing {
            backup.hasError = true
            facts.problem = "ERROR: [082]: unable to push WAL file to the archive asynchronously after 60 second(s)"
        }
        for repository in facts.repositories {
            backup.repository = repository.name
            facts.backups.append(backup)
        }
        facts.backups.removeAll { at - $0.endedAt > .seconds(Self.keptSeconds) }
    }

    /// `20261121-030003`.
    private static func label(_ at: Timestamp) -> String {
        let date = CivilDate(at)
        func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
        return "\(date.year)\(two(date.month))\(two(date.day))-\(two(date.hour))\(two(date.minute))\(two(date.second))"
    }
}

/// A moment as the calendar has it, in UTC.
struct CivilDate: Sendable, Equatable {
    var year, month, day, hour, minute, second: Int

    init(_ at: Timestamp) {
        let seconds = at.nanoseconds / 1_000_000_000
        let days = Int(seconds / 86_400)
        let ofDay = Int(seconds % 86_400)
        (hour, minute, second) = (ofDay / 3_600, ofDay / 60 % 60, ofDay % 60)
        // Years begin in March here, so that the odd day comes last.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Reads `2026-11-21T14:50:00Z` or without the seconds; nil for anything else.
    static func timestamp(_ text: String) -> Timestamp? {
        guard text.hasSuffix("Z") else { return nil }
        let halves = text.dropLast().split(separator: "T", omittingEmptySubsequences: false)
        guard halves.count == 2 else { return nil }
        let date = halves[0].split(separator: "-").compactMap { Int($0) }
        let time = halves[1].split(separator: ":").compactMap { Int($0) }
        guard date.count == 3, time.count == 2 || time.count == 3, (1970...2200).contains(date[0]),
            (1...12).contains(date[1]), (1...31).contains(date[2]), (0..<24).contains(time[0]),
            time.dropFirst().allSatisfy({ (0..<60).contains($0) })
        else { return nil }
        let year = date[1] <= 2 ? date[0] - 1 : date[0]
        let month = date[1] > 2 ? date[1] - 3 : date[1] + 9
        let ofYear = (153 * month + 2) / 5 + date[2] - 1
        let ofEra = (year % 400) * 365 + year % 400 / 4 - year % 400 / 100 + ofYear
        let days = year / 400 * 146_097 + ofEra - 719_468
        let seconds = days * 86_400 + time[0] * 3_600 + time[1] * 60 + (time.count == 3 ? time[2] : 0)
        let made = Timestamp(nanoseconds: Int64(seconds) * 1_000_000_000)
        // The 31st of a month of 30 days is a mistake, not the next day.
        return CivilDate(made).day == date[2] ? made : nil
    }
}
