public import Estate

/// Moments as RFC 3339 writes them, in UTC with milliseconds: `2026-11-21T06:15:02.120Z`.
public enum RFC3339 {
    public static func text(_ at: Timestamp) -> String {
        let milliseconds = at.nanoseconds.floored(by: 1_000_000)
        let seconds = milliseconds.floored(by: 1000)
        let day = seconds.floored(by: 86_400)
        let second = seconds - day * 86_400
        let (year, month, date) = civil(day)
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(date, 2))T"
            + "\(pad(second / 3600, 2)):\(pad(second / 60 % 60, 2)):\(pad(second % 60, 2))"
            + ".\(pad(milliseconds - seconds * 1000, 3))Z"
    }

    /// `06:15:02` for a line on a terminal, in UTC.
    public static func clock(_ at: Timestamp) -> String { String(text(at).dropFirst(11).prefix(12)) }

    /// Days since 1970-01-01 to year, month, day; counted from March so that the leap day comes last.
    private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = shifted.floored(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func pad(_ value: Int64, _ digits: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}

extension Int64 {
    /// Division that rounds down, before 1970 too.
    fileprivate func floored(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
