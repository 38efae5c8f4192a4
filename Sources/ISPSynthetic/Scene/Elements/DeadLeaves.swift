// Dead leaves: a texture with the statistics of nature, for what denoising and sharpening do to fine detail.

import ISPImaging

extension Canvas {
    /// Paints a square of overlapping discs with random places, colours and radii; the radii follow a cubic power law,
    /// which makes the texture look the same at every scale (Cao, Guichard, Hornung 2009, "Measuring texture sharpness
    /// of a digital camera").
    mutating func paintDeadLeaves(x: Double, y: Double, side: Double, seed: UInt64) -> Region {
        let card = region(x, y, side, side)
        paintShadow(of: card)
        guard !card.isEmpty else { return card }
        let grid = 4
        let width = card.width * grid
        let height = card.height * grid
        var leaf = [Int32](repeating: 0, count: width * height)
        let random = RandomStream(seed: seed).substream(0x1EAF)
        let count = 6000
        let unit = Double(width) / 208
        for n in 1...count {
            // Inverse of the distribution of radii between 1.2 and 40 design units with density r^-3.
            let u = random.uniform(8 * n)
            let (small, large) = (1 / (1.2 * 1.2), 1 / (40.0 * 40.0))
            let radius = unit / (small - u * (small - large)).squareRoot()
            let centerX = random.uniform(8 * n + 1, in: -0.05..<1.05) * Double(width)
            let centerY = random.uniform(8 * n + 2, in: -0.05..<1.05) * Double(height)
            let top = min(height, max(0, Int(centerY - radius)))
            for row in top..<max(top, min(height, Int(centerY + radius) + 1)) {
                let dy = Double(row) + 0.5 - centerY
                let half = (max(0, radius * radius - dy * dy)).squareRoot()
                let first = max(0, Int((centerX - half + 0.5).rounded(.down)))
                let last = min(width, Int((centerX + half + 0.5).rounded(.down)))
                guard first < last else { continue }
                for column in first..<last { leaf[row * width + column] = Int32(n) }
            }
        }
        let colors = (0...count).map { n in
            // Earthy colours: a common lightness with some spread between the channels.
            let level = 0.04 + 0.5 * random.uniform(8 * n + 3) * random.uniform(8 * n + 3)
            let warm = random.uniform(8 * n + 4, in: -0.45..<0.45)
            let tint = random.uniform(8 * n + 5, in: -0.3..<0.3)
            return Light.opaque(Vector3(level * (1 + warm), level * (1 + tint), level * (1 - warm)))
        }
        paint(card, grid: grid) { px, py in
            let column = Int((px - Double(card.x)) * Double(grid))
            let row = Int((py - Double(card.y)) * Double(grid))
            return colors[Int(leaf[row * width + column])]
        }
        return card
    }
}
