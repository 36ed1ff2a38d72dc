/// Why there is no way through a bastion, in words for an operator, out of what OpenSSH said.
struct SSHFault: Error, Equatable, Sendable {
    let reason: String
    /// It answers, and does not let us in; as opposed to not being reached.
    let isRefusal: Bool

    init(reason: String, isRefusal: Bool) {
        self.reason = reason
        self.isRefusal = isRefusal
    }

    /// - Parameters:
    ///   - said: the end of OpenSSH's standard error.
    ///   - bastion: as it would be typed after `ssh`.
    init(said: String, bastion: String) {
        let lines = said.split(whereSeparator: \.isNewline).map { $0.trimmed }.filter { !$0.isEmpty }
        func find(_ words: String...) -> String? {
            lines.last { line in words.contains { line.lowercased().contains($0.lowercased()) } }
        }
        if find("REMOTE HOST IDENTIFICATION HAS CHANGED", "host key for") != nil, find("has changed") != nil {
            self.init(
                reason: "its host key is not the known one: somebody may stand in between. Where it was renewed, "
                    + "`ssh-keygen -R` the old one, then `ssh \(bastion)` once", isRefusal: true)
        } else if find("host key is known for", "Host key verification failed") != nil {
            self.init(
                reason: "its host key is not known: `ssh \(bastion)` once, and compare the fingerprint",
                isRefusal: true)
        } else if let line = find("Permission denied", "Too many authentication failures") {
            self.init(
                reason: "\(Self.shown(line)): no key was accepted; `ssh-add` one, or name it in ~/.ssh/config, and try "
                    + "`ssh -o BatchMode=yes \(bastion)`", isRefusal: true)
        } else if let line = find("Bad owner or permissions", "Bad configuration option", "terminating, ", "Can't open")
        {
            self.init(reason: "OpenSSH's configuration: \(Self.shown(line))", isRefusal: true)
        } else if find("Could not resolve hostname") != nil {
            self.init(reason: "its name is not known here; check `via`, and Host in ~/.ssh/config", isRefusal: false)
        } else if find("Connection refused") != nil {
            self.init(reason: "connection refused: no sshd listens there; check its port", isRefusal: false)
        } else if find("timed out", "No route to host", "Network is unreachable", "not responding") != nil {
            self.init(reason: "it does not answer; check the network and firewalls", isRefusal: false)
        } else if let line = lines.last {
            self.init(reason: Self.shown(line), isRefusal: false)
        } else {
            self.init(reason: "ssh ended and gave no reason", isRefusal: false)
        }
    }

    /// What the bastion said of the last connection that it could not make; nil where it said nothing.
    static func refusedFarEnd(said: String) -> (reason: String, isRefused: Bool)? {
        let mark = "open failed: "
        guard let line = said.split(whereSeparator: \.isNewline).last(where: { $0.contains(mark) }),
            let range = String(line).firstRange(of: mark)
        else { return nil }
        let words = String(String(line)[range.upperBound...])
        if words.hasPrefix("administratively prohibited") || words.hasPrefix("unknown channel type") {
            return ("the bastion forbids it: AllowTcpForwarding, AllowStreamLocalForwarding, PermitOpen", false)
        }
        let cause = words.hasPrefix("connect failed: ") ? String(words.dropFirst("connect failed: ".count)) : words
        return (shown(cause), cause.contains("Connection refused"))
    }

    private static func shown(_ text: some StringProtocol) -> String {
        var out = ""
        for scalar in text.unicodeScalars.prefix(160) {
            out.unicodeScalars.append(scalar.value < 0x20 || scalar.value == 0x7F || scalar.value > 0x7E ? "?" : scalar)
        }
        return out
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        var text = String(drop { " \t@".contains($0) })
        while let last = text.last, " \t@\r".contains(last) { text.removeLast() }
        return text
    }
}
