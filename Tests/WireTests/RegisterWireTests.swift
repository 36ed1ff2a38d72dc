import Estate
import Testing

@testable import Wire

@Suite struct RegisterWireTests {
    let at = Timestamp(seconds: 1_795_262_144)

    @Test func recordsComeBackAsTheyWere() throws {
        let lease = LeaseFacts(
            action: "a", who: "ana@desk", verb: "drain", target: "t", reason: "“why”\n\u{1F3B0}", since: at,
            until: at + .seconds(9))
        #expect(try RegisterRecord.lease(parsing: RegisterRecord.lease(lease)) == lease)
        let offer = OfferFacts(
            id: "i", who: "w", verb: "v", target: "t", title: "T", reason: "r", because: "b", offeredAt: at,
            expiresAt: at, hash: "h")
        let back = try RegisterRecord.offer(parsing: RegisterRecord.offer(offer, plan: #"{"a":"\"}"#))
        #expect(back.facts == offer && back.plan == #"{"a":"\"}"#)
        let answer = RegisterRecord.Answer(
            offer: "i", isApproved: true, who: "b@d", user: "b", groups: ["dba"], reason: "r", at: at, hash: "h")
        #expect(try RegisterRecord.answer(parsing: RegisterRecord.answer(answer)) == answer)
        let anchor = RegisterRecord.Anchor(path: "/p", sequence: 7, hash: "h", at: at)
        #expect(try RegisterRecord.anchor(parsing: RegisterRecord.anchor(anchor)) == anchor)
    }

    @Test(arguments: ["", "{}", "[]", #"{"version":2}"#, #"{"version":1,"action":1}"#, "\u{0}"])
    func whatIsNoRecordIsAnErrorAndNothingMore(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(throws: WireError.self) { try RegisterRecord.lease(parsing: bytes) }
        #expect(throws: WireError.self) { try RegisterRecord.offer(parsing: bytes) }
        #expect(throws: WireError.self) { try RegisterRecord.answer(parsing: bytes) }
        #expect(throws: WireError.self) { try RegisterRecord.anchor(parsing: bytes) }
    }

    /// As etcd 3.4 answered.
    @Test func etcdsAnswersToWritesAreUnderstood() throws {
        let grant = #"{"header":{"cluster_id":"1","revision":"4"},"ID":"7587895543212","TTL":"15"}"#
        #expect(try EtcdLease(parsing: Array(grant.utf8)).id == 7_587_895_543_212)
        let keep = #"{"result":{"header":{"revision":"4"},"ID":"7587895543212","TTL":"15"}}"#
        #expect(try EtcdLease(parsing: Array(keep.utf8)).ttlSeconds == 15)
        let ended = #"{"result":{"header":{"revision":"4"},"ID":"7587895543212"}}"#
        #expect(try EtcdLease(parsing: Array(ended.utf8)).ttlSeconds == 0)
        let written =
            #"{"header":{"revision":"9"},"succeeded":true,"responses":[{"response_put":{"header":{"revision":"9"}}}]}"#
        #expect(try EtcdTransaction(parsing: Array(written.utf8)).isWritten)
        let refused =
            #"{"header":{"revision":"9"},"responses":[{"response_range":{"header":{"revision":"9"},"kvs":[{"key":"L2E=","#
            + #""create_revision":"8","mod_revision":"8","version":"1","value":"eA==","lease":"12"}],"count":"1"}}]}"#
        let answer = try EtcdTransaction(parsing: Array(refused.utf8))
        #expect(!answer.isWritten && answer.found.first?.key == "/a" && answer.found.first?.lease == 12)
    }

    @Test func aTransactionNeverTouchesWhatItDoesNotName() throws {
        let request = EtcdRequest.write([.init("/pitboss/x", [0x78], lease: 5)], when: [.isAbsent("/pitboss/x")])
        #expect(request.path == "/v3/kv/txn")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"compare":[{"create_revision":"0","key":"L3BpdGJvc3MveA==","result":"EQUAL","target":"CREATE"}],"#
                + #""failure":[{"requestRange":{"key":"L3BpdGJvc3MveA=="}}],"#
                + #""success":[{"requestPut":{"key":"L3BpdGJvc3MveA==","lease":"5","value":"eA=="}}]}"#)
    }

    @Test func aSyslogLineIsOneLineWithinItsLimitAndEscaped() {
        let line = SyslogLine(
            .notice, time: "2026-11-21T12:00:00.000Z", host: "desk 1", processID: 7, messageID: "intent",
            data: [("who", #"a"b\c]d"#)], text: "first\nsecond")
        #expect(
            String(decoding: line.bytes, as: UTF8.self)
                == #"<109>1 2026-11-21T12:00:00.000Z desk1 pitboss 7 intent [pitboss@32473 who="a\"b\\c\]d"] first second"#
        )
        var long = line
        long.text = String(repeating: "ü", count: 4_000)
        #expect(long.bytes.count <= SyslogLine.messageBytesMax)
    }
}
