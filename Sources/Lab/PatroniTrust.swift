/// What a Patroni member's `settings.yml` says of TLS, each piece with its own indentation; all of it is empty for a
/// lab in the clear.
struct PatroniTrust {
    let recipes: Recipes
    let member: LabMember

    private var isOn: Bool { recipes.plan.isSecured }
    private var certificate: String { recipes.certificates.certificate(member.name) }
    private var key: String { recipes.certificates.key(member.name) }
    private var authority: String { recipes.certificates.authority }

    /// Whoever commands shows a certificate beside the password; whoever only asks need not.
    var rest: String {
        lines(
            2, [("certfile", certificate), ("keyfile", key), ("cafile", authority), ("verify_client", "optional")])
    }

    var etcd: String {
        lines(2, [("protocol", "https"), ("cacert", authority), ("cert", certificate), ("key", key)])
    }

    /// With what the members ask each other.
    var ctl: String {
        isOn ? "ctl:\n" + lines(2, [("cacert", authority), ("certfile", certificate), ("keyfile", key)]) : ""
    }

    /// The server's own certificate.
    var parameters: String { lines(4, [("ssl", "'on'"), ("ssl_cert_file", certificate), ("ssl_key_file", key)]) }

    /// Added to a role with which one server enters another: only the one that was meant.
    var role: String { isOn ? ", sslmode: verify-full, sslrootcert: \(authority)" : "" }

    /// The kind of pg_hba line that lets in over the network.
    var host: String { isOn ? "hostssl" : "host" }

    private func lines(_ columns: Int, _ pairs: [(String, String)]) -> String {
        guard isOn else { return "" }
        return pairs.map { String(repeating: " ", count: columns) + "\($0.0): \($0.1)\n" }.joined()
    }
}
