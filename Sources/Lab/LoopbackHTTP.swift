import Foundation

/// One answer of an HTTP server.
struct HTTPAnswer: Sendable, Equatable {
    let status: Int
    let body: [UInt8]

    /// The body as a JSON object, nil if it is none.
    var object: [String: Any]? {
        (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any]
    }
}

/// Small requests to the lab's own servers: one connection each, HTTP/1.0, so that nothing comes in chunks.
enum LoopbackHTTP {
    static func request(
        _ method: String = "GET", _ address: String, _ port: Int, _ path: String,
        json: String? = nil, timeoutSeconds: Double = 1, trust: LabTrust? = nil
    ) throws(SocketFailure) -> HTTPAnswer {
        let socket = try LoopbackSocket(address: address, port: port, timeoutSeconds: timeoutSeconds)
        if let trust { try socket.secure(trust, address: address, port: port) }
        var head = "\(method) \(path) HTTP/1.0\r\nHost: \(address):\(port)\r\n"
        if let json { head += "Content-Type: application/json\r\nContent-Length: \(json.utf8.count)\r\n" }
        try socket.send(head + "\r\n" + (json ?? ""))
        return try parse(try socket.receiveAll())
    }

    static func parse(_ bytes: [UInt8]) throws(SocketFailure) -> HTTPAnswer {
        let blank: [UInt8] = [13, 10, 13, 10]
        guard let end = bytes.firstRange(of: blank) else { throw SocketFailure(code: EBADMSG) }
        let first = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: " ")
        guard first.count >= 2, first[0].hasPrefix("HTTP/"), let status = Int(first[1].prefix(3)) else {
            throw SocketFailure(code: EBADMSG)
        }
        return HTTPAnswer(status: status, body: Array(bytes[end.upperBound...]))
    }

    /// The answer, or nil if there was none.
    static func answer(
        _ member: LabMember, _ port: LabPort, _ path: String, timeoutSeconds: Double = 1, trust: LabTrust? = nil
    ) -> HTTPAnswer? {
        try? request("GET", member.address, member.port(port), path, timeoutSeconds: timeoutSeconds, trust: trust)
    }
}

/// The few requests to etcd's JSON gateway that the lab needs.
struct EtcdDoor: Sendable {
    let plan: LabPlan
    let trust: LabTrust?

    /// Asks the members in turn until one answers.
    private func post(_ path: String, _ body: [String: Any]) -> [String: Any]? {
        guard let data = try? JSONSerialization.data(withJSONObject: body) else { return nil }
        let json = String(decoding: data, as: UTF8.self)
        for member in plan.kind(.etcd) {
            let answer = try? LoopbackHTTP.request(
                "POST", member.address, member.port(.etcdClient), path, json: json, timeoutSeconds: 2,
                trust: trust)
            if let answer, answer.status == 200 { return answer.object }
        }
        return nil
    }

    static func key(_ name: String) -> String { "\(LabPlan.namespace)\(LabPlan.scope)/\(name)" }

    func put(key: String, value: String) -> Bool {
        post("/v3/kv/put", ["key": Self.encode(key), "value": Self.encode(value)]) != nil
    }

    func delete(key: String) -> Bool {
        post("/v3/kv/deleterange", ["key": Self.encode(key)]) != nil
    }

    func get(key: String) -> String? {
        let answer = post("/v3/kv/range", ["key": Self.encode(key)])
        guard let first = (answer?["kvs"] as? [[String: Any]])?.first, let value = first["value"] as? String,
            let data = Data(base64Encoded: value)
        else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    private static func encode(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
