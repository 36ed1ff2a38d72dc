public import Estate
public import Settings
import Synchronization
import Transport
import Wire

/// What a Prometheus knows of many nodes, and the figures that the platform's owners ask it for.
public struct PrometheusFeed: Feed {
    public let source: SourceID

    /// A query over a thousand nodes takes a tenth of a second; Thanos and Mimir ask others first.
    public static let replyDeadline = Span.seconds(10)
    /// From one round of the slow questions to the next, at least.
    public static let slowEvery = Span.seconds(60)

    private let settings: PrometheusSettings
    private let nodes: [Node]
    private let pace: FeedPace

    /// - Parameter nodes: hosts by the addresses that the nodes' label may have.
    public init(_ settings: PrometheusSettings, nodes: [Node], pace: FeedPace? = nil) {
        source = SourceID("prometheus", settings.name)
        self.settings = settings
        self.nodes = nodes
        self.pace = pace ?? FeedPace(interval: settings.every, replyDeadline: Self.replyDeadline)
    }

    private struct Memory: Sendable {
        var book: PrometheusNodeBook
        var slowAt: Timestamp?
    }

    public func run(into sink: any UpdateSink, clock: any Timekeeper) async {
        let http = HTTPDoor(clock: clock)
        let memory = Mutex(
            Memory(book: PrometheusNodeBook(nodes, takesUnlisted: settings.nodes?.takesUnlisted ?? false)))
        let door = PrometheusDoor(settings.endpoint, http, deadline: pace.replyDeadline)
        await FeedLoop(source, into: sink, clock: clock, pace: pace, endpoints: [settings.endpoint.label]).run {
            session in
            while true {
                var latency = try await beAlive(door)
                let figures = try await figures(door)
                // What is asked for next takes longest, and may come late.
                send(figures.list, session, at: clock.now())
                var problem: String?
                if let wanted = settings.nodes {
                    latency = try await ask(door, wanted, memory, clock) ?? latency
                }
                let now = clock.now()
                let found = memory.withLock { memory in
                    let found = memory.book.facts(at: now)
                    problem = memory.book.problem
                    return found
                }
                if settings.nodes != nil, found.isEmpty, problem == nil {
                    problem = "no series of nodes fits {\(settings.nodes?.selector ?? "")}: check nodes.selector"
                }
                session.heard(latency: latency, problem: problem ?? figures.warning)
                for node in found { session.send(.node(node.id, node.facts), at: now) }
                try await clock.sleep(until: pace.nextAsk(after: clock.now()))
            }
        }
        await http.close()
    }

    /// One round over the nodes; the answer's time of the first question.
    private func ask(
        _ door: PrometheusDoor, _ wanted: PrometheusNodes, _ memory: borrowing Mutex<Memory>, _ clock: any Timekeeper
    ) async throws -> Span? {
        let now = clock.now()
        let isSlow = memory.withLock { memory in
            let isDue = memory.slowAt.map { now - $0 >= Self.slowEvery } ?? true
            if isDue { memory.slowAt = now }
            memory.book.begin(isSlow: isDue)
            return isDue
        }
        let window = Quantity.text(settings.window)
        var took: Span?
        do {
            for query in PrometheusQuery.quick(wanted, window: window) {
                took = try await ask(door, query, memory, isSlow: false) ?? took
            }
            if isSlow {
                for query in PrometheusQuery.slow(wanted, window: window) {
                    _ = try await ask(door, query, memory, isSlow: true)
                }
            }
        } catch {
            // Half a round is none: the next one asks for all of it again.
            if isSlow { memory.withLock { $0.slowAt = nil } }
            throw error
        }
        return took
    }

    private func ask(
        _ door: PrometheusDoor, _ query: PrometheusQuery, _ memory: borrowing Mutex<Memory>, isSlow: Bool
    ) async throws -> Span? {
        let gathered = Gathered()
        let (took, _) = try await door.query(query.text, labels: query.labels) { gathered.add($0) }
        memory.withLock { memory in
            for result in gathered.take() { memory.book.take(result, of: query, isSlow: isSlow) }
        }
        return took
    }

    private struct Figures {
        var list: [KeyFigure] = []
        var warning: String?
    }

    /// A figure that cannot be worked out says why, and keeps none of the others back.
    private func figures(_ door: PrometheusDoor) async throws -> Figures {
        var made = Figures()
        for wanted in settings.figures {
            var figure = KeyFigure(wanted.name, unit: wanted.unit, group: wanted.group, limits: wanted.limits)
            let gathered = Gathered()
            do {
                let (_, frame) = try await door.query(wanted.query, labels: []) { gathered.add($0) }
                made.warning = made.warning ?? frame.warnings.first.map { Escaped.text($0) }
                let results = gathered.take()
                figure.value = frame.scalar ?? (results.count == 1 ? results[0].value : nil)
                if figure.value?.isFinite == false { figure.value = nil }
                if figure.value == nil {
                    figure.problem =
                        results.count > 1
                        ? "the query gives \(results.count) numbers, not one" : "the query gives no number"
                }
            } catch let error as WireError {
                guard case .refused(_, let status, let message) = error, (400..<500).contains(status) else {
                    throw error
                }
                figure.problem = message
            } catch TransportError.late(_, let seconds) {
                // Is it this query, or the server?
                _ = try await beAlive(door)
                figure.problem =
                    "no answer within \(Int(seconds)) s: narrow the query, or make it a recording rule"
            }
            made.list.append(figure)
        }
        return made
    }

    /// Nothing is asked of it: whether it answers, and how soon, is all there is to tell.
    private func beAlive(_ door: PrometheusDoor) async throws -> Span {
        try await door.query("vector(1)", labels: []) { _ in }.took
    }

    private func send(_ list: [KeyFigure], _ session: FeedSession, at now: Timestamp) {
        var whole = PlatformFacts()
        whole.figures = list
        session.send(.platform(whole), at: now)
        for (figure, wanted) in zip(list, settings.figures) where wanted.isFailedLogins {
            guard let group = wanted.group else { continue }
            var facts = GroupFacts()
            var edge = EdgeFacts()
            edge.failedLoginRate = figure.value
            facts.edge = edge
            session.send(.group(group, facts), at: now)
        }
    }
}

/// Results of one answer, gathered as they come.
private final class Gathered: Sendable {
    private let results = Mutex<[PrometheusResult]>([])
    func add(_ result: PrometheusResult) { results.withLock { $0.append(result) } }
    func take() -> [PrometheusResult] {
        results.withLock { results in
            defer { results = [] }
            return results
        }
    }
}
