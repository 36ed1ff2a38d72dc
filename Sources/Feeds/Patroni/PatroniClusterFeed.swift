public import Estate
public import Settings
import Synchronization
import Transport
import Wire

/// The members of a cluster, discovered from any one of them, and what they repeat of the register where it is not
/// observed itself.
public struct PatroniClusterFeed: Feed {
    public let source: SourceID
    private let group: GroupID
    private let settings: PatroniSettings
    private let pace: FeedPace

    /// Beside a register, discovery is all that is wanted.
    public static let besideRegisterPace = FeedPace(interval: .seconds(10), replyDeadline: .seconds(2))
    public static let alonePace = FeedPace(interval: .seconds(2), replyDeadline: .seconds(2))
    /// Rounds from one reading of `/config` and `/history` to the next.
    public static let roundsBetweenDetails = 5
    /// Most addresses that are asked.
    public static let doorsMax = 64

    /// Source `patroni:GROUP`. A pace other than `nil` overrides the one that fits.
    public init(group: GroupID, settings: PatroniSettings, pace: FeedPace? = nil) {
        source = SourceID("patroni", group.name)
        self.group = group
        self.settings = settings
        self.pace = pace ?? (settings.etcd.isEmpty ? Self.alonePace : Self.besideRegisterPace)
    }

    public func run(into sink: any UpdateSink, clock: any Timekeeper) async {
        let door = HTTPDoor(clock: clock)
        let view = Mutex(PatroniClusterView(group: group, hasRegister: !settings.etcd.isEmpty))
        let preferred = Mutex<String?>(nil)
        let label = settings.rest.endpoints.map { Endpoint(url: $0).label }.joined(separator: ", ")
        let loop = FeedLoop(source, into: sink, clock: clock, pace: pace, endpoints: [label])
        await loop.run { session in
            var round = 0
            while true {
                let known = view.withLock { $0.doors }
                let (url, cluster, took) = try await ask(door, known, first: preferred.withLock { $0 })
                preferred.withLock { $0 = url }
                if settings.etcd.isEmpty, round % Self.roundsBetweenDetails == 0 {
                    try await readDetails(settings.restEndpoint(url), door, view)
                }
                round += 1
                session.heard(latency: took)
                let updates = view.withLock { $0.updates(cluster) }
                for update in updates { session.send(update.body, isEdge: update.isEdge) }
                try await clock.sleep(until: pace.nextAsk(after: clock.now()))
            }
        }
        await door.close()
    }

    /// `/cluster` of the member that answered last time; where it does not any more, of all the others side by side.
    private func ask(
        _ door: HTTPDoor, _ known: [String], first: String?
    ) async throws -> (url: String, cluster: PatroniCluster, took: Span) {
        var doors = settings.rest.endpoints
        for url in known where !doors.contains(url) && doors.count < Self.doorsMax { doors.append(url) }
        guard !doors.isEmpty else {
            throw FeedError.unusable(reason: "no REST address of a member of \(group) is configured")
        }
        var failure: (any Error)?
        if let first {
            do {
                return try await cluster(first, door)
            } catch {
                try Task.checkCancellation()
                failure = error
                doors.removeAll { $0 == first }
            }
        }
        return try await withThrowingTaskGroup(
            of: Result<(url: String, cluster: PatroniCluster, took: Span), any Error>.self
        ) { group in
            for url in doors {
                group.addTask {
                    do { return .success(try await cluster(url, door)) } catch { return .failure(error) }
                }
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                switch result {
                case .success(let found): return found
                case .failure(let error): failure = failure ?? error
                }
            }
            throw failure ?? FeedError.unusable(reason: "nobody is left to ask about \(self.group)")
        }
    }

    private func cluster(
        _ url: String, _ door: HTTPDoor
    ) async throws -> (url: String, cluster: PatroniCluster, took: Span) {
        let endpoint = settings.restEndpoint(url)
        let reply = try await PatroniDoor.get("/cluster", at: endpoint, through: door, pace: pace)
        guard reply.status == 200 else { throw PatroniDoor.fault(reply, endpoint: endpoint) }
        return (url, try PatroniCluster(parsing: reply.body), reply.took)
    }

    /// A cluster that has no configuration or history yet answers with another status: then there is none.
    private func readDetails(
        _ endpoint: Endpoint, _ door: HTTPDoor, _ view: borrowing Mutex<PatroniClusterView>
    ) async throws {
        let config = try await PatroniDoor.get("/config", at: endpoint, through: door, pace: pace)
        if config.status == 200 {
            let parsed = try PatroniConfig(parsing: config.body)
            view.withLock { $0.learned(config: parsed) }
        }
        let history = try await PatroniDoor.get("/history", at: endpoint, through: door, pace: pace)
        if history.status == 200 {
            let parsed = try PatroniTimelineEnd.list(parsing: history.body)
            view.withLock { $0.learned(history: parsed) }
        }
    }
}
