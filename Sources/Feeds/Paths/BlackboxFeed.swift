public import Estate
public import Settings
import Synchronization
import Transport
import Wire

/// One way through the network as a blackbox_exporter sees it from where it stands.
public struct BlackboxFeed: Feed {
    public let source: SourceID

    /// The exporter answers when its own probe is over.
    public static let replyDeadline = Span.seconds(6)
    public static let pageBytesMax = 1 << 20

    private let member: MemberID
    private let probe: ProbeSettings
    private let endpoint: Endpoint
    private let path: String
    private let pace: FeedPace

    /// nil where the probe is none of an exporter's.
    public init?(_ group: GroupID, _ probe: ProbeSettings, every: Span, pace: FeedPace? = nil) {
        guard case .blackbox(let page) = probe.kind else { return nil }
        source = SourceID("blackbox", "\(group.name)/\(probe.name)")
        member = MemberID(group, probe.name)
        self.probe = probe
        var base = page
        let authority = page.url.firstRange(of: "://").map { page.url[$0.upperBound...] } ?? ""
        if let slash = authority.firstIndex(where: { $0 == "/" || $0 == "?" }) {
            path = String(authority[slash...])
            base.url = String(page.url[..<slash])
        } else {
            path = "/probe"
        }
        endpoint = base
        self.pace = pace ?? FeedPace(interval: max(every, .seconds(1)), replyDeadline: Self.replyDeadline)
    }

    private enum Family: Int, CaseIterable {
        case success, duration, phase, certificate
        static let selection = PrometheusFamilies([
            "probe_success", "probe_duration_seconds", "probe_icmp_duration_seconds",
            "probe_ssl_earliest_cert_expiry",
        ])
    }

    private struct Page: Sendable {
        var success: Bool?
        var seconds: Double?
        var roundTrip: Double?
        var expires: Double?
    }

    public func run(into sink: any UpdateSink, clock: any Timekeeper) async {
        let door = HTTPDoor(clock: clock)
        let window = Mutex(PathWindow())
        await FeedLoop(source, into: sink, clock: clock, pace: pace, endpoints: [endpoint.label]).run { session in
            while true {
                let reply = try await door.send(
                    HTTPRequest("GET", path, authorization: .configured), to: endpoint, within: pace.replyDeadline,
                    bodyBytesMax: Self.pageBytesMax)
                let page = try self.page(reply)
                let now = clock.now()
                session.heard(latency: reply.took)
                let (told, hasTurned) = window.withLock { window -> (PathWindow, Bool) in
                    let was = window.isUp
                    window.take(page.success == true ? page.roundTrip ?? page.seconds ?? 0 : nil)
                    return (window, was != window.isUp)
                }
                session.send(.member(member, facts(told)), isEdge: hasTurned, at: now)
                if let expires = page.expires, expires > 0, expires < 9e9 {
                    var edge = EdgeFacts()
                    edge.certificates = [
                        EdgeFacts.Certificate(name: probe.name, expiresAt: Timestamp(seconds: expires))
                    ]
                    var group = GroupFacts()
                    group.edge = edge
                    session.send(.group(member.group, group), at: now)
                }
                try await clock.sleep(until: pace.nextAsk(after: clock.now()))
            }
        }
        await door.close()
    }

    private func facts(_ window: PathWindow) -> MemberFacts {
        var facts = MemberFacts()
        facts.role = .path
        facts.state = window.isUp == false ? .failed : .running
        facts.notes["probe"] = "blackbox"
        facts.notes["from"] = endpoint.label
        facts.path = window.facts(path, provider: probe.provider, capacity: probe.capacityBytesRate)
        return facts
    }

    private func page(_ reply: HTTPReply) throws -> Page {
        guard reply.status == 200 else {
            throw FeedError.unreadable(
                endpoint: endpoint.label,
                reason: "status \(reply.status): “\(Escaped.text(reply.body))”; check target and module")
        }
        var page = Page()
        let report = PrometheusScanner.scan(reply.body.span.bytes, Family.selection) { line in
            switch Family(rawValue: line.family) {
            case .success: page.success = line.value == 1
            case .duration: page.seconds = line.value
            case .phase: if line.label("phase", is: "rtt") { page.roundTrip = line.value }
            case .certificate: page.expires = line.value
            case nil: break
            }
        }
        guard page.success != nil else {
            if let fault = report.firstFault { throw fault }
            throw FeedError.unreadable(
                endpoint: endpoint.label, reason: "no probe_success in “\(Escaped.text(reply.body))”")
        }
        return page
    }
}
