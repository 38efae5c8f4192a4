// Discs that fly through the picture.

import ISPImaging

/// The moving objects of a seed.
struct MovingObjects {
    private struct Disc {
        let radius: Double
        let color: Vector3
        let x, y: Double
        let speedX, speedY: Double
    }

    private let discs: [Disc]

    /// - Parameter size: of the frame that they cross.
    init(count: Int, size: Size, _ random: RandomStream) {
        let side = Double(min(size.width, size.height))
        discs = (0..<count).map { n in
            let draws = random.substream(UInt64(n))
            return Disc(
                radius: side * draws.uniform(0, in: 0.02..<0.08),
                color: Vector3(
                    draws.uniform(1, in: 0.02..<1), draws.uniform(2, in: 0.02..<1), draws.uniform(3, in: 0.02..<1)),
                x: draws.uniform(4) * Double(size.width), y: draws.uniform(5) * Double(size.height),
                speedX: side * draws.uniform(6, in: -0.02..<0.02), speedY: side * draws.uniform(7, in: -0.02..<0.02))
        }
    }

    /// Paints them where they are in a frame. What leaves on one side comes back on the other.
    func paint(frame index: Int, size: Size, _ planes: inout [[Float]]) {
        for disc in discs {
            let reach = disc.radius + 1
            let x = Self.wrapped(disc.x + disc.speedX * Double(index), -reach, Double(size.width) + reach)
            let y = Self.wrapped(disc.y + disc.speedY * Double(index), -reach, Double(size.height) + reach)
            let area = Region(
                x: Int((x - reach).rounded(.down)), y: Int((y - reach).rounded(.down)),
                width: Int((2 * reach).rounded(.up)) + 1, height: Int((2 * reach).rounded(.up)) + 1
            ).intersection(Region(size))
            for py in area.y..<max(area.y, area.maxY) {
                for px in area.x..<max(area.x, area.maxX) {
                    let (dx, dy) = (Double(px) + 0.5 - x, Double(py) + 0.5 - y)
                    // The share of the pixel under the disc, as if its edge were straight there.
                    let cover = min(max(disc.radius - (dx * dx + dy * dy).squareRoot() + 0.5, 0), 1)
                    guard cover > 0 else { continue }
                    let i = py * size.width + px
                    for (c, light) in disc.color.components.enumerated() {
                        planes[c][i] = Float(Double(planes[c][i]) * (1 - cover) + light * cover)
                    }
                }
            }
        }
    }

    private static func wrapped(_ value: Double, _ low: Double, _ high: Double) -> Double {
        let turns = (value - low) / (high - low)
        return low + (turns - turns.rounded(.down)) * (high - low)
    }
}
