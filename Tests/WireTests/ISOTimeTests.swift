import Estate
import Testing
import Wire

@Suite struct ISOTimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-21T05:31:50+00:00", 1_795_239_110),
        ("2026-11-21 06:31:50+01", 1_795_239_110),
        ("2026-11-21 06:31:50 +0100", 1_795_239_110),
        ("2026-11-21 01:01:50-04:30", 1_795_239_110),
        ("2026-11-21 05:31:50 UTC", 1_795_239_110),
        ("2026-11-21 05:31:50", 1_795_239_110),
        ("2024-02-29T23:59:60Z", 1_709_251_200),
        ("2000-03-01T00:00Z", 951_868_800),
    ])
    func reads(_ text: String, _ seconds: Int64) {
        #expect(ISOTime.parse(text) == Timestamp(nanoseconds: seconds * 1_000_000_000))
    }

    @Test func keepsFractions() {
        #expect(
            ISOTime.parse("2026-11-21T05:31:50.123456+00:00")?.nanoseconds == 1_795_239_110_123_456_000)
        #expect(ISOTime.parse("2026-11-21T05:31:50.1234567891234Z")?.nanoseconds == 1_795_239_110_123_456_789)
    }

    @Test(arguments: [
        "", "now", "2026", "2026-11-21", "2026-13-01T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T05:31:50.",
        "2026-11-21T05:31:50+1", "2026-11-21T05:31:50 CET", "9999-01-01T00:00:00Z", "1969-12-31T23:59:59Z",
        "２０２６-11-21T05:31:50Z",
    ])
    func refuses(_ text: String) {
        #expect(ISOTime.parse(text) == nil)
    }
}
