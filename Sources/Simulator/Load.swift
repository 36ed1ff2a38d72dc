import Estate

/// How much is going on: one curve of bets that all other figures of the platform follow. A week of a bookmaker:
/// nights and mornings are quiet, evenings are not, fixtures bring a multiple of it within minutes.
struct Load: Sendable {
    /// Bets a second on an ordinary evening.
    static let betsRateUsual = 140.0

    /// Bets placed, a second.
    private(set) var bets = 0.0
    /// People logged in.
    private(set) var sessions = 0.0
    /// Attempts to log in, a second.
    private(set) var logins = 0.0
    /// The scenario's own factor, and where it goes to.
    var factor = 1.0
    var factorTarget = 1.0
    /// Of the way to the target, a second.
    var factorShare = 1.0

    private let seed: UInt64
    private var chance: Chance
    private var wander = 0.0
    private var goals: (kickOff: Double, at: [Double]) = (-1, [])

    init(seed: UInt64, at now: Timestamp) {
        self.seed = seed
        chance = Chance(seed: seed, "load")
        step(at: now)
        sessions = settledSessions
    }

    private var settledSessions: Double { 2_900 + 16.5 * bets }

    /// Requests a second.
    var betRequests: Double { bets * 2.4 + sessions * 0.004 }
    var oddsRequests: Double { sessions * 0.11 }
    var webRequests: Double { sessions * 0.05 }
    /// Connections that clients hold open.
    var betSessions: Double { sessions * 0.12 }
    var oddsSessions: Double { sessions * 0.35 }
    var webSessions: Double { sessions * 0.5 }
    /// Write-ahead log, bytes a second.
    var walletLog: Double { 60_000 + bets * 3_400 }
    var ledgerLog: Double { 45_000 + bets * 4_600 }
    var commits: Double { 30 + bets * 2.2 }

    /// Once a simulated second.
    mutating func step(at now: Timestamp) {
        wander += -wander * 0.08 + chance.between(-0.018, 0.018)
        factor += (factorTarget - factor) * min(1, factorShare)
        let level = level(at: now.seconds)
        bets = max(1, Self.betsRateUsual * level * factor * (1 + wander) * chance.wobble(0.04))
        sessions += (settledSessions - sessions) * 0.03
        logins = 1.5 + max(0, settledSessions - sessions) * 0.03 + bets * 0.05
    }

    // MARK: The week

    /// Share of a usual evening, by the hour of the day.
    private static let day: [Double] = [
        0.32, 0.22, 0.16, 0.13, 0.12, 0.14, 0.2, 0.3, 0.4, 0.5, 0.58, 0.66, 0.72, 0.76, 0.8, 0.84, 0.9, 1.0, 1.15,
        1.3, 1.35, 1.2, 0.85, 0.55,
    ]
    /// Monday first. Friday is the quiet before Saturday.
    private static let weekdays: [Double] = [0.8, 0.9, 0.95, 0.85, 0.7, 1.2, 1.1]

    private struct Fixture {
        let weekday: Int
        let second: Double
        /// How many times a usual evening its kick-off brings.
        let peak: Double
    }
    private static let fixtures: [Fixture] = [
        Fixture(weekday: 0, second: 72_000, peak: 2.5), Fixture(weekday: 1, second: 72_000, peak: 4),
        Fixture(weekday: 2, second: 72_000, peak: 4), Fixture(weekday: 3, second: 72_000, peak: 2),
        Fixture(weekday: 4, second: 72_000, peak: 0.4), Fixture(weekday: 5, second: 45_000, peak: 3.5),
        Fixture(weekday: 5, second: 54_000, peak: 9.6), Fixture(weekday: 5, second: 63_000, peak: 4.5),
        Fixture(weekday: 6, second: 50_400, peak: 5), Fixture(weekday: 6, second: 59_400, peak: 5),
    ]
    private static let matchLasts = 8_400.0
    private static let crowdComesBefore = 900.0

    private mutating func level(at seconds: Double) -> Double {
        let week = (seconds + 3 * 86_400).truncatingRemainder(dividingBy: 7 * 86_400)
        let weekday = Int(week / 86_400)
        let hour = week.truncatingRemainder(dividingBy: 86_400) / 3_600
        let (from, share) = (Int(hour), hour - hour.rounded(.down))
        let base = Self.day[from] * (1 - share) + Self.day[(from + 1) % 24] * share
        var level = base * Self.weekdays[weekday]
        for fixture in Self.fixtures where fixture.weekday == weekday {
            let since = week - Double(weekday) * 86_400 - fixture.second
            guard since > -Self.crowdComesBefore, since < Self.matchLasts else { continue }
            level += fixture.peak * Self.crowd(since) * excitement(since, kickOff: seconds - since, fixture.peak)
        }
        return level
    }

    /// 0…1: the crowd comes in the last minutes before kick-off, bets again at half-time, and goes.
    private static func crowd(_ since: Double) -> Double {
        let coming = 1 / (1 + exponential(-(since + 150) / 65))
        if since < 60 { return coming }
        var share = 0.6 + 0.4 * exponential(-(since - 60) / 150)
        if since > 2_700, since < 3_660 {
            share += 0.22 * min(1, (since - 2_700) / 60, (3_660 - since) / 60)
        }
        return since > 6_720 ? share * exponential(-(since - 6_720) / 300) : share
    }

    /// After a goal the market is shut for some seconds, and then everybody bets.
    private mutating func excitement(_ since: Double, kickOff: Double, _ peak: Double) -> Double {
        if goals.kickOff != kickOff.rounded() { goals = (kickOff.rounded(), plannedGoals(kickOff, peak)) }
        var factor = 1.0
        for goal in goals.at {
            let after = since - goal
            if after < 0 || after > 240 { continue }
            factor *= after < 5 ? 0.35 : 1 + 0.45 * Self.exponential(-(after - 5) / 40)
        }
        return factor
    }

    private func plannedGoals(_ kickOff: Double, _ peak: Double) -> [Double] {
        var dice = Chance(seed: seed ^ UInt64(max(0, kickOff)), "goals")
        return (0..<Int(2 + peak)).map { _ in
            let played = dice.between(150, 5_550)
            return played < 2_700 ? played : played + 960
        }
    }

    /// e to the power of `x`, by squaring a short series: the same on every machine, and without a library.
    static func exponential(_ x: Double) -> Double {
        let bounded = min(max(x, -60), 60) / 1_024
        var value = 1 + bounded * (1 + bounded / 2 * (1 + bounded / 3 * (1 + bounded / 4)))
        for _ in 0..<10 { value *= value }
        return value
    }
}
