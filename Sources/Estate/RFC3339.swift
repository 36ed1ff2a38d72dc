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

    /// The same in whole seconds, as requests carry it: `2026-11-21T06:15:02Z`.
    public static func seconds(_ at: Timestamp) -> String { String(text(at).prefix(19)) + "Z" }

    /// Reads what the two above write, in UTC; nil for anything else.
    public static func parse(_ text: String) -> Timestamp? {
        let places = [0..<4, 5..<7, 8..<10, 11..<13, 14..<16, 17..<19]
        let bytes = Array(text.utf8)
        guard bytes.count == 20 || bytes.count == 24, bytes.last == UInt8(ascii: "Z"),
            bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"), bytes[10] == UInt8(ascii: "T"),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":")
        else { return nil }
        let numbers = (bytes.count == 24 ? places + [20..<23] : places).map { place in
            bytes[place].reduce(Int64(0)) { sum, byte in
                let digit = Int64(byte) - 48
                return sum < 0 || !(0...9).contains(digit) ? -1 : sum * 10 + digit
            }
        }
        guard numbers.allSatisfy({ $0 >= 0 }), (1...12).contains(numbers[1]), (1...31).contains(numbers[2]),
            numbers[3] < 24, numbers[4] < 60, numbers[5] < 60
        else { return nil }
        let second =
            days(numbers[0], numbers[1], numbers[2]) * 86_400
            + numbers[3] * 3_600 + numbers[4] * 60 + numbers[5]
        let milliseconds = numbers.count > 6 ? numbers[6] : 0
        return Timestamp(seconds: Double(second)) + .milliseconds(milliseconds)
    }

    /// Days since 1970-01-01: the inverse of `civil`.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted.floored(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
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
