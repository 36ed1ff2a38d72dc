import Plans
import Wire

/// What an answer means for the step it answers.
enum AnswerVerdict: Equatable {
    case taken(String)
    /// In a sentence for the operator, with the remedy where there is one.
    case refused(String)
    /// The peer itself does not know, or did not say: in doubt.
    case unclear(String)

    static func of(_ delivery: Delivery, to request: Request) -> AnswerVerdict {
        switch delivery {
        case .notSent(let reason): return .refused("not sent: \(reason)")
        case .lost(let reason): return .unclear("no answer: \(reason)")
        case .answered(let answer):
            switch request {
            case .line: return line(answer)
            case .command: return command(answer)
            case .http(_, _, _, let path, _, let expects): return http(answer, path, expects)
            }
        }
    }

    /// The answer in one line, as the request log shows it.
    static func line(of delivery: Delivery) -> String {
        switch delivery {
        case .notSent(let reason): return "not sent: \(reason)"
        case .lost(let reason): return "no answer: \(reason)"
        case .answered(let answer):
            let text = firstLine(answer.text)
            guard let status = answer.status else { return text.isEmpty ? "taken" : text }
            // A document is a configuration, and may hold what must not be kept.
            return text.isEmpty || text.hasPrefix("{") ? "\(status)" : "\(status) \(text)"
        }
    }

    private static func line(_ answer: Answer) -> AnswerVerdict {
        guard let refusal = HAProxyReply.refusal(Array(answer.text.utf8)) else { return .taken("taken") }
        return .refused(refusal.description)
    }

    /// An error begins with its kind in capitals, as the wire has it: `-ERR …`, `-NOGOODSLAVE …`.
    private static func command(_ answer: Answer) -> AnswerVerdict {
        let text = firstLine(answer.text)
        guard text.hasPrefix("-") else { return .taken(text.isEmpty ? "taken" : String(text.drop { $0 == "+" })) }
        let words = String(text.dropFirst())
        switch words.prefix(while: { $0 != " " }) {
        case "INPROG": return .refused("a failover is under way already: wait for its end (\(words))")
        case "NOGOODSLAVE":
            return .refused(
                "no replica is fit to take over: each is down, behind, out of contact or has rank 0 (\(words))")
        case "NOAUTH", "WRONGPASS", "NOPERM":
            return .refused("the cache did not accept the user or what he may do; check its credentials (\(words))")
        case "LOADING", "BUSY", "TRYAGAIN": return .refused("not now: \(words); try again")
        default: return .refused("refused: \(words)")
        }
    }

    private static func http(_ answer: Answer, _ path: String, _ expects: [Int]) -> AnswerVerdict {
        let text = firstLine(answer.text)
        guard let status = answer.status else { return .unclear("an answer without a status") }
        if expects.contains(status) {
            return .taken(text.isEmpty || text.hasPrefix("{") ? "taken with \(status)" : text)
        }
        // Patroni gives up waiting after two rounds of its loop; the change may still come.
        if text.contains("status unknown") { return .unclear("Patroni stopped waiting: \(text)") }
        if let words = sentence(status, text) { return .refused(words) }
        switch status {
        case 400..<500, 503: return .refused("refused with \(status): \(text)")
        default: return .unclear("answered \(status): \(text)")
        }
    }

    /// Patroni's refusals as sentences.
    private static func sentence(_ status: Int, _ text: String) -> String? {
        if status == 401 || status == 403 {
            return "Patroni did not accept the user and password (\(status)); check rest.username and rest.password"
        }
        if text.contains("leader name does not match") {
            return "another member leads by now: Patroni compared the leader and refused; look again"
        }
        if text.contains("candidate name does not match with sync_standby") {
            return "Patroni takes only a synchronous standby, and by its key the candidate is none now"
        }
        if text.contains("no good candidates have been found") {
            return "Patroni asked the candidate and found it unfit: not reachable, behind, or cordoned"
        }
        if text.contains("candidate does not exist") || text.contains("leader is not in") {
            return "Patroni does not know that member: \(text)"
        }
        if status == 503, text.hasSuffix(" failed") {
            return "Patroni gave it up and the leader stayed: look at the log of the leader"
        }
        return nil
    }

    /// Patroni answers some errors with a page of HTML.
    private static func firstLine(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return Escaped.text(String(line.prefix(300)))
    }
}
