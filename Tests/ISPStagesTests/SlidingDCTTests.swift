// The engine of the raw denoise against the definition, written as plainly as it can be.

import Foundation
import ISPImaging
import ISPStages
import ISPTestSupport
import Testing

@Suite struct SlidingDCTTests {
    let workspace = Workspace()

    /// The orthonormal DCT-II of length 8: row k, sample n.
    static let basis: [[Double]] = (0..<8).map { k in
        let scale: Double = k == 0 ? (1.0 / 8).squareRoot() : 0.5
        return (0..<8).map { n -> Double in
            let angle = Double.pi / 8 * (Double(n) + 0.5) * Double(k)
            return cos(angle) * scale
        }
    }

    /// Every window of the plane transformed, thresholded, and put back: sums and weights by position.
    func oracle(_ plane: PlaneView<Float>, threshold: Double, keepsMean: Bool) -> (sum: [[Double]], weight: [[Double]])
    {
        let (width, height) = (plane.region.width, plane.region.height)
        var sum = [[Double]](repeating: Array(repeating: 0, count: width), count: height)
        var weight = sum
        for top in 0...(height - 8) {
            for left in 0...(width - 8) {
                var coefficients = [[Double]](repeating: Array(repeating: 0, count: 8), count: 8)
                var kept = 0.0
                for k in 0..<8 {
                    for l in 0..<8 {
                        var value = 0.0
                        for j in 0..<8 {
                            for i in 0..<8 {
                                let sample = Double(plane[plane.region.x + left + i, plane.region.y + top + j])
                                value += Self.basis[k][j] * Self.basis[l][i] * sample
                            }
                        }
                        let isKept = abs(value) >= threshold || (keepsMean && k == 0 && l == 0)
                        coefficients[k][l] = isKept ? value : 0
                        kept += isKept ? 1 : 0
                    }
                }
                kept = max(kept, 1)
                for j in 0..<8 {
                    for i in 0..<8 {
                        var value = 0.0
                        for k in 0..<8 {
                            for l in 0..<8 { value += Self.basis[k][j] * Self.basis[l][i] * coefficients[k][l] }
                        }
                        sum[top + j][left + i] += value / kept
                        weight[top + j][left + i] += 1 / kept
                    }
                }
            }
        }
        return (sum, weight)
    }

    @Test(arguments: [(15, 15), (16, 19), (23, 17), (41, 16)], [false, true])
    func everyWindowCounts(_ size: (Int, Int), _ keepsMean: Bool) {
        let (width, height) = size
        var random = SeededGenerator(seed: UInt64(width))
        let region = Region(x: -3, y: 5, width: width, height: height)
        let plane = TestPlane(region) { x, y in
            (x > 6 ? 9 : 0) * (keepsMean ? 1 : 0) + Float(y) * 0.1 + Float.random(in: -2...2, using: &random)
        }.view
        let result = SlidingDCT.denoise(plane, threshold: 2.7, keepsMean: keepsMean, workspace: workspace)
        let (sum, weight) = oracle(plane, threshold: 2.7, keepsMean: keepsMean)
        #expect(result.sum.region == region.expanded(by: -7))
        for y in result.sum.region.y..<result.sum.region.maxY {
            for x in result.sum.region.x..<result.sum.region.maxX {
                #expect(abs(Double(result.sum[x, y]) - sum[y - region.y][x - region.x]) < 1e-3)
                #expect(abs(Double(result.weight[x, y]) - weight[y - region.y][x - region.x]) < 1e-4)
            }
        }
    }

    @Test func belowAnyThresholdNothingChanges() {
        var random = SeededGenerator(seed: 4)
        let plane = TestPlane(Region(x: 0, y: 0, width: 30, height: 25)) { _, _ in .random(in: -5...5, using: &random) }
        let result = SlidingDCT.denoise(plane.view, threshold: 0, workspace: workspace)
        for y in 7..<18 {
            for x in 7..<23 { #expect(abs(result.sum[x, y] / result.weight[x, y] - plane.view[x, y]) < 1e-4) }
        }
    }
}
