import Estate
import Grid
import Insight
import Plans

/// One member: what is known and by whom, its history, what decides about it, what one may do with it.
enum MemberDetail {
    static func draw(_ id: MemberID, _ frame: Frame, on canvas: Canvas) {
        guard let member = frame.assessment.member(id), let subject = frame.snapshot.member(id) else {
            canvas.put("\(id) is no longer known", x: 1, y: 0, ink: Ink(.checkWarn))
            return
        }
        let group = frame.assessment.group(id.group)
        let inside = canvas.pane("\(id.group) / \(id.name)", trailing: "Esc back", focused: true)
        let wide = inside.width >= Document.twoColumnsFrom
        let column = wide ? inside.width / 2 - 4 : inside.width - 4
        var document = Document()
        document.add("Now", now(member, group, frame, width: column, glyphs: inside.glyphs))
        document.add("What one may do", CommandLines.lines(.member(id), frame, width: column, glyphs: inside.glyphs))
        document.add("Last five minutes", curves(member, frame, width: column, glyphs: inside.glyphs))
        if let eligibility = member.eligibility, !member.isLeader {
            document.add("May it lead", gates(eligibility, inside.glyphs, width: column))
        }
        document.add("Facts by observer", FactTable.lines(subject, frame, width: column))
        document.add("Configuration", configuration(subject, group))
        document.add("Senders", senders(subject))
        document.add("Further figures", FactTable.extras(subject))
        document.add("Events", events(id, frame, inside.glyphs))
        document.draw(on: inside, scroll: frame.view.scroll)
    }

    private static func now(
        _ member: MemberAssessment, _ group: GroupAssessment?, _ frame: Frame, width: Int, glyphs: Glyphs
    ) -> [[Piece]] {
        let isWaiting = group.map { Looks.waits(member, in: $0) } ?? false
        let up: (String, Token) =
            switch member.isUp {
            case true: ("\(glyphs.pass) serves", .checkPass)
            case false where isWaiting: ("\(glyphs.none) stands by: it is another's turn", .textDim)
            case false where member.isDrained: ("\(glyphs.none) taken out", .checkWarn)
            case false: ("\(glyphs.fail) does not serve", .checkFail)
            default: ("? not known", .textStale)
            }
        let state = member.stateDetail ?? member.state?.rawValue ?? "unknown"
        var lines = [
            [
                Piece(up.0, Ink(up.1, .bold)),
                Piece("  \(ReplicationPanel.role(member))  \(state)", Ink(Looks.role(member))),
                Piece(
                    member.observedAt.map { "  seen \(Figures.age(from: $0, to: frame.now)) ago" } ?? "  never seen",
                    Ink(member.freshness == .fresh ? .textDim : .checkWarn)),
            ]
        ]
        let place = [member.node?.name, member.site.map { "site \($0)" }, member.address].compactMap { $0 }
        if !place.isEmpty { lines.append(Document.pair("where", place.joined(separator: ", "))) }
        if let upstream = member.upstream, !member.isLeader { lines.append(Document.pair("streams from", upstream)) }
        if member.eligibility != nil, !member.isLeader {
            let bytes = member.lag.replayBytes.map(Figures.bytes) ?? "unknown"
            let by = member.lag.by.map { ", as \($0) has it" } ?? ""
            lines.append(
                Document.pair("behind", bytes + by, member.lag.isStale ? .textStale : .text))
        }
        if member.balancerCount > 0 {
            let admin = BalancersPanel.admin(member)
            lines.append(Document.pair("at the balancers", admin.text, admin.token))
        }
        if member.pendingRestart { lines.append(Document.pair("pending", "a restart makes settings true", .checkWarn)) }
        for reason in group?.reasons.filter({ $0.member == member.id && $0.severity != .protected }) ?? [] {
            lines += Document.wrapped(
                reason.text, .plain, width: width,
                lead: [Piece(Looks.sign(reason.severity, glyphs) + " ", Ink(Looks.token(reason.severity), .bold))])
        }
        return lines
    }

    private static func curves(
        _ member: MemberAssessment, _ frame: Frame, width: Int, glyphs: Glyphs
    ) -> [[Piece]] {
        let metrics: [(Metric, String, (Double) -> String)] = [
            (.replayLagBytes, "behind", { Figures.bytes(Int64(min(max($0, 0), 9e18))) }),
            (.replayLagSeconds, "replay lag", Figures.seconds),
            (.sessions, "sessions", Figures.count),
        ]
        return metrics.compactMap { metric, name, say in
            let room = max(min(width - 40, 100), 8)
            let values = frame.values(.member(member.id), metric, room)
            let known = values.compactMap { $0 }
            guard let most = known.max(), let last = known.last else { return nil }
            return [
                Piece(TextWidth.fit(name, to: 11), Ink(.textDim)),
                Piece(Sparkline.text(values, width: room, glyphs: glyphs), Ink(.graph1)),
                Piece("  \(say(last)), most \(say(most))", Ink(.text)),
            ]
        }
    }

    static func gates(_ eligibility: Eligibility, _ glyphs: Glyphs, width: Int) -> [[Piece]] {
        eligibility.gates.flatMap { gate in
            let look: (Character, Token) =
                switch gate.passes {
                case true: (glyphs.pass, .checkPass)
                case false: (glyphs.fail, .checkFail)
                default: ("?", .textStale)
                }
            let limit = gate.limit.isEmpty || gate.passes == true ? "" : " (has to be \(gate.limit))"
            return Document.wrapped(
                "\(gate.name): \(gate.value)\(limit)", .plain, width: width,
                lead: [Piece("\(look.0) ", Ink(look.1, .bold))])
        }
    }

    private static func configuration(_ member: Member, _ group: GroupAssessment?) -> [[Piece]] {
        var lines: [[Piece]] = []
        if let tags = member.newest(\.tags)?.value {
            func flag(_ name: String, _ value: Bool?) {
                if let value { lines.append(Document.pair(name, value ? "yes" : "no", value ? .checkWarn : .text)) }
            }
            flag("never promoted", tags.noFailover)
            flag("no reads", tags.noLoadBalance)
            flag("never synchronous", tags.noSync)
            if let priority = tags.failoverPriority { lines.append(Document.pair("priority", String(priority))) }
            if let from = tags.replicatesFrom { lines.append(Document.pair("replicates from", from)) }
            if let ok = tags.watchdogOK {
                lines.append(Document.pair("watchdog", ok ? "active" : "missing", ok ? .checkPass : .checkFail))
            }
        }
        if let limits = group?.limits { lines += limitLines(limits) }
        return lines
    }

    static func limitLines(_ limits: FailoverLimits) -> [[Piece]] {
        var lines: [[Piece]] = []
        if let value = limits.ttlSeconds { lines.append(Document.pair("ttl", Figures.seconds(value))) }
        if let value = limits.loopWaitSeconds { lines.append(Document.pair("loop_wait", Figures.seconds(value))) }
        if let value = limits.retryTimeoutSeconds {
            lines.append(Document.pair("retry_timeout", Figures.seconds(value)))
        }
        if let value = limits.maximumLagOnFailoverBytes {
            lines.append(Document.pair("most lag to lead", Figures.bytes(value)))
        }
        if let value = limits.checksTimeline {
            lines.append(Document.pair("checks timeline", value ? "yes" : "no"))
        }
        return lines
    }

    private static func senders(_ member: Member) -> [[Piece]] {
        let senders = member.sightings.compactMap { $0.facts.replication?.senders }.first { !$0.isEmpty } ?? []
        return senders.prefix(20).map { sender in
            [
                Piece(TextWidth.fit(sender.application, to: 20) + " ", Ink(.text)),
                Piece(sender.isLogical ? "logical  " : "physical ", Ink(.textDim)),
                Piece((sender.state ?? "unknown") + " ", Ink(.text)),
                Piece(sender.syncState.map { $0.rawValue + " " } ?? "", Ink(.roleSync)),
                Piece(sender.sentLSN.map { "sent \($0) " } ?? "", Ink(.textDim)),
                Piece(sender.replayedLSN.map { "replayed \($0)" } ?? "", Ink(.textDim)),
            ]
        }
    }

    static func events(_ id: MemberID, _ frame: Frame, _ glyphs: Glyphs) -> [[Piece]] {
        lines(of: frame.events.reversed().lazy.filter { $0.member == id }.prefix(20).map { $0 })
    }

    static func lines(of events: [Event]) -> [[Piece]] {
        events.map { event in
            [
                Piece(Figures.clock(event.at) + " ", Ink(.textDim)),
                Piece(event.text, Ink(Looks.token(event.severity))),
                Piece(event.outage.map { "  out \(Figures.seconds($0.seconds))" } ?? "", Ink(.textStrong)),
            ]
        }
    }
}
