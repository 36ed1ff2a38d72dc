extension Scenario {
    /// The scenario of an ordinary demonstration.
    public static let usualName = "kick-off"

    /// Names and summaries of those the program has in itself, the usual one first.
    public static var names: [String] { BuiltinScenarios.all.map(\.name) }

    /// All that the program has in itself.
    public static var all: [Scenario] {
        BuiltinScenarios.all.compactMap { try? Scenario(parsing: $0.yaml) }
    }

    /// One of them, by its name.
    public static func named(_ name: String) throws(ScenarioError) -> Scenario {
        guard let built = BuiltinScenarios.all.first(where: { $0.name == name }) else {
            throw .unknownScenario(
                Printable.text(name), nearest: NearestWord.to(name, among: names), known: names)
        }
        return try Scenario(parsing: built.yaml)
    }
}
