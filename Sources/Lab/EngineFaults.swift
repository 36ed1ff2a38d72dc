import Foundation

extension Engine {
    static let signalSecondsMax = 5.0
    static let delayWaitSecondsMax = 20

    /// SIGKILL to all processes of a member, so that nothing can clean up behind itself.
    func kill(_ name: String) throws(LabError) {
        let member = try running().plan.member(name)
        try sweep(member, "kill") { processes in
            for entry in processes { ProcessTable.signal(entry.identity, SIGKILL) }
            return processes.isEmpty
        }
    }

    /// SIGSTOP to all processes of a member.
    func pause(_ name: String) throws(LabError) {
        let member = try running().plan.member(name)
        guard !processes(member).isEmpty else {
            throw .notPossible(
                verb: "pause", member: name, reason: "it has no process",
                remedy: "Start it again: `pitboss lab resume \(name)`")
        }
        try sweep(member, "pause") { processes in
            for entry in processes where !entry.isStopped { ProcessTable.signal(entry.identity, SIGSTOP) }
            return processes.allSatisfy(\.isStopped)
        }
    }

    /// SIGCONT to a frozen member; a dead one is started again.
    func resume(_ name: String) throws(LabError) {
        try store.locked { () throws(LabError) in
            var state = try running()
            let member = try state.plan.member(name)
            let main = state.processes[name]
            if let main, ProcessTable.isAlive(main) {
                try sweep(member, "resume") { processes in
                    for entry in processes where entry.isStopped { ProcessTable.signal(entry.identity, SIGCONT) }
                    return processes.allSatisfy { !$0.isStopped }
                }
            } else {
                for entry in processes(member) { ProcessTable.signal(entry.identity, SIGCONT) }
                try start(member, &state, try recipes(state))
            }
        }
    }

    /// Kills a member and, if it led, takes its lock away, so that the others elect at once and do not wait for the
    /// lock to run out.
    func failFast(_ name: String) throws(LabError) {
        let plan = try running().plan
        let member = try plan.member(name)
        guard member.kind == .patroni else {
            throw .wrongKind(member: name, verb: "fail fast", kinds: plan.kind(.patroni).map(\.name))
        }
        try kill(name)
        let key = EtcdDoor.key("leader")
        let etcd = try etcd(plan)
        guard etcd.get(key: key) == name else { return }
        guard etcd.delete(key: key) else {
            throw .notPossible(
                verb: "fail fast", member: name, reason: "etcd did not delete the leader key",
                remedy: "The failover comes when the key runs out, after the ttl of 20 s")
        }
    }

    /// Holds back replay on a standby. Patroni itself is told, because it takes back what is set behind its back.
    func lag(_ name: String, seconds: Double) throws(LabError) {
        guard seconds >= 0, seconds <= 86_400 else {
            throw .badParameter(name: "lag", value: "\(seconds)", expected: "seconds from 0 to 86400")
        }
        try store.locked { () throws(LabError) in
            var state = try running()
            let member = try state.plan.member(name)
            guard member.kind == .patroni else {
                throw .wrongKind(member: name, verb: "lag", kinds: state.plan.kind(.patroni).map(\.name))
            }
            try refuseLag(of: member, state, seconds)
            let text = PatroniRecipe(recipes: try recipes(state), member: member, delaySeconds: seconds).text
            try Files.write(text, to: paths.settings(member), mode: 0o600, owner: try .current())
            state.lags[name] = seconds == 0 ? nil : seconds
            try store.write(state)
            guard let identity = state.processes[name], ProcessTable.signal(identity, SIGHUP) else { return }
            let milliseconds = "\(Int((seconds * 1000).rounded()))"
            try wait(
                seconds: Self.delayWaitSecondsMax, everyMilliseconds: 200, what: "the delay", members: [member], state
            ) {
                let ask = "SELECT setting FROM pg_settings WHERE name = 'recovery_min_apply_delay'"
                return (try? psql(member, state, ["-c", ask]))?.output == milliseconds
            }
        }
    }

    private func refuseLag(of member: LabMember, _ state: LabState, _ seconds: Double) throws(LabError) {
        func refusal(_ reason: String, _ remedy: String) -> LabError {
            .notPossible(verb: "lag", member: member.name, reason: reason, remedy: remedy)
        }
        if seconds > 0, try probe(state).ask(member).isLeader {
            throw refusal("it leads, and replays nothing", "Name a standby: see `pitboss lab status`")
        }
        if processes(member).contains(where: \.isStopped) {
            throw refusal("it is frozen", "Let it go on first: `pitboss lab resume \(member.name)`")
        }
    }

    func processes(_ member: LabMember) -> [ProcessEntry] {
        ProcessTable.members(ofLab: paths.folder)[member.name] ?? []
    }

    /// Signals over and over until `isDone`, since a process may start others while it is being signalled.
    private func sweep(
        _ member: LabMember, _ verb: String, _ isDone: ([ProcessEntry]) -> Bool
    ) throws(LabError) {
        let end = monotonicSeconds() + Self.signalSecondsMax
        while !isDone(processes(member)) {
            guard monotonicSeconds() < end else {
                throw .notPossible(
                    verb: verb, member: member.name, reason: "its processes did not react",
                    remedy: "Look at them: `pitboss lab status`")
            }
            pauseMilliseconds(10)
        }
    }
}
