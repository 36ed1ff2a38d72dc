import Control
import Estate
import Foundation
import Journal
import PitbossTestKit
import Plans
import Simulator
import Testing

/// Random plans on a platform with random faults, by processes that die at a random await; others take their journal
/// over. `scripts/interruptions` for many.
@Suite struct InterruptionTests {
    @Test func whateverIsInterruptedIsConcluded() async throws {
        let environment = ProcessInfo.processInfo.environment
        let wanted = environment["PITBOSS_INTERRUPTIONS"].flatMap { Int($0) } ?? 10
        var seed = environment["PITBOSS_SEED"].flatMap { UInt64($0) } ?? 1
        var tally = Tally()
        while tally.interruptions < wanted {
            let season = try Season(seed: seed)
            do {
                try await season.play()
            } catch {
                Issue.record("seed \(seed): \(error)")
            }
            for problem in season.problems { Issue.record("seed \(seed): \(problem)") }
            tally.add(season.tally)
            seed += 1
            if tally.seasons % 100 == 0 { note("\(tally)") }
        }
        note("\(tally)")
        #expect(tally.states.keys.allSatisfy { ["done", "undone", "incomplete", "in doubt"].contains($0) })
    }

    private func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

struct Tally: CustomStringConvertible {
    var seasons = 0
    var plans = 0
    var requests = 0
    var interruptions = 0
    /// How the interrupted ones were concluded at first.
    var states: [String: Int] = [:]
    /// How the ones that nobody interrupted ended.
    var outcomes: [String: Int] = [:]

    mutating func add(_ other: Tally) {
        seasons += 1
        plans += other.plans
        requests += other.requests
        interruptions += other.interruptions
        states.merge(other.states, uniquingKeysWith: +)
        outcomes.merge(other.outcomes, uniquingKeysWith: +)
    }

    var description: String {
        func list(_ counts: [String: Int]) -> String {
            counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        }
        return "\(interruptions) interruptions of \(plans) plans on \(seasons) platforms, \(requests) requests;"
            + " interrupted: \(list(states)); not interrupted: \(list(outcomes))"
    }
}

/// The same numbers from the same seed.
struct Dice: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        var x = state ^ state >> 33
        x = x &* 0xFF51_AFD7_ED55_8CCD
        return x ^ x >> 33
    }
}
