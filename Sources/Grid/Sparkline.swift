/// A run of values as one line of characters, the newest at the right. What was not measured is a gap, not a zero.
public enum Sparkline {
    /// The newest `width` values as `width` characters; the left is blank where there are fewer.
    ///
    /// `range` is what the lowest and highest character stand for; without one, 0 (or the smallest value, if that
    /// is less) to the largest value.
    public static func text(
        _ values: [Double?], width: Int, range: ClosedRange<Double>? = nil, glyphs: Glyphs = .utf8
    ) -> String {
        guard width > 0 else { return "" }
        let shown = values.suffix(width)
        let range = range ?? Scale.range(of: shown)
        let steps = glyphs.spark.count
        var out = String(repeating: " ", count: width - shown.count)
        for value in shown {
            guard let value, value.isFinite else {
                out.append(" ")
                continue
            }
            let part = Scale.part(value, in: range)
            out.append(glyphs.spark[min(Int(part * Double(steps)), steps - 1)])
        }
        return out
    }
}

/// Where values lie between the ends of a scale.
public enum Scale {
    /// 0 (or the smallest value) to the largest; never empty. Gaps and what is not finite are left out.
    public static func range(of values: some Sequence<Double?>) -> ClosedRange<Double> {
        var low = 0.0
        var high = 0.0
        for case let value? in values where value.isFinite {
            low = min(low, value)
            high = max(high, value)
        }
        return low...(high > low ? high : low + 1)
    }

    /// 0 at the range's lower end to 1 at its upper end, clamped; 0 for what is not a number.
    static func part(_ value: Double, in range: ClosedRange<Double>) -> Double {
        let span = range.upperBound - range.lowerBound
        guard span > 0, !value.isNaN else { return 0 }
        guard span.isFinite else { return value > 0 ? 1 : 0 }
        return min(max((value - range.lowerBound) / span, 0), 1)
    }
}

extension Canvas {
    /// Draws a sparkline of `width` columns.
    public func sparkline(
        _ values: [Double?], x: Int, y: Int, width: Int, range: ClosedRange<Double>? = nil, ink: Ink = Ink(.graph1)
    ) {
        put(Sparkline.text(values, width: width, range: range, glyphs: glyphs), x: x, y: y, ink: ink)
    }
}
