import Estate

extension SampleEstate {
    /// What would have been noticed on the way to the scene.
    mutating func tellEvents() {
        note(7_000, .verdict, .notice, "PROTECTED")
        note(6_900, .syncChanged, .notice, "synchronous standby is pg-lon-1", member: "pg-lon-1")
        switch scene {
        case .leaderLost:
            note(12, .leaderLost, .alarm, "leader pg-ams-1 lost", member: "pg-ams-1")
            note(11.6, .writesLost, .alarm, "writes stopped")
            note(9.6, .verdict, .alarm, "DOWN: no leader, writes stopped")
        case .failedOver:
            note(13.8, .leaderLost, .alarm, "leader pg-ams-1 lost", member: "pg-ams-1")
            note(13.5, .writesLost, .alarm, "writes stopped")
            note(7.6, .leaderElected, .warning, "pg-lon-1 leads", member: "pg-lon-1")
            note(7.4, .timelineChanged, .notice, "timeline 8, was 7")
            note(6.7, .writesBack, .warning, "writes back on pg-lon-1", member: "pg-lon-1", outage: 6.8)
            note(5.2, .verdict, .warning, "AT RISK: survives no further loss")
            note(3.1, .memberState, .notice, "pg-ams-1 is catching up", member: "pg-ams-1")
        case .drained:
            note(240, .drained, .notice, "api-5 drained on lb-1 and lb-2", member: "api-5", group: Self.api)
            note(40, .drained, .notice, "api-3 drained on lb-1", member: "api-3", group: Self.api)
        case .paused:
            note(600, .paused, .warning, "automation paused")
        case .calm, .dead, .silent:
            break
        }
    }

    private mutating func note(
        _ ago: Double, _ kind: Event.Kind, _ severity: Event.Severity, _ text: String, member: String? = nil,
        group: GroupID? = nil, outage: Double? = nil
    ) {
        let group = group ?? Self.wallet
        var event = Event(
            at: Self.now - .seconds(ago), kind, severity, group: group, member: member.map { MemberID(group, $0) },
            text: text)
        event.outage = outage.map { .seconds($0) }
        event.source = SourceID("etcd", "wallet-db")
        append(event)
    }
}
