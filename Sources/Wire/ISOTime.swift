public import Estate

/// Moments as Patroni, PostgreSQL and Python write them: `2026-11-21T05:31:50.123456+00:00`, a blank for the `T`,
/// `Z`, ` UTC`, `+00`, `+0530` or no zone at all (read as UTC).
public enum ISOTime {
    /// `nil` for anything else and for years outside 1970…2261, which nanoseconds in 64 bits cannot hold.
    public static func parse(_ text: some StringProtocol) -> Timestamp? {
        var bytes = Array(text.utf8)[...]
        guard let year = digits(&bytes, 4), skip(&bytes, "-"), let month = digits(&bytes, 2), skip(&bytes, "-"),
            let day = digits(&bytes, 2), skip(&bytes, "T") || skip(&bytes, " "), let hour = digits(&bytes, 2),
            skip(&bytes, ":"), let minute = digits(&bytes, 2),
            (1970...2261).contains(year), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60
        else { return nil }
        var second: Int64 = 0
        if skip(&bytes, ":") {
            guard let value = digits(&bytes, 2), value <= 60 else { return nil }
            second = value
        }
        var nanoseconds: Int64 = 0
        if skip(&bytes, ".") || skip(&bytes, ",") {
            var place: Int64 = 100_000_000
            guard digit(bytes.first) != nil else { return nil }
            while let value = digit(bytes.first) {
                nanoseconds += value * place
                place /= 10
                bytes = bytes.dropFirst()
            }
        }
        guard let offset = zoneSeconds(bytes) else { return nil }
        let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset
        return Timestamp(nanoseconds: seconds * 1_000_000_000 + nanoseconds)
    }

    private static func zoneSeconds(_ zone: ArraySlice<UInt8>) -> Int64? {
        var rest = zone.drop { $0 == UInt8(ascii: " ") }
        switch String(decoding: rest, as: UTF8.self) {
        case "", "Z", "z", "UTC", "GMT": return 0
        default: break
        }
        let isWest = skip(&rest, "-")
        guard isWest || skip(&rest, "+"), let hours = digits(&rest, 2), hours < 24 else { return nil }
        _ = skip(&rest, ":")
        var minutes: Int64 = 0
        if !rest.isEmpty {
            guard let value = digits(&rest, 2), value < 60, rest.isEmpty else { return nil }
            minutes = value
        }
        return (hours * 3_600 + minutes * 60) * (isWest ? -1 : 1)
    }

    /// Days since 1970-01-01 in the Gregorian calendar, counted from March so that the leap day comes last.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func digit(_ byte: UInt8?) -> Int64? {
        guard let byte, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        return Int64(byte - UInt8(ascii: "0"))
    }

    private static func digits(_ bytes: inout ArraySlice<UInt8>, _ count: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<count {
            guard let next = digit(bytes.first) else { return nil }
            value = value * 10 + next
            bytes = bytes.dropFirst()
        }
        return value
    }

    private static func skip(_ bytes: inout ArraySlice<UInt8>, _ mark: Unicode.Scalar) -> Bool {
        guard bytes.first == UInt8(ascii: mark) else { return false }
        bytes = bytes.dropFirst()
        return true
    }
}
