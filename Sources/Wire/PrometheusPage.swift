/// A sample kept after its page is gone.
public struct PrometheusSample: Hashable, Sendable {
    /// The metric's name as on the page.
    public let name: String
    /// Label names and values; a name that comes twice keeps its first value.
    public let labels: [String: String]
    /// The value; NaN and infinities are as the page gave them.
    public let value: Double
    /// Milliseconds since 1970, where the page gives a time.
    public let timestampMilliseconds: Int64?
}

/// A page read as a whole. Simpler than ``PrometheusScanner`` and slower, because every sample is copied: for pages
/// of a few hundred samples, and for tests.
public struct PrometheusPage: Sendable {
    /// At most so many samples are kept of a page; `report.isOverLimit` says when there were more.
    public static let samplesMax = 100_000

    public let samples: [PrometheusSample]
    public let report: PrometheusReport

    public init(
        _ bytes: [UInt8], _ families: PrometheusFamilies = .everything,
        format: PrometheusScanner.Format = .text
    ) {
        var samples: [PrometheusSample] = []
        report = PrometheusScanner.scan(bytes.span.bytes, families, format: format, samplesMax: Self.samplesMax) {
            line in
            samples.append(
                PrometheusSample(
                    name: line.name,
                    labels: Dictionary(
                        line.labels.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }),
                    value: line.value, timestampMilliseconds: line.timestampMilliseconds))
        }
        self.samples = samples
    }
}
