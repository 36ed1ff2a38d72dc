public import Estate
public import Settings
import Synchronization
import Transport
import Wire

/// What a host's node_exporter says of it.
public struct NodeExporterFeed: Feed {
    public let source: SourceID

    /// Reading everything costs an exporter some milliseconds of CPU, so it is asked less often than the rest.
    public static let paceDefault = FeedPace(interval: .seconds(5), replyDeadline: .seconds(4))
    /// Longest page that is read; one of a large host has a megabyte.
    public static let pageBytesMax = 16 * 1024 * 1024

    private let node: NodeID
    private let endpoint: Endpoint
    private let path: String
    private let pace: FeedPace

    /// - Parameters:
    ///   - endpoint: `http(s)://host:9100`, with or without the path `/metrics`.
    public init(_ node: NodeID, at endpoint: Endpoint, pace: FeedPace = NodeExporterFeed.paceDefault) {
        source = SourceID("node", node.name)
        self.node = node
        var base = endpoint
        let authority = endpoint.url.firstRange(of: "://").map { endpoint.url[$0.upperBound...] } ?? ""
        if let slash = authority.firstIndex(of: "/"), authority.index(after: slash) < authority.endIndex {
            path = String(authority[slash...])
            base.url = String(endpoint.url[..<slash])
        } else {
            path = "/metrics"
        }
        self.endpoint = base
        self.pace = pace
    }

    public func run(into sink: any UpdateSink, clock: any Timekeeper) async {
        let door = HTTPDoor(clock: clock)
        let rates = Mutex(NodeRates())
        await FeedLoop(source, into: sink, clock: clock, pace: pace, endpoints: [endpoint.label]).run { session in
            while true {
                let reply = try await door.send(
                    HTTPRequest(
                        "GET", path, headers: [(name: "accept", value: "text/plain;version=0.0.4")],
                        authorization: endpoint.username == nil ? .none : .basic),
                    to: endpoint, within: pace.replyDeadline, bodyBytesMax: Self.pageBytesMax)
                let now = clock.now()
                let page = try page(reply)
                session.heard(latency: reply.took, problem: problem(page))
                session.send(.node(node, rates.withLock { $0.take(page, at: now, took: reply.took) }), at: now)
                try await clock.sleep(until: pace.nextAsk(after: clock.now()))
            }
        }
        await door.close()
    }

    private func page(_ reply: HTTPReply) throws -> NodePage {
        switch reply.status {
        case 200: break
        case 401, 403:
            throw FeedError.refused(
                endpoint: endpoint.label, reason: "status \(reply.status); check the user and the secret")
        default:
            throw FeedError.unreadable(
                endpoint: endpoint.label, reason: "status \(reply.status) for \(Escaped.text(path)); check the path")
        }
        let page = NodePage(reply.body)
        guard page.report.samples > 0 else {
            if let fault = page.report.firstFault { throw fault }
            throw FeedError.unreadable(
                endpoint: endpoint.label,
                reason: "no figure of node_exporter's in “\(Escaped.text(reply.body))”; is it another exporter?")
        }
        return page
    }

    private func problem(_ page: NodePage) -> String? {
        if let fault = page.report.firstFault { return "\(page.report.faults) lines could not be read: \(fault)" }
        if page.report.isTruncated { return "the page is cut off; figures may be missing" }
        if page.devicesLeftOut > 0 {
            return "more than \(NodePage.devicesMax) devices of one kind; the rest is left out"
        }
        return nil
    }
}
