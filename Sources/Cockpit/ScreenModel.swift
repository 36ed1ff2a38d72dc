public import Estate
public import Grid

/// What a terminal can be given to show: the cockpit, or a wall. It does nothing itself: events and a time go in,
/// effects and pictures come out.
public protocol ScreenModel: Sendable {
    mutating func step(_ event: CockpitEvent, now: Timestamp) -> [Effect]
    /// Draws the whole screen.
    mutating func render(into grid: inout Grid, now: Timestamp)
}

extension Cockpit: ScreenModel {}
