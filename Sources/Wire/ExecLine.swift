public import Estate

/// One line that a program of the operator's own writes: see docs/exec.md.
public enum ExecLine: Sendable, Equatable {
    case member(MemberID, MemberFacts)
    case node(NodeID, NodeFacts)
    case group(GroupID, GroupFacts)
    case gone(MemberID)
    case figure(KeyFigure)
    case alert(Alert)
    case offer(Offer)
    case event(severity: Event.Severity, text: String, group: GroupID?)
    /// What is amiss although the program runs; empty: nothing any more.
    case problem(String)
    /// The answer to the question of this number is whole.
    case done(Int64)

    static let format = "a program's line"
    /// Entries of `figures` and `notes`.
    public static let namedMax = 64

    /// Throws `WireError` for what is no JSON object, or says nothing that is known.
    public init(_ bytes: [UInt8]) throws(WireError) {
        let value = try JSONValue(parsing: bytes, format: Self.format)
        guard value.object != nil else {
            throw .malformed(format: Self.format, reason: "expected an object", bytes: Escaped.text(bytes))
        }
        if let number = value["done"]?.int {
            self = .done(number)
        } else if let text = value["problem"]?.string {
            self = .problem(text)
        } else if let name = value["member"]?.string, let group = value["group"]?.string {
            self = .member(MemberID(GroupID(group), name), Self.member(value))
        } else if let name = value["gone"]?.string, let group = value["group"]?.string {
            self = .gone(MemberID(GroupID(group), name))
        } else if let name = value["figure"]?.string {
            self = .figure(Self.figure(name, value))
        } else if let name = value["alert"]?.string {
            self = .alert(Self.alert(name, value))
        } else if let name = value["offer"]?.string, let group = value["group"]?.string {
            self = .offer(Self.offer(name, GroupID(group), value))
        } else if let text = value["event"]?.string {
            let severity: Event.Severity =
                switch value["severity"]?.string {
                case "alarm": .alarm
                case "warning": .warning
                default: .notice
                }
            self = .event(severity: severity, text: text, group: value["group"]?.string.map { GroupID($0) })
        } else if let name = value["node"]?.string {
            self = .node(NodeID(name), Self.node(value))
        } else if let name = value["group"]?.string {
            self = .group(GroupID(name), Self.group(value))
        } else {
            throw .missing(
                format: Self.format, field: "member, node, group, figure, alert, event, offer, gone, problem or done",
                bytes: Escaped.text(bytes))
        }
    }

    private static func member(_ value: JSONValue) -> MemberFacts {
        var facts = MemberFacts()
        facts.role = value["role"]?.string.flatMap { Role(rawValue: $0) } ?? .server
        facts.state = value["state"]?.string.flatMap { RunState(rawValue: $0) }
        facts.stateDetail = value["detail"]?.string
        facts.node = value["node"]?.string.map { NodeID($0) }
        facts.address = value["address"]?.string
        facts.version = value["version"]?.string
        if let up = value["up"]?.bool {
            facts.state = facts.state ?? (up ? .running : .failed)
            var traffic = TrafficFacts()
            traffic.check = up ? .up : .down
            traffic.admin = value["admin"]?.string.flatMap { AdminState(rawValue: $0) } ?? .ready
            traffic.checkDetail = value["detail"]?.string
            traffic.sessions = value["sessions"]?.smallInt
            traffic.sessionRate = value["rate"]?.double
            facts.traffic = traffic
        }
        if let pairs = value["figures"]?.object {
            for (name, number) in pairs.sorted(by: { $0.key < $1.key }).prefix(namedMax) {
                facts.figures[name] = number.double
            }
        }
        facts.notes = notes(value)
        return facts
    }

    private static func notes(_ value: JSONValue) -> [String: String] {
        var notes: [String: String] = [:]
        for (name, text) in (value["notes"]?.object ?? [:]).sorted(by: { $0.key < $1.key }).prefix(namedMax) {
            notes[name] = text.string ?? text.text
        }
        return notes
    }

    private static func group(_ value: JSONValue) -> GroupFacts {
        var facts = GroupFacts()
        facts.manager = "exec"
        facts.poolServing = value["serving"]?.bool
        facts.poolSessions = value["sessions"]?.smallInt
        facts.poolSessionRate = value["rate"]?.double
        facts.poolQueue = value["queue"]?.smallInt
        facts.roster = value["roster"]?.array.map { $0.compactMap(\.string) }
        facts.notes = notes(value)
        return facts
    }

    private static func node(_ value: JSONValue) -> NodeFacts {
        var facts = NodeFacts()
        func part(_ key: String) -> Double? { value[key]?.double.map { min(max($0, 0), 1) } }
        facts.cpuBusy = part("cpu_busy")
        facts.load1 = value["load1"]?.double
        facts.memoryTotalBytes = value["memory_total_bytes"]?.int
        facts.memoryAvailableBytes = value["memory_available_bytes"]?.int
        for item in (value["disks"]?.array ?? []).prefix(namedMax) {
            guard let device = item["device"]?.string else { continue }
            var disk = DiskFacts(device: device)
            if let told = item["smart"] { disk.health = health(told) }
            facts.disks.append(disk)
        }
        for item in (value["filesystems"]?.array ?? []).prefix(namedMax) {
            guard let mount = item["mount"]?.string, let size = item["size_bytes"]?.int,
                let available = item["available_bytes"]?.int
            else { continue }
            var system = FileSystemFacts(
                mountPoint: mount, sizeBytes: size, availableBytes: available,
                isReadOnly: item["read_only"]?.bool ?? false)
            system.fullInSeconds = item["full_in_seconds"]?.double
            facts.fileSystems.append(system)
        }
        for item in (value["arrays"]?.array ?? []).prefix(namedMax) {
            guard let device = item["device"]?.string, let required = item["required"]?.smallInt,
                let active = item["active"]?.smallInt
            else { continue }
            var array = ArrayFacts(
                device: device, required: required, active: active, failed: item["failed"]?.smallInt ?? 0,
                spare: item["spare"]?.smallInt ?? 0, rebuilding: item["rebuilding"]?.bool ?? false)
            array.rebuildProgress = item["progress"]?.double.map { min(max($0, 0), 1) }
            facts.arrays.append(array)
        }
        return facts
    }

    private static func health(_ value: JSONValue) -> DiskHealth {
        var health = DiskHealth()
        health.isPassed = value["passed"]?.bool
        health.reallocatedSectors = value["reallocated_sectors"]?.int
        health.pendingSectors = value["pending_sectors"]?.int
        health.mediaErrors = value["media_errors"]?.int
        health.wearUsed = value["wear_used"]?.double
        health.celsius = value["celsius"]?.double
        health.poweredOnHours = value["powered_on_hours"]?.int
        return health
    }

    private static func figure(_ name: String, _ value: JSONValue) -> KeyFigure {
        var figure = KeyFigure(
            name, unit: value["unit"]?.string, value: value["value"]?.double,
            group: value["group"]?.string.map { GroupID($0) },
            limits: FigureLimits(
                warnAbove: value["warn_above"]?.double, alarmAbove: value["alarm_above"]?.double,
                warnBelow: value["warn_below"]?.double, alarmBelow: value["alarm_below"]?.double))
        if figure.value == nil { figure.problem = value["why"]?.string ?? "the program gives no number" }
        return figure
    }

    private static func alert(_ name: String, _ value: JSONValue) -> Alert {
        let severity: Alert.Severity =
            switch value["severity"]?.string {
            case "critical": .critical
            case "notice": .notice
            default: .warning
            }
        let group = value["group"]?.string
        var alert = Alert(id: "\(group ?? "")/\(name)", name: name, severity: severity)
        alert.summary = value["summary"]?.string
        alert.group = group.map { GroupID($0) }
        alert.node = value["node"]?.string.map { NodeID($0) }
        alert.startedAt = value["since"]?.string.flatMap { ISOTime.parse($0) }
        return alert
    }

    private static func offer(_ name: String, _ group: GroupID, _ value: JSONValue) -> Offer {
        let line = JSONValue.object(["run": .string(name), "group": .string(group.name)]).text
        return Offer(
            id: name, title: value["title"]?.string ?? name, summary: value["summary"]?.string ?? name, group: group,
            isRisky: value["risky"]?.bool ?? true, line: line)
    }
}
