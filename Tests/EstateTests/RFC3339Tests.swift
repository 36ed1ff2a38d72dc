import Testing

@testable import Estate

@Suite("Times")
struct RFC3339Tests {
    @Test(
        "RFC 3339 in UTC, before 1970 and over leap days too",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00.000Z"), (1_795_241_702_120_000_000, "2026-11-21T06:15:02.120Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (4_107_542_399_999_999_999, "2100-02-28T23:59:59.999Z"),
        ])
    func text(_ nanoseconds: Int64, _ expected: String) {
        #expect(RFC3339.text(Timestamp(nanoseconds: nanoseconds)) == expected)
    }

    @Test(arguments: [0, 951_782_400, 1_709_164_800, 1_795_262_400, 4_102_444_799, -86_401])
    func whatIsWrittenIsReadAgain(_ seconds: Int64) {
        let at = Timestamp(seconds: Double(seconds)) + .milliseconds(120)
        #expect(RFC3339.parse(RFC3339.text(at)) == at)
        #expect(RFC3339.parse(RFC3339.seconds(at)) == Timestamp(seconds: Double(seconds)))
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21T06:15:02", "2026-13-21T06:15:02Z", "2026-11-21T24:00:00Z",
        "2026-11-21T06:15:0xZ", "2026-11-21 06:15:02Z", "2026-11-21T06:15:02.1200Z", "2026-11-21T06:15:02.1-0Z",
    ])
    func anythingElseIsNoMoment(_ text: String) { #expect(RFC3339.parse(text) == nil) }
}
