/// A client of PostgreSQL that speaks just enough of its protocol (version 3) to write and to read back: it must know
/// of every single statement whether its commit was acknowledged.
struct SQLConnection {
    /// How a statement failed.
    enum Failure: Error, Equatable {
        /// Nothing was sent, or the server said no: nothing was written.
        case refused(String)
        /// It was sent, and the connection broke or fell silent: written or not, nobody knows.
        case inDoubt(String)
    }

    static let statementSecondsMax = 5.0
    static let messageBytesMax = 16 << 20

    private let socket: LoopbackSocket

    /// Connects and logs in, with a password in clear if the server asks for that.
    init(
        address: String, port: Int, user: String, database: String, password: String, timeoutSeconds: Double,
        trust: LabTrust? = nil
    ) throws(Failure) {
        do throws(SocketFailure) {
            socket = try LoopbackSocket(address: address, port: port, timeoutSeconds: timeoutSeconds)
            if let trust { try Self.secure(socket, trust, address, port) }
            let parameters: [UInt8] =
                [0, 3, 0, 0] + Self.text("user") + Self.text(user)
                + Self.text("database") + Self.text(database) + [0]
            try socket.send(Self.length(parameters.count) + parameters)
        } catch {
            throw .refused("\(error)")
        }
        while true {
            let (kind, body) = try message { .refused($0) }
            switch kind {
            case "R" where body.count >= 4 && body[..<4].elementsEqual([0, 0, 0, 0]): continue
            case "R" where body.count >= 4 && body[..<4].elementsEqual([0, 0, 0, 3]):
                let word = Self.text(password)
                do { try socket.send([UInt8(ascii: "p")] + Self.length(word.count) + word) } catch {
                    throw .refused("\(error)")
                }
            case "R": throw .refused("the server asks for a kind of login that this client does not know")
            case "E": throw .refused(Self.reason(body))
            case "Z": return
            default: continue
            }
        }
    }

    /// Asks for TLS, which the server grants with an S.
    private static func secure(
        _ socket: LoopbackSocket, _ trust: LabTrust, _ address: String, _ port: Int
    ) throws(SocketFailure) {
        try socket.send(length(4) + [4, 210, 22, 47])
        guard try socket.receive(count: 1) == [UInt8(ascii: "S")] else { throw SocketFailure.malformed }
        try socket.secure(trust, address: address, port: port)
    }

    /// Runs one statement.
    /// - Returns: the first column of each row, and the command's tag (`INSERT 0 1`).
    func run(_ statement: String) throws(Failure) -> (rows: [String], tag: String) {
        socket.deadlineSeconds = monotonicSeconds() + Self.statementSecondsMax
        let body = Self.text(statement)
        do { try socket.send([UInt8(ascii: "Q")] + Self.length(body.count) + body) } catch {
            throw .inDoubt("\(error)")
        }
        var rows: [String] = []
        var tag = ""
        var failure: Failure?
        while true {
            let (kind, body) = try message { .inDoubt($0) }
            switch kind {
            case "D": if let value = Self.firstColumn(body) { rows.append(value) }
            case "C": tag = String(decoding: body.dropLast(), as: UTF8.self)
            // The server takes the session away in mid-statement (57P01, 57P02) without saying what became of it.
            case "E": failure = Self.isShutdown(body) ? .inDoubt(Self.reason(body)) : .refused(Self.reason(body))
            // "Synchronous replication was cancelled": committed here, perhaps nowhere else.
            case "N" where Self.reason(body).contains("synchronous replication"):
                failure = .inDoubt(Self.reason(body))
            case "Z":
                if let failure { throw failure }
                return (rows, tag)
            default: continue
            }
            if case .inDoubt = failure, kind == "E" { throw .inDoubt(Self.reason(body)) }
        }
    }

    private func message(_ failure: (String) -> Failure) throws(Failure) -> (Character, [UInt8]) {
        do throws(SocketFailure) {
            let head = try socket.receive(count: 5)
            let count = head[1...].reduce(0) { $0 << 8 | Int($1) } - 4
            guard (0...Self.messageBytesMax).contains(count) else { throw SocketFailure.malformed }
            return (Character(Unicode.Scalar(head[0])), try socket.receive(count: count))
        } catch {
            throw failure("\(error)")
        }
    }

    private static func text(_ value: String) -> [UInt8] { Array(value.utf8) + [0] }

    private static func length(_ body: Int) -> [UInt8] {
        let all = UInt32(body + 4)
        return [UInt8(all >> 24), UInt8(all >> 16 & 255), UInt8(all >> 8 & 255), UInt8(all & 255)]
    }

    /// The first column of a data row: number of columns (2 bytes), then length (4 bytes, -1 for NULL) and bytes.
    static func firstColumn(_ body: [UInt8]) -> String? {
        guard body.count >= 6 else { return nil }
        let count = body[2..<6].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard count != .max, body.count >= 6 + Int(count) else { return nil }
        return String(decoding: body[6..<(6 + Int(count))], as: UTF8.self)
    }

    /// The fields of an error: a letter, a text, a zero byte each.
    private static func fields(_ body: [UInt8]) -> [Character: String] {
        var found: [Character: String] = [:]
        for part in body.split(separator: 0) {
            guard let letter = part.first else { continue }
            found[Character(Unicode.Scalar(letter))] = String(decoding: part.dropFirst(), as: UTF8.self)
        }
        return found
    }

    private static func reason(_ body: [UInt8]) -> String { fields(body)["M"] ?? "an error without words" }

    private static func isShutdown(_ body: [UInt8]) -> Bool { fields(body)["C"]?.hasPrefix("57P") ?? false }
}
