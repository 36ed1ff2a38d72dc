public import Estate

/// How the platform's own figures stand, and what fires, over all observers.
public struct PlatformAssessment: Sendable, Equatable {
    /// In the order of the configuration.
    public internal(set) var figures: [Figure] = []
    /// Worst and loudest first: critical before warning, what is quiet last; then the oldest first.
    public internal(set) var alerts: [FiringAlert] = []
    public internal(set) var silences: [Silence] = []
    /// Observers that told any of it.
    public internal(set) var by: [SourceID] = []
    /// Alerts and figures beyond the observers' limits.
    public internal(set) var leftOut = 0

    public struct Figure: Sendable, Equatable {
        public let figure: KeyFigure
        public let by: SourceID
        public let at: Timestamp
        public let freshness: Freshness
        /// By its limits; unknown where it is not fresh.
        public let standing: KeyFigure.Standing
        /// The verdict that it alone would bring to its group.
        public let verdict: Verdict
        /// `42 /s`, with the limit that it passes where it passes one.
        public let text: String
    }

    public struct FiringAlert: Sendable, Equatable {
        public let alert: Alert
        public let by: SourceID
        public let freshness: Freshness
        /// Since it began; nil: not told.
        public let age: Span?
        public let verdict: Verdict
    }

    /// The most alerts of one group that are named among its reasons.
    public static let alertsOfGroupMax = 5

    init() {}
}

extension KeyFigure {
    /// Value and unit: `42/s`, `7 bets`, `?` where there is none.
    public var text: String {
        guard let value else { return "?" }
        guard let unit, !unit.isEmpty else { return Say.number(value) }
        switch unit {
        case "s": return value.isFinite && abs(value) < 1e12 ? Say.span(.seconds(value)) : "?"
        case "%": return Say.number(value) + " %"
        case "B": return Int64(exactly: value.rounded()).map(Say.bytes) ?? "?"
        default: return Say.number(value) + (unit.hasPrefix("/") ? unit : " " + unit)
        }
    }

    /// The limit that the value passes, as `below 10/s`.
    var passed: String? {
        guard let value else { return nil }
        func say(_ word: String, _ limit: Double) -> String {
            var other = self
            other.value = limit
            return "\(word) \(other.text)"
        }
        if let low = limits.alarmBelow, value < low { return say("below", low) }
        if let high = limits.alarmAbove, value > high { return say("above", high) }
        if let low = limits.warnBelow, value < low { return say("below", low) }
        if let high = limits.warnAbove, value > high { return say("above", high) }
        return nil
    }
}

extension Assessor {
    func platform() -> PlatformAssessment {
        var made = PlatformAssessment()
        for s in snapshot.whole.sightings {
            let fresh = freshness(s)
            made.by.append(s.by)
            made.leftOut += max(0, s.facts.leftOut)
            for figure in s.facts.figures { made.figures.append(Self.figure(figure, s, fresh)) }
            for alert in s.facts.alerts { made.alerts.append(self.alert(alert, s, fresh)) }
            for silence in s.facts.silences where !made.silences.contains(where: { $0.id == silence.id }) {
                made.silences.append(silence)
            }
        }
        made.by.sort()
        made.alerts.sort {
            let (a, b) = ($0.alert, $1.alert)
            if a.isQuiet != b.isQuiet { return b.isQuiet }
            if a.severity != b.severity { return a.severity < b.severity }
            if a.startedAt != b.startedAt { return a.startedAt ?? .zero < b.startedAt ?? .zero }
            return a.id < b.id
        }
        return made
    }

    private static func figure(
        _ figure: KeyFigure, _ s: Sighting<PlatformFacts>, _ fresh: Freshness
    ) -> PlatformAssessment.Figure {
        let standing = fresh == .unknown ? .unknown : figure.standing
        let verdict: Verdict
        switch standing {
        case .alarm: verdict = .degraded
        case .warning: verdict = .atRisk
        case .unknown, .fine: verdict = .protected
        }
        let text = figure.passed.map { "\(figure.text), \($0)" } ?? figure.text
        return .init(
            figure: figure, by: s.by, at: s.at, freshness: fresh, standing: standing, verdict: verdict, text: text)
    }

    private func alert(
        _ alert: Alert, _ s: Sighting<PlatformFacts>, _ fresh: Freshness
    ) -> PlatformAssessment.FiringAlert {
        // What fires is somebody else's judgement: it tells that the next failure is near, never that service is gone.
        let counts = fresh != .unknown && !alert.isQuiet && alert.acknowledgedBy == nil && !alert.isGuessed
        return .init(
            alert: alert, by: s.by, freshness: fresh, age: alert.startedAt.map { max(now - $0, .zero) },
            verdict: counts && alert.severity == .critical ? .atRisk : .protected)
    }

    /// What the platform's figures and alerts add to a group's verdict.
    func judgeWhole(_ g: inout GroupDraft, _ whole: PlatformAssessment) {
        for one in whole.figures where one.figure.group == g.id {
            switch one.standing {
            case .fine: break
            case .unknown:
                let why = one.figure.problem.map { ": \($0)" } ?? ""
                g.reasons.append(Reason(.protected, "\(one.figure.name) is not known\(why)"))
            case .warning, .alarm:
                g.reasons.append(Reason(one.verdict, "\(one.figure.name) is \(one.text)", figure: one.figure.text))
            }
        }
        let mine = whole.alerts.filter { $0.alert.group == g.id && $0.freshness != .unknown }
        for one in mine.prefix(PlatformAssessment.alertsOfGroupMax) {
            g.reasons.append(Reason(one.verdict, Self.sentence(one), member: one.alert.member))
        }
        if mine.count > PlatformAssessment.alertsOfGroupMax {
            let more = mine.count - PlatformAssessment.alertsOfGroupMax
            g.reasons.append(Reason(.protected, "\(Say.count(more, "more alert")) \(more == 1 ? "fires" : "fire")"))
        }
    }

    static func sentence(_ one: PlatformAssessment.FiringAlert) -> String {
        let alert = one.alert
        var text = "alert \(alert.name)"
        if let summary = alert.summary, !summary.isEmpty, summary != alert.name { text += ": \(summary)" }
        if let age = one.age { text += ", for \(Say.age(age))" }
        if alert.isInhibited { text += " (inhibited)" }
        if let who = alert.acknowledgedBy {
            text += " (acknowledged by \(who))"
        } else if !alert.silencedBy.isEmpty {
            text += " (silenced)"
        }
        if alert.isGuessed { text += " (which group it means is a guess)" }
        return text
    }
}
