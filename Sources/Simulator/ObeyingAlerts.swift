import Estate
import Plans
import Yams

/// What the platform's Alertmanager takes: silences made and ended.
extension World {
    static let alertsDoor = "http://10.0.0.41:9093"
    /// Silences in force at a time, at most.
    static let silencesMax = 100

    mutating func alertmanager(_ method: String, _ path: String, _ body: String) -> SimulatedReply {
        let doors = "/api/v2/silence"
        if method == "POST", path == doors + "s" {
            guard body.utf8.count <= Self.bodyBytesMax, let silence = silence(parsing: body) else {
                return Self.answer(400, "bad silence")
            }
            guard silences.count < Self.silencesMax else { return Self.answer(500, "too many silences") }
            silences.append(silence)
            return Self.answer(200, #"{"silenceID":"\#(silence.id)"}"#)
        }
        if method == "DELETE", path.hasPrefix(doors + "/") {
            let id = String(path.dropFirst(doors.count + 1))
            guard let at = silences.firstIndex(where: { $0.id == id }) else {
                return Self.answer(404, "silence \(id) not found")
            }
            silences.remove(at: at)
            return Self.answer(200, "")
        }
        return Self.answer(404, "path \(path) was not found")
    }

    static func matches(_ silence: Silence, _ alert: Alert) -> Bool {
        silence.matchers.allSatisfy { ((alert.labels[$0.name] ?? "") == $0.value) == $0.isEqual }
    }

    /// nil: it is not one, is over already, or goes by patterns, which are not understood here.
    private mutating func silence(parsing body: String) -> Silence? {
        guard let map = (try? Yams.compose(yaml: body, .basic))?.mapping,
            let list = map["matchers"]?.sequence, !list.isEmpty,
            let from = map["startsAt"]?.scalar.flatMap({ RFC3339.parse($0.string) }),
            let until = map["endsAt"]?.scalar.flatMap({ RFC3339.parse($0.string) }), until > from
        else { return nil }
        var matchers: [Silence.Matcher] = []
        for item in list {
            guard let fields = item.mapping, let name = fields["name"]?.scalar?.string,
                let value = fields["value"]?.scalar?.string, fields["isRegex"]?.scalar?.string == "false"
            else { return nil }
            matchers.append(
                Silence.Matcher(name: name, value: value, isEqual: fields["isEqual"]?.scalar?.string != "false"))
        }
        silencesMade += 1
        var silence = Silence(id: "silence-\(silencesMade)", matchers: matchers, isActive: true)
        (silence.startsAt, silence.endsAt) = (from, until)
        silence.createdBy = map["createdBy"]?.scalar?.string
        silence.comment = map["comment"]?.scalar?.string
        return silence
    }
}
