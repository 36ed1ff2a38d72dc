import Estate
import Panels

/// What can be done where one stands: for footer, help and palette.
extension Cockpit {
    func menu(now: Timestamp) -> Menu {
        var menu = Menu()
        guard !isDialogOpen else { return menu }
        let call = Command.Call(trigger: "", now: now, selected: selectedRow(now))
        menu.footer =
            CommandCatalogue.all.filter { $0.footerRank != nil }
            .filter { $0.section != .act || $0.obstacle(self, call) == nil }
            .sorted { ($0.footerRank ?? 0) < ($1.footerRank ?? 0) }
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

    func entry(_ command: Command, _ call: Command.Call, withObstacle: Bool = true) -> Menu.Entry {
        Menu.Entry(
            id: command.id, keys: keys.names(of: command), title: command.title, summary: command.summary,
            obstacle: withObstacle ? command.obstacle(self, call) : nil)
    }
}
