import Transport
import Wire

/// What libpq or the server says went wrong.
struct PostgresFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// The five characters that name a server's error in every language; nil where no server answered.
    let sqlState: String?
    /// The first line of the message, escaped.
    let message: String
    /// Every address that was tried was turned down by its host, in the system's own words. libpq tells it in the
    /// system's language: in another one it is not known, and then the server is only unreachable.
    let isRefusedByHost: Bool

    var description: String { message }

    /// - Parameter text: libpq's message, written with verbosity "verbose", so that it names the state.
    init(_ text: String) {
        let lines = text.split(whereSeparator: \.isNewline)
        var line = lines.first.map(String.init) ?? "no reason given"
        let attempts = lines.filter { $0.hasPrefix("connection to server") }
        let isTurnedDown = !attempts.isEmpty && attempts.allSatisfy { $0.hasSuffix("failed: Connection refused") }
        // libpq begins with the address, and may name several; whoever shows the fault names the endpoint.
        if line.hasPrefix("connection to server"), let end = line.firstRange(of: " failed: ") {
            line = String(line[end.upperBound...])
        }
        sqlState = PostgresFault.takeState(&line)
        message = Escaped.text(line, charactersMax: 300)
        isRefusedByHost = isTurnedDown && sqlState == nil
    }

    init(sqlState: String?, message: String) {
        self.sqlState = sqlState
        self.message = Escaped.text(message, charactersMax: 300)
        isRefusedByHost = false
    }

    /// Finds `: 28P01: ` and takes it out of the message. Severity and text are in the server's language, the state
    /// is not.
    private static func takeState(_ line: inout String) -> String? {
        let pieces = line.split(separator: ":", omittingEmptySubsequences: false)
        for (index, piece) in pieces.enumerated() where index > 0 && index < pieces.count - 1 {
            let word = piece.drop { $0 == " " }
            guard word.utf8.count == 5,
                word.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }),
                word.utf8.contains(where: { (0x30...0x39).contains($0) })
            else { continue }
            line = (pieces[..<index] + pieces[(index + 1)...]).joined(separator: ":")
            return String(word)
        }
        return nil
    }

    /// The server answers and says that it takes no connections yet, or any more.
    var isNotOpen: Bool { sqlState == "57P03" }

    /// What libpq says of TLS. The words are OpenSSL's or its own, untranslated where they are asked for here.
    private func distrust(_ endpoint: String) -> FeedError? {
        func untrusted(_ reason: Distrust, _ remedy: String) -> FeedError {
            .untrusted(endpoint: endpoint, reason: reason.words, remedy: remedy)
        }
        if message.contains("certificate verify failed") {
            return untrusted(.unsigned, "name its CA: `sslrootcert: FILE`")
        }
        if message.contains("does not match host name") { return untrusted(.otherName, Distrust.otherName.remedy) }
        if message.contains("alert certificate required") || message.contains("alert unknown ca") {
            return untrusted(.refusesOurs, "name one that its CA has signed: `sslcert: FILE` and `sslkey: FILE`")
        }
        if message.contains("does not support SSL") {
            return untrusted(.noTLS, "set `ssl = on` there, or another `sslmode:` here")
        }
        guard message.contains("certificate") || message.contains("private key") else { return nil }
        return untrusted(.other(message), "check `sslmode:`, `sslrootcert:`, `sslcert:` and `sslkey:`")
    }

    /// The error in the room's words.
    func feedError(endpoint: String) -> FeedError {
        let unreachable = FeedError.unreachable(endpoint: endpoint, reason: "\(endpoint): \(message)")
        guard let sqlState else {
            // Said by libpq itself, before the server could.
            if message.contains("no password supplied") {
                return .refused(endpoint: endpoint, reason: "\(message); name a secret in the configuration")
            }
            return distrust(endpoint) ?? unreachable
        }
        switch sqlState {
        case _ where sqlState.hasPrefix("28"):
            let isInTheClear = message.hasSuffix("no encryption") ? ", and whether it wants TLS: `sslmode:`" : ""
            return .refused(
                endpoint: endpoint,
                reason: "\(message); check the user, the secret and pg_hba.conf\(isInTheClear)")
        case "3D000":
            return .refused(endpoint: endpoint, reason: "\(message); name an existing database in the address")
        case "42501":
            return .refused(endpoint: endpoint, reason: "\(message); GRANT pg_monitor to the user")
        case "53300":
            return .refused(endpoint: endpoint, reason: "\(message); all connections are taken")
        case "57014":
            return .silent(
                endpoint: endpoint, reason: "\(endpoint): \(message); the server took too long over our question")
        default:
            return unreachable
        }
    }
}
