public import Estate

/// Figures as people read them: a unit on each, three digits at most, and never wider than the field they are for.
public enum Figures {
    /// Cells that `bytes` may take.
    public static let bytesWidth = 8
    /// Cells that `seconds` and `age` may take.
    public static let secondsWidth = 7
    /// Cells that `percent` may take.
    public static let percentWidth = 5
    /// Cells that `clock` takes.
    public static let clockWidth = 8

    /// `0 B`, `12 KiB`, `1.4 MiB`.
    public static func bytes(_ value: Int64) -> String {
        scaled(Double(value), base: 1_024, units: ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"])
    }

    /// Bytes a second: `1.4 MiB/s`.
    public static func bytesRate(_ value: Double) -> String {
        guard value.isFinite else { return "?" }
        return scaled(value, base: 1_024, units: ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]) + "/s"
    }

    /// How many a second: `0.4/s`, `120/s`, `1.2 k/s`.
    public static func rate(_ value: Double) -> String { count(value) + "/s" }

    /// `7`, `950`, `1.2 k`, `34 M`.
    public static func count(_ value: Double) -> String {
        guard value.isFinite else { return "?" }
        if abs(value) < 10, value != value.rounded() { return tenths(value) }
        return scaled(value, base: 1_000, units: ["", "k", "M", "G", "T"])
    }

    /// A length of time in its largest sensible unit: `4 ms`, `0.4 s`, `35 s`, `12 min`, `5 h`, `18 d`.
    public static func seconds(_ value: Double) -> String {
        guard value.isFinite else { return "?" }
        let size = abs(value)
        if size == 0 { return "0 s" }
        if size < 0.0995 { return whole(value * 1_000) + " ms" }
        if size < 9.95 { return tenths(value) + " s" }
        if size < 119.5 { return whole(value) + " s" }
        if size < 119.5 * 60 { return whole(value / 60) + " min" }
        if size < 47.5 * 3_600 { return whole(value / 3_600) + " h" }
        return whole(value / 86_400) + " d"
    }

    /// How long ago; never negative, for clocks differ.
    public static func age(from then: Timestamp, to now: Timestamp) -> String {
        seconds(max(0, (now - then).seconds))
    }

    /// A part of 1 as `43 %`.
    public static func percent(_ part: Double) -> String {
        guard part.isFinite else { return "?" }
        return whole(part * 100) + " %"
    }

    /// A length of time in two units: `9 s`, `3 min 10 s`, `1 h 2 min`.
    public static func duration(_ value: Double) -> String {
        guard value.isFinite else { return "?" }
        let second = Int64(min(max(value, 0), 9e15).rounded())
        switch second {
        case ..<60: return "\(second) s"
        case ..<3_600: return "\(second / 60) min \(second % 60) s"
        case ..<86_400: return "\(second / 3_600) h \(second / 60 % 60) min"
        default: return "\(second / 86_400) d \(second / 3_600 % 24) h"
        }
    }

    /// Time of day in UTC: `14:02:11`.
    public static func clock(_ at: Timestamp) -> String {
        let second = floorDivided(at.nanoseconds, 1_000_000_000)
        let ofDay = second - floorDivided(second, 86_400) * 86_400
        return two(ofDay / 3_600) + ":" + two(ofDay / 60 % 60) + ":" + two(ofDay % 60)
    }

    /// Day and time in UTC: `2026-11-21 14:02:11`.
    public static func dateTime(_ at: Timestamp) -> String {
        let days = floorDivided(floorDivided(at.nanoseconds, 1_000_000_000), 86_400)
        // Civil date from days since 1970-01-01, in eras of 400 years that begin on 1 March.
        let shifted = days + 719_468
        let era = floorDivided(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(year)-\(two(month))-\(two(day)) \(clock(at))"
    }

    /// `1 node`, `2 nodes`, `no node`.
    public static func counted(_ n: Int, _ one: String, _ many: String? = nil) -> String {
        switch n {
        case 0: "no \(one)"
        case 1: "1 \(one)"
        default: "\(n) \(many ?? one + "s")"
        }
    }

    private static func scaled(_ value: Double, base: Double, units: [String]) -> String {
        var rest = value
        var unit = 0
        while abs(rest) >= base - 0.5, unit < units.count - 1 {
            rest /= base
            unit += 1
        }
        let digits = unit > 0 && abs(rest) < 9.95 ? tenths(rest) : whole(rest)
        return units[unit].isEmpty ? digits : digits + " " + units[unit]
    }

    private static func whole(_ value: Double) -> String {
        String(Int64(exactly: value.rounded()) ?? (value < 0 ? .min : .max))
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int64((value * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        return sign + String(tenths.magnitude / 10) + "." + String(tenths.magnitude % 10)
    }

    private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

    private static func floorDivided(_ a: Int64, _ b: Int64) -> Int64 {
        let (quotient, rest) = a.quotientAndRemainder(dividingBy: b)
        return rest < 0 ? quotient - 1 : quotient
    }
}
