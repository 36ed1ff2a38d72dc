public import Estate
public import Insight

/// What a row is about. A selection, a mark and a plan are bound to this, never to a place on the screen.
public enum RowID: Hashable, Sendable {
    case group(GroupID)
    case member(MemberID)
    case node(NodeID)
    case source(SourceID)
    case event(EventKey)
    /// Something that can be lost and is none of the others: a site, a provider, a balancer.
    case loss(Loss)
    /// By the observer's id of it.
    case alert(String)
    case silence(String)

    /// What the operator calls it.
    public var name: String {
        switch self {
        case .group(let id): id.name
        case .member(let id): id.name
        case .node(let id): id.name
        case .source(let id): id.description
        case .event(let key): key.text
        case .loss(let loss): loss.text
        case .alert(let id): "alert \(id)"
        case .silence(let id): "silence \(id)"
        }
    }

    /// The group that it is, or belongs to.
    public var group: GroupID? {
        switch self {
        case .group(let id): id
        case .member(let id): id.group
        case .node, .source, .event, .loss, .alert, .silence: nil
        }
    }
}

/// Tells one event from another.
public struct EventKey: Hashable, Sendable {
    public let at: Timestamp
    public let text: String
    public let group: GroupID?
    public init(_ event: Event) {
        at = event.at
        text = event.text
        group = event.group
    }
}

/// A list that has a selection of its own.
public struct PaneID: Hashable, Sendable, CustomStringConvertible {
    public let name: String
    public init(_ name: String) { self.name = name }
    public var description: String { name }
}

/// A page that a digit opens.
public struct PanelID: Hashable, Sendable, CustomStringConvertible {
    public let name: String
    public init(_ name: String) { self.name = name }
    public var description: String { name }
}

/// What the operator made of the screen: where one stands, what is selected, filtered and open.
public struct ViewState: Sendable, Equatable {
    public var panel: PanelID
    /// Which of the panel's panes the keys go to.
    public var pane = 0
    public var selected: [PaneID: RowID] = [:]
    public var marks: Set<RowID> = []
    public var filter = ""
    public var isTypingFilter = false
    /// What was opened, the innermost last; empty on a page itself.
    public var opened: [RowID] = []
    /// Lines scrolled off the top of an open detail or overlay.
    public var scroll = 0
    public var overlay: Overlay?
    /// Rows keep this order while a dialog is open or keys were just pressed, so that nothing jumps under the cursor.
    public var held: [PaneID: [RowID]] = [:]
    /// What the last key came to, in the footer's place until the next one.
    public var notice: Notice?
    /// What is taken away in thought; the screen is painted as it would be then.
    public var whatIf: WhatIf?
    /// The line for who sees this for the first time; it goes with the first key.
    public var isNew = false

    public init(panel: PanelID) { self.panel = panel }

    public struct Notice: Sendable, Equatable {
        public var text: String
        public var isBad: Bool
        public var until: Timestamp
        public init(_ text: String, isBad: Bool = false, until: Timestamp) {
            self.text = text
            self.isBad = isBad
            self.until = until
        }
    }
}
