import Grid

/// How a screen is to be opened.
public struct TerminalOptions: Sendable {
    public enum ColorMode: String, Sendable, CaseIterable {
        /// What the terminal has, and none where `NO_COLOR` is set.
        case auto
        case none
        case ansi16 = "16"
        case indexed256 = "256"
        case direct = "true"
    }

    public enum Switch: String, Sendable, CaseIterable {
        case auto, on, off
    }

    public var color: ColorMode
    /// Draw with ASCII only. `auto`: where the locale is not UTF-8, or the terminal is known to lack the signs.
    public var ascii: Switch
    public var mouse: Bool
    public var reportsFocus: Bool
    /// Ask the terminal now and then whether it has drawn what was sent, and send no more than it keeps up with: on a
    /// slow line keys are then not answered behind a minute of pictures. A terminal that does not answer is asked once.
    public var paces: Bool
    /// The descriptors to use.
    public var input: Int32
    public var output: Int32
    /// The environment that decides: `TERM`, `NO_COLOR`.
    public var environment: [String: String]

    public init(
        color: ColorMode = .auto, ascii: Switch = .auto, mouse: Bool = false, reportsFocus: Bool = false,
        paces: Bool = true,
        input: Int32 = 0, output: Int32 = 1, environment: [String: String]
    ) {
        self.color = color
        self.ascii = ascii
        self.mouse = mouse
        self.reportsFocus = reportsFocus
        self.paces = paces
        self.input = input
        self.output = output
        self.environment = environment
    }
}

/// What is decided from the options and the environment before the terminal is touched.
struct TerminalPlan: Equatable {
    /// Terminal types to try, the best first; `TERM` itself is the last.
    let types: [String]
    /// The most colours that will be used.
    let depthMax: ColorDepth
    /// False for terminals that would show modes they do not know.
    let knowsModes: Bool
    /// True where the terminal itself lacks what UTF-8 screens are drawn with.
    let lacksSigns: Bool

    init(term: String, options: TerminalOptions) {
        let base = term.split(separator: "-").first.map(String.init) ?? term
        let old = ["linux", "vt52", "vt100", "vt102", "vt220", "vt320", "ansi", "cons25", "sun", "dumb"]
        lacksSigns = old.contains(base)
        knowsModes = !lacksSigns
        let noColor = !(options.environment["NO_COLOR"] ?? "").isEmpty
        switch options.color {
        case .auto where noColor, .none:
            depthMax = .none
            types = [term]
        case .auto:
            depthMax = .direct
            types = [term]
        case .ansi16:
            depthMax = .ansi16
            types = [term]
        case .indexed256:
            depthMax = .indexed256
            types = lacksSigns || term.hasSuffix("-256color") ? [term] : ["\(base)-256color", term]
        case .direct:
            depthMax = .direct
            types = lacksSigns || term.hasSuffix("-direct") ? [term] : ["\(base)-direct", term]
        }
    }

    /// What to use of the colours that the terminal turned out to have.
    func depth(colors: Int) -> ColorDepth {
        let has: ColorDepth =
            switch colors {
            case ..<8: .none
            case ..<16: .ansi8
            case ..<256: .ansi16
            case 256: .indexed256
            default: .direct
            }
        let order: [ColorDepth] = [.none, .ansi8, .ansi16, .indexed256, .direct]
        let rank = min(order.firstIndex(of: has) ?? 0, order.firstIndex(of: depthMax) ?? 0)
        return order[rank]
    }
}
