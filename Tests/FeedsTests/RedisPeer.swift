import PitbossTestKit
import Wire

/// A Redis server or a Sentinel with the answers of a real one, by the words of the question.
final class RedisPeer: FakePeer {
    struct State: Sendable {
        var mood = PeerMood.good
        var answers: [String: [UInt8]] = [:]
        var questions: [String] = []
        var listeners: [FakeServer.Connection] = []
    }

    let server: FakeServer
    private let state: Observed<State>

    /// In a name of Redis there is no line break: it would end the line of INFO that it stands in.
    static let hostileName = "evil\u{1B}[2J\";rm -rf \u{202E}ｗａｌｌｅｔ"
    /// As recorded: the master of the group, and a replica.
    static let master = "127.42.2.1:6379"
    static let replicaHost = "127.42.3.1"

    init(_ answers: [String: [UInt8]]) {
        let state = Observed(State(answers: answers))
        self.state = state
        server = FakeServer { input, connection in
            while let words = RedisPeer.take(&input) {
                let line = words.joined(separator: " ")
                state.update { state in
                    state.questions.append(line)
                    if words.first == "PSUBSCRIBE" { state.listeners.append(connection) }
                }
                let now = state.value
                switch now.mood {
                case .silent: continue
                case .malformed:
                    connection.send([0x1B, 0x5B, 0x32, 0x4A, 0x07, 0x00, 0x0A] + Array("HTTP/1.1 400\r\n".utf8))
                case .good, .hostile:
                    let answer = now.answers[line] ?? now.answers[words[0]]
                    connection.send(answer ?? Array("-ERR unknown command '\(words[0])'\r\n".utf8))
                }
            }
        }
    }

    /// The recorded Sentinel; of an older one when it knows no RESP3.
    static func sentinel(isRESP3: Bool = true) -> RedisPeer {
        let version = isRESP3 ? "resp3" : "resp2"
        func recorded(_ name: String) -> [UInt8] {
            (try? Recorded.bytes("redis-7.0/sentinel-\(version)-\(name).bin")) ?? []
        }
        var answers = ["PING": recorded("ping"), "PSUBSCRIBE": recorded("psubscribe"), "INFO": recorded("info")]
        if isRESP3 { answers["HELLO"] = recorded("hello") }
        for (word, name) in [
            ("MASTER", "master"), ("REPLICAS", "replicas"), ("SENTINELS", "sentinels"), ("CKQUORUM", "ckquorum"),
        ] {
            answers["SENTINEL \(word) session-cache"] = recorded(name)
        }
        return RedisPeer(answers)
    }

    /// The recorded Redis server that leads.
    static func leader() -> RedisPeer {
        func recorded(_ name: String) -> [UInt8] { (try? Recorded.bytes("redis-7.0/redis-master-\(name).bin")) ?? [] }
        return RedisPeer([
            "HELLO": recorded("hello"), "INFO replication": recorded("info-replication"),
            "INFO server": recorded("info-server"), "INFO clients": recorded("info-clients"),
            "INFO memory": recorded("info-memory"), "CONFIG GET replica-priority": recorded("priority"),
        ])
    }

    var questions: [String] { state.value.questions }

    func say(_ question: String, _ bytes: [UInt8]) { state.update { $0.answers[question] = bytes } }

    func push(_ bytes: [UInt8]) {
        let open = Set(server.connectionsOpen.map(\.id))
        for listener in state.value.listeners where open.contains(listener.id) { listener.send(bytes) }
    }

    func become(_ mood: PeerMood) {
        state.update { state in
            state.mood = mood
            guard mood == .hostile else { return }
            for (question, bytes) in state.answers { state.answers[question] = RedisPeer.hostile(bytes) }
        }
    }

    /// Every replica's address made hostile, with the lengths of the texts that it stands in.
    private static func hostile(_ bytes: [UInt8]) -> [UInt8] {
        var decoder = RESPDecoder()
        decoder.append(bytes)
        guard let value = try? decoder.next() else { return bytes }
        return encode(value)
    }

    private static func encode(_ value: RESPValue) -> [UInt8] {
        switch value {
        case .bulk(let bytes):
            let text = String(decoding: bytes, as: UTF8.self).replacing(replicaHost, with: hostileName)
            return Array("$\(text.utf8.count)\r\n\(text)\r\n".utf8)
        case .array(let all): return Array("*\(all.count)\r\n".utf8) + all.flatMap(encode)
        case .map(let all): return Array("%\(all.count / 2)\r\n".utf8) + all.flatMap(encode)
        case .push(let all): return Array(">\(all.count)\r\n".utf8) + all.flatMap(encode)
        case .integer(let number): return Array(":\(number)\r\n".utf8)
        case .error(let words): return Array("-\(words)\r\n".utf8)
        default: return Array("+\(value.text ?? "")\r\n".utf8)
        }
    }

    /// Takes one whole request off the input.
    private static func take(_ input: inout [UInt8]) -> [String]? {
        var decoder = RESPDecoder()
        decoder.append(input)
        guard let value = try? decoder.next(), let words = value.elements?.compactMap(\.text) else { return nil }
        input.removeFirst(input.count - decoder.bytesHeld)
        return words
    }
}
