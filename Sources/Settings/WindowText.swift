/// Windows of time as people write them.
public enum WindowText {
    static let weeklyExpected = "\"sat 14:30-17:30\" or \"fri 22:00-sat 02:00\""
    static let datesExpected = "\"2026-12-24 18:00 - 2026-12-26 08:00\""
    static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// Reads `sat 14:30-17:30`, `fri 22:00-02:00` (into Saturday), `fri 18:00-mon 06:00`. nil for anything else.
    public static func weekly(_ text: String) -> WeeklyWindow? {
        let sides = text.split(separator: "-", omittingEmptySubsequences: false).map(Self.words)
        guard sides.count == 2, sides[0].count == 2, let day = day(sides[0][0]), let from = minutes(sides[0][1])
        else { return nil }
        let start = day * 1440 + from
        guard start < WeeklyWindow.minutesInWeek else { return nil }
        switch sides[1].count {
        case 1:
            guard let until = minutes(sides[1][0]) else { return nil }
            // An end before the beginning is the next day's.
            let end = day * 1440 + until + (until <= from ? 1440 : 0)
            return WeeklyWindow(fromMinute: start, untilMinute: wrapped(end))
        case 2:
            guard let last = Self.day(sides[1][0]), let until = minutes(sides[1][1]) else { return nil }
            let end = wrapped(last * 1440 + until)
            return end == start ? nil : WeeklyWindow(fromMinute: start, untilMinute: end)
        default: return nil
        }
    }

    /// Reads `2026-12-24 18:00 - 2026-12-26 08:00`. nil for anything else, and where it ends before it begins.
    public static func dates(_ text: String) -> DateWindow? {
        guard let mark = text.firstRange(of: " - "), let from = local(text[..<mark.lowerBound]),
            let until = local(text[mark.upperBound...]), from < until
        else { return nil }
        return DateWindow(fromLocalSeconds: from, untilLocalSeconds: until)
    }

    /// The shortest form that reads back.
    public static func text(_ window: WeeklyWindow) -> String {
        let (from, until) = (window.fromMinute, window.untilMinute)
        let end = until / 1440 == from / 1440 && until > from ? "" : days[until / 1440 % 7] + " "
        return "\(days[from / 1440 % 7]) \(clock(from))-\(end)\(clock(until))"
    }

    public static func text(_ window: DateWindow) -> String {
        "\(stamp(window.fromLocalSeconds)) - \(stamp(window.untilLocalSeconds))"
    }

    // MARK: parts

    private static func words(_ text: Substring) -> [Substring] { text.split(separator: " ") }
    private static func day(_ word: Substring) -> Int? { days.firstIndex(of: word.lowercased().prefix(3).description) }
    private static func wrapped(_ minute: Int) -> Int { minute % WeeklyWindow.minutesInWeek }

    /// Minutes since midnight, to 24:00.
    private static func minutes(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].count == 2, (1...2).contains(parts[0].count), let hour = Int(parts[0]),
            let minute = Int(parts[1]), (0..<60).contains(minute), (0..<24).contains(hour) || (hour == 24 && minute == 0)
        else { return nil }
        return hour * 60 + minute
    }

    private static func local(_ text: Substring) -> Int64? {
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" })
        guard parts.count == 2, let minute = minutes(parts[1]) else { return nil }
        let date = parts[0].split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
        guard date.count == 3, let year = date[0], let month = date[1], let day = date[2],
            (1970...2261).contains(year), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let days = Self.daysSince1970(year, month, day)
        guard civil(days) == (year, month, day) else { return nil }
        return days * 86_400 + Int64(minute) * 60
    }

    private static func clock(_ minute: Int) -> String { "\(pad(minute / 60 % 24)):\(pad(minute % 60))" }

    private static func stamp(_ seconds: Int64) -> String {
        let (year, month, day) = civil(seconds / 86_400)
        return "\(year)-\(pad(Int(month)))-\(pad(Int(day))) \(clock(Int(seconds % 86_400 / 60)))"
    }

    private static func pad(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

    private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let yearOfEra = shifted - era * 400
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
