import PitbossTestKit
import Wire

/// An etcd in memory behind the JSON gateway: keys with revisions, ranges, watches with a backlog, compaction, a user.
final class EtcdPeer: FakePeer {
    struct Key: Sendable {
        let create: Int64
        let mod: Int64
        let version: Int64
        let value: String
    }

    struct State: Sendable {
        var revision: Int64 = 1
        var compacted: Int64 = 0
        var clusterID = "77"
        var keys: [String: Key] = [:]
        /// Events ever, as JSON without their braces, by revision.
        var log: [(revision: Int64, json: String)] = []
        var mood = PeerMood.good
        var token: String?
        var hasQuorum = true
        var isDeaf = false
        var memberURLs: [String] = []
    }

    let http: FakeHTTP
    let state: Observed<State>
    var server: FakeServer { http.server }
    var url: String { http.url }

    static let hostileName = "evil\u{1B}[2J\n\";rm -rf \u{202E}ｗａｌｌｅｔ"

    init() {
        let state = Observed(State())
        self.state = state
        http = FakeHTTP { EtcdPeer.answer($0, state) }
        put(
            "config",
            #"{"ttl":20,"loop_wait":1,"retry_timeout":3,"maximum_lag_on_failover":1048576,"synchronous_mode":true}"#)
        put("initialize", "7710505716171228187")
        for name in ["pg-a", "pg-b"] { putMember(name) }
        put("leader", "pg-a")
        put("sync", #"{"leader":"pg-a","sync_standby":"pg-b"}"#)
        put("status", #"{"optime":1000}"#)
    }

    func become(_ mood: PeerMood) {
        if mood == .hostile {
            putMember(Self.hostileName)
            put("leader", Self.hostileName)
        }
        state.update { $0.mood = mood }
    }

    func putMember(_ name: String, state word: String = "running", role: String = "replica") {
        let value = JSONValue.object([
            "conn_url": .string("postgres://10.0.0.1:5432/postgres"),
            "api_url": .string("http://10.0.0.1:8008/patroni"),
            "state": .string(word), "role": .string(role), "version": .string("3.0.2"), "xlog_location": .int(900),
            "timeline": .int(1),
        ])
        put("members/\(name)", value.text)
    }

    /// Writes below the scope and tells the watches.
    func put(_ name: String, _ value: String) { change(name) { _ in value } }

    func delete(_ name: String) { change(name) { _ in nil } }

    private func change(_ name: String, _ value: @escaping @Sendable (Key?) -> String?) {
        let key = "/service/wallet-db/\(name)"
        let line = state.update { state -> String? in
            state.revision += 1
            let before = state.keys[key]
            let json: String
            if let text = value(before) {
                let made = Key(
                    create: before?.create ?? state.revision, mod: state.revision, version: (before?.version ?? 0) + 1,
                    value: text)
                state.keys[key] = made
                json = "{\"kv\":\(EtcdPeer.json(key, made))}"
            } else {
                state.keys[key] = nil
                json =
                    "{\"type\":\"DELETE\",\"kv\":{\"key\":\"\(base64(key))\",\"mod_revision\":\"\(state.revision)\"}}"
            }
            state.log.append((state.revision, json))
            return state.isDeaf || state.mood == .silent ? nil : EtcdPeer.line(state, [json])
        }
        if let line { http.push(Array(line.utf8)) }
    }

    /// Forgets the history before the present.
    func compact() {
        state.update { state in
            state.compacted = state.revision
            state.log = []
        }
    }

    private static func header(_ state: State) -> String {
        "{\"cluster_id\":\"\(state.clusterID)\",\"member_id\":\"1\",\"revision\":\"\(state.revision)\",\"raft_term\":\"2\"}"
    }

    private static func line(_ state: State, _ events: [String]) -> String {
        "{\"result\":{\"header\":\(header(state)),\"events\":[\(events.joined(separator: ","))]}}\n"
    }

    private static func json(_ name: String, _ key: Key, keysOnly: Bool = false) -> String {
        let value = keysOnly ? "" : ",\"value\":\"\(base64(key.value))\""
        return "{\"key\":\"\(base64(name))\",\"create_revision\":\"\(key.create)\",\"mod_revision\":\"\(key.mod)\","
            + "\"version\":\"\(key.version)\"\(value)}"
    }

    private static func reply(_ text: String, status: Int = 200) -> FakeHTTP.Answer {
        .reply(status: status, body: Array(text.utf8))
    }

    private static func answer(_ request: FakeHTTP.Request, _ box: Observed<State>) -> FakeHTTP.Answer {
        let state = box.value
        switch state.mood {
        case .silent: return .silence
        case .malformed: return reply("\u{1B}[31mnot json\u{7}\u{0}\u{9B}" + String(repeating: "x", count: 900))
        case .good, .hostile: break
        }
        let body = (try? JSONValue(parsing: request.body, format: "test")) ?? .null
        if request.path == "/v3/auth/authenticate" {
            guard body["name"]?.string == "watcher", body["password"]?.string == "s3cret", let token = state.token
            else {
                return reply(
                    #"{"error":"etcdserver: authentication failed, invalid user ID or password","code":3}"#, status: 400
                )
            }
            return reply("{\"header\":\(header(state)),\"token\":\"\(token)\"}")
        }
        if let token = state.token, request.headers["authorization"] != token {
            return reply(
                #"{"error":"etcdserver: invalid auth token","message":"etcdserver: invalid auth token","code":16}"#,
                status: 401)
        }
        switch request.path {
        case "/v3/kv/range": return state.hasQuorum ? range(body, state) : .silence
        case "/v3/watch": return watch(body, state)
        case "/v3/maintenance/status":
            let leader = state.hasQuorum ? "\"leader\":\"1\"," : ""
            return reply(
                "{\"header\":\(header(state)),\"version\":\"3.4.23\",\"dbSize\":\"20480\",\(leader)\"raftIndex\":\"9\",\"raftTerm\":\"2\"}"
            )
        case "/v3/cluster/member/list":
            let name = state.keys.keys.contains { $0.contains(hostileName) } ? hostileName : "etcd-a"
            let urls = state.memberURLs.map { "\"\($0)\"" }.joined(separator: ",")
            return reply(
                "{\"header\":\(header(state)),\"members\":[{\"ID\":\"1\",\"name\":\(JSONValue.string(name).text),\"clientURLs\":[\(urls)]}]}"
            )
        case "/v3/maintenance/alarm": return reply("{}")
        default: return reply("Not Found", status: 404)
        }
    }

    private static func range(_ body: JSONValue, _ state: State) -> FakeHTTP.Answer {
        var keys = state.keys.sorted { $0.key < $1.key }
        let count = keys.count
        if body["sort_target"]?.string == "MOD" { keys.sort { $0.value.mod > $1.value.mod } }
        if let limit = body["limit"]?.int { keys = Array(keys.prefix(Int(limit))) }
        let keysOnly = body["keys_only"]?.bool ?? false
        let kvs = keys.map { json($0.key, $0.value, keysOnly: keysOnly) }.joined(separator: ",")
        return reply("{\"header\":\(header(state)),\"kvs\":[\(kvs)],\"count\":\"\(count)\"}")
    }

    private static func watch(_ body: JSONValue, _ state: State) -> FakeHTTP.Answer {
        let from = body["create_request"]?["start_revision"]?.int ?? 0
        var first = "{\"result\":{\"header\":\(header(state)),\"created\":true}}\n"
        if from <= state.compacted {
            first +=
                "{\"result\":{\"header\":\(header(state)),\"canceled\":true,\"compact_revision\":\"\(state.compacted)\"}}\n"
        } else {
            let backlog = state.log.filter { $0.revision >= from }.map(\.json)
            if !backlog.isEmpty { first += line(state, backlog) }
        }
        return .stream(first: Array(first.utf8))
    }
}

private func base64(_ text: String) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var out = ""
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        var bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        bits <<= UInt32(8 * (3 - group.count))
        for index in 0..<4 {
            out.append(index <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * index) & 63)] : "=")
        }
    }
    return out
}
