import Foundation
import PitbossTestKit
import Testing

@testable import Lab

@Suite struct RecipeTests {
    private let secrets = LabSecrets(
        patroniREST: "restword", pitbossSQL: "sqlword", app: "appword", superuser: "superword",
        replication: "replword")

    private func recipes(_ plan: LabPlan, folder: String = "/tmp/some-lab") -> Recipes {
        Recipes(
            plan: plan, paths: LabPaths(folder: folder), secrets: secrets, serve: ["/opt/pitboss", "lab-serve"],
            user: ServiceUser(name: "postgres", uid: 101, gid: 104))
    }

    /// Reads YAML with the parser that Patroni itself uses.
    private func yaml(_ text: String) throws -> [String: Any] {
        let place = NSTemporaryDirectory() + "lab-yaml-\(UUID().uuidString)"
        defer { for end in ["in", "out"] { unlink("\(place).\(end)") } }
        try text.write(toFile: place + ".in", atomically: true, encoding: .utf8)
        try RealProgram.run(
            [
                "/usr/bin/python3", "-c",
                "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)",
            ], input: place + ".in", output: place + ".out")
        let data = try Data(contentsOf: URL(fileURLWithPath: place + ".out"))
        return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func configurationNamesEverythingAndHoldsNoSecret() throws {
        let plan = try LabPlan(block: 7, portOffset: 100)
        let text = Configuration(recipes: recipes(plan)).pitboss
        let tree = try yaml(text)
        let groups = try #require(tree["groups"] as? [[String: Any]])
        #expect(groups.map { $0["name"] as? String } == ["wallet-db", "bet-api"])
        #expect(
            groups[0].at("patroni.etcd.endpoints") as? [String]
                == ["http://127.7.1.1:2479", "http://127.7.2.1:2479", "http://127.7.3.1:2479"])
        #expect(groups[0].at("patroni.postgres.password.file") as? String == "secrets/pitboss-sql")
        #expect(groups[0].at("patroni.rest.password.file") as? String == "secrets/patroni-rest")
        #expect((tree["sites"] as? [[String: Any]])?.map { $0["name"] as? String } == ["ams", "lon", "dub"])
        let nodes = try #require(tree["nodes"] as? [[String: Any]])
        #expect(nodes.map { $0["addresses"] as? [String] } == [["127.7.1.1"], ["127.7.2.1"], ["127.7.3.1"]])
        #expect(nodes[1]["node_exporter"] as? String == "http://127.7.2.1:9200/metrics")
        let balancers = try #require(tree["balancers"] as? [[String: Any]])
        #expect(
            balancers.map { $0["socket"] as? String }
                == ["unix:///tmp/some-lab/run/lb-1.sock", "tcp://127.7.2.1:10099"])
        for word in ["restword", "sqlword", "appword", "superword", "replword"] { #expect(!text.contains(word)) }
    }

    @Test func extrasAddTheirOwnAndHoldNoSecret() throws {
        let plan = try LabPlan(block: 7, extras: LabPlan.allExtras)
        let all = plan.members.flatMap { member in member.ports.values.map { "\(member.address):\($0)" } }
        #expect(Set(all).count == all.count)
        #expect(Set(plan.members.map(\.name)).count == plan.members.count)
        let text = Configuration(recipes: recipes(plan)).pitboss
        let tree = try yaml(text)
        let groups = try #require(tree["groups"] as? [[String: Any]])
        #expect(groups.prefix(2).map { $0["name"] as? String } == ["wallet-db", "bet-api"])
        let cache = try #require(groups.first { $0["name"] as? String == "session-cache" })
        #expect((cache.at("sentinel.endpoints") as? [String])?.count == 3)
        #expect(cache.at("sentinel.redis.password.file") as? String == "secrets/redis-pitboss")
        #expect((tree["etcd"] as? [[String: Any]])?.count == 1)
        for extra in LabExtras.all {
            #expect(extra.kinds.allSatisfy { LabExtras.of($0)?.name == extra.name })
            for member in extra.members(plan) { #expect(!extra.command(member, recipes(plan)).isEmpty) }
        }
        for name in plan.secretNames { #expect(!LabSecrets.fileNames.contains(name)) }
    }

    @Test func extraThatDoesNotExistIsToldWhichDo() {
        let error = #expect(throws: LabError.self) { try LabPlan(extras: ["mongo"]) }
        #expect(error?.description.contains("redis") == true)
    }

    @Test func patronictlHasTheScopeAndTheLogin() throws {
        let tree = try yaml(Configuration(recipes: recipes(try LabPlan())).patronictl)
        #expect(tree["scope"] as? String == "wallet-db")
        #expect(
            tree.at("etcd3.hosts") as? [String] == [
                "127.0.1.1:2379", "127.0.2.1:2379", "127.0.3.1:2379",
            ])
        #expect(tree.at("ctl.authentication.password") as? String == "restword")
    }

    @Test func patroniHoldsReplayBackOnlyWhenTold() throws {
        let recipes = recipes(try LabPlan())
        let member = try recipes.plan.member("pg-lon-1")
        let plain = try yaml(PatroniRecipe(recipes: recipes, member: member).text)
        #expect(plain.at("postgresql.recovery_conf") == nil)
        #expect(plain.at("bootstrap.dcs.synchronous_mode") as? Bool == true)
        #expect(plain.at("postgresql.listen") as? String == "127.0.2.1:5432")
        let late = try yaml(PatroniRecipe(recipes: recipes, member: member, delaySeconds: 2.5).text)
        #expect(
            late.at("postgresql.recovery_conf.recovery_min_apply_delay") as? String == "2500ms")
    }

    @Test func dynamicConfigurationIsJSONWithTheMeasuredTimes() throws {
        let data = Data(PatroniRecipe.dynamic().utf8)
        let tree = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(tree["ttl"] as? Int == 20)
        #expect(tree["loop_wait"] as? Int == 1)
        #expect(tree["retry_timeout"] as? Int == 3)
    }

    @Test func haproxyItselfAcceptsItsConfiguration() throws {
        let recipes = recipes(try LabPlan(), folder: "/tmp")
        let file = NSTemporaryDirectory() + "lab-recipe-\(getpid()).cfg"
        defer { unlink(file) }
        for member in recipes.plan.kind(.haproxy) {
            try HAProxyRecipe(recipes: recipes, member: member).text.write(
                toFile: file, atomically: true, encoding: .utf8)
            try RealProgram.run("/usr/sbin/haproxy", "-c", "-dW", "-f", file)
        }
    }

    @Test func etcdKnowsAllItsPeers() throws {
        let recipes = recipes(try LabPlan(block: 3))
        let command = recipes.command(try recipes.plan.member("etcd-dub"))
        #expect(
            command.contains(
                "--initial-cluster=etcd-ams=http://127.3.1.1:2380,etcd-lon=http://127.3.2.1:2380,"
                    + "etcd-dub=http://127.3.3.1:2380"))
    }

    @Test func patroniRunsUnderTheRightPython() throws {
        let member = try LabPlan().member("pg-ams-1")
        #expect(recipes(try LabPlan()).command(member).prefix(2) == ["/usr/bin/python3", "/usr/bin/patroni"])
        let own = recipes(try LabPlan(patroni: .venv("/opt/v")))
        #expect(own.command(member).prefix(2) == ["/opt/v/bin/python3", "/opt/v/bin/patroni"])
        #expect(own.programs.contains { $0.path == "/opt/v/bin/patroni" })
    }

    @Test func serversTakeBetweenFiveAndTwentyMilliseconds() throws {
        let recipes = recipes(try LabPlan(portOffset: 300))
        for member in recipes.plan.kind(.bet) {
            let server = try LabHTTPServer(arguments: Array(recipes.command(member).dropFirst(2)))
            #expect((5...20).contains(server.milliseconds))
            #expect(server.port == member.port(.http))
        }
    }

    @Test func passwordsDiffer() {
        let one = LabSecrets.fresh()
        #expect(one != LabSecrets.fresh())
        #expect(one.patroniREST.count == 24)
    }
}

extension [String: Any] {
    /// What lies at a path of keys, joined by dots.
    fileprivate func at(_ path: String) -> Any? {
        path.split(separator: ".").reduce(self as Any?) { ($0 as? [String: Any])?[String($1)] }
    }
}
