public import Estate

/// One alert of Alertmanager's `/api/v2/alerts`.
public struct AlertmanagerAlert: Sendable, Equatable {
    public let fingerprint: String
    public let labels: [String: String]
    public let annotations: [String: String]
    public let startsAt: Timestamp?
    /// `active`, `suppressed` or `unprocessed`.
    public let state: String
    public let silencedBy: [String]
    public let inhibitedBy: [String]

    /// Alerts that are read; more are counted by `list`.
    public static let alertsMax = 2_000
    static let format = "Alertmanager alerts"

    /// The alerts of an answer, and how many were left out.
    public static func list(_ bytes: [UInt8]) throws(WireError) -> (alerts: [AlertmanagerAlert], leftOut: Int) {
        guard let items = try JSONValue(parsing: bytes, format: format).array else {
            throw .missing(format: format, field: "a list of alerts", bytes: Escaped.text(bytes))
        }
        var made: [AlertmanagerAlert] = []
        for item in items.prefix(alertsMax) {
            guard let fingerprint = item["fingerprint"]?.string else {
                throw .missing(format: format, field: "fingerprint", bytes: Escaped.text(item.text))
            }
            let status = item["status"]
            made.append(
                AlertmanagerAlert(
                    fingerprint: fingerprint, labels: texts(item["labels"]), annotations: texts(item["annotations"]),
                    startsAt: item["startsAt"]?.string.flatMap { ISOTime.parse($0) },
                    state: status?["state"]?.string ?? "active",
                    silencedBy: (status?["silencedBy"]?.array ?? []).compactMap(\.string),
                    inhibitedBy: (status?["inhibitedBy"]?.array ?? []).compactMap(\.string)))
        }
        return (made, max(0, items.count - alertsMax))
    }

    static func texts(_ value: JSONValue?) -> [String: String] { (value?.object ?? [:]).compactMapValues(\.string) }
}

/// One silence of Alertmanager's `/api/v2/silences`.
public struct AlertmanagerSilence: Sendable, Equatable {
    public struct Matcher: Sendable, Equatable {
        public let name: String
        public let value: String
        public let isRegex: Bool
        public let isEqual: Bool
    }
    public let id: String
    public let matchers: [Matcher]
    public let startsAt: Timestamp?
    public let endsAt: Timestamp?
    public let createdBy: String?
    public let comment: String?
    /// `active`, `pending` or `expired`.
    public let state: String

    public static let silencesMax = 2_000
    static let format = "Alertmanager silences"

    public static func list(_ bytes: [UInt8]) throws(WireError) -> [AlertmanagerSilence] {
        guard let items = try JSONValue(parsing: bytes, format: format).array else {
            throw .missing(format: format, field: "a list of silences", bytes: Escaped.text(bytes))
        }
        return items.prefix(silencesMax).compactMap { item in
            guard let id = item["id"]?.string else { return nil }
            return AlertmanagerSilence(
                id: id,
                matchers: (item["matchers"]?.array ?? []).compactMap { matcher in
                    guard let name = matcher["name"]?.string, let value = matcher["value"]?.string else { return nil }
                    return Matcher(
                        name: name, value: value, isRegex: matcher["isRegex"]?.bool ?? false,
                        // Before 0.22 there was no such field, and no inequality.
                        isEqual: matcher["isEqual"]?.bool ?? true)
                },
                startsAt: item["startsAt"]?.string.flatMap { ISOTime.parse($0) },
                endsAt: item["endsAt"]?.string.flatMap { ISOTime.parse($0) },
                createdBy: item["createdBy"]?.string, comment: item["comment"]?.string,
                state: item["status"]?["state"]?.string ?? "active")
        }
    }
}
