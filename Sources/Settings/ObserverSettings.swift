public import Estate

/// A Prometheus, or what speaks its HTTP API: Thanos, Mimir, VictoriaMetrics.
public struct PrometheusSettings: Sendable, Equatable {
    public var name: String
    /// With the path before `/api/v1`, where there is one: `https://mimir.example/prometheus`.
    public var endpoint: Endpoint
    public var every: Span
    /// The length of time over which rates are taken; four times the scrape interval is safe.
    public var window: Span
    /// nil: nodes are not taken from here.
    public var nodes: PrometheusNodes?
    public var figures: [FigureSettings]

    public static let everyDefault = Span.seconds(15)
    public static let windowDefault = Span.seconds(300)

    public init(
        _ name: String, endpoint: Endpoint, every: Span = PrometheusSettings.everyDefault,
        window: Span = PrometheusSettings.windowDefault, nodes: PrometheusNodes? = nil,
        figures: [FigureSettings] = []
    ) {
        self.name = name
        self.endpoint = endpoint
        self.every = every
        self.window = window
        self.nodes = nodes
        self.figures = figures
    }
}

/// Which series are nodes.
public struct PrometheusNodes: Sendable, Equatable {
    /// A selector without its braces: `job="node"`.
    public var selector: String
    /// The label that tells one node from another.
    public var label: String
    /// Nodes that the configuration does not list are shown too, by their label.
    public var takesUnlisted: Bool
    public static let selectorDefault = "job=\"node\""
    public static let labelDefault = "instance"
    public init(
        selector: String = PrometheusNodes.selectorDefault, label: String = PrometheusNodes.labelDefault,
        takesUnlisted: Bool = true
    ) {
        self.selector = selector
        self.label = label
        self.takesUnlisted = takesUnlisted
    }
}

/// A figure that the platform's owners watch.
public struct FigureSettings: Sendable, Equatable {
    public var name: String
    /// PromQL that gives one number.
    public var query: String
    public var unit: String?
    public var group: GroupID?
    public var limits: FigureLimits
    /// It is the rate of failed logins at the edge of its group, and is shown there too.
    public var isFailedLogins: Bool
    public init(
        _ name: String, query: String, unit: String? = nil, group: GroupID? = nil,
        limits: FigureLimits = FigureLimits(), isFailedLogins: Bool = false
    ) {
        self.name = name
        self.query = query
        self.unit = unit
        self.group = group
        self.limits = limits
        self.isFailedLogins = isFailedLogins
    }
}

/// An Alertmanager, and what its alerts are about.
public struct AlertmanagerSettings: Sendable, Equatable {
    public var name: String
    public var endpoint: Endpoint
    public var every: Span
    /// The first that fits decides.
    public var rules: [AlertRule]
    public static let everyDefault = Span.seconds(5)
    public init(
        _ name: String, endpoint: Endpoint, every: Span = AlertmanagerSettings.everyDefault, rules: [AlertRule] = []
    ) {
        self.name = name
        self.endpoint = endpoint
        self.every = every
        self.rules = rules
    }
}

/// Ties alerts to what they are about by their labels.
public struct AlertRule: Sendable, Equatable {
    /// Labels that have to have these values; a `*` at the end stands for anything. Empty: every alert.
    public var match: [String: String]
    public var group: GroupID?
    /// The label whose value is the group's name.
    public var groupLabel: String?
    /// The label whose value is the node's name or address.
    public var nodeLabel: String?
    public init(
        match: [String: String], group: GroupID? = nil, groupLabel: String? = nil, nodeLabel: String? = nil
    ) {
        self.match = match
        self.group = group
        self.groupLabel = groupLabel
        self.nodeLabel = nodeLabel
    }
}

/// A program that observes what nothing else does: JSON Lines in and out.
public struct ExecSettings: Sendable, Equatable {
    public var name: String
    public var command: [String]
    public var every: Span
    public static let everyDefault = Span.seconds(5)
    public init(_ name: String, command: [String], every: Span = ExecSettings.everyDefault) {
        self.name = name
        self.command = command
        self.every = every
    }
}
