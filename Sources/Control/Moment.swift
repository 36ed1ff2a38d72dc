import Estate
import FoundationEssentials

/// A moment as RFC 3339 has it, in UTC.
enum Moment {
    static func text(_ at: Timestamp) -> String {
        Date(timeIntervalSince1970: at.seconds).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
