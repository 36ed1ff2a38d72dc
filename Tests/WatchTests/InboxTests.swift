import Estate
import PitbossTestKit
import Testing
import Watch

private let t0 = Timestamp(seconds: 1_700_000_000)
private let sql = SourceID("sql", "db/a")
private let member = MemberID(GroupID("db"), "a")

private func level(_ n: Double, _ source: SourceID = sql, _ id: MemberID = member, isEdge: Bool = false) -> Update {
    var facts = MemberFacts()
    facts.figures["n"] = n
    return Update(source, at: t0 + .seconds(n), isEdge: isEdge, .member(id, facts))
}

private func numbers(_ updates: [Update]) -> [Double] {
    updates.compactMap { update in
        if case .member(_, let facts) = update.body { return facts.figures["n"] }
        return nil
    }
}

@Suite struct InboxTests {
    @Test func onlyTheNewestLevelWaits() {
        let inbox = Inbox {}
        for n in 1...5 { inbox.send(level(Double(n))) }
        #expect(numbers(inbox.take()) == [5])
        #expect(inbox.coalescedCount == 4)
        #expect(inbox.isEmpty && inbox.take().isEmpty)
        // What was taken is not written over.
        inbox.send(level(6))
        #expect(numbers(inbox.take()) == [6])
    }

    @Test func subjectsAndSourcesAreKeptApart() {
        let inbox = Inbox {}
        let other = MemberID(GroupID("db"), "b")
        let etcd = SourceID("etcd", "db")
        for n in [1.0, 2] {
            inbox.send(level(n))
            inbox.send(level(n + 10, sql, other))
            inbox.send(level(n + 20, etcd))
        }
        #expect(numbers(inbox.take()) == [2, 12, 22])
    }

    @Test func edgesAreAllKeptAndNothingPassesThem() {
        let inbox = Inbox {}
        inbox.send(level(1))
        inbox.send(level(2, isEdge: true))
        inbox.send(level(3))
        inbox.send(level(4))
        inbox.send(level(5, isEdge: true))
        inbox.send(level(6, isEdge: true))
        #expect(numbers(inbox.take()) == [1, 2, 4, 5, 6])
    }

    @Test func anEdgeOfTheSourceItselfIsNotPassedEither() {
        let inbox = Inbox {}
        inbox.send(level(1))
        inbox.send(Update(sql, at: t0, isEdge: true, .source(SourceStatus(.failed))))
        inbox.send(level(2))
        let taken = inbox.take()
        #expect(taken.count == 3)
        #expect(numbers(Array(taken.suffix(1))) == [2])
    }

    @Test func overTheLimitIsToldAsAGapAndEdgesFindRoom() {
        let inbox = Inbox(updatesMax: 8) {}
        for n in 0..<10 { inbox.send(level(Double(n), SourceID("s", "\(n)"))) }
        // Levels may fill three quarters.
        for n in 10..<12 { inbox.send(level(Double(n), isEdge: true)) }
        for n in 12..<15 { inbox.send(level(Double(n), isEdge: true)) }
        let taken = inbox.take()
        #expect(numbers(taken) == [0, 1, 2, 3, 4, 5, 10, 11])
        #expect(taken.last?.body == .gap(7))
        #expect(taken.last?.source == Inbox.gapSource)
        inbox.send(level(20))
        #expect(inbox.take().count == 1)
    }

    @Test func wakesOnceUntilTaken() {
        let wakes = Observed(0)
        let inbox = Inbox { wakes.update { $0 += 1 } }
        inbox.send(level(1))
        inbox.send(level(2))
        inbox.send(level(3, isEdge: true))
        #expect(wakes.value == 1)
        _ = inbox.take()
        inbox.send(level(4))
        #expect(wakes.value == 2)
    }

    /// Whatever comes in whatever order: the last level of each subject arrives, every edge arrives, in order.
    @Test(arguments: 0..<20)
    func nothingThatCountsIsLost(seed: Int) {
        var random = SplitMix(state: UInt64(seed))
        let inbox = Inbox {}
        var taken: [Update] = []
        var sent: [Update] = []
        for n in 0..<500 {
            let source = SourceID("s", "\(random.next() % 3)")
            let id = MemberID(GroupID("g"), "\(random.next() % 3)")
            let update = level(Double(n), source, id, isEdge: random.next() % 7 == 0)
            sent.append(update)
            inbox.send(update)
            if random.next() % 50 == 0 { taken += inbox.take() }
        }
        taken += inbox.take()
        #expect(numbers(taken.filter(\.isEdge)) == numbers(sent.filter(\.isEdge)))
        for source in 0..<3 {
            let name = "\(source)"
            let mine = taken.filter { $0.source.name == name }
            // Of one subject the order is that in which it was sent, and the last is the last.
            for subject in 0..<3 {
                let id = MemberID(GroupID("g"), "\(subject)")
                func of(_ updates: [Update]) -> [Double] {
                    numbers(
                        updates.filter { update in
                            if case .member(id, _) = update.body { return update.source.name == name }
                            return false
                        })
                }
                #expect(of(mine) == of(mine).sorted())
                #expect(of(mine).last == of(sent).last)
            }
        }
    }

    @Test func manySendersAtOnce() async {
        let inbox = Inbox(updatesMax: 100_000) {}
        await withTaskGroup(of: Void.self) { group in
            for sender in 0..<8 {
                group.addTask {
                    for n in 0..<500 { inbox.send(level(Double(n), SourceID("s", "\(sender)"), isEdge: true)) }
                }
            }
        }
        let taken = inbox.take()
        #expect(taken.count == 4000)
        for sender in 0..<8 {
            #expect(numbers(taken.filter { $0.source.name == "\(sender)" }) == (0..<500).map(Double.init))
        }
    }
}

/// A generator that gives the same numbers again.
struct SplitMix {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
