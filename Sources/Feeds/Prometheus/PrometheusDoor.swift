public import Estate
public import Settings
import Synchronization
import Transport
import Wire

/// The HTTP API of a Prometheus: instant queries and ranges, read piece by piece.
public struct PrometheusDoor: Sendable {
    /// Longest answer to one query: some hundred thousand series.
    public static let replyBytesMax = 64 << 20
    /// Points of one series that a range may ask for; the server's own limit is 11,000.
    public static let pointsMax = 10_000
    /// Series of one range query.
    public static let seriesMax = 1_000

    let endpoint: Endpoint
    let door: HTTPDoor
    let deadline: Span

    init(_ endpoint: Endpoint, _ door: HTTPDoor, deadline: Span) {
        self.endpoint = endpoint
        self.door = door
        self.deadline = deadline
    }

    /// Asks for the values of now; each is handed to `body` as it comes. Returns how long it took, the server's
    /// warnings, and the value of a query that gives one number without labels.
    func query(
        _ text: String, labels: [String], _ body: @escaping @Sendable (PrometheusResult) -> Void
    ) async throws -> (took: Span, frame: PrometheusAnswer.Frame) {
        let wanted = labels.map { Array($0.utf8) }
        return try await ask("/api/v1/query?query=\(Self.encoded(text))") { element in
            if let result = try PrometheusResult(element: element, wanted: wanted) { body(result) }
        }
    }

    /// The values of a query between two moments, `step` apart; series by series.
    func range(_ text: String, from: Timestamp, to: Timestamp, step: Span) async throws -> [PrometheusSeries] {
        let least = Span(nanoseconds: max((to - from).nanoseconds / Int64(Self.pointsMax), 1_000_000_000))
        let step = max(step, least)
        let all = Mutex<[PrometheusSeries]>([])
        let path =
            "/api/v1/query_range?query=\(Self.encoded(text))&start=\(from.seconds)&end=\(to.seconds)"
            + "&step=\(step.seconds)"
        _ = try await ask(path) { element in
            let series = try PrometheusSeries(element: element)
            all.withLock { if $0.count < Self.seriesMax { $0.append(series) } }
        }
        return all.withLock { $0 }
    }

    private func ask(
        _ path: String, _ body: @escaping @Sendable (borrowing [UInt8]) throws -> Void
    ) async throws -> (took: Span, frame: PrometheusAnswer.Frame) {
        let answer = Mutex(PrometheusAnswer())
        let reply = try await door.receive(
            HTTPRequest("GET", path, authorization: .configured), from: endpoint, within: deadline,
            bodyBytesMax: Self.replyBytesMax
        ) { _, piece in
            try answer.withLock { answer in try answer.feed(piece, body) }
        }
        switch reply.status {
        case 401, 403:
            throw FeedError.refused(
                endpoint: endpoint.label, reason: "status \(reply.status); check the user and the secret")
        case 404:
            throw FeedError.unreadable(
                endpoint: endpoint.label,
                reason: "status 404; the address needs the path before /api/v1, and Mimir's is /prometheus")
        default: break
        }
        return (reply.took, try answer.withLock { answer throws(WireError) in try answer.finish(status: reply.status) })
    }

    /// For a query's part of an address.
    public static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                out.append(byte)
            default: out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}

/// The past as a Prometheus keeps it: for curves that reach back to before this program was started.
public struct PrometheusHistory: Sendable {
    public struct Series: Sendable, Equatable {
        public let labels: [String: String]
        public let points: [Point]
    }
    public struct Point: Sendable, Equatable {
        public let at: Timestamp
        public let value: Double
    }

    private let settings: PrometheusSettings
    private let clock: any Timekeeper

    public init(_ settings: PrometheusSettings, clock: any Timekeeper) {
        self.settings = settings
        self.clock = clock
    }

    /// A figure of the configuration between two moments; empty where the server has nothing.
    /// - Throws: `FeedError`, or `CancellationError`.
    public func figure(_ name: String, from: Timestamp, to: Timestamp, step: Span) async throws -> [Point] {
        guard let figure = settings.figures.first(where: { $0.name == name }) else {
            throw FeedError.unusable(reason: "\(settings.name) has no figure \(name)")
        }
        return try await query(figure.query, from: from, to: to, step: step).first?.points ?? []
    }

    /// Any query between two moments.
    public func query(_ text: String, from: Timestamp, to: Timestamp, step: Span) async throws -> [Series] {
        let http = HTTPDoor(clock: clock)
        do {
            let all = try await PrometheusDoor(settings.endpoint, http, deadline: PrometheusFeed.replyDeadline).range(
                text, from: from, to: to, step: step)
            await http.close()
            return all.map { series in
                Series(labels: series.labels, points: series.points.map { Point(at: $0.at, value: $0.value) })
            }
        } catch {
            await http.close()
            if error is CancellationError { throw error }
            throw FeedError(error, endpoint: settings.endpoint.label)
        }
    }
}
