/// A file with every kind of entry.
enum SampleFile {
    static let yaml = """
        platform: lab-bets
        sites: [{name: ams}, {name: lon}]
        nodes:
          - {name: node-ams, site: ams, addresses: [127.0.1.1], node_exporter: "http://127.0.1.1:9100/metrics"}
          - {name: node-lon, site: lon, addresses: ["127.0.2.1", "lon.example"]}
        groups:
          - name: wallet-db
            tier: critical
            mode: active-passive
            rto: 30s
            rpo: 0B
            patroni:
              scope: wallet-db
              namespace: service
              etcd:
                endpoints: ["https://127.0.1.1:2379", "https://127.0.2.1:2379"]
                username: pitboss
                password: {env: ETCD_PASSWORD}
                tls: {ca: tls/ca.pem, cert: /abs/cert.pem, key: tls/key.pem}
              rest: {username: pitboss, password: {file: secrets/patroni-rest}}
              postgres:
                username: pitboss
                database: postgres
                password: {file: secrets/pitboss-sql}
                sslmode: verify-full
                sslrootcert: tls/root.pem
          - {name: bet-api, tier: critical, mode: active-active, haproxy: {backend: bet_api, balancers: [lb-1]}}
        balancers:
          - {name: lb-1, node: node-ams, socket: "unix:///run/lb-1.sock"}
          - {name: lb-2, node: node-lon, socket: "tcp://127.0.2.1:9999"}
        etcd:
          - {name: etcd, endpoints: ["http://127.0.1.1:2379"]}
        operate: true
        theme: dark
        limits: {clock_offset: 250ms}

        """
}
