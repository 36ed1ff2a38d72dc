public import Estate
public import Insight

/// `pitboss what-if`: what would become of each group, worst first. Unknown figures are absent.
public struct WhatIfReport: Sendable, Encodable {
    public struct GroupLine: Sendable, Encodable {
        public let name: String
        public let before: String
        public let after: String
        public let serves: Bool?
        public let successor: String?
        public let lost: [String]
        public let bytesLost: Int64?
        public let survivesNodesAfter: Int?
        public let text: String
    }

    public let schema = "pitboss.what-if/1"
    public let platform: String
    public let without: [String]
    public let at: String
    public let groups: [GroupLine]

    public init(_ losses: Set<Loss>, _ snapshot: Snapshot, _ assessment: Assessment) {
        platform = SafeText.line(snapshot.platform.name)
        without = losses.map { SafeText.line($0.text) }.sorted()
        at = RFC3339.text(assessment.at)
        groups = assessment.without(losses).map {
            GroupLine(
                name: SafeText.line($0.group.name), before: $0.before.word, after: $0.after.word, serves: $0.serves,
                successor: $0.successor.map { SafeText.line($0.name) },
                lost: $0.lost.map { SafeText.line($0.name) },
                bytesLost: $0.bytesLost, survivesNodesAfter: $0.survivesAfter.nodes, text: SafeText.line($0.text))
        }
    }

    /// For people.
    public var lines: [String] {
        let gone = without.joined(separator: ", ")
        guard !groups.isEmpty else { return ["without \(gone): nothing runs there that pitboss watches"] }
        let rows = groups.map {
            [$0.name, $0.before, "->", $0.after, $0.text, "loses \($0.lost.joined(separator: ", "))"]
        }
        return ["without \(gone)"] + Columns.text(rows, indent: "  ")
    }
}

/// What a name on the command line takes away in thought: `node:X`, `site:X`, `group/member`, or a name alone where it
/// means one thing.
public enum LossFinder {
    public enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
        case nothing(String, nodes: [String], sites: [String])
        case several(String, [String])

        public var description: String {
            switch self {
            case .nothing(let name, let nodes, let sites):
                return "nothing is called \(SafeText.line(name)). Nodes: \(nodes.joined(separator: ", ")); sites: "
                    + "\(sites.joined(separator: ", ")); members are written group/member"
            case .several(let name, let found):
                return "\(SafeText.line(name)) means several things; write one of \(found.joined(separator: ", "))"
            }
        }
    }

    public static func loss(
        _ text: String, _ snapshot: Snapshot, _ assessment: Assessment
    ) throws(Failure) -> Loss {
        let members = assessment.groups.flatMap(\.members)
        var nodes = Set(snapshot.platform.nodes.map(\.id))
        for member in members { if let node = member.node { nodes.insert(node) } }
        var sites = Set(snapshot.platform.sites.map(\.id))
        for member in members { if let site = member.site { sites.insert(site) } }
        var found: [(name: String, loss: Loss)] = []
        for node in nodes where text == node.name || text == "node:\(node.name)" {
            found.append(("node:\(node.name)", .node(node)))
        }
        for site in sites where text == site.name || text == "site:\(site.name)" {
            found.append(("site:\(site.name)", .site(site)))
        }
        for member in members where text == member.id.name || text == member.id.description {
            found.append((member.id.description, .member(member.id)))
        }
        guard let first = found.first else {
            throw .nothing(
                text, nodes: nodes.map { SafeText.line($0.name) }.sorted(),
                sites: sites.map { SafeText.line($0.name) }.sorted())
        }
        guard found.count == 1 else { throw .several(text, found.map { SafeText.line($0.name) }.sorted()) }
        return first.loss
    }
}
