import FoundationEssentials
import Settings
import Transport

/// Where a PostgreSQL server is and how to get in, out of an endpoint:
/// `postgres://host:port/database?sslmode=verify-full&sslrootcert=/path`.
struct PostgresAddress: Equatable, Sendable {
    static let portDefault = 5432
    static let databaseDefault = "postgres"
    /// Bound on one question, kept by the server too, so that a question we gave up does not go on there.
    static let statementMilliseconds = 5_000
    /// The system's roots on Debian and its kin: libpq 15 has no name for them.
    static let systemRoots = "/etc/ssl/certs/ca-certificates.crt"

    private static let tlsModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]

    let host: String
    let port: Int
    let database: String
    let user: String?
    let password: SecretSource?
    let label: String
    /// What is known of TLS, as libpq's keywords and values.
    let tls: [String: String]

    /// - Throws: `TransportError.badAddress` with what was expected.
    init(_ endpoint: Endpoint) throws(TransportError) {
        let label = endpoint.label
        func bad(_ reason: String) -> TransportError { .badAddress(endpoint: label, reason: reason) }
        guard let scheme = ["postgres://", "postgresql://"].first(where: endpoint.url.hasPrefix) else {
            throw bad("expected postgres://host:port/database")
        }
        let rest = endpoint.url.dropFirst(scheme.count)
        let place = rest.prefix { $0 != "?" }
        let authority = place.prefix { $0 != "/" }
        guard !authority.contains("@") else {
            throw bad("user and password belong into the settings beside the address")
        }
        let database = place.dropFirst(authority.count + 1)
        (host, port) = try PostgresAddress.hostAndPort(authority, bad)
        self.database = database.isEmpty ? Self.databaseDefault : PercentText.decoded(database)
        user = endpoint.username
        password = endpoint.password
        self.label = label
        tls = try PostgresAddress.tls(
            endpoint.tls, options: PostgresAddress.options(rest.dropFirst(place.count + 1), bad))
    }

    /// libpq's keywords and values for a connection to these addresses of the host. Holds the password: not for logs.
    ///
    /// - Parameter near: the port on 127.0.0.1 that leads to the server through a bastion; nil: there is none.
    func parameters(
        addresses: [String], near: Int? = nil, resolving password: (SecretSource) throws -> String
    ) rethrows -> [(keyword: String, value: String)] {
        var all: [(keyword: String, value: String)] = [
            // One name for each address: the name is what a certificate is checked against.
            ("host", addresses.map { _ in host }.joined(separator: ",")),
            ("hostaddr", addresses.joined(separator: ",")),
            ("port", String(near ?? port)), ("dbname", database), ("application_name", "pitboss"),
            ("client_encoding", "UTF8"),
            // A ticket server that does not answer would block.
            ("gssencmode", "disable"),
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("options", "-c statement_timeout=\(Self.statementMilliseconds) -c default_transaction_read_only=on"),
        ]
        for (keyword, value) in tls.sorted(by: { $0.key < $1.key }) { all.append((keyword, value)) }
        if let user { all.append(("user", user)) }
        if let source = self.password { all.append(("password", try password(source))) }
        return all
    }

    private static func hostAndPort(
        _ authority: Substring, _ bad: (String) -> TransportError
    ) throws(TransportError) -> (String, Int) {
        var host = authority
        var port = portDefault
        let portColon: Substring.Index?
        if authority.first == "[" {
            guard let closing = authority.firstIndex(of: "]") else { throw bad("a bracket is not closed") }
            host = authority[authority.index(after: authority.startIndex)..<closing]
            let behind = authority.index(after: closing)
            guard behind == authority.endIndex || authority[behind] == ":" else {
                throw bad("expected [address]:port")
            }
            portColon = behind == authority.endIndex ? nil : behind
        } else {
            portColon = authority.firstIndex(of: ":")
            if let portColon { host = authority[..<portColon] }
        }
        if let portColon {
            guard let number = Int(authority[authority.index(after: portColon)...]), (1...65_535).contains(number)
            else { throw bad("the port must be a number from 1 to 65535; an IPv6 address stands in brackets") }
            port = number
        }
        // A comma would be a second host to libpq, and a slash a folder with a socket.
        guard !host.isEmpty, !host.contains(where: { ",/ ".contains($0) }) else {
            throw bad("expected one host's name or address")
        }
        return (String(host), port)
    }

    private static func options(
        _ query: Substring, _ bad: (String) -> TransportError
    ) throws(TransportError) -> [String: String] {
        var options: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1)
            let known = ["sslmode", "sslrootcert", "sslcert", "sslkey"]
            guard halves.count == 2, known.contains(String(halves[0])) else {
                throw bad("after ? only \(known.joined(separator: ", ")) are known")
            }
            options[String(halves[0])] = PercentText.decoded(halves[1])
        }
        if let mode = options["sslmode"], !tlsModes.contains(mode) {
            throw bad("sslmode must be one of \(tlsModes.joined(separator: ", "))")
        }
        return options
    }

    /// What the settings say of TLS, over which the address's own options win. Nothing said: TLS where the server
    /// has it, unverified, as every client of PostgreSQL does.
    private static func tls(_ settings: TLSOptions?, options: [String: String]) -> [String: String] {
        var made: [String: String] = [:]
        if let settings {
            made["sslmode"] = settings.insecureSkipVerify ? "require" : "verify-full"
            made["sslrootcert"] = settings.caFile
            made["sslcert"] = settings.certificateFile
            made["sslkey"] = settings.keyFile ?? settings.certificateFile
            if settings.caFile == nil, !settings.insecureSkipVerify,
                FileManager.default.isReadableFile(atPath: systemRoots)
            {
                made["sslrootcert"] = systemRoots
            }
        }
        return made.merging(options) { _, option in option }
    }
}

/// Text in an address: what would end it is written as `%` and two digits.
enum PercentText {
    static func encoded(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                out += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return out
    }

    /// A `%` that no two digits follow stands for itself.
    static func decoded(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.first {
            rest = rest.dropFirst()
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
