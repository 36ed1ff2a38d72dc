import Estate
import FoundationEssentials
import Journal
import Plans
public import Settings

/// What stands between a confirmed plan and its execution, beside the plan's own checks.
public struct Guards: Sendable {
    public var me: Operator?
    public var roles = RoleTable()
    public var freezes = FreezeCalendar()
    public var fourEyes: FourEyesRule?
    /// nil: groups are kept apart on this machine alone.
    public var register: (any OperatorRegister)?
    /// Where a copy of every audit record goes.
    public var copy: (any AuditCopy)?

    /// None: whoever may act at all acts.
    public init() {}

    public init(_ settings: GuardSettings, me: Operator, register: (any OperatorRegister)?) {
        self.me = me
        roles = RoleTable(settings.roles, people: settings.people)
        freezes = FreezeCalendar(settings.freezes, offset: Zones.offsetSeconds)
        fourEyes = settings.fourEyes.map(FourEyesRule.init)
        self.register = register
        copy = settings.syslog.map { SyslogCopy($0, host: me.host) }
    }

    var myRoles: Set<RoleTable.Role> { roles.roles(of: me?.user ?? "", groups: me?.groups ?? []) }
}

/// A plan as it is offered: encoded always the same way, so that its hash names it.
enum PlanText {
    static func encode(_ plan: Plan) -> String? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(plan)).map { String(decoding: $0, as: UTF8.self) }
    }

    static func decode(_ text: String) -> Plan? { try? JSONDecoder().decode(Plan.self, from: Data(text.utf8)) }

    static func hash(_ text: String) -> String { HashText.sha256(Array(text.utf8)) }
}
