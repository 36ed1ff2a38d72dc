import ArgumentParser
import Control
import Estate
import Feeds
import Foundation
import Journal
import Plans
import Settings
import Simulator
import Synchronization
import Tape
import Watch

/// A simulated platform that lives as long as the dashboard in front of it.
final class SimulatedStage: Sendable {
    /// How often the platform is moved on, in the operator's time, at most; faster where its time passes faster, or
    /// all that its observers said would be old by the next time.
    static let moveInterval = Span.milliseconds(100)
    /// The furthest that it is moved on at once, in its own time.
    static let moveMost = Span.milliseconds(500)

    /// Made when it is first looked at: the first frame does not wait for it.
    private let world = Mutex<SimulatedPlatform?>(nil)
    private let make: @Sendable () -> SimulatedPlatform
    private let clock: ScaledTimekeeper
    private let pace: any Timekeeper
    private let speed: Double
    /// Journal and locks: nothing of a simulation outlives it, or is found among what is real.
    private let folder: String
    private let title: String
    private let relay: RegisterRelay
    private let register: InMemoryRegister
    private let platform: Platform

    init(_ scenario: Scenario, seed: UInt64?, speed: Double, pace: any Timekeeper) throws {
        make = { SimulatedPlatform(seed: seed, scenario: scenario) }
        self.pace = pace
        self.speed = speed
        platform = SimulatedPlatform.platform
        clock = ScaledTimekeeper(pace, from: SimulatedPlatform.start(of: scenario), speed: speed)
        title = speed == 1 ? scenario.name : "\(scenario.name) ×\(speed.formatted())"
        let relay = RegisterRelay()
        self.relay = relay
        register = InMemoryRegister(clock: clock) { relay.tell($0, $1, $2) }
        folder = NSTemporaryDirectory() + "/pitboss-demo-\(UUID().uuidString)"
        do {
            // Fails where something of that name is there: the journal of a simulation must not follow another's link.
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ValidationError("No folder can be made in \(NSTemporaryDirectory()) for the demo: \(error)")
        }
    }

    /// Takes away what was kept for the length of the simulation.
    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    var stage: Stage {
        let (clock, platform, folder, register) = (clock, platform, folder, register)
        return Stage(
            platform: platform, clock: clock, pace: pace, isArmed: true, simulation: title,
            watcher: { record in
                Watcher(
                    platform: platform, maker: FeedMaker(standing: { [] }), clock: clock,
                    executor: FeedExecutor.shared, tape: Tape.Limits(), record: record)
            },
            alongside: { await self.beside($0) },
            journal: { try Journal(at: folder + "/journal.db") },
            courier: { SimulatedCourier(stage: self) }, stateFolder: folder,
            guards: {
                // Nothing is forced alone, even here: a colleague looks at it.
                var guards = Guards()
                guards.me = Session.me
                guards.fourEyes = FourEyesRule(FourEyesSettings(verbs: ["failover"]))
                guards.register = register
                return guards
            })
    }

    private func beside(_ watcher: Watcher) async {
        relay.begin(watcher, clock)
        let colleague = SimulatedColleague(register: register, clock: clock)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.move(watcher) }
            group.addTask { await colleague.work() }
        }
    }

    private func lookingAt<Answer: Sendable>(_ body: (inout SimulatedPlatform) -> Answer) -> Answer {
        world.withLock { world in
            var platform = world.take() ?? make()
            defer { world = platform }
            return body(&platform)
        }
    }

    private func move(_ watcher: Watcher) async {
        let interval = min(Self.moveInterval, Self.moveMost * (1 / speed))
        while !Task.isCancelled {
            let updates = lookingAt { $0.advance(to: clock.now()) }
            for update in updates { watcher.sink.send(update) }
            do { try await pace.sleep(for: interval) } catch { return }
        }
    }

    fileprivate func send(_ request: Request, within deadline: Span) async -> Delivery {
        let reply = lookingAt { $0.obey(request, at: clock.now()) }
        guard reply.after <= deadline else {
            try? await clock.sleep(for: deadline)
            return .lost(reason: "no answer within \(deadline.seconds.formatted()) s")
        }
        try? await clock.sleep(for: reply.after)
        switch reply.outcome {
        case .answered(let status, let text): return .answered(Answer(status: status, text: text))
        case .notSent(let reason): return .notSent(reason: reason)
        case .lost(let reason): return .lost(reason: reason)
        }
    }
}

/// Carries requests to the simulated platform, and nowhere else.
private struct SimulatedCourier: Courier {
    let stage: SimulatedStage
    func send(_ request: Request, within deadline: Span) async -> Delivery {
        await stage.send(request, within: deadline)
    }
}
