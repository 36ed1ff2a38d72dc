import Estate

extension Assessor {
    /// Nothing archived for so long is said to have stopped, where a policy asks for backups.
    static let archiveSilenceMax = Span.seconds(3600)

    /// What the group's backups add to its verdict.
    func judgeBackups(_ g: inout GroupDraft, _ group: Group) {
        let told = group.sightings.filter { $0.facts.backups != nil }
        guard !told.isEmpty else {
            unwatched(&g)
            return
        }
        let fresh = told.filter { freshness($0) == .fresh }
        var backups = BackupAssessment(
            fresh.isEmpty ? told : fresh, policy: g.plan.backups, isStale: fresh.isEmpty, now: now)
        if let policy = backups.policy {
            backups.reasons = Self.ages(backups, policy) + Self.copies(backups, policy) + Self.log(backups)
            if let problem = backups.facts.problem {
                backups.reasons.append(Reason(.atRisk, "backup tool: \(problem)"))
            }
        } else {
            g.notes.append("backups are watched, and not judged: no policy says what they have to be")
            if let problem = backups.facts.problem {
                backups.reasons.append(Reason(.protected, "backup tool: \(problem)"))
            }
        }
        if backups.isStale {
            backups.reasons.append(
                Reason(.protected, "backups last heard of \(Say.age(now - backups.at)) ago", figure: nil))
        }
        backups.verdict = backups.reasons.map(\.severity).min() ?? .protected
        g.reasons += backups.reasons
        g.backups = backups
    }

    private func unwatched(_ g: inout GroupDraft) {
        guard let policy = g.plan.backups else {
            if g.kind == .database || g.kind == .quorum { g.notes.append("backups are not watched") }
            return
        }
        let name = g.id.name
        let isAsked = snapshot.sources.contains {
            $0.heardAt == nil && $0.status.state == .connecting && $0.id.name == name
        }
        let figure = Say.age(policy.fullAgeMax)
        g.reasons.append(
            Reason(
                isAsked ? .protected : .atRisk,
                "no backup is known: a full one every \(figure) is asked for" + (isAsked ? ", not heard yet" : ""),
                figure: figure))
    }

    private static func ages(_ backups: BackupAssessment, _ policy: BackupPolicy) -> [Reason] {
        guard let any = backups.anyAge else {
            let figure = Say.age(policy.fullAgeMax)
            return [Reason(.atRisk, "there is no backup: a full one every \(figure) is asked for", figure: figure)]
        }
        var reasons: [Reason] = []
        func tooOld(_ what: String, _ age: Span, _ most: Span) {
            let figure = Say.age(age)
            reasons.append(
                Reason(.atRisk, "the last \(what) is \(figure) old, \(Say.age(most)) allowed", figure: figure))
        }
        if let full = backups.fullAge {
            if full > policy.fullAgeMax { tooOld("full backup", full, policy.fullAgeMax) }
        } else {
            reasons.append(Reason(.atRisk, "there is no full backup"))
        }
        if any > policy.anyAgeMax { tooOld("backup of any kind", any, policy.anyAgeMax) }
        if let most = policy.restoreTestAgeMax {
            if let age = backups.restoreTestAge {
                if age > most { tooOld("restore test", age, most) }
            } else {
                reasons.append(
                    Reason(.atRisk, "no restore was ever tested, one every \(Say.age(most)) is asked for"))
            }
        }
        return reasons
    }

    private static func copies(_ backups: BackupAssessment, _ policy: BackupPolicy) -> [Reason] {
        var reasons: [Reason] = []
        for repository in backups.facts.repositories where repository.isOK == false {
            reasons.append(Reason(.atRisk, "repository \(repository.name) is not sound"))
        }
        guard policy.needsOffSite else { return reasons }
        switch backups.offSite {
        case .none: reasons.append(Reason(.atRisk, "no copy is off-site"))
        case .failing(let name): reasons.append(Reason(.atRisk, "no copy is off-site: \(name) has none that is sound"))
        case .held(let name, let age):
            guard let age, age > policy.fullAgeMax else { break }
            let figure = Say.age(age)
            reasons.append(
                Reason(
                    .atRisk,
                    "the last copy off-site (\(name)) is \(figure) old, \(Say.age(policy.fullAgeMax)) allowed",
                    figure: figure))
        }
        return reasons
    }

    private static func log(_ backups: BackupAssessment) -> [Reason] {
        var reasons: [Reason] = []
        if let missing = backups.facts.missingSegments, missing > 0 {
            let figure = Say.count(missing, "segment")
            reasons.append(
                Reason(
                    .atRisk, "\(figure) missing in the archived log: not every moment can be restored",
                    figure: figure))
        }
        if let age = backups.archiveAge, age > archiveSilenceMax {
            let figure = Say.age(age)
            reasons.append(
                Reason(
                    .atRisk, "nothing was archived for \(figure): a restore would lack what came since", figure: figure)
            )
        }
        return reasons
    }
}
