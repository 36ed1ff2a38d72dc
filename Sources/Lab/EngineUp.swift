import Foundation

extension Engine {
    static let etcdWaitSecondsMax = 30
    static let leaderWaitSecondsMax = 60
    static let rolesWaitSecondsMax = 30
    static let wholeWaitSecondsMax = 90

    /// Boots the lab, or finds that it runs.
    func up(
        plan: LabPlan, serve: [String], progress: @Sendable (LabProgress) -> Void
    ) throws(LabError) -> LabUpReport {
        let began = monotonicSeconds()
        func say(_ text: String) { progress(LabProgress(text: text, seconds: monotonicSeconds() - began)) }
        let user = try ServiceUser.current()
        try paths.check(user: user)
        try makeFolder()
        return try store.locked { () throws(LabError) -> LabUpReport in
            if let state = survivor() {
                let status = try probe(state).status()
                return LabUpReport(status: status, wasRunning: true, seconds: monotonicSeconds() - began)
            }
            let cleared = try clear()
            if cleared > 0 { say("cleared away \(cleared) processes of an earlier lab") }
            do throws(LabError) {
                let status = try boot(plan, serve: serve, user: user, say: say)
                return LabUpReport(status: status, wasRunning: false, seconds: monotonicSeconds() - began)
            } catch {
                try giveUp(error)
                throw error
            }
        }
    }

    /// A lab that came up and of which at least one process still lives.
    private func survivor() -> LabState? {
        guard let state = try? running(), state.phase == .ready,
            !ProcessTable.members(ofLab: paths.folder).isEmpty
        else { return nil }
        return state
    }

    /// Ends what was started. The logs stay when something died or did not come, to be read; the next `up` or `down`
    /// takes them away.
    private func giveUp(_ error: LabError) throws(LabError) {
        switch error {
        case .memberDied, .notReady, .interrupted: try endProcesses()
        default:
            try clear()
            rmdir(paths.folder)
        }
    }

    private func makeFolder() throws(LabError) {
        do {
            try FileManager.default.createDirectory(atPath: paths.folder, withIntermediateDirectories: true)
        } catch {
            throw .directoryUnsuitable(
                path: paths.folder, reason: "it cannot be made (\(error.localizedDescription))",
                remedy: "Name a folder that you may write")
        }
        if chmod(paths.folder, 0o755) != 0 { throw .system(call: "chmod", subject: paths.folder, code: errno) }
    }

    private func boot(
        _ plan: LabPlan, serve: [String], user: ServiceUser, say: (String) -> Void
    ) throws(LabError) -> LabStatus {
        let recipes = Recipes(plan: plan, paths: paths, secrets: .fresh(plan.secretNames), serve: serve, user: user)
        for program in recipes.programs where !Files.exists(program.path) {
            throw .missingProgram(path: program.path, package: program.package)
        }
        try Ports.check(plan)
        var state = LabState(plan: plan, phase: .starting, bootID: ProcessTable.bootID(), serve: serve)
        try store.write(state)
        state.cgroups = ControlGroups.make(plan, folder: paths.folder)
        try prepare(recipes, user: user)
        try store.write(state)
        try run(recipes.certificateTasks + plan.extraServers.flatMap { $0.before(recipes) }, plan, say: say)
        let etcd = try etcd(plan)

        for kind in [LabKind.etcd, .bet, .exporter, .haproxy] {
            for member in plan.kind(kind) { try start(member, &state, recipes) }
        }
        for member in plan.extraServers.flatMap({ $0.members(plan) }) { try start(member, &state, recipes) }
        try wait(seconds: Self.etcdWaitSecondsMax, what: "a leader of etcd", members: plan.kind(.etcd), state) {
            etcd.put(key: EtcdDoor.key("config"), value: recipes.dynamic)
        }
        say("etcd has a leader")
        try startPatroni(etcd, &state, recipes, say: say)
        var ready = state
        ready.phase = .ready
        let probe = try probe(ready)
        var last: LabStatus?
        do throws(LabError) {
            try wait(
                seconds: Self.wholeWaitSecondsMax, everyMilliseconds: 200, what: "a lab that is well in all its parts",
                members: plan.members, state
            ) {
                last = probe.status()
                return last?.isHealthy == true
            }
        } catch {
            guard case .notReady(_, let waited, _) = error, let last, !last.unwell.isEmpty else { throw error }
            let unwell = last.members.filter { !$0.isHealthy }
            throw .notReady(
                what: unwell.map { "\($0.member.name) (\($0.detail))" }.joined(separator: ", "), waitedSeconds: waited,
                look: unwell.map { paths.log($0.member) }.joined(separator: ", "))
        }
        say("the replicas stream, the balancers see all servers")
        try finish(recipes, say: say)
        state.phase = .ready
        try store.write(state)
        return try self.probe(state).status()
    }

    /// The first member initialises the cluster; the others start as soon as it has said so in etcd, so that their
    /// slow start overlaps with initdb.
    private func startPatroni(
        _ etcd: EtcdDoor, _ state: inout LabState, _ recipes: Recipes, say: (String) -> Void
    ) throws(LabError) {
        let members = etcd.plan.kind(.patroni)
        guard let first = members.first else { return }
        try start(first, &state, recipes)
        try wait(seconds: Self.leaderWaitSecondsMax, what: "Patroni's initialize key", members: [first], state) {
            etcd.get(key: EtcdDoor.key("initialize")) != nil
        }
        for member in members.dropFirst() { try start(member, &state, recipes) }
        try wait(seconds: Self.leaderWaitSecondsMax, what: "a primary", members: members, state) {
            func ask(_ path: String) -> HTTPAnswer? {
                LoopbackHTTP.answer(first, .patroniREST, path, trust: etcd.trust)
            }
            return ask("/primary")?.status == 200 && ask("/patroni")?.object?["state"] as? String == "running"
        }
        say("\(first.name) is the primary")
        try makeRoles(first, state, recipes)
        say("roles and database are made")
    }

    private func makeRoles(_ member: LabMember, _ state: LabState, _ recipes: Recipes) throws(LabError) {
        let script = paths.home(member) + "/roles.sql"
        try Files.write(PatroniRecipe.roles(recipes.secrets), to: script, mode: 0o600, owner: try .current())
        defer { unlink(script) }
        var output = ""
        do throws(LabError) {
            let what = "an answer of psql"
            try wait(seconds: Self.rolesWaitSecondsMax, everyMilliseconds: 200, what: what, members: [member], state) {
                let answer = try? psql(member, state, ["-f", script])
                output = answer?.output ?? output
                return answer?.code == 0
            }
        } catch {
            guard case .notReady = error, !output.isEmpty else { throw error }
            throw .notPossible(
                verb: "make the roles on", member: member.name, reason: output,
                remedy: "Look into \(paths.log(member))")
        }
    }

    /// Folders, secrets, configuration.
    private func prepare(_ recipes: Recipes, user: ServiceUser) throws(LabError) {
        try Files.makeDirectory(paths.secrets, mode: 0o700, owner: nil)
        try Files.makeDirectory(paths.members, mode: 0o755, owner: nil)
        try Files.makeDirectory(paths.sockets, mode: 0o755, owner: user)
        try recipes.secrets.write(to: paths)
        if recipes.plan.isSecured {
            try Files.makeDirectory(paths.tls, mode: 0o755, owner: nil)
            let certificates = recipes.certificates
            try Files.write(certificates.text(for: user), to: certificates.script, mode: 0o600, owner: nil)
        }
        for member in recipes.plan.members {
            try Files.makeDirectory(paths.home(member), mode: 0o755, owner: user)
            if let text = recipes.settings(member) {
                try Files.write(text, to: paths.settings(member), mode: 0o600, owner: user)
            }
            switch member.kind {
            case .etcd: try Files.makeDirectory(paths.data(member), mode: 0o700, owner: user)
            case .patroni:
                try Files.makeDirectory(paths.data(member), mode: 0o700, owner: user)
                try Files.makeDirectory(paths.sqlSockets(member), mode: 0o700, owner: user)
            default: try prepareExtra(member, recipes, user: user)
            }
        }
        for file in recipes.plan.extraServers.flatMap({ $0.sharedFiles(recipes) }) {
            try write(file, under: paths.folder, user: user)
        }
        let configuration = Configuration(recipes: recipes)
        try Files.write(configuration.pitboss, to: paths.configuration, mode: 0o644, owner: nil)
        try Files.write(configuration.patronictl, to: paths.patronictl, mode: 0o600, owner: nil)
    }

    /// Runs psql as the superuser on a member's own unix socket.
    func psql(
        _ member: LabMember, _ state: LabState, _ arguments: [String]
    ) throws(LabError) -> (code: Int32, output: String) {
        let log = paths.home(member) + "/psql.out"
        unlink(log)
        defer { unlink(log) }
        let command =
            [
                "/usr/bin/psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", paths.sqlSockets(member),
                "-p", "\(member.port(.sql))", "-U", "postgres", "-d", "postgres",
            ] + arguments
        // Not in the member's control group: what the lab asks is not to be cut off with the member.
        let launcher = Launcher(lab: paths.folder, user: try .current(), cgroups: nil)
        let order = LaunchOrder(
            member: member.name, command: command, folder: paths.home(member), log: log,
            environment: ["PGCONNECT_TIMEOUT": "3", "PGOPTIONS": "-c statement_timeout=5000"])
        let identity = try launcher.start(order)
        var status: Int32 = 0
        let end = monotonicSeconds() + 10
        while waitpid(identity.pid, &status, WNOHANG) == 0 {
            if monotonicSeconds() > end { Glibc.kill(identity.pid, SIGKILL) }
            pauseMilliseconds(5)
        }
        let code = status & 0x7f == 0 ? status >> 8 & 0xff : 128 + (status & 0x7f)
        return (code, (Files.text(log) ?? "").trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
