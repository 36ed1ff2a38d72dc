import Estate
import Panels

/// Commands to act that can be used where one stands, as they were looked up.
struct KnownActing: Sendable {
    let selected: RowID?
    let newest: EventKey?
    let at: Timestamp
    let commands: Set<String>
}

/// What can be done where one stands: for footer, help and palette.
extension Cockpit {
    func menu(now: Timestamp) -> Menu { menu(now: now, acting: nil) }

    /// The menu; with commands to act that are known already, these are not looked for again.
    func menu(now: Timestamp, acting: Set<String>?) -> Menu {
        var menu = Menu()
        menu.keys = firstKeys
        guard !isDialogOpen else { return menu }
        let call = Command.Call(trigger: "", now: now, selected: selectedRow(now))
        menu.footer = Self.footer
            .filter { $0.section != .act || acting?.contains($0.id) ?? ($0.obstacle(self, call) == nil) }
            .map { entry($0, call, withObstacle: false) }
        if isInPast {
            menu.rewind = CommandCatalogue.all.filter { $0.section == .time }
                .map { entry($0, call, withObstacle: false) }
        }
        if view.overlay == .help {
            menu.help = Command.Section.allCases.map { section in
                Menu.Section(
                    title: section.rawValue,
                    entries: CommandCatalogue.all.filter { $0.section == section }.map { entry($0, call) })
            }
            menu.help.append(Menu.Section(title: "In a plan", entries: DialogKeys.entries))
        }
        return menu
    }

    /// Commands that stand in the footer, the most useful first.
    private static let footer = CommandCatalogue.all.filter { $0.footerRank != nil }
        .sorted { ($0.footerRank ?? 0) < ($1.footerRank ?? 0) }

    /// The menu for a frame. What one may do where one stands is looked up anew with every key and every event, and
    /// now and then; not with every frame, for it costs as much as the rest of it.
    mutating func menuForFrame(_ now: Timestamp) -> Menu {
        let selected = selectedRow(now)
        let newest = events.last.map(EventKey.init)
        if let known = knownActing, known.selected == selected, known.newest == newest,
            now - known.at < Self.actingFor, now >= known.at
        {
            return menu(now: now, acting: known.commands)
        }
        let call = Command.Call(trigger: "", now: now, selected: selected)
        let commands = Self.footer.filter { $0.section == .act && $0.obstacle(self, call) == nil }.map(\.id)
        knownActing = KnownActing(selected: selected, newest: newest, at: now, commands: Set(commands))
        return menu(now: now, acting: Set(commands))
    }

    func entry(_ command: Command, _ call: Command.Call, withObstacle: Bool = true) -> Menu.Entry {
        Menu.Entry(
            id: command.id, keys: keys.names(of: command), title: command.title, summary: command.summary,
            obstacle: withObstacle ? command.obstacle(self, call) : nil)
    }
}
