import Estate
import Testing

@testable import Feeds

@Suite struct NodeRatesTests {
    private let at = Timestamp(seconds: 1_795_242_657.2)

    private func page(_ name: String) throws -> NodePage {
        NodePage(try Recorded.bytes("nodeexporter/debian-1.5.0-\(name).prom"))
    }

    private func text(_ text: String) -> NodePage { NodePage(Array(text.utf8)) }

    @Test func twoPagesOfARealHost() throws {
        var rates = NodeRates()
        let first = rates.take(try page("host-1"), at: at, took: .milliseconds(20))
        #expect(first.cpuCount == 2)
        #expect(first.cpuBusy == nil, "one page has no rates")
        #expect(first.disks.map(\.device) == ["vda"])
        #expect(first.disks[0].busy == nil)
        #expect(first.bootedAt == Timestamp(seconds: 1_795_236_549))
        #expect(first.fileSystems.map(\.mountPoint) == ["/"])
        #expect(first.fileSystems[0].used.map { $0 > 0 && $0 < 1 } == true)
        #expect(first.networks.map(\.device) == ["eth0"])
        #expect(first.networks[0].isUp == true)
        #expect(first.swapUsedBytes == 0)
        #expect((first.memoryAvailableBytes ?? 0) < (first.memoryTotalBytes ?? 0))
        let offset = try #require(first.clockOffsetSeconds)
        #expect(abs(offset - (1_795_242_657.1255136 - 1_795_242_657.19)) < 1e-3)

        let second = rates.take(try page("host-2"), at: at + .seconds(4), took: .milliseconds(20))
        // Idle time of neither processor moved in those four seconds: the host was compiling.
        #expect(second.cpuBusy == 1)
        #expect(second.cpuIOWait.map { $0 >= 0 && $0 <= 1 } == true)
        let busy = try #require(second.disks[0].busy)
        #expect(abs(busy - (80.864 - 80.788) / 4) < 1e-6)
        #expect(second.disks[0].writeBytesRate.map { $0 > 0 } == true)
        #expect(second.disks[0].awaitSeconds.map { $0 > 0 && $0 < 1 } == true)
        #expect(second.networks[0].receiveBytesRate == 0)
        #expect(second.networks[0].errorsRate == 0)
    }

    @Test func arraysAndSensorsOfARealExporter() throws {
        var rates = NodeRates()
        let facts = rates.take(try page("raid"), at: at, took: .zero)
        #expect(facts.arrays.map(\.device) == ["md0", "md1", "md2"])
        #expect(facts.arrays.map(\.disksRequired) == [2, 4, 2])
        #expect(facts.arrays.map(\.disksActive) == [2, 3, 1])
        #expect(facts.arrays.map(\.disksFailed) == [0, 1, 0])
        #expect(facts.arrays.map(\.isRebuilding) == [false, false, true])
        let progress = try #require(facts.arrays[2].rebuildProgress)
        #expect(abs(progress - 0.273) < 0.001)
        #expect(facts.arrays[0].rebuildProgress == nil)
        #expect(facts.temperatures.map(\.sensor) == ["coretemp Core 0", "coretemp Package id 0", "nvme Composite"])
        #expect(facts.temperatures.map(\.celsius) == [51, 54, 38.85])
        #expect(facts.temperatures[0].limitCelsius == 100)
        #expect(facts.temperatures[2].limitCelsius.map { abs($0 - 84.85) < 1e-6 } == true)
    }

    @Test func busyIsOfTheInterval() {
        func cpu(_ idle: Double, _ user: Double, _ wait: Double, _ steal: Double) -> NodePage {
            text(
                """
                node_cpu_seconds_total{cpu="0",mode="idle"} \(idle)
                node_cpu_seconds_total{cpu="0",mode="user"} \(user)
                node_cpu_seconds_total{cpu="0",mode="iowait"} \(wait)
                node_cpu_seconds_total{cpu="0",mode="steal"} \(steal)

                """)
        }
        var rates = NodeRates()
        _ = rates.take(cpu(1000, 100, 10, 0), at: at, took: .zero)
        let facts = rates.take(cpu(1006, 102, 11, 1), at: at + .seconds(10), took: .zero)
        #expect(facts.cpuBusy.map { abs($0 - 0.3) < 1e-9 } == true)
        #expect(facts.cpuIOWait.map { abs($0 - 0.1) < 1e-9 } == true)
        #expect(facts.cpuSteal.map { abs($0 - 0.1) < 1e-9 } == true)
        // Waiting time goes back now and then.
        let back = rates.take(cpu(1016, 102, 10.5, 1), at: at + .seconds(20), took: .zero)
        #expect(back.cpuBusy == 0)
    }

    @Test func countersThatBeginAgainGiveNoRate() {
        func disk(_ boot: Double, _ bytes: Double) -> NodePage {
            text("node_boot_time_seconds \(boot)\nnode_disk_read_bytes_total{device=\"sda\"} \(bytes)\n")
        }
        var rates = NodeRates()
        _ = rates.take(disk(100, 5000), at: at, took: .zero)
        #expect(rates.take(disk(100, 6000), at: at + .seconds(10), took: .zero).disks[0].readBytesRate == 100)
        #expect(rates.take(disk(100, 10), at: at + .seconds(20), took: .zero).disks[0].readBytesRate == nil)
        // A reboot: a counter that is larger than before all the same says nothing.
        #expect(rates.take(disk(900, 99_000), at: at + .seconds(30), took: .zero).disks[0].readBytesRate == nil)
        #expect(rates.take(disk(900, 99_500), at: at + .seconds(40), took: .zero).disks[0].readBytesRate == 50)
        #expect(rates.take(disk(900, 99_900), at: at + .seconds(40), took: .zero).disks[0].readBytesRate == nil)
    }

    @Test func mountsOfOneDeviceAreOneLine() {
        let page = text(
            """
            node_filesystem_size_bytes{device="/dev/sda",fstype="ext4",mountpoint="/var/lib/x"} 100
            node_filesystem_avail_bytes{device="/dev/sda",fstype="ext4",mountpoint="/var/lib/x"} 50
            node_filesystem_size_bytes{device="/dev/sda",fstype="ext4",mountpoint="/"} 100
            node_filesystem_avail_bytes{device="/dev/sda",fstype="ext4",mountpoint="/"} 50
            node_filesystem_readonly{device="/dev/sda",fstype="ext4",mountpoint="/"} 1
            node_filesystem_size_bytes{device="overlay",fstype="overlay",mountpoint="/var/lib/docker/1"} 100
            node_filesystem_avail_bytes{device="overlay",fstype="overlay",mountpoint="/var/lib/docker/1"} 50
            node_filesystem_size_bytes{device="tmpfs",fstype="tmpfs",mountpoint="/run"} 100
            node_filesystem_avail_bytes{device="tmpfs",fstype="tmpfs",mountpoint="/run"} 100
            node_filesystem_size_bytes{device="/dev/sdb",fstype="xfs",mountpoint="/data"} NaN
            node_filesystem_avail_bytes{device="/dev/sdb",fstype="xfs",mountpoint="/data"} 1

            """)
        var rates = NodeRates()
        let facts = rates.take(page, at: at, took: .zero)
        #expect(facts.fileSystems.map(\.mountPoint) == ["/"])
        #expect(facts.fileSystems.first?.isReadOnly == true)
    }

    @Test func moreDevicesThanTheLimitAreCounted() {
        let lines = (0..<100).map { "node_network_up{device=\"eth\($0)\"} 1\n" }
        let page = text(lines.joined())
        #expect(page.networks.count == NodePage.devicesMax)
        #expect(page.devicesLeftOut == 100 - NodePage.devicesMax)
    }

    @Test func absurdValuesAreUnknown() {
        let page = text(
            """
            node_load1 NaN
            node_memory_MemTotal_bytes +Inf
            node_memory_SwapTotal_bytes 1e300
            node_boot_time_seconds -1e300
            node_time_seconds NaN
            node_hwmon_temp_celsius{chip="x",sensor="temp1"} -273
            node_md_disks{device="md0",state="active"} 1e300
            node_md_disks_required{device="md0"} NaN

            """)
        var rates = NodeRates()
        let facts = rates.take(page, at: at, took: .zero)
        #expect(facts.load1 == nil)
        #expect(facts.memoryTotalBytes == nil)
        #expect(facts.swapTotalBytes == nil)
        #expect(facts.bootedAt == nil)
        #expect(facts.clockOffsetSeconds == nil)
        #expect(facts.temperatures.isEmpty)
        #expect(facts.arrays.isEmpty)
    }
}
