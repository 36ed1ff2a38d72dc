import Estate

extension Assessor {
    /// What a pool's edge adds to its verdict.
    func judgeEdge(_ g: inout GroupDraft, _ group: Group) {
        let told = group.sightings.filter { $0.facts.edge != nil }
        guard !told.isEmpty else { return }
        var edge = EdgeAssessment()
        edge.by = told.map(\.by).sorted()
        let fresh = told.filter { freshness($0) == .fresh }
        edge.isStale = fresh.isEmpty
        for s in fresh { if let facts = s.facts.edge { Self.add(facts, to: &edge) } }
        // A certificate expires whether or not anybody looks.
        edge.certificates = certificates(told.compactMap(\.facts.edge))
        edge.talkers.sort { ($0.requestRate, $1.address) > ($1.requestRate, $0.address) }
        edge.talkers = Array(edge.talkers.prefix(EdgeAssessment.talkersMax))
        edge.load = Self.load(edge)
        let reasons = Self.flood(edge) + Self.strain(edge) + Self.expiry(edge)
        edge.verdict = reasons.map(\.severity).min() ?? .protected
        g.reasons += reasons
        g.edge = edge
    }

    private static func add(_ facts: EdgeFacts, to edge: inout EdgeAssessment) {
        edge.requestRate.add(facts.requestRate.sound)
        edge.deniedRate.add(facts.deniedRate.sound)
        edge.clientErrorRate.add(facts.clientErrorRate.sound)
        edge.serverErrorRate.add(facts.serverErrorRate.sound)
        edge.failedLoginRate.add(facts.failedLoginRate.sound)
        edge.clients.add(facts.clients)
        edge.connections.add(facts.connections)
        edge.connectionsMax.add(facts.connectionsMax)
        edge.clientLimitRate = edge.clientLimitRate ?? facts.clientLimitRate.sound
        for talker in facts.talkers where talker.requestRate.isFinite && talker.requestRate >= 0 {
            if let i = edge.talkers.firstIndex(where: { $0.address == talker.address }) {
                edge.talkers[i].requestRate += talker.requestRate
                edge.talkers[i].deniedRate.add(talker.deniedRate.sound)
            } else {
                edge.talkers.append(talker)
            }
        }
    }

    private func certificates(_ all: [EdgeFacts]) -> [EdgeAssessment.Certificate] {
        var soonest: [String: Timestamp] = [:]
        for certificate in all.flatMap(\.certificates) {
            soonest[certificate.name] = min(soonest[certificate.name] ?? certificate.expiresAt, certificate.expiresAt)
        }
        return soonest.map { name, at in
            // Differences wrap around at the ends of time.
            let left = at < now ? Span.zero - (now - at) : max(at - now, .zero)
            let verdict: Verdict =
                left < EdgeLimits.certificateNow
                ? .degraded : left < EdgeLimits.certificateSoon ? .atRisk : .protected
            return EdgeAssessment.Certificate(name: name, expiresAt: at, left: left, verdict: verdict)
        }.sorted { ($0.expiresAt, $0.name) < ($1.expiresAt, $1.name) }
    }

    /// A flood is turned away, or fails at the door; a crowd is let in.
    private static func load(_ edge: EdgeAssessment) -> EdgeAssessment.Load {
        guard edge.requestRate != nil || edge.deniedRate != nil || edge.failedLoginRate != nil else { return .unknown }
        if edge.failedLoginRate ?? 0 >= EdgeLimits.failedLoginRateMin,
            edge.failedLoginShare ?? 1 >= EdgeLimits.failedLoginShareMin
        {
            return .loginFlood
        }
        if edge.deniedRate ?? 0 >= EdgeLimits.deniedRateMin, edge.deniedShare ?? 1 >= EdgeLimits.deniedShareMin {
            return .flood
        }
        return edge.connectionsUsed ?? 0 >= EdgeLimits.busyMin ? .crowd : .calm
    }

    private static func flood(_ edge: EdgeAssessment) -> [Reason] {
        switch edge.load {
        case .unknown, .calm: return []
        case .crowd:
            let who = edge.clients.map { " from \(Say.number(Double($0))) clients" } ?? ""
            let denied = edge.deniedShare.map { ", \(Say.percent($0)) denied" } ?? ""
            let text = "a crowd and no flood: \(Say.rate(edge.requestRate ?? 0)) requests\(who)\(denied)"
            return [Reason(.protected, text, figure: edge.requestRate.map { Say.rate($0) })]
        case .flood:
            let rate = Say.rate(edge.deniedRate ?? 0)
            let share = edge.deniedShare.map { ", \(Say.percent($0)) of all" } ?? ""
            return [Reason(.atRisk, "flood: \(rate) denied\(share)\(source(edge))", figure: rate)]
        case .loginFlood:
            let rate = Say.rate(edge.failedLoginRate ?? 0)
            let share = edge.failedLoginShare.map { ", \(Say.percent($0)) of all requests" } ?? ""
            return [Reason(.atRisk, "flood of logins: \(rate) fail\(share)\(source(edge))", figure: rate)]
        }
    }

    private static func source(_ edge: EdgeAssessment) -> String {
        switch edge.isByFew {
        case true:
            guard let most = edge.talkers.first else { return ", by few clients" }
            let others = edge.talkers.count > 1 ? " and \(edge.talkers.count - 1) more" : ""
            return ", most by \(most.address)\(others)"
        case false:
            let count = edge.clients.map { "\(Say.number(Double($0))) clients" } ?? "many clients"
            return ", by \(count): spread out, or a limit too low for a crowd"
        default: return ""
        }
    }

    private static func strain(_ edge: EdgeAssessment) -> [Reason] {
        var reasons: [Reason] = []
        if let rate = edge.serverErrorRate, rate >= EdgeLimits.errorRateMin, let share = edge.serverErrorShare,
            share >= EdgeLimits.errorShareMax
        {
            let figure = Say.percent(share)
            reasons.append(
                Reason(.degraded, "\(figure) of the requests fail: \(Say.rate(rate)) answered 5xx", figure: figure))
        }
        if let used = edge.connectionsUsed, used >= EdgeLimits.fullMin {
            let figure = Say.percent(used)
            reasons.append(
                Reason(
                    used >= EdgeLimits.exhaustedMin ? .degraded : .atRisk,
                    "\(figure) of the connections there may be are open", figure: figure))
        }
        return reasons
    }

    private static func expiry(_ edge: EdgeAssessment) -> [Reason] {
        edge.certificates.filter { $0.verdict != .protected }.map { certificate in
            guard certificate.left > .zero else {
                let figure = Say.age(Span.zero - certificate.left)
                return Reason(
                    .degraded, "the certificate of \(certificate.name) expired \(figure) ago: clients refuse it",
                    figure: figure)
            }
            let figure = Say.age(certificate.left)
            return Reason(
                certificate.verdict, "the certificate of \(certificate.name) expires in \(figure)", figure: figure)
        }
    }
}

extension Span {
    static func - (a: Span, b: Span) -> Span { Span(nanoseconds: a.nanoseconds.subtracting(b.nanoseconds)) }
}
