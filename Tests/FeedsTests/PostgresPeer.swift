import Foundation
import PitbossTestKit

/// Speaks PostgreSQL's protocol as far as one question and its answer need it.
final class PostgresPeer: FakePeer {
    let server: FakeServer
    private let mood = Observed(PeerMood.good)
    /// Sent in place of the answer to a question, or of the greeting.
    private let answer: Observed<String>

    /// An error in place of the greeting, as severity, state and text.
    struct Refusal: Sendable {
        let state: String
        let text: String
    }

    init(answer: String, refusal: Refusal? = nil) {
        let mood = self.mood
        let answer = Observed(answer)
        self.answer = answer
        let greeted = Observed<Set<Int>>([])
        server = FakeServer { input, connection in
            while true {
                let isGreeted = greeted.value.contains(connection.id)
                guard let message = PostgresPeer.take(&input, hasKind: isGreeted) else { return }
                if mood.value == .silent { continue }
                if mood.value == .malformed {
                    connection.send([0x1B, 0x5B, 0x32, 0x4A, 0x07, 0xFF, 0x00, 0x0A, 0x52])
                    connection.close()
                    return
                }
                if !isGreeted {
                    if message.body.starts(with: [0x04, 0xD2, 0x16, 0x2F]) {
                        // No TLS here.
                        connection.send("N")
                        continue
                    }
                    if let refusal {
                        connection.send(PostgresPeer.error(refusal))
                        connection.close()
                        return
                    }
                    greeted.update { _ = $0.insert(connection.id) }
                    connection.send(PostgresPeer.greeting())
                } else if message.kind == UInt8(ascii: "S") {
                    connection.send(PostgresPeer.row(answer.value))
                }
            }
        }
    }

    func become(_ mood: PeerMood) { self.mood.update { $0 = mood } }
    func say(_ text: String) { answer.update { $0 = text } }

    private static func take(_ input: inout [UInt8], hasKind: Bool) -> (kind: UInt8, body: [UInt8])? {
        let head = hasKind ? 1 : 0
        guard input.count >= head + 4 else { return nil }
        let length = input[head..<(head + 4)].reduce(0) { $0 << 8 | Int($1) }
        guard length >= 4, input.count >= head + length else { return nil }
        let body = Array(input[(head + 4)..<(head + length)])
        let kind = hasKind ? input[0] : 0
        input.removeFirst(head + length)
        return (kind, body)
    }

    private static func message(_ kind: Character, _ body: [UInt8]) -> [UInt8] {
        [kind.asciiValue!] + bigEndian(Int32(body.count + 4)) + body
    }

    private static func bigEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

    private static func greeting() -> [UInt8] {
        message("R", bigEndian(Int32(0)))
            + message("S", text("server_version") + text("15.20 (Debian 15.20-0+deb12u1)"))
            + message("S", text("client_encoding") + text("UTF8"))
            + message("K", bigEndian(Int32(4711)) + bigEndian(Int32(42))) + message("Z", [UInt8(ascii: "I")])
    }

    private static func error(_ refusal: Refusal) -> [UInt8] {
        message(
            "E", text("SFATAL") + text("VFATAL") + text("C\(refusal.state)") + text("M\(refusal.text)") + [0])
    }

    private static func row(_ value: String) -> [UInt8] {
        let bytes = Array(value.utf8)
        let column =
            text("json") + bigEndian(Int32(0)) + bigEndian(Int16(0)) + bigEndian(Int32(25)) + bigEndian(Int16(-1))
            + bigEndian(Int32(-1)) + bigEndian(Int16(0))
        return message("1", []) + message("2", []) + message("T", bigEndian(Int16(1)) + column)
            + message("D", bigEndian(Int16(1)) + bigEndian(Int32(bytes.count)) + bytes)
            + message("C", text("SELECT 1")) + message("Z", [UInt8(ascii: "I")])
    }
}
