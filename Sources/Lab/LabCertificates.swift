/// The certificates of a lab with TLS: an authority of its own, and one certificate for whoever shows one. All lie in
/// `tls/`; a key can be read by the account that needs it and by no other.
struct LabCertificates: Sendable {
    static let days = 60
    /// The name under which pitboss, patronictl and the lab's own requests show themselves.
    static let client = "pitboss"

    let plan: LabPlan
    let paths: LabPaths

    var authority: String { paths.tls + "/ca.pem" }
    func certificate(_ name: String) -> String { "\(paths.tls)/\(name).pem" }
    func key(_ name: String) -> String { "\(paths.tls)/\(name).key" }
    /// Certificate and key in one file, as HAProxy reads them.
    func bundle(_ name: String) -> String { "\(paths.tls)/\(name).both" }
    var script: String { paths.tls + "/make.sh" }

    /// Makes all of them. Run once by whoever starts the lab: keys are born closed to others, then given away.
    func text(for user: ServiceUser) -> String {
        let leaves = (plan.kind(.etcd) + plan.kind(.patroni) + plan.kind(.haproxy)).map {
            "leaf \($0.name) \(places($0)) \(user.uid):\(user.gid)"
        }
        let bundles = plan.kind(.haproxy).map { member in
            "cat \(member.name).pem \(member.name).key >\(member.name).both\n"
                + "give \(member.name).both \(user.uid):\(user.gid)"
        }
        return """
            # The lab's authority, and a certificate for each server and for pitboss.
            set -eu
            umask 077
            cd \(paths.tls)
            curve='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
            give() { [ "$(id -u)" -ne 0 ] || chown "$2" "$1"; }
            # leaf NAME ADDRESSES OWNER. A server of etcd is its own client too: each may be both.
            leaf() {
                openssl req -x509 -CA ca.pem -CAkey ca.key $curve -days \(Self.days) -subj "/O=pitboss lab/CN=$1" \\
                    -addext "subjectAltName=$2" -addext extendedKeyUsage=serverAuth,clientAuth \\
                    -addext basicConstraints=critical,CA:FALSE -keyout "$1.key" -out "$1.pem" 2>/dev/null
                give "$1.key" "$3"
            }
            openssl req -x509 $curve -days \(Self.days) -subj "/O=pitboss lab/CN=pitboss lab CA" \\
                -keyout ca.key -out ca.pem 2>/dev/null
            \(leaves.joined(separator: "\n"))
            leaf \(Self.client) IP:127.0.0.1 "$(id -u):$(id -g)"
            \(bundles.joined(separator: "\n"))
            chmod 644 *.pem

            """
    }

    /// Where a server may be found. 127.0.0.1 is also where its own requests to another come from: etcd looks at that.
    /// A database is asked through the balancers too, at their addresses. No names: Debian's Patroni reads one in a
    /// certificate only with python3-idna, which nothing else needs here. The balancers look at the common name.
    private func places(_ member: LabMember) -> String {
        var addresses = [member.address, "127.0.0.1"]
        if member.kind == .patroni { addresses += plan.kind(.haproxy).map(\.address) }
        var seen: Set<String> = []
        return addresses.filter { seen.insert($0).inserted }.map { "IP:" + $0 }.joined(separator: ",")
    }
}
