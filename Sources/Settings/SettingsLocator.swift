/// Where the configuration is looked for.
public struct SettingsLocator: Sendable {
    public static let environmentVariable = "PITBOSS_CONFIG"
    private let environment: [String: String]

    public init(environment: [String: String]) { self.environment = environment }

    /// The places in order. A place that someone named is the only one.
    public func places(named option: String?) -> [String] {
        if let option { return [option] }
        if let named = environment[Self.environmentVariable], !named.isEmpty { return [named] }
        return [personal, "/etc/pitboss/pitboss.yaml"].compactMap { $0 }
    }

    /// This user's own: under `XDG_CONFIG_HOME`, which must be absolute to count, or `~/.config`.
    public var personal: String? {
        folder("XDG_CONFIG_HOME", ".config").map { $0 + "/pitboss.yaml" }
    }

    /// The folder for what must outlive the process: the journal and the audit chain.
    public var stateFolder: String? { folder("XDG_STATE_HOME", ".local/state") }

    private func folder(_ variable: String, _ underHome: String) -> String? {
        if let base = environment[variable], base.hasPrefix("/") { return base + "/pitboss" }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return (home == "/" ? "" : home) + "/" + underHome + "/pitboss"
    }

    /// The first place at which `exists` holds; a named place is taken without asking.
    public func find(named option: String?, exists: (String) -> Bool) throws(SettingsError) -> String {
        let places = places(named: option)
        if option != nil || places.count == 1 && environment[Self.environmentVariable] != nil { return places[0] }
        guard let found = places.first(where: exists) else { throw .notFound(searched: places) }
        return found
    }
}
