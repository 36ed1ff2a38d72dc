import CPostgres
import Wire

/// libpq, which is loaded when the first PostgreSQL is asked.
public enum PostgresLibrary {
    /// Why it cannot be loaded, in the loader's words; nil when it is. The first question loads it.
    public static var fault: String? { postgres_missing().map { Escaped.text(String(cString: $0)) } }
    public static let remedy = "install libpq5"
}
