import ArgumentParser

/// The command line.
struct Pitboss: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pitboss",
        abstract: "The cockpit for people who keep a redundant platform up.",
        version: "pitboss 0.1.0-dev",
        subcommands: [
            CockpitCommand.self, WallCommand.self, StatusCommand.self, CheckCommand.self, EventsCommand.self,
            WhatIfCommand.self, PromoteCommand.self, FailoverCommand.self, DrainCommand.self, UndrainCommand.self,
            MaintenanceCommand.self, MoveLeaderCommand.self, PauseCommand.self, ResumeCommand.self,
            ActionsCommand.self, LeasesCommand.self, ApprovalsCommand.self, ApproveCommand.self, DenyCommand.self,
            AuditCommand.self, SilenceCommand.self, AcknowledgeCommand.self, UnsilenceCommand.self, RunCommand.self,
            DrillCommand.self,
            InitCommand.self, DoctorCommand.self, ThemesCommand.self, DemoCommand.self, LabCommand.self, LabServe.self,
        ],
        defaultSubcommand: CockpitCommand.self)
}
