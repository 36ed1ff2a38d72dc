import PitbossTestKit
import Wire

/// Patroni's REST API with recorded answers, in HTTP/1.0 with one request a connection.
final class PatroniPeer: FakePeer {
    struct State: Sendable {
        var mood = PeerMood.good
        var bodies: [String: [UInt8]] = [:]
        var status = 200
    }

    let http: FakeHTTP
    private let state = Observed(State())
    var server: FakeServer { http.server }
    var url: String { http.url }

    static let hostileName = "evil\u{1B}[2J\n\";rm -rf \u{202E}ｗａｌｌｅｔ"

    init() {
        let state = self.state
        http = FakeHTTP { request in
            let now = state.value
            switch now.mood {
            case .silent: return .silence
            case .malformed:
                let page = "<html>\u{1B}[31mTraceback\u{7}\u{0}" + String(repeating: "x", count: 900)
                return .reply(status: 200, body: Array(page.utf8), isHTTP10: true)
            case .good, .hostile:
                guard let body = now.bodies[request.path] else {
                    return .reply(status: 404, body: Array("no such page".utf8), isHTTP10: true)
                }
                return .reply(status: now.status, body: body, isHTTP10: true)
            }
        }
    }

    /// The recorded cluster of Patroni 3.0, seen from its leader.
    static func recorded() -> PatroniPeer {
        let peer = PatroniPeer()
        for (path, file) in [
            ("/patroni", "patroni-ams"), ("/cluster", "cluster"), ("/config", "config"), ("/history", "history"),
        ] {
            // The recorded doors are somebody's addresses: nobody listens on port 9.
            let text = (try? Recorded.text("patroni-3.0/\(file).json")) ?? ""
            peer.say(path, Array(text.replacing(/127\.9\.\d\.1:8008/, with: "127.0.0.1:9").utf8))
        }
        return peer
    }

    func say(_ path: String, _ body: [UInt8], status: Int = 200) {
        state.update { state in
            state.bodies[path] = body
            state.status = status
        }
    }

    func become(_ mood: PeerMood) {
        state.update { state in
            state.mood = mood
            guard mood == .hostile else { return }
            let quoted = JSONValue.string(Self.hostileName).text
            for (path, body) in state.bodies {
                let text = String(decoding: body, as: UTF8.self).replacing("\"pg-dub-1\"", with: quoted)
                state.bodies[path] = Array(text.utf8)
            }
        }
    }
}
