public import Estate
public import Settings

/// A freeze that holds now.
public struct ActiveFreeze: Sendable, Equatable {
    public var name: String
    public var reason: String?
    public var endsAt: Timestamp
    /// When it ends by the clock of its own zone: `17:30 Europe/London`.
    public var endsText: String
}

/// When nothing is to be changed. Pure: a calendar, a group and a moment in, the freeze that holds out.
public struct FreezeCalendar: Sendable {
    /// Seconds that a zone's clock is ahead of UTC at a moment; nil: the zone is not known.
    public typealias ZoneOffset = @Sendable (_ zone: String, _ at: Timestamp) -> Int?

    private let freezes: [FreezeSettings]
    private let offset: ZoneOffset

    public init(_ freezes: [FreezeSettings] = [], offset: @escaping ZoneOffset = { _, _ in 0 }) {
        self.freezes = freezes
        self.offset = offset
    }

    /// The freeze that forbids this command on this group now; of several, the one that ends last.
    public func active(for group: GroupID, tier: Tier?, verb: String, at now: Timestamp) -> ActiveFreeze? {
        freezes.filter { Self.holds($0, group, tier) && !$0.allows.contains(verb) && !$0.allows.contains("any") }
            .compactMap { active($0, now) }.max { $0.endsAt < $1.endsAt }
    }

    /// All that hold now for anything, for the banner.
    public func active(at now: Timestamp) -> [ActiveFreeze] { freezes.compactMap { active($0, now) } }

    private static func holds(_ freeze: FreezeSettings, _ group: GroupID, _ tier: Tier?) -> Bool {
        if freeze.groups.isEmpty && freeze.tiers.isEmpty { return true }
        return freeze.groups.contains(group) || tier.map(freeze.tiers.contains) ?? false
    }

    private func active(_ freeze: FreezeSettings, _ now: Timestamp) -> ActiveFreeze? {
        let seconds = Self.floored(now.nanoseconds, 1_000_000_000)
        let local = seconds + Int64(offset(freeze.zone, now) ?? 0)
        var ends: [Int64] = []
        for window in freeze.dates where (window.fromLocalSeconds..<window.untilLocalSeconds).contains(local) {
            ends.append(window.untilLocalSeconds)
        }
        // 1970-01-01 was a Thursday: three days after Monday.
        let week = Int64(WeeklyWindow.minutesInWeek) * 60
        let since = local + 3 * 86_400 - Self.floored(local + 3 * 86_400, week) * week
        for window in freeze.weekly {
            let (from, until) = (Int64(window.fromMinute) * 60, Int64(window.untilMinute) * 60)
            let isIn = from < until ? (from..<until).contains(since) : since >= from || since < until
            guard isIn else { continue }
            ends.append(local + (until > since ? until - since : until + week - since))
        }
        guard let end = ends.max() else { return nil }
        // The zone's clock may be put forward or back before it ends.
        let guess = Timestamp(nanoseconds: (end - (local - seconds)) * 1_000_000_000)
        let endsAt = Timestamp(nanoseconds: (end - Int64(offset(freeze.zone, guess) ?? 0)) * 1_000_000_000)
        let minute = (end - Self.floored(end, 86_400) * 86_400) / 60
        return ActiveFreeze(
            name: freeze.name, reason: freeze.reason, endsAt: endsAt,
            endsText: "\(Self.pad(minute / 60)):\(Self.pad(minute % 60)) \(freeze.zone)")
    }

    private static func pad(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

    private static func floored(_ value: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
