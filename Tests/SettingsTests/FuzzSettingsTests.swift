import Foundation
import Testing

@testable import Settings

/// Whatever stands in a file, reading it ends, and what is read can be written and read again.
@Suite struct FuzzSettingsTests {
    static let roundsUsual = 300
    private static let words = [
        ":", "-", "{", "}", "[", "]", "\n", "  ", "&a ", "*a", "!!int ", "? ", "|", ">", "\"", "'", "#", "%", "@",
        "null",
        "~", "\u{0}", "\t", "1e999", "<<: *a", "via: ", "ssh://-o", "ü",
    ]

    @Test func bearsAnything() {
        let wanted = ProcessInfo.processInfo.environment["PITBOSS_FUZZ_SECONDS"].flatMap { Double($0) } ?? 0
        let clock = ContinuousClock()
        let end = clock.now + .seconds(wanted)
        var state: UInt64 = 20_261_121
        func below(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return limit <= 0 ? 0 : Int((state >> 33) % UInt64(limit))
        }
        var (rounds, read, slowest) = (0, 0, Duration.zero)
        while rounds < Self.roundsUsual || clock.now < end {
            var text = Array(SampleFile.yaml.unicodeScalars)
            for _ in 0...below(5) {
                let at = below(text.count)
                switch below(4) {
                case 0: text.removeSubrange(at..<min(text.count, at + 1 + below(20)))
                case 1: text.insert(contentsOf: Self.words[below(Self.words.count)].unicodeScalars, at: at)
                case 2:
                    text.insert(contentsOf: Array(text[at..<min(text.count, at + below(60))]), at: below(text.count))
                default: text[at] = Unicode.Scalar(UInt8(below(127)))
                }
            }
            var made = String.UnicodeScalarView()
            made.append(contentsOf: text)
            let yaml = String(made)
            let took = clock.measure {
                guard let settings = try? SettingsReader.read(yaml, file: "f.yaml", folder: "/etc") else { return }
                read += 1
                #expect(
                    (try? SettingsReader.read(SettingsWriter.yaml(settings), file: "w", folder: "/")) == settings,
                    "\(yaml)")
            }
            slowest = max(slowest, took)
            rounds += 1
        }
        #expect(slowest < .seconds(2), "the slowest of \(rounds) took \(slowest)")
        #expect(read > 0)
        if wanted > 0 {
            FileHandle.standardError.write(
                Data("YAML settings: \(rounds) rounds, \(read) read, slowest \(slowest)\n".utf8))
        }
    }
}
