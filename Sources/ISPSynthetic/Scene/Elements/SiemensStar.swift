// The Siemens star: rays that narrow towards the centre, for resolution in every direction.

import ISPImaging

/// The sinusoidal star of ISO 12233:2014, annex E.
public enum SiemensStar {
    /// Cycles around the circle.
    public static let cycles = 36
    /// Frequency in cycles a pixel inside which the star gives way to a grey disc; Nyquist is 0.5.
    public static let limitFrequency = 0.45
    /// The mean of the sine, linear.
    public static let mean = 0.45
    /// The amplitude of the sine.
    public static let amplitude = 0.42

    /// The distance from the centre at which the rays have the given frequency in cycles a pixel.
    public static func radius(frequency: Double) -> Double { Double(cycles) / (6.283185307179586 * frequency) }

    /// The light in the direction (`dx`, `dy`) from the centre: `sin(cycles * angle)` by powers of a complex number.
    static func value(dx: Double, dy: Double, distance: Double) -> Double {
        let one = (dx / distance, dy / distance)
        func times(_ a: (Double, Double), _ b: (Double, Double)) -> (Double, Double) {
            (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
        }
        let two = times(one, one)
        let four = times(two, two)
        let eight = times(four, four)
        let sixteen = times(eight, eight)
        let thirtySix = times(times(sixteen, sixteen), four)
        return mean + amplitude * thirtySix.1
    }
}

extension Canvas {
    /// Paints a square card with the star in its inner circle.
    mutating func paintSiemensStar(x: Double, y: Double, side: Double) -> SceneLayout.RadialTarget {
        let card = region(x, y, side, side)
        paintShadow(of: card)
        let target = SceneLayout.RadialTarget(centeredIn: card, margin: 8 * scale)
        let outer = target.radius * target.radius
        let inner = SiemensStar.radius(frequency: SiemensStar.limitFrequency)
        paint(card, grid: 6) { px, py in
            let dx = px - target.centerX
            let dy = py - target.centerY
            let d = dx * dx + dy * dy
            guard d <= outer else { return .grey(0.80) }
            guard d >= inner * inner else { return .grey(SiemensStar.mean) }
            return .grey(SiemensStar.value(dx: dx, dy: dy, distance: d.squareRoot()))
        }
        return target
    }
}
