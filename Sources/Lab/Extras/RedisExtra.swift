import Foundation

extension LabKind {
    public static let redis = LabKind(rawValue: "redis")
    public static let sentinel = LabKind(rawValue: "sentinel")
}

extension LabPort {
    public static let redis = LabPort(rawValue: "redis")
    public static let sentinel = LabPort(rawValue: "sentinel")
}

/// Redis: a master and two replicas, watched over by three Sentinels, one of each on every node.
struct RedisExtra: LabExtra {
    static let group = "session-cache"
    static let user = "pitboss"
    /// Sentinel's own default is 30 s; the lab is to show a failover while someone watches.
    static let downAfterMilliseconds = 2000

    let name = "redis"
    let kinds: [LabKind] = [.redis, .sentinel]
    let secretNames = ["redis", "redis-pitboss"]

    var programs: [(path: String, package: String)] {
        [("/usr/bin/redis-server", "redis-server"), ("/usr/bin/redis-sentinel", "redis-sentinel")]
    }

    func members(_ plan: LabPlan) -> [LabMember] {
        LabPlan.siteNames.map { plan.make("redis-\($0)", .redis, $0, [.redis: 6379]) }
            + LabPlan.siteNames.map { plan.make("sentinel-\($0)", .sentinel, $0, [.sentinel: 26379]) }
    }

    /// Both write what they learn into their own configuration, so that one started again comes back as what it is.
    func command(_ member: LabMember, _ recipes: Recipes) -> [String] {
        member.kind == .redis
            ? ["/usr/bin/redis-server", recipes.paths.home(member) + "/redis.conf"]
            : ["/usr/bin/redis-sentinel", recipes.paths.home(member) + "/sentinel.conf"]
    }

    func folders(_ member: LabMember) -> [String] { ["data"] }

    func files(_ member: LabMember, _ recipes: Recipes) -> [LabFile] {
        member.kind == .redis
            ? [LabFile(name: "redis.conf", text: redis(member, recipes))]
            : [LabFile(name: "sentinel.conf", text: sentinel(member, recipes))]
    }

    private func redis(_ member: LabMember, _ recipes: Recipes) -> String {
        let master = recipes.plan.kind(.redis)[0]
        let word = recipes.secrets["redis"]
        let follows =
            member == master ? "" : "replicaof \(master.address) \(master.port(.redis))\n"
        return """
            # A title would be written over the environment by which the lab knows its processes.
            set-proc-title no
            bind \(member.address)
            port \(member.port(.redis))
            dir \(recipes.paths.data(member))
            replica-announce-ip \(member.address)
            replica-announce-port \(member.port(.redis))
            \(follows)requirepass \(word)
            masterauth \(word)
            user \(Self.user) on >\(recipes.secrets["redis-pitboss"]) ~* &* -@all +ping +info +role +hello +auth \
            +client|setname +config|get +config|set +replicaof
            appendonly no
            save ""
            repl-diskless-sync-delay 0
            repl-backlog-size 1mb

            """
    }

    private func sentinel(_ member: LabMember, _ recipes: Recipes) -> String {
        let master = recipes.plan.kind(.redis)[0]
        return """
            set-proc-title no
            bind \(member.address)
            port \(member.port(.sentinel))
            dir \(recipes.paths.data(member))
            sentinel announce-ip \(member.address)
            sentinel announce-port \(member.port(.sentinel))
            sentinel monitor \(Self.group) \(master.address) \(master.port(.redis)) 2
            sentinel auth-pass \(Self.group) \(recipes.secrets["redis"])
            sentinel down-after-milliseconds \(Self.group) \(Self.downAfterMilliseconds)
            sentinel failover-timeout \(Self.group) 10000
            sentinel parallel-syncs \(Self.group) 1

            """
    }

    func configuration(_ recipes: Recipes) -> [LabFragment] {
        let doors = recipes.plan.kind(.sentinel).map { "tcp://\($0.address):\($0.port(.sentinel))" }
        return [
            .items(
                of: "groups",
                """
                - name: \(Self.group)
                  tier: standard
                  mode: active-passive
                  rto: 10s
                  sentinel:
                    endpoints: [\(doors.joined(separator: ", "))]
                    redis:
                      username: \(Self.user)
                      password: {file: secrets/redis-pitboss}
                """)
        ]
    }

    func ask(_ member: LabMember, _ probe: Probe) -> Probe.Finding {
        member.kind == .redis ? askRedis(member, probe) : askSentinel(member, probe)
    }

    private func askRedis(_ member: LabMember, _ probe: Probe) -> Probe.Finding {
        guard let word = try? LabSecrets.read(from: probe.paths, secretNames)["redis"],
            let text = talk(member, .redis, ["AUTH \(word)", "INFO replication"])
        else { return Probe.Finding() }
        let facts = Self.fields(text)
        guard let role = facts["role"] else { return Probe.Finding() }
        if role == "master" {
            let replicas = facts["connected_slaves"] ?? "?"
            return Probe.Finding(isHealthy: true, detail: "master, \(replicas) replicas", isLeader: true)
        }
        let link = facts["master_link_status"] ?? "?"
        return Probe.Finding(isHealthy: link == "up", detail: "replica, link \(link)")
    }

    private func askSentinel(_ member: LabMember, _ probe: Probe) -> Probe.Finding {
        guard let text = talk(member, .sentinel, ["SENTINEL CKQUORUM \(Self.group)", "INFO sentinel"]) else {
            return Probe.Finding()
        }
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("master0:") }.map(String.init) ?? ""
        let isWhole = line.contains("status=ok,") && line.contains("slaves=2,") && line.contains("sentinels=3")
        return Probe.Finding(isHealthy: isWhole && text.hasPrefix("+OK"), detail: line.isEmpty ? "no master" : line)
    }

    /// Sends all at once, a PING last, and reads until that is answered (Sentinel does not know QUIT).
    private func talk(_ member: LabMember, _ port: LabPort, _ lines: [String]) -> String? {
        guard
            let socket = try? LoopbackSocket(
                address: member.address, port: member.port(port), timeoutSeconds: Probe.answerDeadlineSeconds),
            (try? socket.send((lines + ["PING"]).joined(separator: "\r\n") + "\r\n")) != nil
        else { return nil }
        var text = ""
        while let line = try? socket.receiveLine() {
            if line.hasPrefix("+PONG") { return text }
            text += line + "\n"
        }
        return nil
    }

    /// `name:value` lines.
    static func fields(_ text: String) -> [String: String] {
        var found: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            found[String(line[..<colon])] = String(line[line.index(after: colon)...])
        }
        return found
    }
}
