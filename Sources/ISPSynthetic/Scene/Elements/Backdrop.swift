// Wall and floor: smooth gradients without detail, and the soft shadows that cards throw on them.

import ISPImaging

extension Canvas {
    /// Paints the wall down to the floor line and the floor below it; returns a stretch of wall that stays empty.
    mutating func paintBackdrop() -> Region {
        let horizon = point(0, 800).y
        let height = Double(size.height)
        let width = Double(size.width)
        // One sample a pixel: nothing here changes within one.
        paint(Region(size), grid: 1) { x, y in
            let across = x / width - 0.62
            if y < horizon {
                let t = y / max(horizon, 1)
                let pool = 1 / (1 + 5 * across * across + 2.5 * (1 - t) * (1 - t))
                let level = 0.025 + 0.17 * t * t * pool
                return Light(level * 0.92, level * 1.02, level * 1.22, 1)
            }
            let t = (y - horizon) / max(height - horizon, 1)
            let level = (0.16 - 0.11 * t) / (1 + 2.2 * across * across)
            return Light(level * 1.28, level * 0.98, level * 0.74, 1)
        }
        // The wall meets the floor in a soft dark line.
        let line = region(-2000, 786, 6000, 28)
        let reach = 14 * scale
        paint(line, grid: 1) { _, y in
            let d = abs(y - horizon) / max(reach, 1)
            return .partial(Vector3(0.02, 0.018, 0.016), 0.55 * (1 - PortableMath.smoothStep(d)))
        }
        return region(800, 608, 660, 44)
    }

    /// Darkens the surroundings of a card, offset down and to the right as by a lamp above.
    mutating func paintShadow(of card: Region) {
        let blur = 16 * scale
        let (left, right) = (Double(card.x) + 5 * scale, Double(card.maxX) + 9 * scale)
        let (top, bottom) = (Double(card.y) + 6 * scale, Double(card.maxY) + 12 * scale)
        func cover(_ v: Double, _ low: Double, _ high: Double) -> Double {
            PortableMath.smoothStep((v - low) / (2 * blur) + 0.5)
                * PortableMath.smoothStep((high - v) / (2 * blur) + 0.5)
        }
        paint(card.expanded(by: Int(30 * scale) + 1), grid: 1) { x, y in
            Light(0, 0, 0, 0.6 * cover(x, left, right) * cover(y, top, bottom))
        }
    }
}
