public import Estate
public import Settings
import Synchronization
import Transport
import Wire

/// A group's ways through the network as they are from here: each is tried again and again. A way that does not answer
/// is what there is to tell, and no failure of this feed's.
public struct PathProbeFeed: Feed {
    public let source: SourceID

    /// How long one try may take.
    public static let replyDeadline = Span.seconds(2)

    private let group: GroupID
    private let probes: [ProbeSettings]
    private let pace: FeedPace

    /// nil where nothing is to be tried from here.
    public init?(_ group: GroupID, _ settings: PathSettings, pace: FeedPace? = nil) {
        probes = settings.probes.filter { if case .blackbox = $0.kind { false } else { true } }
        guard !probes.isEmpty else { return nil }
        source = SourceID("probe", group.name)
        self.group = group
        self.pace = pace ?? FeedPace(interval: settings.every, replyDeadline: Self.replyDeadline)
    }

    private struct Outcome: Sendable {
        let index: Int
        let took: Span?
        let expires: Timestamp?
        let problem: String?
    }

    public func run(into sink: any UpdateSink, clock: any Timekeeper) async {
        let door = NetworkProbe(clock: clock)
        let windows = Mutex([PathWindow](repeating: PathWindow(), count: probes.count))
        await FeedLoop(source, into: sink, clock: clock, pace: pace, endpoints: [group.name]).run { session in
            while true {
                let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { tasks in
                    for index in probes.indices { tasks.addTask { try await attempt(index, door) } }
                    var all: [Outcome] = []
                    for try await one in tasks { all.append(one) }
                    return all
                }
                let now = clock.now()
                session.heard()
                for outcome in outcomes.sorted(by: { $0.index < $1.index }) {
                    let (window, hasTurned) = windows.withLock { windows -> (PathWindow, Bool) in
                        let was = windows[outcome.index].isUp
                        windows[outcome.index].take(outcome.took?.seconds)
                        return (windows[outcome.index], was != windows[outcome.index].isUp)
                    }
                    send(window, outcome, session, at: now, isEdge: hasTurned)
                }
                sendCertificates(outcomes, session, at: now)
                try await clock.sleep(until: pace.nextAsk(after: clock.now()))
            }
        }
    }

    private func attempt(_ index: Int, _ door: NetworkProbe) async throws -> Outcome {
        do {
            var expires: Timestamp?
            let took: Span
            switch probes[index].kind {
            case .tcp(let place): took = try await door.connect(place, within: pace.replyDeadline)
            case .tls(let endpoint):
                let shaken = try await door.handshake(endpoint, within: pace.replyDeadline)
                (took, expires) = (shaken.took, shaken.expiresAt)
            case .dns(let name, let server):
                took = try await door.lookUp(name, at: server, within: pace.replyDeadline)
            case .icmp(let host): took = try await door.echo(host, within: pace.replyDeadline)
            case .blackbox: throw TransportError.closed
            }
            return Outcome(index: index, took: took, expires: expires, problem: nil)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return Outcome(index: index, took: nil, expires: nil, problem: Escaped.text("\(error)"))
        }
    }

    private func send(
        _ window: PathWindow, _ outcome: Outcome, _ session: FeedSession, at now: Timestamp, isEdge: Bool
    ) {
        let probe = probes[outcome.index]
        var facts = MemberFacts()
        facts.role = .path
        facts.state = window.isUp == false ? .failed : .running
        facts.stateDetail = outcome.problem
        facts.notes["probe"] = probe.kind.word
        facts.path = window.facts(
            probe.kind.target, provider: probe.provider, capacity: probe.capacityBytesRate)
        session.send(.member(MemberID(group, probe.name), facts), isEdge: isEdge, at: now)
    }

    private func sendCertificates(_ outcomes: [Outcome], _ session: FeedSession, at now: Timestamp) {
        let ending = outcomes.compactMap { outcome in
            outcome.expires.map { (name: probes[outcome.index].kind.target, at: $0) }
        }
        guard !ending.isEmpty else { return }
        var edge = EdgeFacts()
        edge.certificates = ending.sorted { $0.name < $1.name }.map {
            EdgeFacts.Certificate(name: $0.name, expiresAt: $0.at)
        }
        var facts = GroupFacts()
        facts.edge = edge
        session.send(.group(group, facts), at: now)
    }
}

extension ProbeSettings.Kind {
    /// What is tried, for people.
    var target: String {
        switch self {
        case .tcp(let place): place
        case .tls(let endpoint): String(endpoint.url.dropFirst("tls://".count))
        case .dns(let name, let server): "\(name) at \(server)"
        case .icmp(let host): host
        case .blackbox(let page): page.label
        }
    }

    var word: String {
        switch self {
        case .tcp: "tcp"
        case .tls: "tls"
        case .dns: "dns"
        case .icmp: "icmp"
        case .blackbox: "blackbox"
        }
    }
}
