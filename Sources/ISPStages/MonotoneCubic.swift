// A smooth curve through points that never overshoots them.

import ISPImaging

/// A point of a tone curve.
public struct CurvePoint: Hashable, Sendable {
    /// Linear input, 0 ... 1.
    public var x: Double
    /// Display code, 0 ... 1.
    public var y: Double

    /// Creates a point.
    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// Piecewise cubic Hermite interpolation that is monotone between monotone points
/// (Fritsch, Carlson 1980, "Monotone piecewise cubic interpolation"). Constant outside the points.
struct MonotoneCubic {
    private let points: [CurvePoint]
    private let slopes: [Double]

    /// - Throws: `ISPError(.usage)` unless there are 2 to 256 points of 0 ... 1 with rising x.
    init(_ points: [CurvePoint]) throws(ISPError) {
        let unit = 0.0...1.0
        guard (2...256).contains(points.count), points.allSatisfy({ unit.contains($0.x) && unit.contains($0.y) }),
            zip(points, points.dropFirst()).allSatisfy({ $0.x < $1.x })
        else { throw ISPError(.usage, "tone curve points: 2 to 256 pairs of 0 to 1 with rising input") }
        self.points = points
        let secants = zip(points, points.dropFirst()).map { ($1.y - $0.y) / ($1.x - $0.x) }
        var slopes =
            [secants.first!] + zip(secants, secants.dropFirst()).map { $0 * $1 <= 0 ? 0 : ($0 + $1) / 2 } + [
                secants.last!
            ]
        for (k, secant) in secants.enumerated() {
            guard secant != 0 else {
                slopes[k] = 0
                slopes[k + 1] = 0
                continue
            }
            let (a, b) = (slopes[k] / secant, slopes[k + 1] / secant)
            let length = (a * a + b * b).squareRoot()
            if length > 3 {
                slopes[k] = 3 * a / length * secant
                slopes[k + 1] = 3 * b / length * secant
            }
        }
        self.slopes = slopes
    }

    func callAsFunction(_ x: Double) -> Double {
        guard x > points.first!.x else { return points.first!.y }
        guard let k = points.dropFirst().firstIndex(where: { x < $0.x }).map({ $0 - 1 }) else { return points.last!.y }
        let h = points[k + 1].x - points[k].x
        let t = (x - points[k].x) / h
        let (t2, t3) = (t * t, t * t * t)
        return points[k].y * (2 * t3 - 3 * t2 + 1) + h * slopes[k] * (t3 - 2 * t2 + t)
            + points[k + 1].y * (3 * t2 - 2 * t3) + h * slopes[k + 1] * (t3 - t2)
    }
}
