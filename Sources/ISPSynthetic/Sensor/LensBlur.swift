// The blur of the lens: what is a point in the scene is a soft spot on the sensor.

import ISPImaging

/// A lens whose point-spread function is a Gaussian, the same over the whole picture.
public struct LensBlur: Hashable, Sendable {
    /// Accepted widths, in pixels.
    public static let sigmaRange = 0.0...8.0

    /// The standard deviation of the point-spread function, in pixels, 0 to 8; 0 is a perfect lens.
    public var sigma = 0.0

    /// A perfect lens.
    public init() {}

    /// A lens of a given standard deviation, in pixels.
    public init(sigma: Double) { self.sigma = sigma }

    /// The weights of the centre and of one side, `exp(-k^2 / (2 sigma^2))` out to four sigma, adding up to 1 over both
    /// sides.
    var weights: [Double] {
        guard sigma > 0 else { return [1] }
        let radius = Int((4 * sigma).rounded(.up))
        // Below, the neighbours' share vanishes and the exponent leaves the range of PortableMath.
        let half = (0...radius).map { k in
            let exponent = Double(k * k) / (2 * sigma * sigma)
            return exponent < 700 ? PortableMath.exp(-exponent) : 0
        }
        let sum = half[0] + 2 * half.dropFirst().reduce(0, +)
        return half.map { $0 / sum }
    }

    /// The scene as the lens draws it. Beyond its edges the scene goes on as its own mirror image, so that no light is lost.
    /// - Complexity: O(pixels * sigma).
    func image(of scene: Scene) -> Scene {
        guard sigma > 0 else { return scene }
        let weights = weights
        let planes = [scene.red, scene.green, scene.blue].map { Self.blurred($0, scene.size, weights) }
        return Scene(scene.size, planes[0], planes[1], planes[2], scene.layout)
    }

    /// The pixel that a place beyond the edge mirrors, about the edge itself (the last pixel comes twice).
    private static func reflected(_ place: Int, count: Int) -> Int {
        let rest = place % (2 * count)
        let folded = rest < 0 ? rest + 2 * count : rest
        return folded < count ? folded : 2 * count - 1 - folded
    }

    /// Rows, then columns; sums run in a fixed order, so that the result is the same everywhere.
    private static func blurred(_ plane: [Float], _ size: Size, _ weights: [Double]) -> [Float] {
        let (width, height) = (size.width, size.height)
        let radius = weights.count - 1
        var across = [Float](repeating: 0, count: plane.count)
        var padded = [Double](repeating: 0, count: width + 2 * radius)
        for y in 0..<height {
            for x in -radius..<(width + radius) {
                padded[x + radius] = Double(plane[y * width + Self.reflected(x, count: width)])
            }
            for x in 0..<width {
                var sum = weights[0] * padded[x + radius]
                for k in stride(from: 1, through: radius, by: 1) {
                    sum += weights[k] * (padded[x + radius - k] + padded[x + radius + k])
                }
                across[y * width + x] = Float(sum)
            }
        }
        var result = [Float](repeating: 0, count: plane.count)
        var sums = [Double](repeating: 0, count: width)
        for y in 0..<height {
            for x in 0..<width { sums[x] = weights[0] * Double(across[y * width + x]) }
            for k in stride(from: 1, through: radius, by: 1) {
                let above = Self.reflected(y - k, count: height) * width
                let below = Self.reflected(y + k, count: height) * width
                for x in 0..<width { sums[x] += weights[k] * (Double(across[above + x]) + Double(across[below + x])) }
            }
            for x in 0..<width { result[y * width + x] = Float(sums[x]) }
        }
        return result
    }
}
