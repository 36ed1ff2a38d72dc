public import Estate

/// Figures with units in plain words, so that every reason and event says them alike.
public enum Say {
    private static let units: [(Int64, String)] = [
        (1 << 50, "PiB"), (1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"),
    ]

    /// `0 B`, `12 KiB`, `1.4 MiB`.
    public static func bytes(_ count: Int64) -> String {
        for (unit, name) in units where count >= unit {
            return tenths(Double(count) / Double(unit)) + " " + name
        }
        return "\(count) B"
    }

    /// `0.4 s`, `6.8 s`, `42 s`, `3 min 20 s`, `30 min`, `2 h 5 min`, `3 d 4 h`.
    public static func span(_ span: Span) -> String {
        let exact = span.seconds
        if exact < 0 { return "0 s" }
        if exact < 9.95 { return tenths(exact) + " s" }
        guard exact < 1e12 else { return "for ever" }
        // Rounded like the columns beside the sentences: one outage reads the same in both.
        let s = Int(exact.rounded())
        if s < 120 { return "\(s) s" }
        if s < 7200 { return "\(s / 60) min" + rest(s % 60, "s") }
        if s < 172_800 { return "\(s / 3600) h" + rest(s % 3600 / 60, "min") }
        return "\(s / 86_400) d" + rest(s % 86_400 / 3600, "h")
    }

    private static func rest(_ count: Int, _ unit: String) -> String { count == 0 ? "" : " \(count) \(unit)" }

    /// In its largest sensible unit: `45 s`, `20 min`, `26 h`, `3 d`.
    public static func age(_ span: Span) -> String {
        let s = max(span.seconds, 0)
        if s < 120 { return whole(s.rounded(.down)) + " s" }
        if s < 7200 { return whole((s / 60).rounded(.down)) + " min" }
        if s < 172_800 { return whole((s / 3600).rounded(.down)) + " h" }
        return s < 1e12 ? whole((s / 86_400).rounded(.down)) + " d" : "for ever"
    }

    /// `4 ms`, `0.4 ms` of seconds; `?` of what is no number.
    public static func milliseconds(_ seconds: Double) -> String {
        let value = seconds * 1000
        guard value.isFinite else { return "?" }
        return (abs(value) < 10 ? decimal(value) : whole(value)) + " ms"
    }

    /// `43 %`, `0.4 %` of a part of 1; `?` of what is no number.
    public static func percent(_ part: Double) -> String {
        let value = part * 100
        guard value.isFinite else { return "?" }
        if value > 0, value < 0.05 { return "under 0.1 %" }
        let isFine = abs(value) < 1 || abs(value) > 99 && abs(value) < 100
        return (isFine ? decimal(value) : whole(value)) + " %"
    }

    /// `0.4/s`, `120/s`, `1.2 k/s`; `?` of what is no number.
    public static func rate(_ perSecond: Double) -> String { number(perSecond) + "/s" }

    /// `7`, `950`, `1.2 k`, `34 M`; `?` of what is no number.
    public static func number(_ value: Double) -> String {
        guard value.isFinite else { return "?" }
        var (rest, unit) = (value, 0)
        let units = ["", " k", " M", " G", " T"]
        while abs(rest) >= 999.5, unit < units.count - 1 { (rest, unit) = (rest / 1000, unit + 1) }
        return (abs(rest) < 9.95 ? tenths(rest) : whole(rest)) + units[unit]
    }

    /// `no node`, `1 node`, `2 nodes`.
    public static func count(_ n: Int, _ noun: String) -> String {
        switch n {
        case ...0: return "no \(noun)"
        case 1: return "1 \(noun)"
        default: return "\(n) \(noun)s"
        }
    }

    /// `a`, `a and b`, `a, b and 3 more`.
    public static func list(_ names: [String], limit: Int = 3) -> String {
        if names.count <= 1 { return names.first ?? "" }
        if names.count > limit {
            return names.prefix(limit).joined(separator: ", ") + " and \(names.count - limit) more"
        }
        return names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
    }

    private static func whole(_ value: Double) -> String {
        String(Int64(exactly: value.rounded()) ?? (value < 0 ? .min : .max))
    }

    private static func tenths(_ value: Double) -> String { abs(value) >= 10 ? whole(value) : decimal(value) }

    /// With one digit after the point, where that is not 0. For values that fit.
    private static func decimal(_ value: Double) -> String {
        let tenths = Int64((value * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        let rest = tenths.magnitude % 10
        return sign + "\(tenths.magnitude / 10)" + (rest == 0 ? "" : ".\(rest)")
    }
}
