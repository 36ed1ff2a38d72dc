import Drills
import Estate
import Foundation
import Insight
import Lab
import Settings
import Synchronization
import Watch

/// A drill on real servers: watch, load, break, wait, put back, count.
struct DrillOnLab: Sendable {
    /// Load before the fault, and after all is well again.
    static let leadIn = Span.seconds(3)
    /// How long the fault is left to the platform's own automation.
    static let faultLasts = Span.seconds(40)
    /// How long all may take to be as it was.
    static let settlesWithin = Span.seconds(150)
    static let looksEvery = Span.milliseconds(250)

    let lab: Lab
    let drill: LabDrill
    let clock: any Timekeeper

    /// Events may come before the fault: they are kept until the measuring begins.
    private final class Seen: Sendable { let events = Mutex<[Event]>([]) }

    func run() async throws -> DrillResult {
        let settings = try SettingsReader.read(path: lab.configuration)
        let seen = Seen()
        return try await Session.with(
            settings, clock: clock, record: { events in seen.events.withLock { $0 += events } }
        ) { session in
            let before = session.assessment()
            guard let fault = drill.fault(before) else {
                throw LabError.badParameter(
                    name: "drill", value: drill.name, expected: "a lab that is up and well; `pitboss lab status`")
            }
            let seconds = (Self.leadIn + Self.faultLasts + Self.leadIn).seconds
            let load = Task { try await lab.load(LabLoad(seconds: seconds)) }
            try await clock.sleep(for: Self.leadIn)
            var watch = DrillWatch(faultAt: clock.now(), before: before)
            Output.note("fault: \(fault.text)")
            let faultAt = clock.now()
            do {
                try await inject(fault)
                try await look(session, seen, &watch, until: faultAt + Self.faultLasts) { _ in false }
            } catch {
                // Whatever went wrong, or was interrupted: it is put back.
                try? await lab.heal(fault.member)
                throw error
            }
            try await lab.heal(fault.member)
            Output.note("put back: \(fault.member)")
            try await look(session, seen, &watch, until: clock.now() + Self.settlesWithin) { $0.isOver }
            let clients = try await load.value
            return watch.result(drill.name, on: "lab", fault: fault.text, clients: DrillResult.Clients(clients))
        }
    }

    private func inject(_ fault: LabDrill.Fault) async throws {
        switch fault {
        case .kill(let name): try await lab.kill(name)
        case .pause(let name): try await lab.pause(name)
        case .partition(let name): try await lab.partition(name)
        }
    }

    private func look(
        _ session: Session, _ seen: Seen, _ watch: inout DrillWatch, until: Timestamp,
        _ isEnough: (DrillWatch) -> Bool
    ) async throws {
        while clock.now() < until {
            for event in seen.events.withLock({ events in
                defer { events = [] }
                return events
            }) { watch.saw(event) }
            watch.saw(session.assessment())
            if isEnough(watch) { return }
            try await clock.sleep(for: Self.looksEvery)
        }
    }
}

extension DrillResult.Clients {
    init(_ report: LabLoadReport) {
        self.init(
            commitsAcknowledged: report.acknowledged, commitsLost: report.lost,
            longestGapSeconds: report.longestGapSeconds,
            requestsAnswered: report.calls.values.reduce(0) { $0 + $1.answered },
            requestsFailed: report.calls.values.reduce(0) { $0 + $1.failed })
    }
}
