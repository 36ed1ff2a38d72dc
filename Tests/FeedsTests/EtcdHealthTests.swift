import Estate
import Testing
import Wire

@testable import Feeds

@Suite struct EtcdHealthTests {
    private let group = GroupID("etcd")

    private func health() throws -> EtcdHealth {
        var health = EtcdHealth(group: group)
        health.learned(members: try EtcdMemberList(parsing: Recorded.bytes("etcd/members-3.4.json")).members)
        return health
    }

    private func status(_ name: String) throws -> EtcdHealth.Answer {
        .status(try EtcdStatus(parsing: Recorded.bytes("etcd/status-\(name)-3.4.json")), latencySeconds: 0.002)
    }

    private func group(_ bodies: [Update.Body]) -> GroupFacts? {
        bodies.compactMap { if case .group(_, let facts) = $0 { facts } else { nil } }.first
    }

    private func members(_ bodies: [Update.Body]) -> [String: MemberFacts] {
        var found: [String: MemberFacts] = [:]
        for case .member(let id, let facts) in bodies { found[id.name] = facts }
        return found
    }

    private let ams = "http://127.9.1.1:2379"
    private let lon = "http://127.9.2.1:2379"
    private let dub = "http://127.9.3.1:2379"
    private let refused = EtcdHealth.Answer.nothing(.unreachable(endpoint: "x", reason: "connection refused"))

    @Test func aHealthyClusterAsRecorded() throws {
        var health = try health()
        let out = health.round([(ams, try status("ams")), (lon, try status("lon")), (dub, try status("dub"))])
        let facts = try #require(group(out))
        #expect(facts.leader == Known("etcd-dub") && facts.manager == "etcd")
        #expect(facts.quorum == GroupQuorum(votersTotal: 3, votersHealthy: 3, hasLeader: true))
        #expect(facts.roster == ["etcd-ams", "etcd-dub", "etcd-lon"])
        let members = members(out)
        #expect(members["etcd-dub"]?.role == .leader && members["etcd-ams"]?.role == .follower)
        #expect(members["etcd-ams"]?.state == .running && members["etcd-ams"]?.version == "3.4.23")
        #expect(members["etcd-ams"]?.quorum?.databaseBytes == 40_960 && members["etcd-ams"]?.quorum?.term == 2)
        #expect(members["etcd-ams"]?.address == "127.9.1.1:2379" && members["etcd-ams"]?.quorum?.isVoter == true)
    }

    @Test func oneDownIsNamedAndTheQuorumStands() throws {
        var health = try health()
        let out = health.round([(ams, refused), (lon, try status("lon")), (dub, try status("dub"))])
        #expect(group(out)?.quorum == GroupQuorum(votersTotal: 3, votersHealthy: 2, hasLeader: true))
        #expect(members(out)["etcd-ams"]?.state == .failed)
        #expect(members(out)["etcd-ams"]?.stateDetail == "connection refused")
    }

    @Test func silenceIsNotFailure() throws {
        var health = try health()
        let silent = EtcdHealth.Answer.nothing(.silent(endpoint: "x", reason: "no answer within 2 s"))
        let out = health.round([(ams, silent), (lon, try status("lon")), (dub, try status("dub"))])
        #expect(members(out)["etcd-ams"]?.state == .unknown)
    }

    @Test func aLostQuorumAsRecorded() throws {
        var health = try health()
        let out = health.round([(ams, refused), (lon, try status("noquorum")), (dub, refused)])
        let facts = try #require(group(out))
        #expect(facts.leader == Known(nil))
        #expect(facts.quorum == GroupQuorum(votersTotal: 3, votersHealthy: 0, hasLeader: false))
        #expect(members(out)["etcd-lon"]?.state == .failed)
        #expect(members(out)["etcd-lon"]?.stateDetail == "no leader known")
    }

    @Test func aLeaderThatOnlyAMinorityKnowsIsNone() throws {
        var health = try health()
        // Cut off on its own, the old leader still holds itself for one.
        let out = health.round([(ams, refused), (lon, refused), (dub, try status("dub"))])
        #expect(group(out)?.quorum?.hasLeader == false)
    }

    @Test func theSameMemberAskedAtTwoAddressesCountsOnce() throws {
        var health = try health()
        let answers = [
            ("http://etcd.example:2379", try status("ams")), (ams, refused), (lon, try status("lon")),
            (dub, try status("dub")),
        ]
        let out = health.round(answers)
        #expect(group(out)?.quorum?.votersHealthy == 3)
        #expect(members(out)["etcd-ams"]?.state == .running)
    }

    @Test func alarmsAndLearnersShow() throws {
        var health = EtcdHealth(group: group)
        let list = #"{"header":{},"members":[{"ID":"1","name":"a","clientURLs":["u"]},{"ID":"2","isLearner":true}]}"#
        health.learned(members: try EtcdMemberList(parsing: Array(list.utf8)).members)
        health.learned(
            alarms: try EtcdAlarm.list(parsing: Array(#"{"alarms":[{"memberID":"1","alarm":"NOSPACE"}]}"#.utf8)))
        let out = health.round([("u", refused)])
        #expect(group(out)?.notes["alarms"] == "NOSPACE" && group(out)?.quorum?.votersTotal == 1)
        #expect(members(out)["a"]?.quorum?.alarms == ["NOSPACE"])
        #expect(members(out)["member 2"]?.state == .creating && members(out)["member 2"]?.quorum?.isVoter == false)
    }

    @Test func aRemovedMemberIsGone() throws {
        var health = try health()
        _ = health.round([(dub, try status("dub"))])
        health.learned(members: health.members.filter { $0.name != "etcd-lon" })
        let out = health.round([(dub, try status("dub"))])
        #expect(out.contains(.memberGone(MemberID(group, "etcd-lon"))))
        let next = health.round([(dub, try status("dub"))])
        #expect(!next.contains(.memberGone(MemberID(group, "etcd-lon"))))
    }
}
