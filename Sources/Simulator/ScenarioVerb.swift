import Estate

/// A word that a step may begin with: what it is done to, and what else it takes. What the documentation lists.
public struct ScenarioVerb: Sendable {
    public let name: String
    /// As it is written, with all it takes.
    public let usage: String
    public let summary: String
    /// Keys beside `at` and the verb itself.
    public let options: [String]
    let read: @Sendable (ScenarioScope) throws(ScenarioError) -> ScenarioAction

    init(
        _ name: String, _ usage: String, options: [String] = [], _ summary: String,
        _ read: @escaping @Sendable (ScenarioScope) throws(ScenarioError) -> ScenarioAction
    ) {
        self.name = name
        self.usage = usage
        self.options = options
        self.summary = summary
        self.read = read
    }

    /// Every verb there is.
    public static let all: [ScenarioVerb] = processes + surroundings + services

    private static let processes: [ScenarioVerb] = [
        ScenarioVerb("kill", "kill: wallet-db/leader", "Ends a process, or a host with all on it, without a word.") {
            scope throws(ScenarioError) in .kill(try ScenarioPlaces.target(scope, "kill"))
        },
        ScenarioVerb("stop", "stop: ledger-db/db-fra-2", "Stops it in good order: it lets go of what it holds.") {
            scope throws(ScenarioError) in .stop(try ScenarioPlaces.target(scope, "stop"))
        },
        ScenarioVerb("start", "start: db-ams-1", "Starts again what was killed or stopped.") {
            scope throws(ScenarioError) in .start(try ScenarioPlaces.target(scope, "start"))
        },
        ScenarioVerb("crash", "crash: wallet-db/leader", "A database falls over and is started again in place.") {
            scope throws(ScenarioError) in .crash(try ScenarioPlaces.member(scope, "crash"))
        },
        ScenarioVerb(
            "lag", "lag: ledger-db/db-fra-2\nreceives: 0.4\nreplays: 0.2", options: ["receives", "replays"],
            "Of what is written, it receives and replays these shares; without any it is as usual again."
        ) { scope throws(ScenarioError) in
            .lag(
                try ScenarioPlaces.member(scope, "lag"), receive: try scope.number("receives", from: 0, to: 1) ?? 1,
                replay: try scope.number("replays", from: 0, to: 1) ?? 1)
        },
        ScenarioVerb(
            "flap", "flap: ledger-db\nevery: 70s\ntimes: 4", options: ["every", "times"],
            "The leader goes away for some seconds, again and again."
        ) { scope throws(ScenarioError) in
            let database = try ScenarioPlaces.index(
                scope, "flap", ScenarioPlaces.databases, example: ScenarioPlaces.databases[0])
            let times = try scope.number("times", from: 1, to: 100) ?? 4
            return .flap(database: database, every: try scope.span("every") ?? .seconds(70), times: Int(times))
        },
    ]

    private static let surroundings: [ScenarioVerb] = [
        ScenarioVerb(
            "partition", "partition: fra\nfrom: ams", options: ["from"],
            "Cuts a site off from all others and from us, or from one other site only."
        ) { scope throws(ScenarioError) in
            let site = try ScenarioPlaces.index(scope, "partition", AcmeBets.sites, example: "fra")
            let from = try scope.text("from")
            return .cut(
                site: site, from: from == nil ? nil : try scope.word(from ?? "", "from", among: AcmeBets.sites))
        },
        ScenarioVerb("heal", "heal: fra", "Ends every partition of a site.") { scope throws(ScenarioError) in
            .heal(site: try ScenarioPlaces.index(scope, "heal", AcmeBets.sites, example: "fra"))
        },
        ScenarioVerb(
            "disk", "disk: db-lon-1\nstage: failing", options: ["stage"],
            "One of a host's two disks goes on its way: wearing, errors, failing, failed, replaced, healthy."
        ) { scope throws(ScenarioError) in
            let host = try ScenarioPlaces.index(scope, "disk", ScenarioPlaces.hosts, example: "db-lon-1")
            let known = DiskStage.allCases.map(\.rawValue)
            let stage = try ScenarioPlaces.index(scope, "stage", known, example: "failing")
            return .disk(host: host, DiskStage.allCases[stage])
        },
        ScenarioVerb(
            "provider", "provider: ams/northsea\nstate: down", options: ["state"],
            "A provider's line into a site goes down, loses packets (lossy), or is up again."
        ) { scope throws(ScenarioError) in
            let place = try ScenarioPlaces.index(
                scope, "provider", ScenarioPlaces.providers, example: ScenarioPlaces.providers[0])
            let known = UplinkState.allCases.map(\.rawValue)
            let state = try ScenarioPlaces.index(scope, "state", known, example: "down")
            let count = AcmeBets.providers.count
            return .provider(site: place / count, provider: place % count, UplinkState.allCases[state])
        },
        ScenarioVerb(
            "split", "split: sentinel-fra-1\nsays: cache-lon-1", options: ["says"],
            "A sentinel insists on another leader of the session cache; without `says` it listens to the others again."
        ) { scope throws(ScenarioError) in
            let sentinel = try ScenarioPlaces.index(
                scope, "split", ScenarioPlaces.sentinels, example: ScenarioPlaces.sentinels[0])
            let says = try scope.text("says")
            return .split(
                sentinel: sentinel, says: says == nil ? nil : try scope.word(says ?? "", "says", among: AcmeBets.caches)
            )
        },
    ]

    private static let services: [ScenarioVerb] = [
        ScenarioVerb(
            "flood", "flood: logins\nrate: 3000\naddresses: 900", options: ["rate", "addresses"],
            "So many attempts to log in a second from so many addresses; rate 0 ends it."
        ) { scope throws(ScenarioError) in
            _ = try ScenarioPlaces.index(scope, "flood", ["logins"], example: "logins")
            let rate = try scope.number("rate", from: 0, to: 1_000_000) ?? 3_000
            return .flood(rate: rate, addresses: Int(try scope.number("addresses", from: 1, to: 1_000_000) ?? 900))
        },
        ScenarioVerb(
            "deploy", "deploy: bet-api\nversion: 4.18.0\nservers: 2\nerrors: 0.6\nslower: 3",
            options: ["version", "servers", "errors", "slower"],
            "A release goes out server by server: of its answers so many are 5xx, and it is so many times slower."
        ) { scope throws(ScenarioError) in
            let service = try ScenarioPlaces.index(scope, "deploy", ScenarioPlaces.services, example: "bet-api")
            let name = ScenarioPlaces.services[service]
            let pool = AcmeBets.pools.firstIndex { $0.id.name == name } ?? 0
            let release = ScenarioAction.Release(
                version: Printable.text(try scope.text("version") ?? "4.18.0"),
                errorShare: try scope.number("errors", from: 0, to: 1) ?? 0,
                slowness: try scope.number("slower", from: 1, to: 100) ?? 1)
            return .deploy(pool: pool, release, servers: Int(try scope.number("servers", from: 1, to: 100) ?? 100))
        },
        ScenarioVerb(
            "backups", "backups: wallet-db\nstate: stopped\nsince: 5h", options: ["state", "since"],
            "They stop without a word (stopped), end with errors (failing), or go on (running); `since` looks back."
        ) { scope throws(ScenarioError) in
            let database = try ScenarioPlaces.index(
                scope, "backups", ScenarioPlaces.databases, example: ScenarioPlaces.databases[0])
            let known = BackupConduct.allCases.map(\.rawValue)
            let state = try ScenarioPlaces.index(scope, "state", known, example: "stopped")
            return .backups(database: database, BackupConduct.allCases[state], since: try scope.span("since"))
        },
        ScenarioVerb(
            "load", "load: 2.5\nover: 2m", options: ["over"],
            "So many times as many bets as the week has, from then on."
        ) { scope throws(ScenarioError) in
            guard let factor = try scope.number("load", from: 0, to: 100) else {
                throw .missing(line: scope.line, what: "load", example: "load: 2.5")
            }
            return .load(factor: factor, over: try scope.span("over") ?? .seconds(30))
        },
    ]
}
