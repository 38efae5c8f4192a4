// One slanted edge over the whole picture, for measuring sharpness.

import ISPImaging

extension Scene {
    /// Accepted angles of the edge, in degrees.
    public static let edgeAngleRange = -45.0...45.0

    /// A scene of two greys that meet along a straight line through its middle: `low` on the left, `high` on the right. Each
    /// pixel has exactly the mean of what it covers. The layout names the edge.
    /// - Parameters:
    ///   - size: columns and rows.
    ///   - angle: degrees from the vertical, -45 to 45; at a positive angle the edge's lower end lies further left.
    ///   - low: linear light on the left.
    ///   - high: linear light on the right.
    /// - Throws: `ISPError(.usage)` where a value makes no sense.
    public static func slantedEdge(
        size: Size, angle: Double = 5, low: Double = 0.05, high: Double = 0.8
    ) throws(ISPError) -> Scene {
        try check(size)
        try SensorModel.check("the edge's angle", angle, in: edgeAngleRange, unit: "degrees")
        guard low.isFinite, high.isFinite, abs(low) <= 1e6, abs(high) <= 1e6 else {
            throw ISPError(.usage, "an edge from \(low) to \(high); both must be numbers within a million")
        }
        let across = PortableMath.cosine(turns: angle / 360)
        let along = PortableMath.cosine(turns: angle / 360 - 0.25)
        var plane: [Float] = []
        plane.reserveCapacity(size.width * size.height)
        for y in 0..<size.height {
            for x in 0..<size.width {
                let dx = Double(x) + 0.5 - Double(size.width) / 2
                let dy = Double(y) + 0.5 - Double(size.height) / 2
                let cover = share(right: dx * across + dy * along, across, abs(along))
                plane.append(Float(low + (high - low) * cover))
            }
        }
        var layout = SceneLayout()
        layout.edges = [
            SceneLayout.Edge(
                region: Region(size), isNearVertical: true, angle: abs(angle), light: max(low, high),
                dark: min(low, high))
        ]
        return Scene(size, plane, plane, plane, layout)
    }

    /// The share of a pixel on the right of a line whose distance from the pixel's middle is `distance` along the line's
    /// normal (a, b), a >= b >= 0: the integral of the pixel's own width as the normal sees it, which is a trapezium.
    private static func share(right distance: Double, _ a: Double, _ b: Double) -> Double {
        let (outer, inner) = ((a + b) / 2, (a - b) / 2)
        let d = abs(distance)
        let rest: Double
        if d >= outer {
            rest = 0
        } else if d <= inner {
            rest = 0.5 - d / a
        } else {
            rest = (outer - d) * (outer - d) / (2 * a * b)
        }
        return distance > 0 ? 1 - rest : rest
    }
}
