import Control
import Estate
import Synchronization
import Watch

/// The other operator of a simulation: looks at every plan that waits for a second pair of eyes, and approves it.
struct SimulatedColleague: Sendable {
    static let name = "bea"
    /// How long she reads, in the platform's time.
    static let readsFor = Span.seconds(8)
    /// How often she looks.
    static let looksEvery = Span.seconds(1)

    let register: InMemoryRegister
    let clock: any Timekeeper

    func work() async {
        while !Task.isCancelled {
            for offer in (try? await register.offers()) ?? [] where clock.now() - offer.facts.offeredAt >= Self.readsFor {
                let answer = ApprovalAnswer(
                    offer: offer.id, isApproved: true, who: "\(Self.name)@desk-2", user: Self.name, groups: [],
                    reason: "read it, agreed", at: clock.now(), hash: offer.facts.hash)
                // Answered already, or gone: then there is nothing left to do for her.
                try? await register.answer(offer, answer)
            }
            do { try await clock.sleep(for: Self.looksEvery) } catch { return }
        }
    }
}

/// Brings what changes in the register of a simulation before the watch, as the feed of a real one does.
final class RegisterRelay: Sendable {
    private let watching: Mutex<(watcher: Watcher, clock: any Timekeeper)?> = Mutex(nil)

    func begin(_ watcher: Watcher, _ clock: any Timekeeper) {
        watching.withLock { $0 = (watcher, clock) }
        watcher.sink.send(Update(Self.source, at: clock.now(), isEdge: true, .source(Self.alive)))
    }

    private static let source = SourceID("register", "memory")
    private static var alive: SourceStatus {
        var status = SourceStatus(.live, freshFor: .seconds(86_400))
        status.standsByAll = true
        return status
    }

    func tell(_ group: GroupID, _ lease: LeaseFacts?, _ offers: [OfferFacts]) {
        guard let (watcher, clock) = watching.withLock({ $0 }) else { return }
        var facts = GroupFacts()
        facts.lease = lease
        facts.offers = offers.isEmpty ? nil : offers
        watcher.sink.send(Update(Self.source, at: clock.now(), isEdge: true, .group(group, facts)))
    }
}
