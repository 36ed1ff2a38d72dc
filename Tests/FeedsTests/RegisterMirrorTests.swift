import Estate
import Testing
import Wire

@testable import Feeds

@Suite struct RegisterMirrorTests {
    let now = Timestamp(seconds: 1_000)
    let db = GroupID("wallet-db")
    let api = GroupID("bet-api")
    let lease = LeaseFacts(
        action: "a1", who: "ana@ops-1", verb: "promote", target: "wallet-db/pg-2", reason: "kernel\u{1B}[31m",
        since: Timestamp(seconds: 900), until: Timestamp(seconds: 995))
    let offer = OfferFacts(
        id: "b2c3d4e5-1", who: "ana@ops-1", verb: "failover", target: "wallet-db/pg-2", title: "Fail over",
        reason: "dead", because: "it is a failover", offeredAt: Timestamp(seconds: 900),
        expiresAt: Timestamp(seconds: 1_800), hash: "00")

    var mirror: RegisterMirror {
        RegisterMirror(places: [db: "/pitboss/scope/service/wallet-db", api: "/pitboss/platform/p/bet-api"])
    }

    func put(_ key: String, _ value: [UInt8], _ revision: Int64 = 7) -> EtcdEvent {
        EtcdEvent(
            kind: .put,
            keyValue: EtcdKeyValue(
                key: "/pitboss/" + key, createRevision: revision, modRevision: revision, version: 1, value: value))
    }

    @Test func thatNobodyActsIsToldAtFirstAndThenWhoDoes() throws {
        var mirror = mirror
        let first = mirror.replace(with: [], at: now)
        #expect(first == [.group(api, GroupFacts()), .group(db, GroupFacts())])
        let out = mirror.apply([put("scope/service/wallet-db/lease", RegisterRecord.lease(lease))], at: now)
        var facts = GroupFacts()
        facts.lease = lease
        #expect(out.first == .group(db, facts))
        guard case .event(let event)? = out.last else {
            Issue.record("no event")
            return
        }
        #expect(event.text.hasPrefix("ana@ops-1 acts: promote wallet-db/pg-2 (“kernel"))
        #expect(!event.text.contains("\u{1B}"), "nothing for the terminal to obey")
        let gone = EtcdEvent(
            kind: .delete,
            keyValue: EtcdKeyValue(
                key: "/pitboss/scope/service/wallet-db/lease", createRevision: 0, modRevision: 9, version: 0, value: [])
        )
        #expect(mirror.apply([gone], at: now).first == .group(db, GroupFacts()))
        #expect(mirror.newestModRevision == 9 && mirror.keysCount == 0)
    }

    @Test func offersAreToldAndNonsenseIsNot() throws {
        var mirror = mirror
        _ = mirror.replace(with: [], at: now)
        let key = "scope/service/wallet-db/offer/\(offer.id)"
        let out = mirror.apply([put(key, RegisterRecord.offer(offer, plan: "{}"))], at: now)
        guard case .group(db, let facts)? = out.first else {
            Issue.record("\(out)")
            return
        }
        #expect(facts.offers == [offer])
        #expect(mirror.apply([put("scope/service/wallet-db/lease", Array("{\"version\":2}".utf8))], at: now).isEmpty)
        #expect(mirror.apply([put("anchor/h/u/j", [1, 2])], at: now).isEmpty)
        #expect(mirror.apply([put("scope/service/wallet-db-2/lease", RegisterRecord.lease(lease))], at: now).isEmpty)
    }
}
