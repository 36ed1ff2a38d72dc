import Estate
import Settings
import Transport

/// Clocks of others against this one.
extension Doctor {
    /// By the `Date` header, which has whole seconds: only what is beyond a second more than the limit is told.
    func clockByDate(_ subject: String, _ reply: HTTPReply) -> [Finding] {
        guard let header = reply.dateHeader, let sent = HTTPDate.parse(header) else { return [] }
        // The header was cut to the second somewhere while we waited.
        let now = clock.now()
        let ahead = sent - now
        let behind = (now - reply.took) - (sent + .seconds(1))
        let offset = max(ahead.seconds, behind.seconds)
        guard offset > settings.limits.clockOffset.seconds else { return [] }
        return [clockFinding(subject, seconds: ahead.seconds > behind.seconds ? offset : -offset)]
    }

    func clockFinding(_ subject: String, seconds: Double) -> Finding {
        let shown = "\((abs(seconds) * 1000).rounded() / 1000) s \(seconds > 0 ? "ahead of" : "behind")"
        guard abs(seconds) > settings.limits.clockOffset.seconds else {
            return .ok(subject, "clock \(shown) ours")
        }
        return .warning(
            subject, "its clock is \(shown) ours, limit \(Quantity.text(settings.limits.clockOffset))",
            remedy: "Run chrony or systemd-timesyncd there and here (`chronyc tracking`, `timedatectl`).")
    }

    func milliseconds(_ span: Span) -> String { "\((span.seconds * 10_000).rounded() / 10) ms" }
}

/// `Sat, 21 Nov 2026 05:58:50 GMT`, as HTTP has it.
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func parse(_ text: String) -> Timestamp? {
        let words = text.split(separator: " ")
        guard words.count == 6, let day = Int64(words[1]), (1...31).contains(day),
            let month = months.firstIndex(of: String(words[2])), let year = Int64(words[3]),
            (1970...2261).contains(year), words[5] == "GMT"
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3, (0..<24).contains(clock[0]), (0..<60).contains(clock[1]), (0...60).contains(clock[2])
        else { return nil }
        let seconds = days(year, Int64(month) + 1, day) * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
        return Timestamp(nanoseconds: seconds * 1_000_000_000)
    }

    /// Days since 1970-01-01, counted from March so that the leap day comes last.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
