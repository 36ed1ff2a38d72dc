import Estate
import Grid
import Insight

/// One host: what runs on it, what it is made of, and what would happen without it.
enum NodeDetail {
    static func rows(_ id: NodeID, _ frame: Frame) -> [RowID] {
        frame.assessment.groups.flatMap(\.members).filter { $0.node == id }.map { .member($0.id) }
    }

    static func draw(_ id: NodeID, _ frame: Frame, on canvas: Canvas) {
        guard let host = frame.snapshot.host(id) else {
            canvas.put("\(id) is no longer known", x: 1, y: 0, ink: Ink(.checkWarn))
            return
        }
        let rows = frame.listed(rows(id, frame), in: GroupDetail.pane)
        let lines = canvas.paneLines(canvas.height)
        let listHigh = min(max(rows.count, 1) + lines, max(canvas.height / 2, 3))
        let parts = canvas.split(rows: [.fixed(listHigh), .fill()])
        let site = NodesPanel.sites(frame)[id].map { " in \($0)" } ?? ""
        let inside = parts[0].pane("\(id)\(site): members", trailing: "Esc back", focused: true)
        MemberList.draw(rows, nil, frame, on: inside)
        document(host, frame, width: canvas.width, glyphs: canvas.glyphs).draw(on: parts[1], scroll: frame.view.scroll)
    }

    /// What is known of a host, and what would be without it.
    static func document(_ host: Host, _ frame: Frame, width: Int, glyphs: Glyphs) -> Document {
        var document = Document()
        let column = width >= Document.twoColumnsFrom ? width / 2 - 4 : width - 4
        let id = host.id
        document.add("Why", why(frame.assessment.node(id), width: column, glyphs: glyphs))
        for seen in host.sightings {
            let isFresh = frame.snapshot.freshness(of: seen.by, at: seen.at, now: frame.now) == .fresh
            let age = Figures.age(from: seen.at, to: frame.now) + " ago" + (isFresh ? "" : ", STALE")
            document.add("\(id) as \(seen.by) saw it \(age)", facts(seen.facts, frame, glyphs))
            document.add("Hardware", NodeHardware.lines(seen.facts, glyphs))
        }
        if host.sightings.isEmpty {
            document.add("Host", [[Piece("no observer of this host has said anything", Ink(.textStale))]])
        }
        document.add("If it were lost", without(id, frame, width: column, glyphs: glyphs))
        let newest = frame.events.reversed().lazy.filter { $0.node == id }.prefix(20).map { $0 }
        document.add("Events", MemberDetail.lines(of: Array(newest)))
        return document
    }

    /// The most disks shown.
    static let disksMax = 12

    private static func why(_ node: NodeAssessment?, width: Int, glyphs: Glyphs) -> [[Piece]] {
        (node?.reasons ?? []).flatMap { reason in
            Document.wrapped(
                reason.text, .plain, width: width,
                lead: [Piece(Looks.sign(reason.severity, glyphs) + " ", Ink(Looks.token(reason.severity), .bold))])
        }
    }

    private static func without(_ id: NodeID, _ frame: Frame, width: Int, glyphs: Glyphs) -> [[Piece]] {
        frame.assessment.without(.node(id)).flatMap { consequence in
            Document.wrapped(
                "\(consequence.group): \(consequence.text)", .plain, width: width,
                lead: [
                    Piece(
                        Looks.sign(consequence.after, glyphs) + " ", Ink(Looks.token(consequence.after), .bold))
                ])
        }
    }

    private static func facts(_ facts: NodeFacts, _ frame: Frame, _ glyphs: Glyphs) -> [[Piece]] {
        var lines: [[Piece]] = []
        func bar(_ name: String, _ part: Double?, _ note: String = "") {
            guard let part else { return }
            let text = Bar.text(part, width: 20, glyphs: glyphs)
            lines.append([
                Piece(TextWidth.fit(name, to: 18) + " ", Ink(.textDim)), Piece(text.full, Ink(Looks.bar(part))),
                Piece(text.empty, Ink(.barEmpty)),
                Piece(" " + TextWidth.fit(Figures.percent(part), to: 5, align: .right) + "  " + note, Ink(.text)),
            ])
        }
        bar("processor", facts.cpuBusy, facts.cpuCount.map { Figures.counted($0, "core") } ?? "")
        bar("waiting for disk", facts.cpuIOWait)
        bar("stolen", facts.cpuSteal)
        bar("memory", facts.memoryUsed, facts.memoryTotalBytes.map { "of \(Figures.bytes($0))" } ?? "")
        for system in facts.fileSystems.prefix(12) {
            bar(
                system.mountPoint, system.used,
                "of \(Figures.bytes(system.sizeBytes))" + (system.isReadOnly ? ", read-only" : ""))
        }
        for disk in facts.disks.prefix(disksMax) {
            let wait = disk.awaitSeconds.map { "\(Figures.count($0 * 1_000)) ms a request" } ?? ""
            bar("disk \(disk.device)", disk.busy, wait)
        }
        if let load = facts.load1 {
            let longer = facts.load5.map { ", \(Figures.count($0)) over 5 min" } ?? ""
            lines.append(Document.pair("load", Figures.count(load) + longer))
        }
        for net in facts.networks.prefix(8) {
            let rates = [
                net.receiveBytesRate.map { "in \(Figures.bytesRate($0))" },
                net.transmitBytesRate.map { "out \(Figures.bytesRate($0))" }, net.isUp == false ? "DOWN" : nil,
            ].compactMap { $0 }.joined(separator: ", ")
            lines.append(Document.pair("network \(net.device)", rates, net.isUp == false ? .checkFail : .text))
        }
        if let offset = facts.clockOffsetSeconds {
            lines.append(
                Document.pair("clock differs by", Figures.seconds(offset), abs(offset) > 1 ? .checkWarn : .text))
        }
        if let booted = facts.bootedAt {
            lines.append(Document.pair("up for", Figures.age(from: booted, to: frame.now)))
        }
        return lines
    }
}
