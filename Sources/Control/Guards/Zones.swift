public import Estate
// The zones of the world are not in FoundationEssentials.
import Foundation
public import Settings

/// The time zones of this machine.
public enum Zones {
    public static let known = KnownZones(
        names: { ["UTC"] + TimeZone.knownTimeZoneIdentifiers },
        isKnown: { $0 == "UTC" || TimeZone.knownTimeZoneIdentifiers.contains($0) })

    /// Seconds that the zone's clock is ahead of UTC.
    public static func offsetSeconds(_ zone: String, _ at: Timestamp) -> Int? {
        if zone == "UTC" { return 0 }
        return TimeZone(identifier: zone)?.secondsFromGMT(for: Date(timeIntervalSince1970: at.seconds))
    }
}
