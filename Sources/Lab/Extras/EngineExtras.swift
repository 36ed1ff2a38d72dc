import Foundation

extension Recipes {
    /// The scope's dynamic configuration, with what the extras want of PostgreSQL.
    var dynamic: String {
        PatroniRecipe.dynamic(
            plan.extraServers.reduce(into: [:]) { $0.merge($1.postgresParameters(self)) { $1 } })
    }
}

/// What booting an extra takes beyond starting its members.
extension Engine {
    static let taskSecondsMax = 120.0

    func prepareExtra(_ member: LabMember, _ recipes: Recipes, user: ServiceUser) throws(LabError) {
        guard let extra = LabExtras.of(member.kind) else { return }
        for folder in extra.folders(member) {
            try Files.makeDirectory(paths.home(member) + "/" + folder, mode: 0o700, owner: user)
        }
        for file in extra.files(member, recipes) { try write(file, under: paths.home(member), user: user) }
    }

    func write(_ file: LabFile, under folder: String, user: ServiceUser) throws(LabError) {
        var path = folder
        for part in file.name.split(separator: "/").dropLast() {
            path += "/" + part
            try Files.makeDirectory(path, mode: 0o755, owner: user)
        }
        try Files.write(file.text, to: folder + "/" + file.name, mode: 0o600, owner: user)
    }

    /// Runs what the extras want done once.
    func finish(_ recipes: Recipes, say: (String) -> Void) throws(LabError) {
        try run(recipes.plan.extraServers.flatMap { $0.finish(recipes) }, recipes.plan, say: say)
    }

    func run(_ tasks: [LabTask], _ plan: LabPlan, say: (String) -> Void) throws(LabError) {
        for task in tasks {
            try run(task, plan)
            say("\(task.what): done")
        }
    }

    private func run(_ task: LabTask, _ plan: LabPlan) throws(LabError) {
        let member = try plan.member(task.member)
        let log = paths.home(member) + "/task.log"
        let launcher = Launcher(lab: paths.folder, user: try .current(), cgroups: nil)
        let identity = try launcher.start(
            LaunchOrder(
                member: member.name, command: task.command, folder: paths.home(member), log: log,
                environment: task.environment, dropsRootItself: task.isOfTheStarter))
        var status: Int32 = 0
        let end = monotonicSeconds() + Self.taskSecondsMax
        while waitpid(identity.pid, &status, WNOHANG) == 0 {
            if stop.raised || monotonicSeconds() > end { Glibc.kill(identity.pid, SIGKILL) }
            pauseMilliseconds(20)
        }
        guard !stop.raised else { throw .interrupted(verb: task.what) }
        guard status == 0 else {
            throw .notPossible(
                verb: "do", member: task.what, reason: "its command ended with \(status)",
                remedy: "Look into \(log), which ends with:\n\(Files.tail(log))")
        }
    }
}
