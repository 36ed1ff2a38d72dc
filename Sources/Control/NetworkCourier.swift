public import Estate
public import Plans
public import Settings
import Transport
import Wire

/// Which credentials and addresses belong to a request's place.
public protocol DoorBook: Sendable {
    /// How a group's REST door at this address is entered.
    func rest(of group: GroupID, door: String) -> Endpoint?
    /// The admin socket of the balancer that this source watches.
    func socket(of balancer: SourceID) -> Endpoint?
    /// The program behind this source, which takes a line and answers.
    func program(of source: SourceID) -> [String]?
    /// How a cache group's door at this `host:port` is entered.
    func cache(of group: GroupID, door: String) -> Endpoint?
    /// How a database server of the group at this `host:port` is entered.
    func database(of group: GroupID, door: String) -> Endpoint?
}

/// The doors that the configuration names.
public struct ConfiguredDoors: DoorBook {
    private let settings: PitbossSettings
    public init(_ settings: PitbossSettings) { self.settings = settings }

    public func rest(of group: GroupID, door: String) -> Endpoint? {
        if let told = settings.alertmanager.first(where: { $0.endpoint.url == door }) { return told.endpoint }
        if let patroni = settings.group(group)?.patroni { return patroni.restEndpoint(door) }
        guard let store = settings.etcd.first(where: { $0.name == group.name }), var model = store.endpoints.first
        else { return nil }
        if let named = store.endpoints.first(where: { $0.url == door }) { return named }
        // Never carry a password to an address that TLS does not protect when the configured ones are.
        guard !model.url.hasPrefix("https://") || door.hasPrefix("https://") else { return nil }
        model.url = door
        return model
    }
    public func program(of source: SourceID) -> [String]? {
        switch source.system {
        case "exec": return settings.exec.first { $0.name == source.name }?.command
        case "fence":
            let fence = settings.group(GroupID(source.name))?.streaming?.fence ?? []
            return fence.isEmpty ? nil : fence
        default: return nil
        }
    }
    /// A Sentinel by the addresses of the configuration, anything else as a Redis server.
    public func cache(of group: GroupID, door: String) -> Endpoint? {
        guard let sentinel = settings.group(group)?.sentinel else { return nil }
        let watcher = sentinel.endpoints.first { $0.url == "tcp://\(door)" || $0.url == "tls://\(door)" }
        return watcher ?? sentinel.redis.endpoint(door)
    }
    public func database(of group: GroupID, door: String) -> Endpoint? {
        settings.group(group)?.streaming?.postgres.endpoint(door)
    }
    public func socket(of balancer: SourceID) -> Endpoint? {
        settings.balancers.first { $0.name == balancer.name }?.socket
    }
}

/// Sends over the network, adding credentials at the last moment.
public final class NetworkCourier: Courier {
    /// Longest answer that is read, bytes.
    public static let replyBytesMax = 65_536

    private let doors: any DoorBook
    private let clock: any Timekeeper
    private let http: HTTPDoor
    private let statements: (any StatementDoor)?

    public init(_ doors: any DoorBook, clock: any Timekeeper, statements: (any StatementDoor)? = nil) {
        self.statements = statements
        self.doors = doors
        self.clock = clock
        http = HTTPDoor(clock: clock)
    }

    /// Ends every connection.
    public func close() async { await http.close() }

    public func send(_ request: Plans.Request, within deadline: Span) async -> Delivery {
        do {
            switch request {
            case .http(let group, let door, let method, let path, let body, _):
                guard let endpoint = doors.rest(of: group, door: door) else {
                    return .notSent(reason: "the configuration does not say how \(group) is commanded")
                }
                let authorization: HTTPRequest.Authorization
                do {
                    authorization = try await self.authorization(endpoint, path, within: deadline)
                } catch {
                    return .notSent(reason: Escaped.text("\(error)", charactersMax: 300))
                }
                let reply = try await http.send(
                    HTTPRequest(method, path, body: Array(body.utf8), authorization: authorization), to: endpoint,
                    within: deadline, bodyBytesMax: Self.replyBytesMax)
                return .answered(Answer(status: reply.status, text: String(decoding: reply.body, as: UTF8.self)))
            case .line(let balancer, let text):
                if let words = doors.program(of: balancer) {
                    return try await run(words, text, deadline, saysNothing: balancer.system != "fence")
                }
                guard let endpoint = doors.socket(of: balancer) else {
                    return .notSent(reason: "the configuration names no admin socket of \(balancer.name)")
                }
                let reply = try await LineSocket(endpoint, clock: clock).ask(
                    text, within: deadline, replyBytesMax: Self.replyBytesMax)
                return .answered(Answer(status: nil, text: String(decoding: reply.bytes, as: UTF8.self)))
            case .sql(let group, let door, let statement, _):
                guard let statements, let endpoint = doors.database(of: group, door: door) else {
                    return .notSent(reason: "the configuration does not say how \(group) is commanded at \(door)")
                }
                return await statements.run(statement, at: endpoint, within: deadline)
            case .command(let group, let door, let words):
                guard let endpoint = doors.cache(of: group, door: door) else {
                    return .notSent(reason: "the configuration does not say how \(group) is commanded at \(door)")
                }
                return try await CommandDoor(endpoint, clock: clock).send(words, within: deadline)
            }
        } catch {
            return Self.failure(error)
        }
    }

    /// How a request shows who asks: etcd takes a token in place of user and password.
    private func authorization(
        _ endpoint: Endpoint, _ path: String, within deadline: Span
    ) async throws -> HTTPRequest.Authorization {
        if endpoint.token != nil { return .configured }
        guard let user = endpoint.username, let source = endpoint.password else { return .none }
        guard path.hasPrefix("/v3/") else { return .basic }
        let request = EtcdRequest.authenticate(user: user, password: try Secret(source).resolve())
        let reply = try await http.send(
            HTTPRequest("POST", request.path, body: request.body), to: endpoint, within: deadline,
            bodyBytesMax: Self.replyBytesMax)
        if reply.status == 200 { return .token(try EtcdRequest.token(parsing: reply.body)) }
        guard let fault = EtcdFault(parsing: reply.body) else {
            throw WireError.refused(format: "etcd login", status: reply.status, message: Escaped.text(reply.body))
        }
        if fault.isAuthenticationOff { return .none }
        throw WireError.refused(format: "etcd login", status: reply.status, message: fault.message)
    }

    /// A program is started for the one line. One that does as asked ends with 0, and `saysNothing`.
    private func run(
        _ words: [String], _ line: String, _ deadline: Span, saysNothing: Bool
    ) async throws -> Delivery {
        let output = try await Program(words).run(
            input: Array((line + "\n").utf8), within: deadline, clock: clock, outputBytesMax: Self.replyBytesMax)
        var said = String(decoding: output.bytes, as: UTF8.self)
        if output.status == 0, !saysNothing { said = "" }
        if output.status != 0 {
            let errors = Escaped.text(output.errors)
            said = "it ended with \(output.status)" + (said.isEmpty && errors.isEmpty ? "" : ": \(said)\(errors)")
        }
        return .answered(Answer(status: nil, text: said))
    }

    /// What cannot have arrived is told from what may have.
    static func failure(_ error: any Error) -> Delivery {
        guard let error = error as? TransportError else {
            return .lost(reason: error is CancellationError ? "it was cancelled here" : Escaped.text("\(error)"))
        }
        switch error {
        case .badAddress, .unusableTLS, .noSecret, .unreachable, .untrusted, .unsendable, .notStarted, .noWay:
            return .notSent(reason: error.description)
        case .late, .cutOff, .tooLong, .closed:
            return .lost(reason: error.description)
        }
    }
}
