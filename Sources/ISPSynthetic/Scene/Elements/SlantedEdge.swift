// Slanted edges: a square turned by 5 degrees, whose sides give the spatial frequency response (ISO 12233).

import ISPImaging

extension Canvas {
    /// Degrees by which the squares are turned.
    static let slant = 5.0
    private static let cosine = 0.9961946980917455
    private static let sine = 0.08715574274765817

    /// Paints a light card with a dark turned square and returns its left (near-vertical) and top (near-horizontal)
    /// edges.
    mutating func paintSlantedSquare(
        x: Double, y: Double, side: Double, light: Double, dark: Double
    ) -> [SceneLayout.Edge] {
        let card = region(x, y, side, side)
        paintShadow(of: card)
        fill(card, Vector3(light, light, light))
        let half = 0.31 * side * scale
        let centerX = Double(card.x) + Double(card.width) / 2
        let centerY = Double(card.y) + Double(card.height) / 2
        // 16 x 16 samples: edge measurements see the steps of a coarser grid.
        paint(card.expanded(by: -Int(8 * scale)), grid: 16) { px, py in
            let dx = px - centerX
            let dy = py - centerY
            let u = dx * Self.cosine + dy * Self.sine
            let v = dy * Self.cosine - dx * Self.sine
            return max(abs(u), abs(v)) <= half ? .grey(dark) : .grey(light)
        }
        let near = 0.31 * side
        func edge(_ region: Region, vertical: Bool) -> SceneLayout.Edge {
            SceneLayout.Edge(region: region, isNearVertical: vertical, angle: Self.slant, light: light, dark: dark)
        }
        let middle = (x: x + side / 2, y: y + side / 2)
        return [
            edge(region(middle.x - near - 30, middle.y - 44, 60, 88), vertical: true),
            edge(region(middle.x - 44, middle.y - near - 30, 88, 60), vertical: false),
        ]
    }
}
