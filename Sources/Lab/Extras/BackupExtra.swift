import Foundation

/// pgBackRest: two repositories for the lab's PostgreSQL, one of them standing for a place elsewhere. It has no server
/// of its own: the database archives into both, and a first full backup lies in each once the lab is up.
struct BackupExtra: LabExtra {
    let name = "pgbackrest"
    let kinds: [LabKind] = []

    var programs: [(path: String, package: String)] { [(Self.program, "pgbackrest")] }

    static let program = "/usr/bin/pgbackrest"

    private func folder(_ recipes: Recipes) -> String { recipes.paths.folder + "/backup" }

    private func tool(_ recipes: Recipes) -> String { "\(Self.program) --config=\(folder(recipes))/pgbackrest.conf" }

    func members(_ plan: LabPlan) -> [LabMember] { [] }
    func command(_ member: LabMember, _ recipes: Recipes) -> [String] { [] }
    func ask(_ member: LabMember, _ probe: Probe) -> Probe.Finding { Probe.Finding() }

    func sharedFiles(_ recipes: Recipes) -> [LabFile] {
        [
            LabFile(name: "backup/pgbackrest.conf", text: configuration(folder(recipes), recipes)),
            LabFile(name: "backup/backup.sh", text: script(recipes)),
            LabFile(name: "backup/repo1/README", text: "Backups that lie beside the data.\n"),
            LabFile(name: "backup/repo2/README", text: "Backups that stand for a place elsewhere.\n"),
            LabFile(name: "backup/lock/README", text: "Locks of running backups.\n"),
        ]
    }

    private func configuration(_ folder: String, _ recipes: Recipes) -> String {
        let first = recipes.plan.kind(.patroni)[0]
        return """
            [global]
            repo1-path=\(folder)/repo1
            repo1-retention-full=2
            repo2-path=\(folder)/repo2
            repo2-retention-full=2
            lock-path=\(folder)/lock
            log-level-file=off
            log-level-console=warn
            start-fast=y
            archive-timeout=10
            compress-level=1

            [\(LabPlan.scope)]
            pg1-path=\(recipes.paths.data(first))
            pg1-port=\(first.port(.sql))
            pg1-socket-path=\(recipes.paths.sqlSockets(first))

            """
    }

    /// Whoever leads is backed up: the tool is told which server that is.
    private func script(_ recipes: Recipes) -> String {
        let servers = recipes.plan.kind(.patroni).map { member in
            "\(recipes.paths.data(member)):\(member.port(.sql)):\(recipes.paths.sqlSockets(member))"
        }
        return """
            # backup.sh WORDS: pgbackrest WORDS on the server that takes writes.
            set -eu
            for server in \(servers.joined(separator: " ")); do
                IFS=: read -r data port run <<END
            $server
            END
                [ "$(psql -h "$run" -p "$port" -U postgres -Atc 'select pg_is_in_recovery()' 2>/dev/null)" = f ] || continue
                exec \(tool(recipes)) --stanza=\(LabPlan.scope) --pg1-path="$data" --pg1-port="$port" \\
                    --pg1-socket-path="$run" "$@"
            done
            echo "no server takes writes" >&2
            exit 1

            """
    }

    /// The command runs in the server's own folder, whoever leads.
    func postgresParameters(_ recipes: Recipes) -> [String: String] {
        [
            "archive_command":
                "\"\(tool(recipes)) --stanza=\(LabPlan.scope) --pg1-path=$PWD archive-push %p\"",
            "archive_timeout": "\"60s\"",
        ]
    }

    func finish(_ recipes: Recipes) -> [LabTask] {
        let member = recipes.plan.kind(.patroni)[0].name
        func run(_ what: String, _ words: String...) -> LabTask {
            LabTask(
                what: what, command: ["/bin/sh", folder(recipes) + "/backup.sh"] + words, member: member,
                environment: ["PATH": "/usr/bin:/bin"])
        }
        return [
            run("the backup repositories", "stanza-create"),
            run("a full backup beside the data", "--repo=1", "--type=full", "backup"),
            run("a full backup elsewhere", "--repo=2", "--type=full", "backup"),
        ]
    }

    func configuration(_ recipes: Recipes) -> [LabFragment] {
        [
            .lines(
                inGroup: LabPlan.scope,
                """
                backups:
                  full: 26h
                  any: 7h
                  off_site: true
                  pgbackrest:
                    stanza: \(LabPlan.scope)
                    command: [\(tool(recipes).split(separator: " ").joined(separator: ", "))]
                    every: 5s
                    archive_check: 30s
                    repositories: [{key: 1, name: beside, site: ams}, {key: 2, name: elsewhere, off_site: true}]
                """)
        ]
    }
}
