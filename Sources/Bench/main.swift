import Cockpit
import Estate
import Feeds
import Foundation
import Grid
import Insight
import Panels
import PitbossTestKit
import Tape
import Wire

// Figures of the pure rooms beside their budgets, in CPU time of this thread, so that a busy machine counts little.
// Prints a line each: what, the figure, the budget.

let bench = Stopwatch()
let t0 = Timestamp(seconds: 1_800_000_000)

if CommandLine.arguments.dropFirst().first == "glass" {
    let glass = try await LargeGlass(at: t0)
    await glass.run()
    exit(0)
}

// A page of node_exporter's, as a host with forty disks and two hundred services has it.
let page: [UInt8] = {
    var text = ""
    for cpu in 0..<64 {
        for mode in ["idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user"] {
            text += "node_cpu_seconds_total{cpu=\"\(cpu)\",mode=\"\(mode)\"} \(cpu * 1000).\(mode.count)4\n"
        }
    }
    for disk in 0..<40 { text += "node_disk_io_time_seconds_total{device=\"sd\(disk)\"} 123456.\(disk)\n" }
    text += "# HELP node_systemd_unit_state Systemd unit\n# TYPE node_systemd_unit_state gauge\n"
    for unit in 0..<200 {
        for state in ["activating", "active", "deactivating", "failed", "inactive"] {
            text += "node_systemd_unit_state{name=\"unit-\(unit).service\",state=\"\(state)\",type=\"simple\"} 0\n"
        }
    }
    text += "node_load1 1.25\nnode_memory_MemTotal_bytes 6.7e+10\nnode_memory_MemAvailable_bytes 3.1e+10\n"
    return Array(text.utf8)
}()
let families = PrometheusFamilies([
    "node_cpu_seconds_total", "node_load1", "node_memory_MemTotal_bytes", "node_memory_MemAvailable_bytes",
    "node_disk_io_time_seconds_total",
])
var sum = 0.0
let scan = bench.secondsEach(200) { _ = PrometheusScanner.scan(page.span.bytes, families) { sum += $0.value } }
bench.tell(
    "Prometheus text, five families of \(page.count / 1024) KiB", scan, Double(page.count), "MB/s", 1e-6, ">= 500")

// What one second of 1,000 members is: each seen by one balancer.
var large = LargeEstate.snapshot(members: 1_000, at: t0)
let seen = large.members.flatMap { member in
    member.sightings.map { Update($0.by, at: t0 + .seconds(1), .member(member.id, $0.facts)) }
}
let reduce = bench.secondsEach(200) { for update in seen { large.apply(update) } }
bench.tell("updates reduced into a snapshot, 1,000 members", reduce, Double(seen.count), "a second", 1, ">= 1,000,000")

var chronicle = Chronicle()
let observe = bench.secondsEach(100) {
    for update in seen {
        large.apply(update)
        _ = chronicle.observe(update, in: large)
    }
}
bench.tell("the same, and searched for events", observe, Double(seen.count), "a second", 1)

let assess = bench.secondsEach(50) { _ = Assessment.of(large, now: t0 + .seconds(1)) }
bench.tell("verdicts of 1,000 members in 100 groups", assess, 1e3, "ms")

var tape = Tape(platform: large.platform)
var second = 0.0
let record = bench.secondsEach(20) {
    second += 1
    for update in seen { tape.append(Update(update.source, at: t0 + .seconds(second), isEdge: true, update.body)) }
}
bench.tell("updates put on tape", record, Double(seen.count), "a second", 1)
// Every two minutes one of them finds the reel full, and makes it small first.
var longest = 0.0
for _ in 0..<130 {
    second += 1
    for update in seen {
        let told = Update(update.source, at: t0 + .seconds(second), isEdge: true, update.body)
        longest = max(longest, bench.secondsOnce { tape.append(told) })
    }
}
bench.tell("the longest of them in two minutes: a reel is closed", longest, 1e3, "ms")
let recall = bench.secondsEach(5) { _ = tape.snapshot(at: t0 + .seconds(second)) }
bench.tell("a moment of 1,000 members taken from tape", recall, 1e3, "ms")

// The screen: 200 columns, 60 lines, nothing kept from the frame before.
let assessment = Assessment.of(large, now: t0 + .seconds(1))
var cockpit = Cockpit(platform: large.platform, width: 200, height: 60, glyphs: .utf8, now: t0)
_ = cockpit.step(.observed(large, assessment, events: []), now: t0 + .seconds(1))
for (key, name) in [("1", "Overview"), ("2", "Nodes"), ("3", "Replication"), ("4", "Balancers"), ("5", "Events")] {
    _ = cockpit.step(.key(.character(Character(key))), now: t0 + .seconds(1))
    let frame = bench.secondsEach(20) {
        var grid = Grid(width: 0, height: 0)
        cockpit.render(into: &grid, now: t0 + .seconds(1))
    }
    bench.tell("one frame 200x60, 1,000 members: \(name)", frame, 1e3, "ms", budget: "<= 2")
}

// A key, the model's step and the whole frame after it.
_ = cockpit.step(.key(.character("4")), now: t0 + .seconds(1))
var grid = Grid(width: 200, height: 60)
var spans: [Double] = []
for n in 0..<300 {
    let key: Key = .character(n % 2 == 0 ? "j" : "k")
    spans.append(
        bench.secondsOnce {
            _ = cockpit.step(.key(key), now: t0 + .seconds(1))
            cockpit.render(into: &grid, now: t0 + .seconds(1))
        })
}
spans.sort()
bench.tell("key to cells, 1,000 members, p50", spans[150], 1e3, "ms")
bench.tell("key to cells, 1,000 members, p99", spans[297], 1e3, "ms", budget: "<= 16 with the terminal")
