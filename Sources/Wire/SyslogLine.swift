/// One message of RFC 5424.
public struct SyslogLine: Sendable, Equatable {
    /// Longest message that is sent, bytes: what every receiver has to take.
    public static let messageBytesMax = 2_048
    /// Facility 13, log audit.
    static let facility = 13

    public enum Severity: Int, Sendable { case warning = 4, notice = 5, informational = 6 }

    public var severity: Severity
    /// RFC 3339, in UTC.
    public var time: String
    public var host: String
    public var processID: Int32
    public var messageID: String
    /// Named values of the element `pitboss@32473` (32473 is the number that RFC 5612 keeps for examples).
    public var data: [(name: String, value: String)]
    public var text: String

    public init(
        _ severity: Severity, time: String, host: String, processID: Int32, messageID: String,
        data: [(name: String, value: String)], text: String
    ) {
        self.severity = severity
        self.time = time
        self.host = host
        self.processID = processID
        self.messageID = messageID
        self.data = data
        self.text = text
    }

    public static func == (a: Self, b: Self) -> Bool { a.bytes == b.bytes }

    /// As it goes over the wire, cut at the limit.
    public var bytes: [UInt8] {
        let pairs = data.map { " \($0.name)=\"\(Self.escaped($0.value))\"" }.joined()
        let head = "<\(Self.facility * 8 + severity.rawValue)>1 \(time) \(Self.word(host, 255)) pitboss \(processID)"
        let line = "\(head) \(Self.word(messageID, 32)) [pitboss@32473\(pairs)] \(Self.oneLine(text))"
        guard line.utf8.count > Self.messageBytesMax else { return Array(line.utf8) }
        // Not in the middle of a letter.
        return Array(String(decoding: line.utf8.prefix(Self.messageBytesMax - 3), as: UTF8.self).utf8.prefix(
            Self.messageBytesMax))
    }

    /// Printable ASCII without blanks; `-` where nothing is left.
    private static func word(_ text: String, _ countMax: Int) -> String {
        let kept = text.utf8.filter { $0 > 0x20 && $0 < 0x7F }.prefix(countMax)
        return kept.isEmpty ? "-" : String(decoding: kept, as: UTF8.self)
    }

    private static func escaped(_ text: String) -> String {
        var out = ""
        for character in oneLine(text) {
            if character == "\"" || character == "\\" || character == "]" { out += "\\" }
            out.append(character)
        }
        return out
    }

    private static func oneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
    }
}
