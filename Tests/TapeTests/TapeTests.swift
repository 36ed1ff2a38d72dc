import Estate
import Testing

@testable import Tape

@Suite struct TapeTests {
    private let t0 = Timestamp(seconds: 1_800_000_000)
    private let source = SourceID("sql", "wallet-db/db-1")
    private let group = GroupID("wallet-db")
    private let platform = Platform(name: "acme")

    private func facts(_ i: Int) -> MemberFacts {
        var facts = MemberFacts()
        facts.role = i % 7 == 0 ? .leader : .replica
        facts.state = .running
        facts.stateDetail = i % 5 == 0 ? "streaming" : nil
        facts.node = NodeID("node-ä-\(i % 3)")
        facts.tags = EligibilityTags()
        facts.tags?.failoverPriority = i % 2
        var replication = ReplicationFacts()
        replication.replayedLSN = LSN(UInt64(i) << 20)
        replication.replayLagSeconds = i % 4 == 0 ? nil : Double(i) / 3
        replication.syncState = .sync
        replication.lastReplyAt = t0 + .seconds(Double(i))
        replication.slots = (0..<(i % 3)).map {
            ReplicationSlot(name: "s\($0)", isLogical: $0 == 1, isActive: true, retainedBytes: Int64($0))
        }
        replication.archive = ArchiveFacts()
        facts.replication = replication
        facts.traffic = TrafficFacts()
        facts.traffic?.admin = .drain
        facts.traffic?.trackedBy = ["a/b"]
        facts.figures = ["connections": Double(i), "bytes": 2]
        facts.notes = ["pid": "\(i)", "x": "y"]
        return facts
    }

    private func groupFacts(_ i: Int) -> GroupFacts {
        var facts = GroupFacts()
        facts.leader = i % 3 == 0 ? Known(nil) : Known("db-\(i % 3)")
        facts.synchronous = SynchronousFacts(isOn: true, standbys: ["db-2"])
        facts.history = [TimelineChange(timeline: 2, lsn: LSN(5), reason: "r", at: t0, leader: "db-1")]
        facts.quorum = GroupQuorum(votersTotal: 3, votersHealthy: i % 4, hasLeader: true)
        var backups = BackupFacts()
        backups.backups = [Backup(label: "b", kind: .full, startedAt: t0, endedAt: t0)]
        facts.backups = backups
        var edge = EdgeFacts()
        edge.talkers = [EdgeFacts.Talker(address: "203.0.113.9", requestRate: Double(i))]
        facts.edge = edge
        return facts
    }

    private func nodeFacts(_ i: Int) -> NodeFacts {
        var facts = NodeFacts()
        facts.cpuBusy = Double(i) / 100
        var disk = DiskFacts(device: "sda")
        disk.health = DiskHealth()
        disk.health?.wearUsed = 0.5
        facts.disks = [disk]
        facts.arrays = [ArrayFacts(device: "md0", required: 2, active: i % 3, failed: 0, spare: 0, rebuilding: false)]
        return facts
    }

    /// Ten minutes of three observers, each word told to the tape and to a snapshot beside it.
    private func tenMinutes(_ tape: inout Tape) -> [(Timestamp, Snapshot)] {
        var snapshot = Snapshot(platform: platform)
        var moments: [(Timestamp, Snapshot)] = []
        for i in 0..<600 {
            let at = t0 + .seconds(Double(i))
            var updates = [
                Update(source, at: at, .source(SourceStatus(i % 50 == 49 ? .failed : .live, endpoint: "e"))),
                Update(source, at: at + .milliseconds(1), .member(MemberID(group, "db-1"), facts(i))),
                Update(source, at: at + .milliseconds(2), .group(group, groupFacts(i))),
                Update(SourceID("node", "n"), at: at + .milliseconds(3), .node(NodeID("n"), nodeFacts(i))),
            ]
            if i % 97 == 96 {
                updates.append(
                    Update(source, at: at + .milliseconds(4), isEdge: true, .memberGone(MemberID(group, "db-1"))))
            }
            for update in updates {
                tape.append(update)
                snapshot.apply(update)
            }
            moments.append((at + .milliseconds(5), snapshot))
        }
        return moments
    }

    private func expectAlike(_ past: Snapshot?, _ seen: Snapshot, _ at: Timestamp) throws {
        let past = try #require(past)
        for member in seen.members {
            let sightings = past.member(member.id)?.sightings ?? []
            #expect(sightings.map(\.facts) == member.sightings.map(\.facts), "\(member.id) at \(at)")
            #expect(sightings.map(\.at) == member.sightings.map(\.at))
        }
        for g in seen.groups {
            #expect(past.group(g.id)?.sightings.map(\.facts) == g.sightings.map(\.facts), "\(g.id) at \(at)")
        }
        for host in seen.hosts {
            #expect(past.host(host.id)?.sightings.map(\.facts) == host.sightings.map(\.facts))
        }
        #expect(past.sources.map(\.status.state) == seen.sources.map(\.status.state))
    }

    /// Nothing is left out.
    private static var exact: Tape.Limits {
        var limits = Tape.Limits()
        limits.fineApart = .zero
        return limits
    }

    @Test func everyMomentIsAsItWasSeen() throws {
        var tape = Tape(platform: platform, limits: Self.exact)
        let moments = tenMinutes(&tape)
        for (at, seen) in moments { try expectAlike(tape.snapshot(at: at), seen, at) }
        #expect(tape.oldest == t0)
        #expect(tape.snapshot(at: t0 - .seconds(1)) == nil)
    }

    @Test func theOldestMakeRoomAtTheReachAndAtTheBytes() throws {
        var limits = Self.exact
        limits.reach = .seconds(240)
        limits.reel = .seconds(60)
        var tape = Tape(platform: platform, limits: limits)
        let moments = tenMinutes(&tape)
        #expect(tape.oldest == t0 + .seconds(300))
        try expectAlike(tape.snapshot(at: moments[400].0), moments[400].1, moments[400].0)

        limits.bytesMax = 8_000
        tape = Tape(platform: platform, limits: limits)
        _ = tenMinutes(&tape)
        #expect(try #require(tape.oldest) > t0 + .seconds(300))
        #expect(tape.bytes < 60_000)
    }

    /// All that was told in a reel that is full is smaller than it was, and is played as it was told.
    @Test func aFullReelIsMadeSmall() throws {
        var reel = Reel(from: t0, beginsWith: Known())
        let told = (1...200).map { i in
            (at: t0 + .seconds(Double(i)), bytes: (0..<40).map { UInt8(truncatingIfNeeded: $0 == 7 ? i : $0) })
        }
        for one in told { reel.append(Record(slot: 3, kind: .change, at: one.at, bytes: one.bytes[...]), at: one.at) }
        let before = reel.bytes
        reel.close()
        #expect(reel.bytes * 2 < before)
        var played: [Record] = []
        try reel.play(until: t0 + .seconds(150)) { record throws(TapeError) in played.append(record) }
        #expect(played.map(\.at) == told.prefix(150).map(\.at))
        #expect(played.map { Array($0.bytes) } == told.prefix(150).map(\.bytes))
    }

    @Test func aSubjectThatHardlyChangesCostsLittle() {
        var tape = Tape(platform: platform, limits: Self.exact)
        var last = 0
        for i in 0..<100 {
            var facts = facts(3)
            facts.replication?.replayedLSN = LSN(UInt64(i) << 12)
            tape.append(Update(source, at: t0 + .seconds(Double(i)), .member(MemberID(group, "db-1"), facts)))
            if i == 1 { last = tape.bytes }
        }
        #expect((tape.bytes - last) / 98 <= 12)
    }

    @Test func manySubjectsAreKeptFurtherApartButNothingThatHappened() throws {
        var limits = Tape.Limits()
        limits.fineSubjectsMax = 0
        var tape = Tape(platform: platform, limits: limits)
        for i in 0..<10 {
            tape.append(
                Update(
                    source, at: t0 + .seconds(Double(i)), isEdge: i == 7, .member(MemberID(group, "db-1"), facts(i))))
        }
        func connections(_ second: Double) -> Double? {
            tape.snapshot(at: t0 + .seconds(second))?.member(MemberID(group, "db-1"))?
                .sightings.first?.facts.figures["connections"]
        }
        #expect(connections(4) == 0)
        #expect(connections(5) == 5)
        #expect(connections(7) == 7)
        #expect(connections(9) == 7)
    }

    @Test func aSourceThatWasGivenUpTakesItsWordsWithIt() throws {
        var tape = Tape(platform: platform)
        tape.append(Update(source, at: t0, .source(SourceStatus(.live))))
        tape.append(Update(source, at: t0, .group(group, groupFacts(1))))
        tape.append(Update(source, at: t0 + .seconds(1), isEdge: true, .sourceGone))
        #expect(tape.snapshot(at: t0)?.sources.count == 1)
        #expect(tape.snapshot(at: t0 + .seconds(2))?.sources.isEmpty == true)
        #expect(tape.snapshot(at: t0 + .seconds(2))?.group(group)?.sightings.isEmpty != false)
    }

    @Test func aTornRecordIsAnErrorNotATrap() {
        #expect(throws: TapeError.torn) { try PackedDecoder.unpack(MemberFacts.self, [1, 2, 3]) }
        var bytes: [UInt8] = [1, 2, 3]
        #expect(throws: TapeError.torn) { try Delta.apply([1, 200], to: &bytes) }
        #expect(throws: TapeError.torn) { try Delta.apply([9, 1, 0], to: &bytes) }
    }

    @Test func deltasLeadFromOneToTheOther() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let old = (0..<Int.random(in: 1...60)).map { _ in UInt8.random(in: 0...3, using: &random) }
            let new = old.map { Int.random(in: 0...5) == 0 ? $0 &+ 1 : $0 }
            var got = old
            try Delta.apply(try #require(Delta.between(old, new))[...], to: &got)
            #expect(got == new)
        }
    }
}
