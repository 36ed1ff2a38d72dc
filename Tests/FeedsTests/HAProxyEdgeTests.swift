import Estate
import Settings
import Testing
import Wire

@testable import Feeds

@Suite struct HAProxyEdgeTests {
    private let group = GroupID("web")

    private func page(_ change: (String) -> String = { $0 }) throws -> HAProxyStatPage {
        try HAProxyStatPage(Array(change(try Recorded.text("haproxy/show-stat-edge-2.6.csv")).utf8)[...])
    }

    private func edge(_ change: (inout HAProxySettings) -> Void = { _ in }) -> HAProxyEdge {
        var settings = HAProxySettings(backend: "web")
        settings.frontends = ["www"]
        change(&settings)
        return HAProxyEdge([group: settings], pools: ["web": group])
    }

    @Test func ratesComeOfTwoAnswers() throws {
        var edge = edge()
        let first = try #require(edge.take(try page(), at: Timestamp(seconds: 100))[group])
        #expect(first.deniedRate == nil)
        #expect(first.connectionsMax == 200)
        let more = try page { $0.replacing("85,6970,21600,30,", with: "185,6970,21600,80,") }
        let second = try #require(edge.take(more, at: Timestamp(seconds: 110))[group])
        #expect(second.deniedRate == 5)
        edge.forgetCounters()
        let again = try page()
        #expect(edge.take(again, at: Timestamp(seconds: 120))[group]?.deniedRate == nil)
    }

    @Test func clientsComeFromTheTableOfTheFrontend() throws {
        var edge = edge { $0.clientLimitRate = 5 }
        _ = edge.take(try page(), at: .zero)
        let heads = HAProxyTableHead.list(try Recorded.bytes("haproxy/show-table-2.6.txt"))
        #expect(heads.map(\.name) == ["www"])
        #expect(edge.questions(heads) == ["show table www data.http_req_rate gt 0"])
        edge.take(try #require(HAProxyTable(try Recorded.bytes("haproxy/show-table-www-2.6.txt"))))
        let facts = try #require(edge.take(try page(), at: .zero)[group])
        #expect(facts.clients == 2)
        #expect(facts.talkers.map(\.address) == ["127.0.0.1", "127.0.0.7"])
        #expect(facts.talkers[0].requestRate == 5.3)
        #expect(facts.talkers[0].deniedRate == 3, "above the limit, errors are denials")
        #expect(facts.talkers[1].deniedRate == nil)
    }

    @Test func aTableOfManyIsAskedForTheBusyOnes() throws {
        var edge = edge()
        _ = edge.take(try page(), at: .zero)
        let text = try Recorded.text("haproxy/show-table-2.6.txt").replacing("used:2", with: "used:900000")
        let heads = HAProxyTableHead.list(Array(text.utf8))
        #expect(edge.questions(heads) == ["show table www data.http_req_rate gt 8"])
        let hostile = HAProxyTableHead.list(Array("# table: a;quit, type: ip, size:1, used:1\n".utf8))
        var named = HAProxySettings(backend: "web")
        (named.frontends, named.table) = (["www"], "a;quit")
        var other = HAProxyEdge([group: named], pools: ["web": group])
        _ = other.take(try page(), at: .zero)
        #expect(other.questions(hostile).isEmpty, "a name that would end the command is never sent")
    }

    @Test func certificatesTellTheirEnd() throws {
        #expect(
            HAProxyCertificate.files(try Recorded.bytes("haproxy/show-ssl-cert-2.6.txt")) == ["/etc/haproxy/shop.pem"])
        let one = try #require(HAProxyCertificate(try Recorded.bytes("haproxy/show-ssl-cert-one-2.6.txt")))
        #expect(one.name == "shop.example")
        #expect(one.expiresAt.seconds == 1_796_127_016)
        #expect(HAProxyCertificate(Array("nonsense".utf8)) == nil)
        #expect(HAProxyCertificate.files(Array("Unknown command".utf8)).isEmpty)
    }
}
