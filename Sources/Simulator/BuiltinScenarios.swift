// Written from scenarios/*.yaml by BuiltinScenarioTests with PITBOSS_WRITE_SCENARIOS=1: edit those.
enum BuiltinScenarios {
    static let all: [(name: String, yaml: String)] = []
}
