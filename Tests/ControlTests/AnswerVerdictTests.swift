import Estate
import Plans
import Testing
import Transport

@testable import Control

/// Texts as the real servers send them.
@Suite struct AnswerVerdictTests {
    static func post(_ path: String = "/switchover") -> Request {
        .http(group: GroupID("g"), door: "http://h:8008", method: "POST", path: path, body: "{}", expects: [200, 202])
    }
    static let line = Request.line(balancer: SourceID("haproxy", "lb-1"), text: "set server a/b state drain")

    static func of(_ status: Int?, _ text: String, _ request: Request = post()) -> AnswerVerdict {
        AnswerVerdict.of(.answered(Answer(status: status, text: text)), to: request)
    }

    @Test func successIsTaken() {
        #expect(
            Self.of(200, "Successfully switched over to \"pg-2\"") == .taken("Successfully switched over to \"pg-2\""))
        #expect(Self.of(nil, "\n", Self.line) == .taken("taken"))
    }

    @Test func aConfigurationThatComesBackIsNotKept() {
        let text = #"{"pause": true, "postgresql": {"parameters": {"archive_command": "push --key=hunter2"}}}"#
        #expect(Self.of(200, text, Self.post("/config")) == .taken("taken with 200"))
        #expect(AnswerVerdict.line(of: .answered(Answer(status: 200, text: text))) == "200")
    }

    @Test(arguments: [
        (412, "leader name does not match", "another member leads by now"),
        (412, "candidate name does not match with sync_standby", "only a synchronous standby"),
        (412, "no good candidates have been found", "found it unfit"),
        (401, "no auth header received", "user and password"),
        (400, "No values given for required parameters leader and candidate", "refused with 400"),
        (503, "Switchover failed", "the leader stayed"),
        (503, "failover is not possible", "refused with 503"),
    ])
    func refusalsBecomeSentences(status: Int, text: String, part: String) {
        guard case .refused(let sentence) = Self.of(status, text) else {
            Issue.record("\(status) \(text) is not taken for a refusal")
            return
        }
        #expect(sentence.contains(part))
    }

    @Test(arguments: [
        (503, "Switchover status unknown"), (502, "Bad Gateway"), (504, ""), (500, "<html>\n<h1>Traceback</h1>"),
    ])
    func whatThePeerDoesNotKnowIsInDoubt(status: Int, text: String) {
        guard case .unclear = Self.of(status, text) else {
            Issue.record("\(status) \(text) is not in doubt")
            return
        }
    }

    @Test func balancersRefuseInWords() {
        #expect(
            Self.of(nil, "No such server.\n", Self.line)
                == .refused("the backend has no such server (names are case-sensitive)"))
        guard case .refused(let text) = Self.of(nil, "Permission denied\n", Self.line) else {
            Issue.record("not a refusal")
            return
        }
        #expect(text.contains("level admin"))
    }

    @Test func bytesFromOutsideAreEscapedInTheLog() {
        let line = AnswerVerdict.line(of: .answered(Answer(status: 500, text: "\u{1B}[2J\u{07}bad")))
        #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
    }

    @Test func whatCannotHaveArrivedIsNoDoubt() {
        let before: [TransportError] = [
            .unreachable(endpoint: "e", reason: "refused"), .untrusted(endpoint: "e", reason: .unsigned),
            .noSecret(place: "p", reason: "r"), .badAddress(endpoint: "e", reason: "r"),
        ]
        for error in before {
            guard case .notSent = NetworkCourier.failure(error) else {
                Issue.record("\(error)")
                continue
            }
        }
        let after: [TransportError] = [
            .late(endpoint: "e", afterSeconds: 1), .cutOff(endpoint: "e", reason: "r"), .closed,
        ]
        for error in after {
            guard case .lost = NetworkCourier.failure(error) else {
                Issue.record("\(error)")
                continue
            }
        }
        #expect(AnswerVerdict.of(.notSent(reason: "x"), to: Self.post()) == .refused("not sent: x"))
        #expect(AnswerVerdict.of(.lost(reason: "x"), to: Self.post()) == .unclear("no answer: x"))
    }
}
