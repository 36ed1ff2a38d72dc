import Estate
import FoundationEssentials
public import Journal
public import Settings
import Transport
import Wire

/// Takes a copy of each audit record elsewhere.
public protocol AuditCopy: Sendable {
    /// Never waits. Returns what went wrong; nil: nothing.
    func copy(_ entry: AuditEntry) -> String?
}

/// To syslog by RFC 5424: one line a record, with its place in the chain. Particulars stay in the journal.
public struct SyslogCopy: AuditCopy {
    private let door: DatagramDoor
    private let host: String

    public init(_ endpoint: Endpoint, host: String) {
        door = DatagramDoor(endpoint)
        self.host = host
    }

    public func copy(_ entry: AuditEntry) -> String? {
        do {
            try door.send(Self.line(entry, host: host).bytes)
            return nil
        } catch {
            return "no copy to syslog: \(error.description)"
        }
    }

    static func line(_ entry: AuditEntry, host: String) -> SyslogLine {
        let record = entry.record
        let severity: SyslogLine.Severity =
            switch record.phase {
            case .refused, .denied: .warning
            case .intent, .outcome, .approved, .offered: .notice
            default: .informational
            }
        var data = [("sequence", "\(entry.sequence)"), ("hash", entry.hash), ("action", record.action)]
        data.append(("who", record.who))
        if let verb = record.verb { data.append(("command", verb)) }
        if let target = record.target { data.append(("target", target)) }
        return SyslogLine(
            severity, time: RFC3339.text(record.at), host: host,
            processID: ProcessInfo.processInfo.processIdentifier, messageID: record.phase.rawValue,
            data: data.map { (name: $0.0, value: $0.1) }, text: record.text)
    }
}
