/// What one check found.
public struct Finding: Sendable, Equatable, Encodable {
    public enum Grade: String, Sendable, Encodable, Comparable, CaseIterable {
        case ok, warning, fault
        public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
        private var rank: Int {
            switch self {
            case .ok: 0
            case .warning: 1
            case .fault: 2
            }
        }
    }

    public let grade: Grade
    /// What was looked at, e.g. `etcd http://10.0.0.1:2379`.
    public let subject: String
    /// What was found.
    public let text: String
    /// How to mend it; nil where nothing is to be mended.
    public let remedy: String?

    public init(_ grade: Grade, _ subject: String, _ text: String, remedy: String? = nil) {
        self.grade = grade
        self.subject = subject
        self.text = text
        self.remedy = remedy
    }

    static func ok(_ subject: String, _ text: String) -> Finding { Finding(.ok, subject, text) }
    static func warning(_ subject: String, _ text: String, remedy: String) -> Finding {
        Finding(.warning, subject, text, remedy: remedy)
    }
    static func fault(_ subject: String, _ text: String, remedy: String) -> Finding {
        Finding(.fault, subject, text, remedy: remedy)
    }

    /// For people: `fault  etcd http://…  text` and, below, the remedy.
    public var lines: [String] {
        let mark =
            switch grade {
            case .ok: "ok     "
            case .warning: "WARNING"
            case .fault: "FAULT  "
            }
        return ["\(mark)  \(subject): \(text)"] + (remedy.map { ["         \($0)"] } ?? [])
    }
}
