import Estate
import Insight
import Testing

@Suite struct NodeTests {
    @Test func theTableOfHardware() {
        func disk(_ change: (inout DiskHealth) -> Void) -> (inout NodeFacts) -> Void {
            var health = DiskHealth()
            change(&health)
            return { facts in
                facts.disks = [DiskFacts(device: "sda")]
                facts.disks[0].health = health
            }
        }
        func array(_ active: Int, _ required: Int, rebuilding: Bool = false) -> (inout NodeFacts) -> Void {
            var array = ArrayFacts(
                device: "md0", required: required, active: active, failed: 0, spare: 0, rebuilding: rebuilding)
            array.rebuildProgress = rebuilding ? 0.43 : nil
            return { $0.arrays = [array] }
        }
        let cases: [((inout NodeFacts) -> Void, Verdict, String)] = [
            ({ _ in }, .protected, ""),
            (array(2, 2), .protected, ""),
            (array(1, 2), .atRisk, "md0 runs on 1 of 2 disks"),
            (array(1, 2, rebuilding: true), .atRisk, "md0 is rebuilding, 43 % done: 1 of 2 disks"),
            (array(.min, .max), .atRisk, "md0 runs on \(Int.min) of \(Int.max) disks"),
            (disk { $0.isPassed = true }, .protected, ""),
            (disk { $0.isPassed = false }, .atRisk, "sda expects to fail"),
            (disk { $0.pendingSectors = 8 }, .atRisk, "sda cannot read 8 sectors"),
            (disk { $0.reallocatedSectors = 3 }, .protected, "sda has given up 3 sectors"),
            (disk { $0.reallocatedSectors = 80 }, .atRisk, "sda has given up 80 sectors"),
            (disk { $0.wearUsed = 0.93 }, .atRisk, "sda is worn to 93 %"),
            (disk { $0.wearUsed = .nan }, .protected, ""),
            (disk { $0.celsius = 66 }, .atRisk, "sda is at 66 C"),
            (
                { $0.temperatures = [TemperatureFacts(sensor: "cpu", celsius: 87, limitCelsius: 90)] }, .atRisk,
                "cpu is at 87 C, its limit 90 C"
            ),
            (
                { $0.temperatures = [TemperatureFacts(sensor: "cpu", celsius: 91, limitCelsius: 90)] }, .degraded,
                "cpu is at 91 C, its limit 90 C"
            ),
            (
                {
                    $0.fileSystems = [
                        FileSystemFacts(mountPoint: "/data", sizeBytes: 100, availableBytes: 6, isReadOnly: false)
                    ]
                }, .atRisk, "/data is 94 % full"
            ),
            (
                {
                    $0.fileSystems = [
                        FileSystemFacts(mountPoint: "/snap", sizeBytes: 100, availableBytes: 0, isReadOnly: true)
                    ]
                }, .protected, ""
            ),
            (
                {
                    $0.fileSystems = [
                        FileSystemFacts(mountPoint: "/x", sizeBytes: .max, availableBytes: .min, isReadOnly: false)
                    ]
                }, .degraded, "/x is 200 % full"
            ),
            ({ $0.clockOffsetSeconds = -3 }, .atRisk, "its clock is 3 s off"),
            ({ $0.clockOffsetSeconds = .nan }, .protected, ""),
        ]
        for (change, verdict, text) in cases {
            var scene = Scene()
            scene.host("n-ams", change)
            let node = scene.assessment.node(NodeID("n-ams"))
            #expect(node?.verdict == verdict && node?.headline == text, "\(text): \(node?.reasons ?? [])")
        }
    }

    @Test func worstFirstAndTheUnwatchedLast() {
        var scene = Scene()
        scene.host("n-lon") {
            $0.arrays = [ArrayFacts(device: "md0", required: 2, active: 1, failed: 1, spare: 0, rebuilding: false)]
        }
        scene.host("n-dub") { $0.load1 = 1 }
        #expect(scene.assessment.nodes.map(\.id.name) == ["n-lon", "n-dub", "n-ams"])
        #expect(scene.assessment.nodes.map(\.verdict) == [.atRisk, .protected, .unknown])
        scene.now = scene.now + .seconds(60)
        #expect(
            scene.assessment.nodes.prefix(2).allSatisfy {
                $0.verdict == .unknown && $0.headline.hasPrefix("nothing fresh")
            })
    }

    /// A disk that gives way matters where losing its host would hurt.
    @Test func aThreatHurtsWhereTheHostIsNeeded() {
        var scene = Scene()
        scene.healthy()
        for i in 0..<3 { scene.server("s\(i)", .up, node: i) }
        scene.host("n-ams") {
            $0.arrays = [ArrayFacts(device: "md0", required: 2, active: 1, failed: 1, spare: 0, rebuilding: false)]
        }
        let noted = "n-ams may fail (md0 runs on 1 of 2 disks): if it does, b takes over, nothing lost"
        #expect(scene.database.verdict == .protected)
        #expect(scene.database.reasons.contains { $0.text == noted && $0.severity == .protected })
        scene.unreachable("b")
        let g = scene.database
        #expect(g.verdict == .atRisk)
        #expect(
            g.reasons.contains {
                $0.text == "n-ams may fail (md0 runs on 1 of 2 disks): if it does, nobody can take over"
                    && $0.severity == .atRisk
            })
        #expect(scene.group("api").verdict == .protected)
    }

    @Test func hardwareThatGivesWayIsNewsOnce() {
        var scene = Scene()
        func tell(active: Int, moved: Int64, passed: Bool = true) {
            scene.host("n-ams") { facts in
                facts.arrays = [
                    ArrayFacts(device: "md0", required: 2, active: active, failed: 0, spare: 0, rebuilding: false)
                ]
                facts.disks = [DiskFacts(device: "sda")]
                facts.disks[0].health = DiskHealth()
                facts.disks[0].health?.reallocatedSectors = moved
                facts.disks[0].health?.isPassed = passed
            }
        }
        tell(active: 2, moved: 4)
        for _ in 0..<2 { tell(active: 1, moved: 4) }
        tell(active: 1, moved: 30)
        for _ in 0..<2 { tell(active: 2, moved: 30, passed: false) }
        #expect(
            scene.events(.note).map(\.text) == [
                "n-ams: md0 lost a disk, 1 of 2 disks", "n-ams: sda gave up 26 more sectors, 30 in all",
                "n-ams: md0 is whole again, 2 of 2 disks", "n-ams: sda expects to fail",
            ])
        #expect(scene.events(.note).allSatisfy { $0.node == NodeID("n-ams") })
    }

    @Test func whatTwoWatchIsToldOnceAndTheLateOneDoesNotTakeItBack() {
        var scene = Scene()
        func tell(_ source: SourceID, active: Int, passed: Bool) {
            var facts = NodeFacts()
            facts.arrays = [
                ArrayFacts(device: "md0", required: 2, active: active, failed: 0, spare: 0, rebuilding: false)
            ]
            facts.disks = [DiskFacts(device: "sda")]
            facts.disks[0].health = DiskHealth()
            facts.disks[0].health?.isPassed = passed
            scene.say(source, .node(NodeID("n-ams"), facts))
            scene.wait(3)
        }
        let (own, far) = (SourceID("node", "n-ams"), SourceID("prometheus", "m"))
        for source in [own, far] { tell(source, active: 2, passed: true) }
        tell(own, active: 1, passed: false)
        tell(far, active: 2, passed: true)
        tell(far, active: 1, passed: false)
        tell(own, active: 2, passed: true)
        tell(far, active: 2, passed: true)
        #expect(
            scene.events(.note).map(\.text) == [
                "n-ams: md0 lost a disk, 1 of 2 disks", "n-ams: sda expects to fail",
                "n-ams: md0 is whole again, 2 of 2 disks",
            ])
    }

    @Test func whatComesByDegreesIsNewsWhenItLasts() {
        var scene = Scene()
        func fill(_ seconds: Double?) {
            scene.host("n-ams") { facts in
                facts.fileSystems = [
                    FileSystemFacts(mountPoint: "/data", sizeBytes: 100, availableBytes: 50, isReadOnly: false)
                ]
                facts.fileSystems[0].fullInSeconds = seconds
            }
            scene.wait(1)
        }
        for _ in 0..<4 { fill(nil) }
        fill(600)
        for _ in 0..<4 { fill(nil) }
        #expect(scene.events(.verdict).filter { $0.node != nil }.isEmpty, "a moment is no news")
        for _ in 0..<6 { fill(7_200) }
        for _ in 0..<6 { fill(600) }
        for _ in 0..<6 { fill(nil) }
        let told = scene.events(.verdict).filter { $0.node == NodeID("n-ams") }
        #expect(
            told.map(\.text) == [
                "n-ams AT RISK: /data is full in 2 h", "n-ams DEGRADED: /data is full in 10 min", "n-ams PROTECTED",
            ])
        #expect(told.map(\.severity) == [.warning, .alarm, .notice])
    }
}

@Suite struct SinglePointTests {
    @Test func aSpreadPlatformHasNoneButItsStore() {
        var scene = Scene()
        scene.healthy()
        scene.store(healthy: 3)
        for i in 0..<3 { scene.server("s\(i)", .up, node: i) }
        let points = scene.assessment.singlePoints
        #expect(points.map(\.loss) == [.balancer(SourceID("haproxy", "lb-1")), .group(GroupID("etcd"))], "\(points)")
        #expect(points[0].text == "api down" && points[0].remedy == "a second balancer for api")
        #expect(points[1].outages == [Scene.db, GroupID("etcd")])
    }

    @Test func whatStandsOnOneHostIsFoundWorstFirst() throws {
        var scene = Scene(tier: .critical)
        scene.healthy()
        scene.unreachable("b")
        for lb in ["lb-1", "lb-2"] { for i in 0..<2 { scene.server("s\(i)", .up, node: 0, at: lb) } }
        let points = scene.assessment.singlePoints
        let node = try #require(points.first)
        #expect(node.loss == .node(NodeID("n-ams")) && node.isAgainstPlan)
        #expect(node.text == "api and db down")
        #expect(node.remedy == "servers of api on another node")
        #expect(points.contains { $0.loss == .site(SiteID("ams")) && $0.isAgainstPlan })
        #expect(!points.contains { $0.loss == .node(NodeID("n-dub")) })
        #expect(scene.assessment.singlePoints(of: Scene.db).allSatisfy { $0.outages.contains(Scene.db) })
    }

    @Test func whatWouldLoseMoreThanMayBeLostCounts() throws {
        var scene = Scene(rpoBytes: 1_000)
        scene.healthy(standbys: nil)
        scene.primary("a", written: 1_000_500)
        #expect(scene.assessment.singlePoints.isEmpty)
        scene.primary("a", written: 1_005_000)
        let point = try #require(scene.assessment.singlePoints.first { $0.loss == .node(NodeID("n-ams")) })
        #expect(point.text == "db loses 4.9 KiB" && point.outages.isEmpty)
        #expect(point.remedy == "a synchronous standby for db on another node")
    }

    @Test func providersCount() throws {
        var scene = Scene()
        scene.path("a1", provider: "telco-a")
        scene.path("a2", provider: "telco-a")
        let point = try #require(scene.assessment.singlePoints.first)
        #expect(point.loss == .provider("telco-a") && point.remedy == "a path of another provider for net")
    }

    /// The plan asks to survive a site, and all of it is in one.
    @Test func askingForASiteMakesItsLossARisk() {
        var scene = Scene()
        scene.reform { for i in 1...2 { $0.nodes[i].site = SiteID("ams") } }
        for i in 0..<3 { scene.server("s\(i)", .up, node: i) }
        #expect(scene.group("api").verdict == .protected)
        scene.plan(GroupID("api")) { $0.survivesSite = true }
        #expect(scene.group("api").verdict == .atRisk)
        #expect(scene.group("api").headline == "survives the loss of no site: all that is up is in one")
        scene.reform { $0.nodes[2].site = nil }
        #expect(scene.group("api").notes.contains { $0.contains("loss of a site is not known") })
    }

    /// What is found agrees with asking what would be without each.
    @Test func itAgreesWithWhatIf() {
        var scene = Scene()
        scene.healthy()
        scene.store(healthy: 2)
        scene.writePool(leader: "a")
        for i in 0..<2 { scene.server("s\(i)", .up, node: i) }
        let assessment = scene.assessment
        let found = Set(assessment.singlePoints.map(\.loss))
        for site in ["ams", "lon", "dub"] {
            for loss in [Loss.node(NodeID("n-\(site)")), .site(SiteID(site))] {
                let isOutage = assessment.without(loss).contains { $0.serves == false }
                #expect(found.contains(loss) == isOutage, "\(loss)")
            }
        }
    }
}
