import Foundation

/// Asks a long piece of work to stop.
final class StopFlag: @unchecked Sendable {
    private let lock = NSLock()
    private var isRaised = false

    func raise() { lock.withLock { isRaised = true } }
    var raised: Bool { lock.withLock { isRaised } }
}

/// The lab's work on one folder, done on the thread that calls: `Lab` brings it onto one of its own.
struct Engine: Sendable {
    let paths: LabPaths
    let stop: StopFlag

    var store: LabStore { LabStore(paths: paths) }

    /// The state of a lab that is up, or coming up.
    func running() throws(LabError) -> LabState {
        try checkOwner()
        guard let state = try store.read(), state.bootID == ProcessTable.bootID() else {
            throw .notRunning(directory: paths.folder)
        }
        return state
    }

    /// Refuses a lab of someone else: its processes could be neither seen nor signalled.
    func checkOwner() throws(LabError) {
        var status = stat()
        guard stat(paths.folder, &status) == 0, status.st_uid != getuid() else { return }
        throw .notYours(directory: paths.folder, owner: status.st_uid)
    }

    func status() throws(LabError) -> LabStatus {
        try probe(try running()).status()
    }

    func probe(_ state: LabState) throws(LabError) -> Probe {
        Probe(state: state, paths: paths, trust: try .read(state.plan, paths))
    }

    func etcd(_ plan: LabPlan) throws(LabError) -> EtcdDoor {
        EtcdDoor(plan: plan, trust: try .read(plan, paths))
    }

    func recipes(_ state: LabState) throws(LabError) -> Recipes {
        Recipes(
            plan: state.plan, paths: paths, secrets: try .read(from: paths, state.plan.secretNames),
            serve: state.serve, user: try .current())
    }

    func launcher(_ state: LabState) throws(LabError) -> Launcher {
        Launcher(lab: paths.folder, user: try .current(), cgroups: state.cgroups)
    }

    /// Starts a member and writes down at once which process it is.
    func start(_ member: LabMember, _ state: inout LabState, _ recipes: Recipes) throws(LabError) {
        state.processes[member.name] = try launcher(state).start(recipes.order(member))
        try store.write(state)
    }

    /// Waits until `isDone`, looking every few milliseconds; fails early if one of `members` has died.
    func wait(
        seconds limit: Int, everyMilliseconds: Int = 50, what: String, members: [LabMember], _ state: LabState,
        until isDone: () -> Bool
    ) throws(LabError) {
        let end = monotonicSeconds() + Double(limit)
        while !isDone() {
            guard !stop.raised else { throw .interrupted(verb: what) }
            for member in members {
                guard let identity = state.processes[member.name], !ProcessTable.isAlive(identity) else { continue }
                throw .memberDied(
                    member: member.name, log: paths.log(member), lastLines: Files.tail(paths.log(member)))
            }
            guard monotonicSeconds() < end else {
                let logs = members.map(paths.log).joined(separator: ", ")
                throw .notReady(
                    what: what, waitedSeconds: limit, look: logs.isEmpty ? paths.folder : logs)
            }
            pauseMilliseconds(everyMilliseconds)
        }
    }
}
