import Control
import Estate
import Feeds
import Settings

/// Statements through libpq.
struct PostgresStatements: StatementDoor {
    let door: PostgresDoor
    init(clock: any Timekeeper) { door = PostgresDoor(clock: clock) }

    func run(_ statement: String, at endpoint: Endpoint, within deadline: Span) async -> Delivery {
        switch await door.ask(statement, at: endpoint, within: deadline) {
        case .answered(let value): .answered(Answer(status: nil, text: value))
        case .refused(let words): .answered(Answer(status: nil, text: "-" + words))
        case .notSent(let reason): .notSent(reason: reason)
        case .lost(let reason): .lost(reason: reason)
        }
    }
}
