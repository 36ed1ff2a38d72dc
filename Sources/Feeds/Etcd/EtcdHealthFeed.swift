public import Estate
public import Settings
import Synchronization
import Transport
import Wire

/// The health of an etcd cluster as a quorum: each member is asked itself, side by side, every interval. A member
/// that hangs delays nobody else.
public struct EtcdHealthFeed: Feed {
    public let source: SourceID
    private let group: GroupID
    private let endpoints: [Endpoint]
    private let pace: FeedPace

    public static let standardPace = FeedPace(interval: .seconds(5), replyDeadline: .seconds(2))
    /// Rounds from one reading of the member list and the alarms to the next.
    public static let roundsBetweenLists = 2
    /// Rounds from one reading of the metrics pages to the next: 150 KB a member, of which the disk's times are wanted.
    /// The second reading comes with the second list, or there would be no rate for half a minute.
    public static let roundsBetweenMetrics = 6
    /// Most members of one cluster that are asked.
    public static let membersMax = 32

    /// Source `etcd:GROUP`, the group being the etcd cluster.
    public init(group: GroupID, endpoints: [Endpoint], pace: FeedPace = standardPace) {
        source = SourceID("etcd", group.name)
        self.group = group
        self.endpoints = endpoints
        self.pace = pace
    }

    public func run(into sink: any UpdateSink, clock: any Timekeeper) async {
        let link = EtcdLink(clock: clock)
        let health = Mutex(EtcdHealth(group: group))
        let rounds = Mutex(0)
        // All are asked in each round, so there is nothing to turn over: they go by one name.
        let label = endpoints.map(\.label).joined(separator: ", ")
        let loop = FeedLoop(source, into: sink, clock: clock, pace: pace, endpoints: [label])
        await loop.run { session in
            guard !endpoints.isEmpty else {
                throw FeedError.unusable(reason: "no endpoint is configured for the etcd cluster \(group)")
            }
            while true {
                let members = health.withLock { $0.members }
                let number = rounds.withLock { count in
                    defer { count += 1 }
                    return count
                }
                let asked = addresses(members)
                let answers = await ask(asked, link)
                try Task.checkCancellation()
                guard let latency = EtcdHealthFeed.bestLatency(answers) else {
                    throw EtcdHealthFeed.firstFailure(answers) ?? FeedError.unusable(reason: "nobody to ask")
                }
                // Without a leader the questions for lists hang, and the last lists are the best there is.
                let isDue = number % Self.roundsBetweenLists == 0 && EtcdHealthFeed.hasLeader(answers)
                if isDue || members.isEmpty {
                    try await readLists(asked, answers, link, health)
                }
                if number % Self.roundsBetweenMetrics == 0 || number == Self.roundsBetweenLists {
                    await readMetrics(answers, link, health)
                }
                session.heard(latency: .seconds(latency))
                let bodies = health.withLock { $0.round(answers.map { ($0.0.url, $0.1) }) }
                for body in bodies {
                    if case .memberGone = body { session.send(body, isEdge: true) } else { session.send(body) }
                }
                try await clock.sleep(until: pace.nextAsk(after: clock.now()))
            }
        }
        await link.close()
    }

    /// Where to ask: the configured endpoints, and members that the list has beyond them, with the same credentials.
    private func addresses(_ members: [EtcdMember]) -> [Endpoint] {
        var asked = endpoints
        guard let model = endpoints.first else { return [] }
        for member in members where !member.clientURLs.contains(where: { url in asked.contains { $0.url == url } }) {
            guard asked.count < Self.membersMax, let url = member.clientURLs.first else { continue }
            // Never carry a password to an address that TLS does not protect when the configured ones are.
            guard !model.url.hasPrefix("https://") || url.hasPrefix("https://") else { continue }
            var endpoint = model
            endpoint.url = url
            asked.append(endpoint)
        }
        return asked
    }

    private func ask(_ asked: [Endpoint], _ link: EtcdLink) async -> [(Endpoint, EtcdHealth.Answer)] {
        await withTaskGroup(of: (Int, EtcdHealth.Answer).self) { group in
            for (index, endpoint) in asked.enumerated() {
                group.addTask { [pace] in
                    do {
                        let reply = try await link.ask(.status, at: endpoint, within: pace.replyDeadline)
                        let status = try EtcdStatus(parsing: reply.body)
                        return (index, .status(status, latencySeconds: reply.took.seconds))
                    } catch {
                        return (index, .nothing(FeedError(error, endpoint: endpoint.label)))
                    }
                }
            }
            var answers: [(Int, EtcdHealth.Answer)] = []
            for await answer in group { answers.append(answer) }
            return answers.sorted { $0.0 < $1.0 }.map { (asked[$0.0], $0.1) }
        }
    }

    /// The member list and the alarms, of the first endpoint that gave a status. The list needs a quorum in newer
    /// versions: without one the last list stays.
    private func readLists(
        _ asked: [Endpoint], _ answers: [(Endpoint, EtcdHealth.Answer)], _ link: EtcdLink,
        _ health: borrowing Mutex<EtcdHealth>
    ) async throws {
        let isFirst = health.withLock { $0.members.isEmpty }
        var failure: (any Error)?
        for (endpoint, answer) in answers {
            guard case .status = answer else { continue }
            do {
                let list = try EtcdMemberList(
                    parsing: await link.ask(.memberList, at: endpoint, within: pace.replyDeadline).body)
                health.withLock { $0.learned(members: list.members) }
                let alarms = try EtcdAlarm.list(
                    parsing: await link.ask(.alarms, at: endpoint, within: pace.replyDeadline).body)
                health.withLock { $0.learned(alarms: alarms) }
                return
            } catch {
                try Task.checkCancellation()
                failure = failure ?? error
            }
        }
        if isFirst, let failure { throw failure }
    }

    /// The metrics pages of those that gave a status. Where they are kept elsewhere, or closed, there are none.
    private func readMetrics(
        _ answers: [(Endpoint, EtcdHealth.Answer)], _ link: EtcdLink, _ health: borrowing Mutex<EtcdHealth>
    ) async {
        let pages = await withTaskGroup(of: (UInt64, PrometheusPage)?.self) { group in
            for case (let endpoint, .status(let status, _)) in answers {
                group.addTask { [pace] in
                    guard let page = try? await link.metrics(at: endpoint, within: pace.replyDeadline) else {
                        return nil
                    }
                    return (status.header.memberID, page)
                }
            }
            var pages: [(UInt64, PrometheusPage)] = []
            for await page in group { if let page { pages.append(page) } }
            return pages
        }
        health.withLock { health in
            for (member, page) in pages { health.learned(metrics: page, of: member) }
        }
    }

    private static func bestLatency(_ answers: [(Endpoint, EtcdHealth.Answer)]) -> Double? {
        answers.compactMap { answer in
            if case .status(_, let latency) = answer.1 { return latency }
            return nil
        }.min()
    }

    private static func hasLeader(_ answers: [(Endpoint, EtcdHealth.Answer)]) -> Bool {
        answers.contains { answer in
            if case .status(let status, _) = answer.1 { return status.leaderID != 0 }
            return false
        }
    }

    private static func firstFailure(_ answers: [(Endpoint, EtcdHealth.Answer)]) -> FeedError? {
        answers.lazy.compactMap { answer in
            if case .nothing(let error) = answer.1 { return error }
            return nil
        }.first
    }
}
