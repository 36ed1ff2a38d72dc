import Estate

/// What is remembered of a site where nothing answers.
struct SiteMemory: Sendable {
    let since: Timestamp
    var isTold = false
}

extension Chronicle {
    /// One event for the cause, beside the many for its effects.
    mutating func tickSites(_ assessment: Assessment, _ events: inout [Event]) {
        let now = assessment.at
        let dark = assessment.darkSites
        for site in dark {
            var memory = sites[site.id] ?? SiteMemory(since: now)
            if !memory.isTold, now - memory.since >= limits.verdictAfter {
                memory.isTold = true
                let what = "\(Say.count(site.members, "member")) of \(Say.count(site.groups, "group"))"
                events.append(
                    Event(at: now, .siteLost, .alarm, text: "site \(site.id.name) does not answer: \(what)"))
            }
            sites[site.id] = memory
        }
        for (id, memory) in sites.sorted(by: { $0.key < $1.key }) where !dark.contains(where: { $0.id == id }) {
            sites[id] = nil
            guard memory.isTold else { continue }
            let lasted = Say.span(now - memory.since)
            events.append(Event(at: now, .siteBack, .notice, text: "site \(id.name) answers again, after \(lasted)"))
        }
    }
}
