// Where a lens puts each colour: the table behind distortion and lateral chromatic aberration.

/// A radial and tangential model of where a lens puts each colour plane (DNG Specification 1.7, WarpRectilinear).
///
/// With `r` the distance from the optical centre relative to that of the farthest corner, a plane's light that belongs at
/// offset `d` from the centre is found at `d * (k0 + k1 r^2 + k2 r^4 + k3 r^6)` plus the tangential terms.
public struct LensWarp: Hashable, Sendable {
    /// The coefficients of one colour plane.
    public struct Plane: Hashable, Sendable {
        /// k0 to k3.
        public var radial: [Double]
        /// The two tangential coefficients.
        public var tangential: [Double]

        /// Creates coefficients.
        public init(radial: [Double], tangential: [Double] = [0, 0]) {
            self.radial = radial
            self.tangential = tangential
        }
    }

    /// Red, green and blue.
    public let planes: [Plane]
    /// The optical centre as a fraction of the frame.
    public let centerX, centerY: Double

    /// Creates a table.
    /// - Parameter planes: one for all colours or one for each.
    /// - Throws: `ISPError(.damagedInput)` for numbers that are not finite, a centre outside the frame, or a mapping that
    ///   folds or moves the picture by more than half.
    public init(planes: [Plane], centerX: Double = 0.5, centerY: Double = 0.5) throws(ISPError) {
        guard planes.count == 1 || planes.count == 3,
            planes.allSatisfy({ $0.radial.count == 4 && $0.tangential.count == 2 && $0.isSound }),
            (0...1).contains(centerX), (0...1).contains(centerY)
        else {
            throw ISPError(
                .damagedInput, "a lens table that folds the picture, has no finite numbers or not one or three planes")
        }
        self.planes = planes.count == 3 ? planes : [planes[0], planes[0], planes[0]]
        self.centerX = centerX
        self.centerY = centerY
    }

    /// Where the lens put what belongs at pixel (x, y).
    /// - Parameters:
    ///   - plane: 0, 1, 2 for red, green, blue.
    ///   - frame: the size of the frame.
    public func source(x: Double, y: Double, plane: Int, frame: Size) -> (x: Double, y: Double) {
        let (cx, cy) = (centerX * Double(frame.width - 1), centerY * Double(frame.height - 1))
        let (fx, fy) = (max(cx, Double(frame.width - 1) - cx), max(cy, Double(frame.height - 1) - cy))
        let longest = (fx * fx + fy * fy).squareRoot()
        let (dx, dy) = ((x - cx) / longest, (y - cy) / longest)
        let r2 = min(dx * dx + dy * dy, 1.1)
        let k = planes[plane].radial
        let t = planes[plane].tangential
        let factor = k[0] + r2 * (k[1] + r2 * (k[2] + r2 * k[3]))
        let tangentialX = t[0] * 2 * dx * dy + t[1] * (r2 + 2 * dx * dx)
        let tangentialY = t[1] * 2 * dx * dy + t[0] * (r2 + 2 * dy * dy)
        return (cx + longest * (factor * dx + tangentialX), cy + longest * (factor * dy + tangentialY))
    }
}

extension LensWarp.Plane {
    /// Whether the mapping is finite, moves nothing by more than half of the frame, and does not fold.
    fileprivate var isSound: Bool {
        guard (radial + tangential).allSatisfy({ abs($0) < 8 }), tangential.allSatisfy({ abs($0) < 0.1 }) else {
            return false
        }
        var last = 0.0
        for step in 1...64 {
            let r = Double(step) / 64 * 1.05
            let r2 = r * r
            let place = r * (radial[0] + r2 * (radial[1] + r2 * (radial[2] + r2 * radial[3])))
            guard place > last, abs(place - r) < 0.5 else { return false }
            last = place
        }
        return true
    }
}
