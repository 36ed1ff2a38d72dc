/// A box of a grid that stands for something a mouse may be pressed on.
public struct TouchArea: Sendable {
    /// In grid coordinates.
    public let box: Box
    public let target: any Hashable & Sendable
}

extension Canvas {
    /// The most areas of one grid; further ones cannot be pressed on.
    public static let touchAreasMax = 4_096

    /// Says what a run of cells stands for; what of it is outside of the window does not count.
    public func touch(_ target: any Hashable & Sendable, x: Int, y: Int, width: Int, height: Int = 1) {
        let area = clip.intersection(Box(x: origin.x + x, y: origin.y + y, width: width, height: height))
        guard !area.isEmpty, surface.touches.count < Canvas.touchAreasMax else { return }
        surface.touches.append(TouchArea(box: area, target: target))
    }
}

extension Grid {
    /// What stands at a place: the last that was drawn there.
    public func touched(x: Int, y: Int) -> (any Hashable & Sendable)? {
        touches.last {
            x >= $0.box.x && y >= $0.box.y && x < $0.box.x + $0.box.width && y < $0.box.y + $0.box.height
        }?.target
    }
}
