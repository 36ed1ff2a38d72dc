import Foundation

extension LabKind {
    /// A feed of odds: it writes down when its last message came.
    public static let oddsFeed = LabKind(rawValue: "odds-feed")
}

/// Feeds of odds, and the program of one's own (`exec`) by which pitboss observes them.
struct ProgramExtra: LabExtra {
    static let group = "odds-feed"

    let name = "exec"
    let kinds: [LabKind] = [.oddsFeed]

    private func folder(_ paths: LabPaths) -> String { paths.folder + "/odds" }

    func members(_ plan: LabPlan) -> [LabMember] {
        [plan.make("feed-ams", .oddsFeed, "ams", [:]), plan.make("feed-lon", .oddsFeed, "lon", [:])]
    }

    func command(_ member: LabMember, _ recipes: Recipes) -> [String] {
        ["/bin/sh", "-c", "while :; do : >\(folder(recipes.paths))/\(member.name).last; sleep 0.5; done"]
    }

    func sharedFiles(_ recipes: Recipes) -> [LabFile] {
        [LabFile(name: "odds/odds.py", text: script(recipes))]
    }

    private func script(_ recipes: Recipes) -> String {
        let members = members(recipes.plan).map { "\"\($0.name)\": \"\($0.node)\"" }.joined(separator: ", ")
        return """
            # Observes the feeds of odds for pitboss: one JSON object a line, both ways.
            import json, os, sys, time

            FOLDER = "\(folder(recipes.paths))"
            FEEDS = {\(members)}

            def write(line):
                sys.stdout.write(line + "\\n")
                sys.stdout.flush()

            def say(**line):
                write(json.dumps(line))

            def age(name):
                try:
                    return max(time.time() - os.stat(f"{FOLDER}/{name}.last").st_mtime, 0)
                except OSError:
                    return None

            for line in sys.stdin:
                question = json.loads(line)
                if "run" in question:
                    for name in FEEDS:
                        open(f"{FOLDER}/{name}.last", "w").close()
                    break
                ages = {name: age(name) for name in FEEDS}
                fresh = [a for a in ages.values() if a is not None and a < 5]
                for name, a in ages.items():
                    up = a is not None and a < 5
                    state = "fresh" if up else "no message yet" if a is None else f"last message {a:.0f} s ago"
                    say(member=name, group="\(Self.group)", node=FEEDS[name], role="server", up=up, state=state,
                        figures={} if a is None else {"age": round(a, 1)})
                say(group="\(Self.group)", serving=bool(fresh))
                known = [a for a in ages.values() if a is not None]
                say(figure="odds age", value=round(max(known), 1) if known else None, unit="s", group="\(Self.group)",
                    warn_above=5, alarm_above=30)
                say(offer="replay", group="\(Self.group)", title="Replay the odds", risky=False,
                    summary="has every feed send its last message again")
                # What a test of hostile output has left to say.
                if os.path.exists(f"{FOLDER}/garbage"):
                    write("{]} not a line of JSON \\x1b[31m")
                say(done=question["n"])

            """
    }

    func configuration(_ recipes: Recipes) -> [LabFragment] {
        [
            .items(
                of: "exec",
                """
                - name: odds
                  command: [/usr/bin/python3, \(folder(recipes.paths))/odds.py]
                  every: 1s
                """),
            .items(of: "groups", "- {name: \(Self.group), tier: standard, exec: odds}"),
        ]
    }

    func ask(_ member: LabMember, _ probe: Probe) -> Probe.Finding {
        var status = stat()
        guard stat("\(folder(probe.paths))/\(member.name).last", &status) == 0 else { return Probe.Finding() }
        let age = time(nil) - status.st_mtim.tv_sec
        return Probe.Finding(isHealthy: age < 5, detail: "last message \(age) s ago")
    }
}
