import Estate
import Feeds
import Settings
import Testing
import Transport

@testable import Doctor

@Suite("Doctor")
struct DoctorTests {
    @Test(
        "HTTP dates",
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", Int64(0)), ("Sat, 21 Nov 2026 06:15:02 GMT", 1_795_241_702),
            ("Tue, 29 Feb 2000 00:00:00 GMT", 951_782_400), ("Sat, 21 Nov 2026 06:15:02", nil),
            ("Sat, 21 Nox 2026 06:15:02 GMT", nil), ("Sat, 21 Nov 2026 25:15:02 GMT", nil), ("", nil),
        ] as [(String, Int64?)])
    func dates(_ text: String, _ seconds: Int64?) {
        #expect(HTTPDate.parse(text)?.nanoseconds == seconds.map { $0 * 1_000_000_000 })
    }

    private func doctor(_ settings: PitbossSettings = PitbossSettings(name: "p")) -> Doctor {
        Doctor(settings, clock: SystemTimekeeper())
    }

    @Test("an offset within the limit is fine, beyond it a warning that says which way")
    func clock() async {
        let doctor = doctor()
        #expect(doctor.clockFinding("x", seconds: 0.2).grade == .ok)
        let ahead = doctor.clockFinding("x", seconds: 3)
        #expect(ahead.grade == .warning)
        #expect(ahead.text.contains("3.0 s ahead of ours"))
        #expect(doctor.clockFinding("x", seconds: -3).text.contains("behind"))
        await doctor.door.close()
    }

    @Test("a date header tells only what whole seconds allow")
    func dateHeader() async {
        let doctor = doctor()
        let now = doctor.clock.now()
        func findings(_ seconds: Double) -> [Finding] {
            let at = now + .seconds(seconds)
            let whole = at.nanoseconds / 1_000_000_000
            let header = "Thu, 01 Jan 1970 00:00:00 GMT"
            #expect(HTTPDate.parse(header) == .zero)
            return doctor.clockByDate(
                "x", HTTPReply(status: 200, body: [], took: .milliseconds(1), dateHeader: Self.header(whole)))
        }
        #expect(findings(0).isEmpty)
        #expect(findings(60).map(\.grade) == [.warning])
        #expect(findings(-60).map(\.grade) == [.warning])
        await doctor.door.close()
    }

    /// Writes a date as HTTP does, for days of this century.
    private static func header(_ seconds: Int64) -> String {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        var day = seconds / 86_400
        var year: Int64 = 1970
        func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
        while day >= (isLeap(year) ? 366 : 365) {
            day -= isLeap(year) ? 366 : 365
            year += 1
        }
        let lengths: [Int64] = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var month = 0
        while day >= lengths[month] {
            day -= lengths[month]
            month += 1
        }
        let second = seconds % 86_400
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "Xxx, \(two(day + 1)) \(months[month]) \(year) "
            + "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60)) GMT"
    }

    @Test("a secret that is not there is a fault with its place")
    func secrets() {
        var settings = PitbossSettings(name: "p")
        var patroni = PatroniSettings(scope: "a", etcd: [Endpoint(url: "http://127.0.0.1:1")])
        patroni.rest.username = "u"
        patroni.rest.password = .environment("PITBOSS_TEST_NOT_SET")
        settings.groups = [GroupSettings(GroupPlan(GroupID("a")), .patroni(patroni))]
        let findings = SecretCheck.findings(settings)
        #expect(findings.map(\.grade) == [.fault])
        #expect(findings.first?.text.contains("PITBOSS_TEST_NOT_SET") == true)
    }

    @Test("nothing that is unreachable hangs it, and every endpoint is told with a remedy")
    func unreachable() async {
        var settings = PitbossSettings(name: "p")
        settings.etcd = [EtcdSettings("etcd", endpoints: [Endpoint(url: "http://127.0.0.1:1")])]
        settings.balancers = [BalancerSettings("lb", socket: Endpoint(url: "unix:///nowhere/x.sock"))]
        settings.nodes = [NodeSettings(NodeID("n"), nodeExporter: Endpoint(url: "http://127.0.0.1:1/metrics"))]
        let patroni = PatroniSettings(scope: "a", etcd: [Endpoint(url: "http://127.0.0.1:1")])
        settings.groups = [GroupSettings(GroupPlan(GroupID("a")), .patroni(patroni))]
        let findings = await doctor(settings).examine()
        #expect(findings.filter { $0.grade == .fault }.count == 4)
        #expect(findings.allSatisfy { $0.grade == .ok || $0.remedy?.isEmpty == false })
    }

    @Test("a page's address is service and path")
    func pages() {
        let (base, path) = Doctor.split(Endpoint(url: "http://h:9100/metrics"))
        #expect(base.url == "http://h:9100")
        #expect(path == "/metrics")
        #expect(Doctor.split(Endpoint(url: "http://h:9100")).1 == "/metrics")
        #expect(Doctor.door("http://h:8008/patroni") == "http://h:8008")
    }
}
