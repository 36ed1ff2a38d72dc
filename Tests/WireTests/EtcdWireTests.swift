import Testing

@testable import Wire

@Suite struct EtcdWireTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func readsARecordedRange() throws {
        let range = try EtcdRange(parsing: Fixture.bytes("etcd/range-3.4.json"))
        #expect(range.header.revision == 41)
        #expect(range.header.clusterID == 10_512_447_670_433_090_584)
        #expect(range.count == Int64(range.keyValues.count))
        let leader = try #require(range.keyValues.first { $0.key == "/service/wallet-db/leader" })
        #expect(leader.text == "pg-ams-1")
        #expect(leader.modRevision == 11)
        #expect(leader.version == 1)
        #expect(leader.lease == 5_526_939_274_690_940_934)
    }

    @Test func emptyRangeHasNoKeys() throws {
        let range = try EtcdRange(parsing: bytes(#"{"header":{"revision":"7"}}"#))
        #expect(range.keyValues.isEmpty && range.count == 0 && range.header.revision == 7)
    }

    @Test func readsARecordedFailoverLineByLine() throws {
        let lines = try Fixture.bytes("etcd/watch-failover-3.4.jsonl").split(separator: UInt8(ascii: "\n"))
        let messages = try lines.map { try EtcdWatchMessage(parsing: Array($0)) }
        #expect(messages.first?.body == .created)
        let events = messages.flatMap { message in
            if case .events(let events) = message.body { events } else { [EtcdEvent]() }
        }
        let leader = events.filter { $0.keyValue.key.hasSuffix("/leader") }
        #expect(leader.map(\.kind) == [.delete, .put, .delete, .put])
        #expect(leader.map(\.keyValue.modRevision) == [56, 57, 109, 111])
        #expect(leader.map(\.keyValue.text) == ["", "pg-dub-1", "", "pg-lon-1"])
        #expect(leader[0].previous?.text == "pg-ams-1")
        #expect(events.map(\.keyValue.modRevision) == events.map(\.keyValue.modRevision).sorted())
    }

    @Test func readsARecordedCompaction() throws {
        let lines = try Fixture.bytes("etcd/watch-compacted-3.4.jsonl").split(separator: UInt8(ascii: "\n"))
        let bodies = try lines.map { try EtcdWatchMessage(parsing: Array($0)).body }
        #expect(bodies == [.created, .compacted(129)])
    }

    @Test func readsProgressCancelAndStreamErrors() throws {
        let progress = try EtcdWatchMessage(parsing: bytes(#"{"result":{"header":{"revision":"9"}}}"#))
        #expect(progress.body == .progress && progress.header.revision == 9)
        let canceled = try EtcdWatchMessage(
            parsing: bytes(#"{"result":{"canceled":true,"cancel_reason":"no\u001b[2J"}}"#))
        #expect(canceled.body == .canceled("no\\x1b[2J"))
        #expect(throws: WireError.refused(format: "etcd watch", status: 14, message: "etcdserver: no leader")) {
            try EtcdWatchMessage(
                parsing: bytes(#"{"error":{"grpc_code":14,"http_code":503,"message":"etcdserver: no leader"}}"#))
        }
    }

    @Test func readsRecordedStatusWithAndWithoutQuorum() throws {
        let well = try EtcdStatus(parsing: Fixture.bytes("etcd/status-ams-3.4.json"))
        #expect(well.version == "3.4.23" && well.raftTerm == 2 && well.databaseBytes == 40_960)
        #expect(well.leaderID == 14_473_533_183_536_970_338 && well.errors.isEmpty)
        let ill = try EtcdStatus(parsing: Fixture.bytes("etcd/status-noquorum-3.4.json"))
        #expect(ill.leaderID == 0 && ill.errors == ["etcdserver: no leader"])
    }

    @Test func readsARecordedMemberList() throws {
        let list = try EtcdMemberList(parsing: Fixture.bytes("etcd/members-3.4.json"))
        #expect(list.members.map(\.name) == ["etcd-lon", "etcd-dub", "etcd-ams"])
        #expect(list.members[0].clientURLs == ["http://127.9.2.1:2379"])
        #expect(list.members.allSatisfy { !$0.isLearner })
    }

    @Test func readsAlarms() throws {
        #expect(try EtcdAlarm.list(parsing: bytes("{}")).isEmpty)
        let alarms = try EtcdAlarm.list(
            parsing: bytes(#"{"header":{},"alarms":[{"memberID":"12516471717809604450","alarm":"NOSPACE"}]}"#))
        #expect(alarms == [EtcdAlarm(memberID: 12_516_471_717_809_604_450, kind: "NOSPACE")])
    }

    @Test func tellsFaultsApart() throws {
        func fault(_ text: String) throws -> EtcdFault { try #require(EtcdFault(parsing: bytes(text))) }
        let off = try fault(#"{"error":"etcdserver: authentication is not enabled","code":9}"#)
        #expect(off.isAuthenticationOff && !off.wantsToken && !off.isWithoutQuorum)
        let token = try fault(#"{"error":"etcdserver: invalid auth token","message":"…","code":16}"#)
        #expect(token.wantsToken && !token.isRefusal)
        #expect(try fault(#"{"error":"etcdserver: user name is empty","code":3}"#).wantsToken)
        #expect(try fault(#"{"error":"etcdserver: permission denied","code":7}"#).isRefusal)
        #expect(try fault(#"{"error":"etcdserver: request timed out","code":14}"#).isWithoutQuorum)
        let election = try fault(#"{"error":"etcdserver: leader changed","code":14}"#)
        #expect(election.isElecting && !election.isWithoutQuorum)
        #expect(EtcdFault(parsing: bytes("Not Found")) == nil)
        #expect(EtcdFault(parsing: bytes(#"{"header":{}}"#)) == nil)
    }

    @Test func requestsAreWhatEtcdTakes() throws {
        func body(_ request: EtcdRequest) -> String { String(decoding: request.body, as: UTF8.self) }
        #expect(
            body(.range(prefix: "/service/x/"))
                == #"{"key":"L3NlcnZpY2UveC8=","range_end":"L3NlcnZpY2UveDA="}"#)
        #expect(
            body(.range(prefix: "/s", order: .newestFirst, limit: 1, keysOnly: true))
                == #"{"key":"L3M=","keys_only":true,"limit":"1","range_end":"L3Q=","sort_order":"DESCEND","sort_target":"MOD"}"#
        )
        #expect(
            body(.watch(prefix: "/s", fromRevision: 42))
                == #"{"create_request":{"key":"L3M=","progress_notify":true,"range_end":"L3Q=","start_revision":"42"}}"#
        )
        #expect(body(.authenticate(user: "a\"b", password: "p")) == #"{"name":"a\"b","password":"p"}"#)
        #expect(EtcdRequest.rangeEnd(ofPrefix: [0x61, 0xFF]) == [0x62])
        #expect(EtcdRequest.rangeEnd(ofPrefix: [0xFF, 0xFF]) == [0])
        #expect(EtcdRequest.rangeEnd(ofPrefix: []) == [0])
    }

    @Test func tokenIsNeverQuoted() throws {
        #expect(try EtcdRequest.token(parsing: bytes(#"{"header":{},"token":"abc.7"}"#)) == "abc.7")
        #expect {
            try EtcdRequest.token(parsing: bytes(#"{"tokem":"SECRET"}"#))
        } throws: { !"\($0)".contains("SECRET") }
    }

    @Test(arguments: [
        "", "null", "[]", "{}", "{\"kvs\":[{}]}", "{\"header\":{},\"kvs\":[{\"key\":\"***\"}]}",
        "{\"header\":{},\"kvs\":[{\"key\":\"YQ==\",\"value\":\"*\"}]}", "<html>", "{\"result\":{\"events\":[{}]}}",
    ])
    func malformedIsAnError(_ text: String) {
        #expect(throws: WireError.self) { try EtcdRange(parsing: bytes(text)) }
        #expect(throws: WireError.self) { try EtcdWatchMessage(parsing: bytes(text)) }
        #expect(throws: WireError.self) { try EtcdStatus(parsing: bytes(text)) }
        #expect(throws: WireError.self) { try EtcdMemberList(parsing: bytes(text)) }
    }

    @Test func everyCutOfARecordedAnswerIsAnError() throws {
        let whole = try Fixture.bytes("etcd/range-3.4.json")
        for length in stride(from: 0, to: whole.count - 1, by: 7) {
            #expect(throws: WireError.self) { try EtcdRange(parsing: Array(whole[..<length])) }
        }
    }
}
