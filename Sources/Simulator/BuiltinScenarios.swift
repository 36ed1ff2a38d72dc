// Written from scenarios/*.yaml by BuiltinScenarioTests with PITBOSS_WRITE_SCENARIOS=1: edit those.
enum BuiltinScenarios {
    static let all: [(name: String, yaml: String)] = [
        (
            "kick-off",
            #"""
            name: kick-off
            summary: Saturday, ten minutes before kick-off. Bets climb tenfold, and everything holds.
            steps:
              # Somebody draws up a report on the replica for reports, as on every Saturday.
              - { at: +3m, lag: ledger-db/db-fra-3, replays: 0.4 }
              - { at: +5m, lag: ledger-db/db-fra-3 }
            expect:
              - { at: 30s, group: wallet-db, verdict: PROTECTED }
              - { at: 30s, group: ledger-db, verdict: PROTECTED }
              - { at: 30s, group: bet-api, verdict: PROTECTED }
              - { at: 30s, group: odds-api, verdict: PROTECTED }
              - { at: 30s, group: edge, verdict: PROTECTED }
              - { at: 30s, group: session-cache, verdict: PROTECTED }
              - { at: 30s, group: consensus, verdict: PROTECTED }
              - { at: 30s, group: uplinks-ams, verdict: PROTECTED }
              - { at: 11m, group: wallet-db, verdict: PROTECTED }
              - { at: 11m, group: ledger-db, verdict: PROTECTED }
              - { at: 11m, group: bet-api, verdict: PROTECTED }
              - { at: 11m, group: edge, verdict: PROTECTED }
              - { at: 11m, group: pg_write, verdict: PROTECTED }
              - { until: 11m, never: leaderLost }
              - { until: 11m, never: serverDown }
              - { until: 11m, never: verdict }
              - { until: 11m, never: sourceLost }
              - { at: 11m, screen: overview, says: PROTECTED }

            """#
        ),
        (
            "leader-killed",
            #"""
            name: leader-killed
            summary: The wallet's leader dies without a word; its synchronous standby takes over and nothing is lost.
            start: 2026-11-21T14:58:00Z
            steps:
              - { at: +45s, kill: wallet-db/leader }
              - { at: +2m30s, start: wallet-db/db-ams-1 }
            expect:
              - { at: 40s, group: wallet-db, verdict: PROTECTED }
              - { at: 55s, group: wallet-db, verdict: DOWN, says: db-ams-1 }
              - { by: 52s, event: writesLost, group: wallet-db }
              - { by: 67s, event: leaderLost, group: wallet-db, says: db-ams-1 }
              - { by: 69s, event: leaderElected, group: wallet-db, says: db-lon-1 leads }
              - { by: 70s, event: timelineChanged, group: wallet-db }
              - { by: 72s, event: writesBack, group: wallet-db, says: db-lon-1 }
              - { at: 90s, group: wallet-db, verdict: PROTECTED }
              - { at: 90s, group: pg_write, verdict: PROTECTED }
              - { by: 170s, event: roleChanged, group: wallet-db, says: db-ams-1 is back as a replica }
              - { at: 190s, group: wallet-db, verdict: PROTECTED }
              - { until: 190s, never: leaderLost, group: ledger-db }
              - { at: 55s, screen: overview, says: db-ams-1 }
              - { at: 80s, screen: replication, says: db-lon-1 }

            """#
        ),
        (
            "replica-behind",
            #"""
            name: replica-behind
            summary: A replica of the ledger falls behind while the bets climb, and catches up again.
            start: 2026-11-21T14:57:00Z
            steps:
              - { at: +30s, lag: ledger-db/db-fra-2, receives: 0.25 }
              - { at: +60s, lag: wallet-db/db-fra-1, replays: 0.1 }
              - { at: +6m, lag: ledger-db/db-fra-2 }
              - { at: +6m, lag: wallet-db/db-fra-1 }
            expect:
              - { at: 25s, group: ledger-db, verdict: PROTECTED }
              - { at: 5m, group: ledger-db, verdict: PROTECTED, says: db-fra-2 is }
              - { at: 5m, group: wallet-db, verdict: PROTECTED, says: db-fra-1 is }
              - { until: 7m, never: leaderLost }
              - { at: 5m, screen: replication, says: db-fra-2 }

            """#
        ),
        (
            "disk-failing",
            #"""
            name: disk-failing
            summary: A disk under the wallet's standby wears out by degrees, fails, and is replaced.
            start: 2026-11-21T14:57:00Z
            steps:
              - { at: +20s, disk: db-lon-1, stage: wearing }
              - { at: +80s, disk: db-lon-1, stage: errors }
              - { at: +140s, disk: db-lon-1, stage: failing }
              - { at: +220s, disk: db-lon-1, stage: failed }
              - { at: +300s, disk: db-lon-1, stage: replaced }
            expect:
              - { at: 15s, group: wallet-db, verdict: PROTECTED }
              - { by: 90s, event: note, says: gave up }
              - { by: 150s, event: note, says: nvme1n1 expects to fail }
              - { by: 230s, event: note, says: md0 lost a disk }
              - { until: 320s, never: leaderLost }
              - { at: 160s, screen: nodes, says: db- }
              - { at: 250s, screen: overview, says: md0 }

            """#
        ),
        (
            "site-cut-off",
            #"""
            name: site-cut-off
            summary: Amsterdam is cut off from everything for three minutes; the others go on without it.
            start: 2026-11-21T14:57:00Z
            steps:
              - { at: +30s, partition: ams }
              - { at: +4m, heal: ams }
            expect:
              - { at: 25s, group: wallet-db, verdict: PROTECTED }
              - { by: 40s, event: sourceLost }
              - { by: 60s, event: leaderLost, group: wallet-db }
              - { by: 62s, event: leaderElected, group: wallet-db, says: db-lon-1 leads }
              - { at: 100s, group: consensus, verdict: AT RISK }
              - { at: 100s, group: bet-api, verdict: DEGRADED }
              - { by: 75s, event: siteLost, says: site ams does not answer }
              - { by: 5m, event: sourceBack }
              - { by: 5m, event: siteBack, says: site ams answers again }
              - { at: 6m, group: wallet-db, verdict: PROTECTED }
              - { at: 6m, group: consensus, verdict: PROTECTED }
              - { at: 6m, group: bet-api, verdict: PROTECTED }
              - { at: 100s, screen: overview, says: fra }
              - { at: 100s, screen: redundancy, says: fra }

            """#
        ),
        (
            "login-flood",
            #"""
            name: login-flood
            summary: Thousands of stolen passwords are tried at the door; the edge turns most of them away.
            steps:
              - { at: +30s, flood: logins, rate: 4200, addresses: 260 }
              - { at: +4m, flood: logins, rate: 0 }
            expect:
              - { at: 25s, group: edge, verdict: PROTECTED }
              - { at: 90s, group: edge, verdict: AT RISK, says: flood of logins }
              - { at: 90s, group: wallet-db, verdict: PROTECTED }
              - { at: 6m, group: edge, verdict: PROTECTED }
              - { at: 90s, screen: edge, says: logins }

            """#
        ),
        (
            "bad-deploy",
            #"""
            name: bad-deploy
            summary: A release of the bet API on two servers fails half of what it is asked, and is taken back.
            start: 2026-11-21T14:56:00Z
            steps:
              - { at: +30s, deploy: bet-api, version: 4.18.0, servers: 2, errors: 0.55, slower: 3 }
              - { at: +4m, deploy: bet-api, version: 4.17.3, servers: 2 }
            expect:
              - { at: 25s, group: bet-api, verdict: PROTECTED }
              - { by: 90s, event: serverDown, group: bet-api }
              - { at: 100s, group: edge, verdict: DEGRADED, says: of the requests fail }
              - { at: 100s, group: odds-api, verdict: PROTECTED }
              - { at: 5m, group: bet-api, verdict: PROTECTED }
              - { at: 100s, screen: overview, says: of the requests fail }
              - { at: 100s, screen: balancers, says: bet-api }

            """#
        ),
        (
            "backups-stop",
            #"""
            name: backups-stop
            summary: The wallet's backups have silently stopped, and only their age tells.
            start: 2026-11-21T15:58:00Z
            steps:
              - { at: +1s, backups: wallet-db, state: stopped, since: 3h }
            expect:
              - { at: 70s, group: wallet-db, verdict: PROTECTED }
              - { at: 8m, group: wallet-db, verdict: AT RISK, says: backup of any kind }
              - { at: 8m, group: ledger-db, verdict: PROTECTED }
              - { at: 8m, screen: backups, says: wallet-db }

            """#
        ),
        (
            "split-observers",
            #"""
            name: split-observers
            summary: Amsterdam and Frankfurt do not reach each other, all others reach both, and opinions divide.
            start: 2026-11-21T14:57:00Z
            steps:
              - { at: +30s, partition: fra, from: ams }
              - { at: +60s, split: sentinel-fra-1, says: cache-lon-1 }
              - { at: +4m, heal: fra }
              - { at: +4m, split: sentinel-fra-1 }
            expect:
              - { at: 25s, group: pg_write, verdict: PROTECTED }
              - { at: 50s, group: pg_write, verdict: DEGRADED, says: lb-fra-1 }
              - { at: 80s, group: session-cache, verdict: AT RISK }
              - { by: 90s, event: disagreement, group: session-cache }
              - { until: 5m, never: leaderLost, group: wallet-db }
              - { at: 5m, group: pg_write, verdict: PROTECTED }
              - { at: 5m, group: session-cache, verdict: PROTECTED }
              - { at: 80s, screen: overview, says: lb-fra-1 }

            """#
        ),
        (
            "flapping",
            #"""
            name: flapping
            summary: The ledger's leader goes away again and again; the lock wanders from member to member.
            start: 2026-11-21T14:57:00Z
            steps:
              - { at: +20s, flap: ledger-db, every: 55s, times: 4 }
            expect:
              - { at: 15s, group: ledger-db, verdict: PROTECTED }
              - { by: 60s, event: leaderElected, group: ledger-db }
              - { by: 4m, event: flapping, group: ledger-db }
              - { at: 4m, group: ledger-db, verdict: DEGRADED, says: flapping }
              - { until: 4m, never: flapping, group: wallet-db }
              - { at: 4m, screen: events, says: flapping }

            """#
        ),
        (
            "provider-down",
            #"""
            name: provider-down
            summary: One provider of Amsterdam loses packets, then its line goes down; the other carries everything.
            start: 2026-11-21T14:57:00Z
            steps:
              - { at: +30s, provider: ams/northsea, state: lossy }
              - { at: +90s, provider: ams/northsea, state: down }
              - { at: +4m, provider: ams/northsea, state: up }
            expect:
              - { at: 25s, group: uplinks-ams, verdict: PROTECTED }
              - { at: 2m, group: uplinks-ams, verdict: AT RISK, says: transalp }
              - { at: 2m, group: uplinks-lon, verdict: PROTECTED }
              - { at: 2m, group: bet-api, verdict: PROTECTED }
              - { at: 5m, group: uplinks-ams, verdict: PROTECTED }
              - { at: 2m, screen: network, says: transalp }

            """#
        ),
        (
            "quorum-lost",
            #"""
            name: quorum-lost
            summary: Three of the store's five voters die; the databases' leaders step down rather than risk a split.
            start: 2026-11-21T14:57:00Z
            steps:
              - { at: +30s, kill: consensus/etcd-lon-1 }
              - { at: +45s, kill: consensus/etcd-fra-1 }
              - { at: +70s, kill: consensus/etcd-lon-2 }
              - { at: +150s, start: consensus/etcd-lon-2 }
              - { at: +170s, start: consensus/etcd-lon-1 }
              - { at: +170s, start: consensus/etcd-fra-1 }
            expect:
              - { at: 25s, group: consensus, verdict: PROTECTED }
              - { at: 60s, group: consensus, verdict: AT RISK, says: 3 of 5 votes }
              - { at: 80s, group: consensus, verdict: DOWN, says: quorum lost }
              - { at: 90s, group: wallet-db, verdict: DOWN }
              - { at: 90s, group: ledger-db, verdict: DOWN }
              - { by: 165s, event: writesBack, group: wallet-db, says: db-ams-1 }
              - { at: 190s, group: consensus, verdict: PROTECTED }
              - { at: 190s, group: wallet-db, verdict: PROTECTED }
              - { until: 190s, never: leaderElected, group: wallet-db }
              - { at: 90s, screen: overview, says: quorum lost }

            """#
        ),
        (
            "cache-killed",
            #"""
            name: cache-killed
            summary: The session cache's leader dies, the sentinels agree on another, and for a while two lead.
            start: 2026-11-21T14:57:00Z
            steps:
              - { at: +30s, kill: session-cache/leader }
              - { at: +80s, start: session-cache/cache-ams-1 }
            expect:
              - { at: 25s, group: session-cache, verdict: PROTECTED }
              - { at: 33s, group: session-cache, verdict: DOWN, says: cache-ams-1 }
              - { by: 39s, event: leaderElected, group: session-cache }
              - { by: 39s, event: writesBack, group: session-cache }
              - { at: 60s, group: session-cache, verdict: PROTECTED }
              - { at: 90s, group: session-cache, verdict: DEGRADED, says: split }
              - { at: 110s, group: session-cache, verdict: PROTECTED }
              - { until: 110s, never: leaderLost, group: wallet-db }
              - { at: 33s, screen: overview, says: session-cache }

            """#
        ),
    ]
}
