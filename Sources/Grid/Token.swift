/// What a colour is for. Panels name tokens; a `Theme` says what each looks like on a given terminal.
public enum Token: UInt8, CaseIterable, Sendable, Hashable {
    // Plain text, from loud to faint.
    case text, textStrong, textDim, textStale
    case heading, border, borderFocus
    /// The cell's own back; nearly always what the terminal's default back is.
    case background
    /// The selected row (drawn reversed, so this is the bar's colour), a marked row, a filter's match.
    case selection, marked, match

    case verdictProtected, verdictAtRisk, verdictDegraded, verdictDown, verdictUnknown
    case roleLeader, roleStandbyLeader, roleReplica, roleSync, roleUnknown
    case checkPass, checkWarn, checkFail

    case graph1, graph2, graph3, graph4
    case barFill, barWarn, barFull, barEmpty

    case header, headerBack, tab, tabActive
    case bannerText, bannerBack, alarmText, alarmBack
    case footerKey, footerText
    case readOnly, armed
    case eventInfo, eventNotice, eventWarning, eventAlarm
    case dialogText, dialogBack, dialogBorder
    case inputText, inputBack

    /// The token's name, as theme files write it.
    public var name: String { Token.names[Int(rawValue)] }

    private static let names = Token.allCases.map { String(describing: $0) }
    private static let byName = Dictionary(uniqueKeysWithValues: zip(names, Token.allCases))

    /// The token called `name`, if there is one.
    public init?(named name: String) {
        guard let found = Token.byName[name] else { return nil }
        self = found
    }

    /// True for the tokens that are backs rather than ink.
    public var isBack: Bool {
        switch self {
        case .background, .headerBack, .bannerBack, .alarmBack, .dialogBack, .inputBack: true
        default: false
        }
    }
}
