import Foundation

/// TLS at the balancers' door to bet_api, with a certificate of its own making: `edge/certificate.sh DAYS` makes another,
/// which a reload of the balancers takes up.
struct CertificateExtra: LabExtra {
    let name = "tls"
    let kinds: [LabKind] = []
    static let days = 60

    var programs: [(path: String, package: String)] { [("/usr/bin/openssl", "openssl")] }

    func members(_ plan: LabPlan) -> [LabMember] { [] }
    func command(_ member: LabMember, _ recipes: Recipes) -> [String] { [] }
    func ask(_ member: LabMember, _ probe: Probe) -> Probe.Finding { Probe.Finding() }

    private func folder(_ recipes: Recipes) -> String { recipes.paths.folder + "/edge" }

    func sharedFiles(_ recipes: Recipes) -> [LabFile] {
        let script = """
            # certificate.sh DAYS: a certificate that ends in so many days. Reload the balancers afterwards.
            set -eu
            cd \(folder(recipes))
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=bets.lab \\
                -days "$1" -keyout key.pem -out certificate.pem 2>/dev/null
            cat certificate.pem key.pem >bet.pem

            """
        return [LabFile(name: "edge/certificate.sh", text: script)]
    }

    func before(_ recipes: Recipes) -> [LabTask] {
        [
            LabTask(
                what: "a certificate of \(Self.days) days",
                command: ["/bin/sh", folder(recipes) + "/certificate.sh", "\(Self.days)"],
                member: recipes.plan.kind(.haproxy)[0].name, environment: ["PATH": "/usr/bin:/bin"])
        ]
    }

    func balancerBinds(_ member: LabMember, _ recipes: Recipes) -> [String] {
        ["bind \(member.address):\(member.port(.betTLS)) ssl crt \(folder(recipes))/bet.pem"]
    }

    func configuration(_ recipes: Recipes) -> [LabFragment] {
        let probes = recipes.plan.kind(.haproxy).map { member in
            let door = "\(member.address):\(member.port(.betTLS))"
            return "    - {name: tls-\(member.site), tls: {host: \"\(door)\", tls: {insecure_skip_verify: true}}}"
        }
        return [
            .items(
                of: "groups",
                """
                - name: shop-doors
                  tier: standard
                  paths:
                    every: 1s
                    probes:
                \(probes.map { "  " + $0 }.joined(separator: "\n"))
                """)
        ]
    }
}
