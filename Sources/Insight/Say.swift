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

    /// `0.4 s`, `6.8 s`, `42 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`.
    public static func span(_ span: Span) -> String {
        let s = span.seconds
        if s < 0 { return "0 s" }
        if s < 10 { return tenths(s) + " s" }
        if s < 120 { return "\(Int(s)) s" }
        if s < 7200 { return "\(Int(s) / 60) min \(Int(s) % 60) s" }
        if s < 172_800 { return "\(Int(s) / 3600) h \(Int(s) % 3600 / 60) min" }
        return s < 1e12 ? "\(Int(s) / 86_400) d \(Int(s) % 86_400 / 3600) h" : "for ever"
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

    private static func tenths(_ value: Double) -> String {
        if value >= 10 { return "\(Int(value.rounded()))" }
        let t = Int((value * 10).rounded())
        return t % 10 == 0 ? "\(t / 10)" : "\(t / 10).\(t % 10)"
    }
}
