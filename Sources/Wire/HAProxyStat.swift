/// One line of `show stat`.
public struct HAProxyStat: Hashable, Sendable {
    public enum Kind: Int, Sendable {
        case frontend = 0
        case backend = 1
        case server = 2
        case listener = 3
    }

    /// The frontend or backend.
    public let proxy: String
    /// The server; `FRONTEND` or `BACKEND` for the line that sums up a proxy.
    public let name: String
    public let kind: Kind
    public let status: HAProxyStatus
    /// Sessions now, the most since start, and the limit; nil where there is no limit.
    public let sessions: Int?
    public let sessionsPeak: Int?
    public let sessionsLimit: Int?
    /// Since the balancer's start.
    public let sessionsTotal: Int?
    /// Requests waiting for a free slot.
    public let queued: Int?
    public let bytesIn: Int?
    public let bytesOut: Int?
    /// New sessions in the last second.
    public let sessionRate: Int?
    /// HTTP requests in the last second (frontends only) and since start.
    public let requestRate: Int?
    public let requestsTotal: Int?
    /// Connections to a server that failed, answers that failed, retries, and redispatches, since start.
    public let connectErrors: Int?
    public let responseErrors: Int?
    public let retries: Int?
    public let redispatches: Int?
    /// Turned away by a rule, since start.
    public let deniedRequests: Int?
    public let responses4xx: Int?
    public let responses5xx: Int?
    /// The weight in effect; for a backend the sum.
    public let weight: Int?
    /// For a server 1 or 0, for a backend how many of its servers are active, or backups.
    public let active: Int?
    public let backups: Int?
    /// Failed checks, and how often it went down, since start.
    public let checksFailed: Int?
    public let timesDown: Int?
    /// Errors in real traffic that were held against the server, since start; nil where nobody looks for them.
    public let trafficFaults: Int?
    /// Since the last change between up and down, and in sum since start.
    public let secondsSinceChange: Int?
    public let secondsDown: Int?
    /// Percent of the weight in effect while a server warms up; nil otherwise.
    public let slowStartPercent: Int?
    /// The server whose checks this one follows: `backend/server`.
    public let tracks: String?
    /// The last check's short result (`L7OK`, `L4CON`), its HTTP or protocol code, its text and how long it took.
    public let checkResult: String?
    public let checkCode: Int?
    public let checkText: String?
    public let checkMilliseconds: Int?
    /// What an agent on the server says, in short.
    public let agentResult: String?
    /// Means over the last 1,024 requests.
    public let queueMilliseconds: Int?
    public let connectMilliseconds: Int?
    public let responseMilliseconds: Int?
    public let totalMilliseconds: Int?
    /// `address:port` of a server. Nil below version 2.x on sockets of level user.
    public let address: String?
    /// The cookie value that ties clients to this server, or the name of the backend's cookie.
    public let cookie: String?
    /// `tcp`, `http` or `health`.
    public let mode: String?
    /// The balancing algorithm of a backend.
    public let algorithm: String?

    private enum Column: Int, CaseIterable {
        case pxname, svname, type, status, scur, smax, slim, stot, qcur, bin, bout, rate
        case requestRate, requestTotal, dreq, econ, eresp, wretr, wredis
        case hrsp4xx, hrsp5xx, weight, act, bck, chkfail, chkdown, hanafail, lastchg, downtime, throttle, tracked
        case checkStatus, checkCode, lastCheck, checkDuration, agentStatus
        case qtime, ctime, rtime, ttime, addr, cookie, mode, algo

        var name: String {
            switch self {
            case .requestRate: return "req_rate"
            case .requestTotal: return "req_tot"
            case .hrsp4xx: return "hrsp_4xx"
            case .hrsp5xx: return "hrsp_5xx"
            case .checkStatus: return "check_status"
            case .checkCode: return "check_code"
            case .lastCheck: return "last_chk"
            case .checkDuration: return "check_duration"
            case .agentStatus: return "agent_status"
            default: return "\(self)"
            }
        }
    }

    /// While a check runs, the result of the one before stands behind a star.
    private static func settled(_ result: String) -> String {
        result.hasPrefix("* ") ? String(result.dropFirst(2)) : result
    }

    private static let columns = Column.allCases.map(\.name)

    private init?(_ fields: HAProxyFields) {
        func text(_ column: Column) -> String? { fields.text(column.rawValue) }
        func int(_ column: Column) -> Int? { fields.int(column.rawValue) }
        guard let proxy = text(.pxname), let name = text(.svname), let kind = int(.type).flatMap(Kind.init) else {
            return nil
        }
        self.proxy = proxy
        self.name = name
        self.kind = kind
        status = HAProxyStatus(text(.status) ?? "")
        (sessions, sessionsPeak, sessionsLimit) = (int(.scur), int(.smax), int(.slim))
        (sessionsTotal, queued) = (int(.stot), int(.qcur))
        (bytesIn, bytesOut) = (int(.bin), int(.bout))
        (sessionRate, requestRate, requestsTotal) = (int(.rate), int(.requestRate), int(.requestTotal))
        (connectErrors, responseErrors) = (int(.econ), int(.eresp))
        (retries, redispatches) = (int(.wretr), int(.wredis))
        deniedRequests = int(.dreq)
        (responses4xx, responses5xx) = (int(.hrsp4xx), int(.hrsp5xx))
        (weight, active, backups) = (int(.weight), int(.act), int(.bck))
        (checksFailed, timesDown) = (int(.chkfail), int(.chkdown))
        trafficFaults = int(.hanafail)
        (secondsSinceChange, secondsDown) = (int(.lastchg), int(.downtime))
        (slowStartPercent, tracks) = (int(.throttle), text(.tracked))
        checkResult = text(.checkStatus).map(HAProxyStat.settled)
        (checkCode, checkText, checkMilliseconds) = (int(.checkCode), text(.lastCheck), int(.checkDuration))
        agentResult = text(.agentStatus).map(HAProxyStat.settled)
        (queueMilliseconds, connectMilliseconds) = (int(.qtime), int(.ctime))
        (responseMilliseconds, totalMilliseconds) = (int(.rtime), int(.ttime))
        (address, cookie, mode, algorithm) = (text(.addr), text(.cookie), text(.mode), text(.algo))
    }
}

/// The answer to `show stat`.
public struct HAProxyStatPage: Hashable, Sendable {
    /// At most so many lines are read; `isOverLimit` says when there were more.
    public static let linesMax = 100_000

    public let lines: [HAProxyStat]
    /// Lines that lack a name or a kind.
    public let unreadable: Int
    /// The answer ends in the middle of a line: lines may be missing.
    public let isTruncated: Bool
    public let isOverLimit: Bool

    private static let format = "HAProxy show stat"

    /// - Throws: ``HAProxyRefusal`` when the balancer refused, ``WireError`` when this is no such answer.
    public init(_ bytes: ArraySlice<UInt8>) throws {
        if let refusal = HAProxyReply.refusal(bytes, unlessStartsWith: "# ") { throw refusal }
        guard let headerEnd = bytes.firstIndex(of: 0x0A) else {
            throw WireError.malformed(
                format: Self.format, reason: "the header line has no end", bytes: Escaped.text(bytes))
        }
        var header = bytes[(bytes.startIndex + 2)..<headerEnd]
        if header.last == 0x0D { header = header.dropLast() }
        let table = HAProxyCSV(header: header, wanted: HAProxyStat.columnNames)
        for needed in HAProxyStat.neededColumns where !table.has(needed) {
            throw WireError.missing(
                format: Self.format, field: HAProxyStat.columnNames[needed], bytes: Escaped.text(header))
        }
        var lines: [HAProxyStat] = []
        var unreadable = 0
        var at = headerEnd + 1
        var cut = false
        while at < bytes.endIndex, lines.count < Self.linesMax {
            if bytes[at] == 0x0A {
                at += 1
                continue
            }
            guard let row = table.row(bytes, &at) else {
                cut = true
                break
            }
            if let line = HAProxyStat.line(row) {
                lines.append(line)
            } else {
                unreadable += 1
            }
        }
        self.lines = lines
        self.unreadable = unreadable
        isTruncated = cut
        isOverLimit = !cut && at < bytes.endIndex
    }
}

extension HAProxyStat {
    static var columnNames: [String] { columns }
    static var neededColumns: [Int] { [Column.pxname.rawValue, Column.svname.rawValue, Column.type.rawValue] }
    static func line(_ row: [ArraySlice<UInt8>?]) -> HAProxyStat? { HAProxyStat(HAProxyFields(fields: row)) }
}
