import Estate

extension SampleLayers {
    /// What the owners of the platform measure, and what fires: in trouble, one of each kind.
    static func whole(_ isTrouble: Bool, at now: Timestamp) -> PlatformFacts {
        var facts = PlatformFacts()
        facts.figures = [
            KeyFigure("bets taken", unit: "/s", value: isTrouble ? 3 : 1_240, limits: FigureLimits(warnBelow: 10)),
            KeyFigure(
                "odds feed age", unit: "s", value: isTrouble ? 42 : 0.8,
                limits: FigureLimits(warnAbove: 5, alarmAbove: 30)),
            KeyFigure("unsettled bets", value: isTrouble ? nil : 312),
        ]
        guard isTrouble else { return facts }
        var latency = Alert(id: "a1", name: "LatencyHigh", severity: .warning)
        latency.summary = "bet-api answers in 1.8 s at the 99th percentile"
        latency.group = api
        latency.startedAt = now - .seconds(95)
        latency.labels = ["alertname": "LatencyHigh", "severity": "warning", "job": "bet-api"]
        var disk = Alert(id: "a2", name: "DiskWillFail", severity: .critical)
        disk.summary = "reallocated sectors rise on db-ams"
        disk.node = NodeID("db-ams")
        disk.startedAt = now - .seconds(86_000)
        disk.silencedBy = ["s1"]
        var guess = Alert(id: "a3", name: "QueueDeep", severity: .critical)
        guess.group = odds
        guess.isGuessed = true
        guess.startedAt = now - .seconds(12)
        var taken = Alert(id: "a4", name: "CertificateEnds\u{1b}[31m", severity: .notice)
        taken.acknowledgedBy = "mara"
        facts.alerts = [guess, latency, taken, disk]
        var silence = Silence(
            id: "s1", matchers: [.init(name: "instance", value: "db-ams.*", isPattern: true)], isActive: true)
        silence.endsAt = now + .seconds(5_400)
        silence.createdBy = "mara"
        silence.comment = "disk is on order, ticket 4711"
        facts.silences = [silence]
        return facts
    }
}
