import Estate

/// Which sites reach each other, and which are seen from where we look.
struct Network: Sendable, Equatable {
    private var cutPairs: Set<Int> = []
    private var cutFromUs: Set<Int> = []

    private static func pair(_ a: Int, _ b: Int) -> Int { min(a, b) * 16 + max(a, b) }

    func reaches(_ a: Int, _ b: Int) -> Bool {
        cutPairs.isEmpty || a == b || !cutPairs.contains(Self.pair(a, b))
    }
    /// Whether those who watch from outside reach it.
    func isSeen(_ site: Int) -> Bool { cutFromUs.isEmpty || !cutFromUs.contains(site) }

    /// From all other sites and from us, or from one other site only.
    mutating func cut(_ site: Int, from other: Int?) {
        guard other == nil else {
            if let other, other != site { cutPairs.insert(Self.pair(site, other)) }
            return
        }
        for other in AcmeBets.sites.indices where other != site { cutPairs.insert(Self.pair(site, other)) }
        cutFromUs.insert(site)
    }

    mutating func heal(_ site: Int) {
        for other in AcmeBets.sites.indices { cutPairs.remove(Self.pair(site, other)) }
        cutFromUs.remove(site)
    }

    /// Whether clients and we reach it, whatever the ways between the sites do.
    mutating func show(_ site: Int, _ isShown: Bool) {
        if isShown { cutFromUs.remove(site) } else { cutFromUs.insert(site) }
    }

    /// One way between two sites, seconds.
    static func delay(_ a: Int, _ b: Int) -> Double { a == b ? 0.0004 : 0.0045 + 0.001 * Double(a + b) }
}
