import Estate
import Settings
import Wire

/// Gathers what queries say of nodes, and makes each node's facts of it. Pure: samples and times in, facts out.
struct PrometheusNodeBook: Sendable {
    /// Nodes that are kept; more are counted.
    static let nodesMax = 5_000
    /// Devices of one kind that are kept of a node.
    static let devicesMax = 64
    /// Names in a sentence about targets that are down.
    static let downNamesMax = 5

    /// What one round of queries said of one node.
    private struct Round: Sendable {
        var page = NodePage()
        var modes: [String: Double] = [:]
        var cpuCount: Int?
        var disks: [String: DiskRates] = [:]
        var networks: [String: NetworkRates] = [:]
        var fullIn: [String: Double] = [:]
        var clockOffset: Double?
    }

    private let places: NodePlaces
    private let takesUnlisted: Bool
    private var quick: [String: Round] = [:]
    private var slow: [String: Round] = [:]
    private(set) var leftOut = 0
    private(set) var down: [String] = []
    /// Nodes that the configuration does not list.
    private(set) var unlisted = 0

    private static let families = Dictionary(
        NodeFamily.allCases.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    init(_ nodes: [Node], takesUnlisted: Bool) {
        places = NodePlaces(nodes)
        self.takesUnlisted = takesUnlisted
    }

    /// A round of questions begins: what the last one of its kind said is forgotten.
    mutating func begin(isSlow: Bool) {
        quick.removeAll(keepingCapacity: true)
        if isSlow { slow.removeAll(keepingCapacity: true) }
        (leftOut, down) = (0, [])
    }

    mutating func take(_ result: PrometheusResult, of query: PrometheusQuery, isSlow: Bool) {
        guard let name = result.labels.first ?? nil, !name.isEmpty else { return }
        if case .down = query.meaning {
            down.append(name)
            return
        }
        guard result.value.isFinite else { return }
        let path: WritableKeyPath<Self, [String: Round]> = isSlow ? \.slow : \.quick
        if self[keyPath: path][name] == nil, self[keyPath: path].count >= Self.nodesMax {
            leftOut += 1
            return
        }
        Self.add(result, query, &self[keyPath: path][name, default: Round()])
    }

    private static func add(_ result: PrometheusResult, _ query: PrometheusQuery, _ round: inout Round) {
        let value = result.value
        let second = result.labels.count > 1 ? result.labels[1] : nil
        switch query.meaning {
        case .family:
            guard let metric = second else { return }
            let sample = QueriedSample(result: result, names: query.labels)
            if let family = families[metric] {
                round.page.take(family, sample)
            } else if let family = SmartFamily(rawValue: metric) {
                round.page.smart.take(family, sample)
            }
        case .cpu: if let mode = second { round.modes[mode] = value }
        case .cpuCount: round.cpuCount = Int(exactly: value.rounded())
        case .clockOffset: round.clockOffset = value
        case .fullIn: if let mount = second { round.fullIn[mount] = value }
        case .disk(let path):
            guard let device = second, round.disks.count < devicesMax else { return }
            round.disks[device, default: DiskRates()][keyPath: path] = value
        case .network(let path):
            guard let device = second, round.networks.count < devicesMax else { return }
            round.networks[device, default: NetworkRates()][keyPath: path] = value
        case .down: break
        }
    }

    /// What is known of each node that answered in this round.
    mutating func facts(at now: Timestamp) -> [(id: NodeID, facts: NodeFacts)] {
        unlisted = 0
        var made: [(id: NodeID, facts: NodeFacts)] = []
        made.reserveCapacity(quick.count)
        for (name, round) in quick {
            let id: NodeID
            if let known = places.node(name) {
                id = known
            } else {
                unlisted += 1
                guard takesUnlisted else { continue }
                id = NodeID(NodePlaces.host(name))
            }
            made.append((id, Self.facts(round, slow[name], at: now)))
        }
        return made
    }

    private static func facts(_ round: Round, _ slow: Round?, at now: Timestamp) -> NodeFacts {
        // One page of both: counters are not among its figures, and so it needs none before it.
        var page = round.page
        if let other = slow?.page {
            (page.fileSystems, page.arrays, page.sensors) = (other.fileSystems, other.arrays, other.sensors)
            (page.chipNames, page.smart) = (other.chipNames, other.smart)
        }
        var rates = NodeRates()
        var facts = rates.take(page, at: now, took: .zero)
        facts.cpuCount = slow?.cpuCount
        facts.clockOffsetSeconds = slow?.clockOffset
        if let idle = round.modes["idle"] {
            let wait = round.modes["iowait"] ?? 0
            facts.cpuBusy = min(max(1 - idle - wait, 0), 1)
            facts.cpuIOWait = round.modes["iowait"]
            facts.cpuSteal = round.modes["steal"]
        }
        facts.disks = disks(round, slow, facts.disks)
        let up = slow?.page.networks ?? [:]
        facts.networks = Set(round.networks.keys).union(up.keys).sorted().map { device in
            var network = NetworkFacts(device: device)
            network.isUp = up[device]?.isUp
            network.receiveBytesRate = round.networks[device]?.received
            network.transmitBytesRate = round.networks[device]?.transmitted
            network.errorsRate = slow?.networks[device]?.errors
            return network
        }
        for i in facts.fileSystems.indices {
            facts.fileSystems[i].fullInSeconds = slow?.fullIn[facts.fileSystems[i].mountPoint]
        }
        return facts
    }

    private static func disks(_ round: Round, _ slow: Round?, _ told: [DiskFacts]) -> [DiskFacts] {
        var disks = told
        for (device, rates) in round.disks.sorted(by: { $0.key < $1.key }) {
            var disk = DiskFacts(device: device)
            if let i = disks.firstIndex(where: { $0.device == device }) {
                disk = disks.remove(at: i)
            }
            disk.busy = rates.busy.map { min(max($0, 0), 1) }
            disk.readBytesRate = rates.read
            disk.writeBytesRate = rates.written
            disk.awaitSeconds = slow?.disks[device]?.wait
            disks.append(disk)
        }
        return disks.sorted { $0.device < $1.device }
    }

    /// Targets that could not be scraped, in a sentence; nil where all could.
    var problem: String? {
        var parts: [String] = []
        if !down.isEmpty {
            let names = down.sorted().prefix(Self.downNamesMax).map { Escaped.text($0, charactersMax: 60) }
            let more = down.count > Self.downNamesMax ? " and \(down.count - Self.downNamesMax) more" : ""
            parts.append(
                "\(down.count) of \(down.count + quick.count) nodes cannot be scraped: "
                    + names.joined(separator: ", ") + more)
        }
        if leftOut > 0 { parts.append("more than \(Self.nodesMax) nodes; the rest is left out") }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}
