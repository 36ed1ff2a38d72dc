public import Estate

/// Lengths of time and amounts of bytes as people write them.
public enum Quantity {
    public static let durationExpected = "a length of time such as 500ms, 30s, 5m, 2h"
    public static let bytesExpected = "an amount such as 0B, 512kB, 16MB, 1GB"

    private static let durationUnits: [(String, Double)] = [
        ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400),
    ]
    private static let byteUnits: [(String, Double)] = [
        ("kB", 1024), ("KB", 1024), ("MB", 1_048_576), ("GB", 1_073_741_824), ("TB", 1_099_511_627_776),
        ("KiB", 1024), ("MiB", 1_048_576), ("GiB", 1_073_741_824), ("TiB", 1_099_511_627_776), ("B", 1),
    ]
    /// Longest time that is taken, seconds: ten years.
    static let durationSecondsMax = 315_360_000.0

    /// Reads `30s`, `1.5h`; a unit is demanded. nil for anything else.
    public static func duration(_ text: String) -> Span? {
        guard let (value, factor) = split(text, durationUnits), value * factor <= durationSecondsMax else { return nil }
        return .seconds(value * factor)
    }

    /// Reads `0B`, `16MB` (powers of 1024, as PostgreSQL has it). nil for anything else.
    public static func bytes(_ text: String) -> Int64? {
        guard let (value, factor) = split(text, byteUnits) else { return nil }
        return Int64(exactly: (value * factor).rounded())
    }

    private static func split(_ text: String, _ units: [(String, Double)]) -> (Double, Double)? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text[number.endIndex...].drop { $0 == " " }
        guard let value = Double(number), let factor = units.first(where: { $0.0 == unit })?.1 else { return nil }
        return (value, factor)
    }

    /// The shortest exact form: `30s`, `5m`, `500ms`.
    public static func text(_ span: Span) -> String {
        let milliseconds = span.nanoseconds / 1_000_000
        for (unit, size) in [("d", Int64(86_400_000)), ("h", 3_600_000), ("m", 60_000), ("s", 1000)]
        where milliseconds != 0 && milliseconds % size == 0 {
            return "\(milliseconds / size)\(unit)"
        }
        return "\(milliseconds)ms"
    }

    /// The shortest exact form: `16MB`, `0B`.
    public static func text(bytes: Int64) -> String {
        for (unit, shift) in [("TB", Int64(40)), ("GB", 30), ("MB", 20), ("kB", 10)]
        where bytes != 0 && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(unit)"
        }
        return "\(bytes)B"
    }
}
