import Estate
import Yams

extension Scenario {
    /// Largest file, bytes.
    public static let fileBytesMax = 262_144
    public static let stepsMax = 1_000
    public static let expectationsMax = 1_000

    /// Reads a scenario's file.
    public init(parsing yaml: String) throws(ScenarioError) {
        guard yaml.utf8.count <= Self.fileBytesMax else { throw .tooLarge(bytesMax: Self.fileBytesMax) }
        let scope = try ScenarioScope(try Self.compose(yaml), "scenario")
        try scope.allow(["name", "summary", "start", "seed", "steps", "expect"])
        let name = Printable.text(try scope.required("name", example: "name: leader-killed"))
        let summary = Printable.text(try scope.required("summary", example: "summary: One line on what happens."), 200)
        var start: Timestamp?
        if let text = try scope.text("start") {
            guard let read = CivilDate.timestamp(text) else {
                throw .badValue(
                    line: scope.line(of: "start"), what: "start", value: Printable.text(text),
                    expected: "a moment in UTC such as 2026-11-21T14:50:00Z")
            }
            start = read
        }
        let seed = try scope.number("seed", from: 0, to: 9e15)
        let steps = try Self.items(scope, "steps", max: Self.stepsMax) { node throws(ScenarioError) in
            try ScenarioStep(ScenarioScope(node, "step"))
        }
        let expectations = try Self.items(scope, "expect", max: Self.expectationsMax) { node throws(ScenarioError) in
            try ScenarioExpectation(ScenarioScope(node, "expectation"))
        }
        self.init(
            name: name, summary: summary, start: start, seed: seed.map { UInt64($0) }, steps: steps,
            expectations: expectations)
    }

    private static func compose(_ yaml: String) throws(ScenarioError) -> YAMLNode {
        let node: YAMLNode?
        do {
            node = try Yams.compose(yaml: yaml, .basic)
        } catch let error as YamlError {
            throw notYAML(error)
        } catch {
            throw .notYAML(line: 1, reason: "it cannot be read")
        }
        guard let node else { throw .notYAML(line: 1, reason: "the file is empty") }
        return node
    }

    private static func notYAML(_ error: YamlError) -> ScenarioError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return .notYAML(line: mark.line, reason: problem)
        default: return .notYAML(line: 1, reason: Printable.text("\(error)"))
        }
    }

    private static func items<Item>(
        _ scope: ScenarioScope, _ key: String, max: Int, _ read: (YAMLNode) throws(ScenarioError) -> Item
    ) throws(ScenarioError) -> [Item] {
        guard let node = scope.node(key) else { return [] }
        guard let list = node.sequence else {
            throw .badValue(
                line: node.mark?.line ?? 1, what: key, value: "no list", expected: "one entry a line, each after a dash"
            )
        }
        guard list.count <= max else { throw .tooMany(line: node.mark?.line ?? 1, what: key, max: max) }
        var items: [Item] = []
        for node in list { items.append(try read(node)) }
        return items
    }
}

extension ScenarioStep {
    init(_ scope: ScenarioScope) throws(ScenarioError) {
        guard let at = try scope.span("at") else {
            throw .missing(line: scope.line, what: "at", example: "at: +90s")
        }
        let names = ScenarioVerb.all.map(\.name)
        guard let verb = ScenarioVerb.all.first(where: { verb in scope.keys.contains { $0.name == verb.name } }) else {
            guard let odd = scope.keys.first(where: { $0.name != "at" }) else {
                throw .missing(line: scope.line, what: "what happens", example: "kill: wallet-db/leader")
            }
            throw .unknownWord(
                line: odd.line, what: "verb", word: Printable.text(odd.name),
                nearest: NearestWord.to(odd.name, among: names), known: names)
        }
        try scope.allow(["at", verb.name] + verb.options)
        self.at = at
        action = try verb.read(scope)
        let target = Printable.text(try scope.text(verb.name) ?? "")
        var text = "\(verb.name) \(target)"
        for option in verb.options {
            if let value = try scope.text(option) { text += ", \(option) \(Printable.text(value))" }
        }
        self.text = text
    }
}

extension ScenarioExpectation {
    /// Pages of the glass whose screens may be expected.
    static let pages = [
        "overview", "nodes", "replication", "balancers", "events", "backups", "network", "edge", "alerts", "redundancy",
    ]
    static let verdicts = ["PROTECTED", "AT RISK", "DEGRADED", "DOWN", "UNKNOWN"]

    init(_ scope: ScenarioScope) throws(ScenarioError) {
        try scope.allow(["at", "by", "until", "group", "verdict", "event", "never", "screen", "says"])
        line = scope.line
        let kinds = ["verdict", "event", "never", "screen"].filter { scope.node($0) != nil }
        guard kinds.count == 1 else {
            throw .missing(line: scope.line, what: "one of verdict, event, never, screen", example: "verdict: DOWN")
        }
        var at: Span?
        for key in ["at", "by", "until"] where at == nil { at = try scope.span(key) }
        guard let at else {
            throw .missing(line: scope.line, what: "at, by or until", example: "at: +20s")
        }
        self.at = at
        let key = kinds[0]
        let word = try scope.required(key, example: "\(key): …")
        if key == "verdict" {
            kind = .verdict(Self.verdicts[try scope.word(word, key, among: Self.verdicts)])
        } else if key == "screen" {
            kind = .screen(Self.pages[try scope.word(word, key, among: Self.pages)])
        } else {
            let known = Event.Kind.allCases.map(\.rawValue)
            let event = Event.Kind.allCases[try scope.word(word, key, among: known)]
            kind = key == "event" ? .event(event) : .never(event)
        }
        var group: GroupID?
        if let name = try scope.text("group") {
            _ = try scope.word(name, "group", among: ScenarioPlaces.groups)
            group = GroupID(name)
        } else if key == "verdict" {
            throw .missing(line: scope.line, what: "group", example: "group: wallet-db")
        }
        self.group = group
        says = try scope.text("says").map { Printable.text($0) }
    }
}
