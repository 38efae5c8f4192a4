// The circular zone plate: every frequency in every direction up to near Nyquist, the classic of moiré tests.

import ISPImaging

/// The chirp of the zone plate.
public enum ZonePlate {
    /// The spatial frequency at the rim, in cycles a pixel; Nyquist is 0.5.
    public static let rimFrequency = 0.45
    /// The mean and the amplitude of the chirp before the pixel's own area averages it, linear.
    public static let mean = 0.45
    /// The amplitude about the mean.
    public static let amplitude = 0.42

    /// The light at `distance` pixels from the centre of a plate of the given radius: the frequency grows in
    /// proportion to the distance, `rimFrequency * distance / radius` cycles a pixel.
    public static func value(distance: Double, radius: Double) -> Double {
        mean + amplitude * PortableMath.cosine(turns: rimFrequency * distance * distance / (2 * radius))
    }
}

extension Canvas {
    /// Paints a square grey card with the plate in its inner circle.
    mutating func paintZonePlate(x: Double, y: Double, side: Double) -> SceneLayout.RadialTarget {
        let card = region(x, y, side, side)
        paintShadow(of: card)
        let target = SceneLayout.RadialTarget(centeredIn: card, margin: 8 * scale)
        let limit = target.radius * target.radius
        paint(card, grid: 6) { px, py in
            let dx = px - target.centerX
            let dy = py - target.centerY
            let d = dx * dx + dy * dy
            guard d <= limit else { return .grey(ZonePlate.mean) }
            return .grey(ZonePlate.value(distance: d.squareRoot(), radius: target.radius))
        }
        return target
    }
}

extension SceneLayout.RadialTarget {
    /// A target in the middle of a card.
    init(centeredIn card: Region, margin: Double) {
        self.init(
            region: card, centerX: Double(card.x) + Double(card.width) / 2,
            centerY: Double(card.y) + Double(card.height) / 2,
            radius: max(0.5, Double(min(card.width, card.height)) / 2 - margin))
    }
}
