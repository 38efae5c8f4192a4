// Rows of colours beside the product with a matrix.

import ISPKernels
import Testing

@Suite struct MatrixKernelTests {
    static let matrices: [[Double]] = [
        [1, 0, 0, 0, 1, 0, 0, 0, 1], [1.5, -0.4, -0.1, -0.2, 1.4, -0.2, 0, -0.5, 1.5],
        [2.1, -1.2, 0.1, -0.3, 1.7, -0.4, 0, -0.8, 1.8], [1.2, 0.1, 0, 0, 0.9, 0, 0.2, -0.1, 0.8],
        [3.5, -2, -0.5, -1, 3, -1, 0.5, -2.5, 3], [0, 0, 1, 1, 0, 0, 0, 1, 0], [4, -3, -0.9, 0, 1, 0, 0, 0, 1],
    ]

    private static func keepsGrey(_ matrix: [Double]) -> Bool {
        (0..<3).allSatisfy { row in abs(matrix[(3 * row)..<(3 * row + 3)].reduce(0, +) - 1) < 1e-9 }
    }

    /// Within rounding of the product wherever it fits the lanes, and at their ends where it does not.
    @Test(arguments: matrices) func coloursAreTheProduct(_ matrix: [Double]) throws {
        let kernel = try #require(MatrixKernel(matrix))
        let difference = zip(matrix, [1, 0, 0, 0, 1, 0, 0, 0, 1]).map { $0 - $1 }
        let strongest = (0..<3).map { row in (0..<3).reduce(0) { $0 + abs(difference[3 * row + $1]) } }.max()!
        // Three rounded products and a constant, times the power of two that the rest is scaled by, and the coefficients' own
        // rounding, an entry of which may have taken that of its row.
        let doublings = (1...3).first { strongest <= Double(1 << $0) * 0.999 } ?? 3
        let tolerance = Double(1 << doublings) * 4.5 + 0.5
        // What is scaled down more is multiplied whole.
        let takesDifferences = Self.keepsGrey(matrix) && doublings < 2
        for count in groupedCounts {
            var extremes = Extremes(seed: UInt64(count))
            let colors = GuardedColors(count, seed: 3) { _, _ in extremes.next() }
            let (r, g, b) = (colors.red.samples, colors.green.samples, colors.blue.samples)
            kernel.apply(colors.row, count: count)
            let results = [colors.red.samples, colors.green.samples, colors.blue.samples]
            var worst = 0.0
            for x in 0..<(2 * count) {
                let values = [r[x], g[x], b[x]].map { Double($0 - Linear16.signedZero) }
                // Differences from green are limited.
                let seen =
                    takesDifferences ? values.map { values[1] + min(max($0 - values[1], -32768), 32767) } : values
                for row in 0..<3 {
                    let rest = (0..<3).reduce(0) { $0 + difference[3 * row + $1] * seen[$1] }
                    let expected = min(max(values[row] + rest + Double(Linear16.signedZero), -32768), 32767)
                    worst = max(worst, abs(Double(results[row][x]) - expected))
                }
            }
            #expect(worst <= tolerance && colors.isIntact, "up to \(worst) of \(tolerance)")
        }
    }

    /// Rows that add up to 1 keep grey, exactly; and any matrix keeps black.
    @Test(arguments: matrices) func greyAndBlackStay(_ matrix: [Double]) throws {
        let kernel = try #require(MatrixKernel(matrix))
        let levels =
            Self.keepsGrey(matrix) ? Array(stride(from: -32768, through: 32767, by: 61)) : [Linear16.signedZero]
        for level in levels {
            let colors = GuardedColors(64, seed: 1) { _, _ in Int16(level) }
            kernel.apply(colors.row, count: 64)
            for row in [colors.red, colors.green, colors.blue] {
                // Products round half up, each by itself.
                let worst = row.samples.map { abs($0 - level) }.max()!
                #expect(worst <= 8, "\(level)")
            }
        }
    }

    @Test func whatIsTooStrongIsRefused() {
        #expect(MatrixKernel([10, 0, 0, 0, 1, 0, 0, 0, 1]) == nil)
        #expect(MatrixKernel([1, 4, 4.1, 0, 1, 0, 0, 0, 1]) == nil)
        #expect(MatrixKernel([.nan, 0, 0, 0, 1, 0, 0, 0, 1]) == nil)
        #expect(MatrixKernel([.infinity, 0, 0, 0, 1, 0, 0, 0, 1]) == nil)
        #expect(MatrixKernel([8.9, 0, 0, 0, 1, 0, 0, 0, 1]) != nil)
    }
}
