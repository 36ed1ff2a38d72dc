import Cockpit
import Settings

extension KeyMap {
    /// For the reader of configurations, which knows no dashboard.
    static var known: KnownKeys {
        KnownKeys(commands: CommandCatalogue.all.map(\.id)) { keys in
            do throws(KeyMapError) {
                _ = try KeyMap(changing: keys)
                return nil
            } catch {
                return (error.command, error.description)
            }
        }
    }
}
